"""Reference and compiled settle the same fen, whatever stack and claims are drawn."""

import os
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.funds.engine import compiled, parse
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference import State
from tests.property.bills import sequence
from tests.property.coverage import Coverage
from tests.property.definitions import Draw, chance, pick
from tests.property.equal import differences, one_by_one, sums_differ
from tests.property.stacks import stack

SEEN = Coverage()
DRAWN = int(os.environ.get("KANGCHENG_DRAWN", "60"))  # by hypothesis, which makes failures small
SEEDED = int(os.environ.get("KANGCHENG_SEEDED", "200"))  # by Random, which makes many
RULES: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}


@st.composite
def problems(
    draw: Draw, counts: tuple[int, ...] = (2, 4, 6)
) -> tuple[dict[str, Any], list[Claim], list[Claim]]:
    """A stack, claims, and claims that came before."""
    return problem(draw, counts)


def problem(draw: Draw, counts: tuple[int, ...]) -> tuple[dict[str, Any], list[Claim], list[Claim]]:
    """As `problems`, drawn by anything."""
    body = stack(draw)
    built = parse.stack(body)
    before = sequence(draw, built, pick(draw, counts)) if chance(draw) else []
    return body, sequence(draw, built, pick(draw, counts)), before


def check(drawn: tuple[dict[str, Any], list[Claim], list[Claim]], *, native: bool = False) -> None:
    """Cells, lines and short results against the reference."""
    body, claims, before = drawn
    built = parse.stack(body)
    state = one_by_one(built, before)[1] if before else None
    SEEN.add(built)
    try:
        found = _differences(built, claims, state, native=native)
    except compiled.Refusal as refusal:
        SEEN.refused(refusal)
        return
    assert not found, (found, body)


def _differences(built: Stack, claims: list[Claim], state: State | None, *, native: bool) -> list[str]:
    program = compiled.compile(built, native=native)
    expected = one_by_one(built, claims, state)
    found = differences(program, claims, state, expected)
    found += differences(program, claims, state, expected, by_line=True)
    return found + ([] if native else sums_differ(program, claims, state))


@settings(max_examples=DRAWN, derandomize=True, database=None, **RULES)
@given(problems())
def test_same_fen(drawn: tuple[dict[str, Any], list[Claim], list[Claim]]) -> None:
    check(drawn)


@pytest.mark.parametrize("seed", range(4))
def test_same_fen_by_seed(seed: int) -> None:
    for number in range(SEEDED // 4):
        check(problem(Random(f"{seed}.{number}"), (6, 12, 24)))


@pytest.mark.slow
@settings(max_examples=int(os.environ.get("KANGCHENG_DRAWN_MANY", "1000")), **RULES)
@given(problems())
def test_same_fen_many(drawn: tuple[dict[str, Any], list[Claim], list[Claim]]) -> None:
    check(drawn)


@pytest.mark.slow
def test_same_fen_by_many_seeds() -> None:
    # A continuous run repeats its examples; anywhere else each run draws others and prints the seed of a difference.
    first = 0 if os.environ.get("CI") else Random().randrange(10**9)
    for seed in range(first, first + int(os.environ.get("KANGCHENG_SEEDED_MANY", "2000"))):
        try:
            check(problem(Random(seed), (6, 12, 24)))
        except BaseException as error:
            error.add_note(f"problem(Random({seed}), (6, 12, 24))")
            raise


@pytest.mark.parametrize("seed", [293160180])
def test_same_fen_where_it_once_differed(seed: int) -> None:
    check(problem(Random(seed), (6, 12, 24)))


@pytest.mark.slow
def test_same_fen_in_machine_code() -> None:
    for seed in range(6):
        check(problem(Random(f"native {seed}"), (24, 48)), native=True)


def test_every_key_was_drawn() -> None:
    """Runs after the draws above, in the same process."""
    print(SEEN.report())  # noqa: T201 - the report is what this test is for
    assert SEEN.stacks >= (DRAWN + SEEDED) // 2
    assert not SEEN.missing(), f"never drawn: {sorted(SEEN.missing())}"
    assert SEEN.refusals < SEEN.stacks // 4, SEEN.report()
