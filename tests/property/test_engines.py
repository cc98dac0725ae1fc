"""Reference and compiled settle the same fen, whatever stack and claims are drawn."""

import os

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from kangcheng.funds.engine import compiled, parse
from tests.property.bills import sequences
from tests.property.coverage import Coverage
from tests.property.equal import differences, one_by_one, sums_differ
from tests.property.stacks import stacks

SEEN = Coverage()
QUICK = int(os.environ.get("KANGCHENG_EXAMPLES", "300"))
RULES = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "print_blob": True,
}


def _same(data: st.DataObject, *, native: bool = False) -> None:
    body = data.draw(stacks())
    stack = parse.stack(body)
    claims = data.draw(sequences(stack))
    before = data.draw(sequences(stack)) if data.draw(st.booleans()) else []
    state = one_by_one(stack, before)[1]
    SEEN.add(stack)
    try:
        cells = differences(stack, claims, state, native=native)
        lines = differences(stack, claims, state, native=native, by_line=True)
        few = sums_differ(stack, claims, state)
    except compiled.Refusal as refusal:
        SEEN.refused(refusal)
        event(f"refused: {refusal.what.split('(')[-1]}")
        return
    note(f"{body}")
    assert not cells, cells
    assert not lines, lines
    assert not few, few


@settings(max_examples=QUICK, derandomize=True, database=None, **RULES)
@given(st.data())
def test_same_fen(data: st.DataObject) -> None:
    _same(data)


@pytest.mark.slow
@settings(max_examples=int(os.environ.get("KANGCHENG_MANY_EXAMPLES", "3000")), **RULES)
@given(st.data())
def test_same_fen_many(data: st.DataObject) -> None:
    _same(data)


@pytest.mark.slow
@settings(max_examples=8, derandomize=True, database=None, **RULES)
@given(st.data())
def test_same_fen_in_machine_code(data: st.DataObject) -> None:
    _same(data, native=True)


def test_every_key_was_drawn() -> None:
    """Runs after the draws above, in the same process."""
    print(SEEN.report())  # noqa: T201 - the report is what this test is for
    assert SEEN.stacks >= QUICK // 2
    assert not SEEN.missing(), f"never drawn: {sorted(SEEN.missing())}"
    assert SEEN.refusals < SEEN.stacks // 4, SEEN.report()
