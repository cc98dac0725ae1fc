"""Every feature of the engine as a small definition with worked cases (features/*.yaml), and the published examples."""

from datetime import date
from pathlib import Path

import pytest

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.kinds import KINDS
from kangcheng.funds.engine.reference.bill import open_bill
from kangcheng.funds.engine.reference.explain import Notes
from kangcheng.funds.engine.reference.plan import plan
from kangcheng.funds.engine.reference.state import Memory
from kangcheng.funds.engine.reference.total import assert_identity
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.entry import Case, Entry
from kangcheng.policy.pack import Pack
from kangcheng.policy.reader import load_pack, read_entry

FEATURES = sorted((Path(__file__).parent / "features").glob("*.yaml"))
RUNNABLE = {kind.name: kind for kind in KINDS}


class Nowhere:
    """A pack for entries that refer to none."""

    def at(self, day: object) -> None:
        return None


def entry_of(file: Path) -> Entry:
    return read_entry(file.read_text(encoding="utf-8"), file.name, RUNNABLE)


CASES = [
    pytest.param(entry_of(file), case, id=f"{file.stem}: {case.name}")
    for file in FEATURES
    for case in entry_of(file).cases
]


@pytest.mark.parametrize(("entry", "case"), CASES)
def test_feature(entry: Entry, case: Case) -> None:
    kind = RUNNABLE[entry.kind]
    assert kind.run_case
    assert kind.run_case(entry, case, Nowhere()).differences == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("file", FEATURES, ids=lambda file: file.stem)
def test_entry_has_no_faults(file: Path) -> None:
    entry = entry_of(file)
    assert RUNNABLE[entry.kind].check(entry, Nowhere()) == []  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def examples() -> Pack:
    return load_pack("examples")


def test_published_examples_come_out_to_the_fen(examples: Pack) -> None:
    """packs/examples holds every worked settlement that authorities and papers published, each with its citation."""
    missed, ran = [], set()
    for entry in examples.all():
        kind = RUNNABLE.get(entry.kind)
        if kind is None or kind.run_case is None:
            continue
        for case in entry.cases:
            if result := kind.try_case(entry, case, examples):
                missed += [f"{entry.id} {case.name}: {line}" for line in result.differences]
        ran |= {citation.clause for citation in entry.citations if entry.cases}
    assert not missed
    assert len(ran) >= 20


def test_a_case_can_fail(examples: Pack) -> None:
    """A case that expects a fen more is red: the comparison sees every leaf."""
    file = next(file for file in FEATURES if file.stem == "whole")
    entry = entry_of(file)
    wrong = Case("wrong", {**entry.cases[0].data, "expect": {"payers": {"pool": "500.01"}}}, file.name, 1)
    result = RUNNABLE["benefit"].run_case(entry, wrong, Nowhere())  # type: ignore[misc, arg-type]
    assert result.differences == ("[0].payers.pool: 应为 500.01，得 500.00",)


def test_settle_one_leaves_the_state_alone() -> None:
    """`settle` is pure: its changes are applied by the caller."""
    stack = parse.settleable(
        {"payer": "pool", "id": "x", "deductible": {"amount": "10", "per": "year"}, "rate": "1"}
    )
    claim = parse.claim({"on": "2024-05-01", "person": "P", "in_scope": "15"})
    state = reference.State()
    first = reference.settle(stack, claim, state)
    assert state == reference.State()
    assert first.payers == {"pool": 500}
    state.apply(first.changes)
    assert reference.settle(stack, claim, state).payers == {"pool": 1500}
    assert {change.name for change in first.changes} == {
        "x.base",
        "x.deductible",
        "x.expense",
        "x.paid",
        "x.count",
    }


def test_changes_of_balances_and_pools_are_taken_over() -> None:
    """A counter stores everything a claim moved: accumulators, balances, pools."""
    stack = parse.stack(
        {
            "order": [
                {"id": "own", "account": {"balances": ["当年"], "base": ["in_scope"]}},
                {
                    "id": "fund",
                    "benefit": {"payer": "fund", "rate": "1", "pool": {"id": "pot", "limit": "100"}},
                },
            ]
        }
    )
    claim = parse.claim({"on": "2024-05-01", "person": "P", "in_scope": "70"})
    state = reference.State(balances={("P", "当年"): 1000})
    for _ in range(2):
        state.apply(reference.settle(stack, claim, state).changes)
    assert state.balances == {("P", "当年"): 0}
    assert state.pools == {"pot": 10000}


def test_a_stack_is_loaded_from_a_pack_as_of_a_day() -> None:
    pack = load_pack("qingdao-2012")
    stack = parse.load(pack, "nrcms-inpatient", date(2012, 6, 1))
    assert (stack.id, stack.release) == ("nrcms-inpatient", pack.release_hash)


def test_a_broken_balance_is_never_settled() -> None:
    """The identity is asserted on every claim: were a step wrong, nothing would come out."""
    stack = parse.settleable({"payer": "pool", "rate": "1"})
    claim = parse.claim({"on": date(2024, 5, 1), "in_scope": "1"})
    prepared = plan(stack)
    bill = open_bill(prepared, claim, Memory(prepared, claim, reference.State()), Notes(on=False))
    with pytest.raises(KangchengError, match="结算不平"):
        assert_identity(bill)
