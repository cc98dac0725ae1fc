"""The packs of the repository: they read, every worked case passes, every document is whole, every value is proven."""

from datetime import date
from hashlib import sha256

import pytest

from kangcheng.policy import report
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack
from kangcheng.policy.store import PACKS, pack_names

TODAY = date(2026, 11, 24)
CLAUSES = {"qingdao-2012": 95, "wuhai-2024": 102, "hangzhou-2007": 75, "relief-2021": 113, "qingyuan": 64}


def examined(name: str, *, mutants: bool) -> report.PackReport:
    (target,) = report.targets(name, PACKS)
    return report.examine(target, mutants=mutants, on=TODAY, everything=not mutants)


@pytest.fixture(scope="module")
def city() -> Pack:
    return load_pack("kangcheng")


@pytest.mark.parametrize("name", pack_names(PACKS))
def test_a_pack_reads_and_its_cases_pass(name: str) -> None:
    found = examined(name, mutants=False)
    assert not found.faults
    assert found.checked is not None
    assert not found.checked.faults
    assert [(result.name, result.differences) for _, result in found.checked.failed] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", pack_names(PACKS))
def test_no_value_of_a_pack_survives_being_moved(name: str) -> None:
    assert [mutant.place for mutant in examined(name, mutants=True).failing] == []


def test_every_clause_of_the_five_documents_is_in_the_city(city: Pack) -> None:
    counts = {name: len(entry.get("clauses")) for name, entry in city.documents.items()}
    assert counts == CLAUSES
    assert sum(counts.values()) == len(city.clauses) == 449


@pytest.mark.parametrize("name", CLAUSES)
def test_the_original_text_is_kept_unchanged(name: str, city: Pack) -> None:
    entry = city.documents[name]
    source = (PACKS / entry.file).parent / entry.get("source")
    assert sha256(source.read_bytes()).hexdigest() == entry.get("sha256")


def test_the_notice_of_wuhai_names_who_is_responsible(city: Pack) -> None:
    rows = {row["id"]: row for row in city.documents["wuhai-2024"].get("clauses")}
    assert rows["S1-06.3"]["units"] == ["各区人民政府", "市卫生健康委员会", "市医疗保障局"]


def test_every_system_of_the_seeds_has_its_row(city: Pack) -> None:
    (entry,) = city.of_kind("systems")
    ids = [row["id"] for row in entry.get("systems")]
    assert len(ids) == len(set(ids)) == 198


def test_a_value_the_documents_do_not_print_says_so(city: Pack) -> None:
    """Whatever rests on no printed figure is marked `assumed` and carries a note or a source."""
    silent = [
        entry.file
        for entry in city.all()
        if entry.status == "assumed" and not (entry.get("note") or entry.get("source"))
    ]
    assert silent == []
