"""Worked examples that others published: reproduced to the fen; where the published answer is wrong, ours says why."""

import pytest

from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack

PAYMENT = {"DRG-appendix-10000", "DIP-points-1000"}
"""How a fund pays hospitals, not what a patient's bill comes to: they wait for provider payment."""
WRONG = {"BAD-handan-sequence": "误用80%", "BAD-meihekou-layers-on-total": "超过总额"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("examples")


def test_every_published_settlement_is_run_by_an_entry(pack: Pack) -> None:
    cited = {
        citation.clause for entry in pack.all() if entry.kind != "document" for citation in entry.citations
    }
    assert {clause.id for clause in pack.clauses.values()} - cited == PAYMENT


@pytest.mark.parametrize("kind", ["benefit", "stack"])
def test_each_entry_reproduces_the_published_answer(kind: str, pack: Pack) -> None:
    for entry in pack.of_kind(kind):
        told = [case.name for case in entry.cases if "发表" in case.name]
        assert told, entry.file


@pytest.mark.parametrize("clause", sorted(WRONG))
def test_a_wrong_published_answer_is_explained(clause: str, pack: Pack) -> None:
    entries = [entry for entry in pack.all() if any(c.clause == clause for c in entry.citations)]
    words = " ".join(
        str(case.data.get("because", "")) + case.name for entry in entries for case in entry.cases
    )
    assert WRONG[clause] in words
    assert "发表的答案按其自己的规则是错的" in pack.clause(f"published-examples#{clause}").data["note"]


def test_the_source_of_every_example_is_named(pack: Pack) -> None:
    assert all("http" in clause.data["note"] for clause in pack.clauses.values())
