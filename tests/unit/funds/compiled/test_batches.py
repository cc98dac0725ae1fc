"""Units, threads, what units remember from before, and the same code with other amounts."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest

from kangcheng.funds.engine import compiled, parse, reference
from kangcheng.funds.engine.compiled.units import units_of
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim, Line

Build = Callable[..., Stack]
YEARLY = {
    "id": "a",
    "payer": "pool",
    "rate": "60%",
    "deductible": {"amount": "300", "per": "year"},
    "ceilings": [{"limit": "900", "of": "payment", "per": "month"}],
}


def crowd(count: int, seed: int = 1) -> list[Claim]:
    """Claims of a few people in no order, several on one day."""
    random = Random(seed)
    return [
        Claim(
            id=f"c{number}",
            person=f"p{random.randrange(count // 4)}",
            on=date(2024, random.randrange(1, 13), random.randrange(1, 29)),
            sequence=random.randrange(2),
            household=f"h{random.randrange(count // 8)}",
            in_scope=random.randrange(200_000),
        )
        for number in range(count)
    ]


def test_order_threads_and_halves_do_not_matter(stack_of: Build) -> None:
    stack, claims = stack_of(YEARLY), crowd(400)
    program = compiled.compile(stack, native=False)
    expected = reference.settle_all(stack, claims)
    assert program.run(compiled.from_claims(claims, stack)).results() == expected
    assert program.run(compiled.from_claims(claims, stack), threads=3).results() == expected
    back = program.run(compiled.from_claims(claims[::-1], stack)).results()
    assert back[::-1] == expected


def test_households_run_together(stack_of: Build) -> None:
    family = {"id": "family", "account": {"balances": ["family"], "base": "in_scope", "owner": "household"}}
    stack, claims = stack_of(family, YEARLY), crowd(200, 2)
    state = reference.State(balances={(f"h{n}", "family"): 150_000 for n in range(25)})
    program = compiled.compile(stack, native=False)
    got = program.run(compiled.from_claims(claims, stack, state)).results()
    assert got == reference.settle_all(stack, claims, state)


def test_units_are_joined_by_persons_and_households() -> None:
    assert units_of(["a", "b", "a", "c", "d"], ["", "", "", "", ""]) == [0, 1, 0, 2, 3]
    assert units_of(["a", "b", "c", "d"], ["x", "x", "y", ""]) == [0, 0, 1, 2]
    assert units_of(["a", "b", "a", "c"], ["x", "y", "y", "z"]) == [0, 0, 0, 1]


def test_what_is_remembered_from_before(stack_of: Build) -> None:
    stack, claims = stack_of(YEARLY), crowd(120, 3)
    claims.sort(key=lambda one: (one.on, one.sequence, one.id))
    whole = reference.settle_all(stack, claims)
    _, state = reference.run(lambda _: stack, claims[:70])
    got = compiled.compile(stack, native=False).run(compiled.from_claims(claims[70:], stack, state))
    assert got.results() == whole[70:]


def test_an_empty_batch(stack_of: Build) -> None:
    stack = stack_of(YEARLY)
    for native in (False, True):
        assert compiled.compile(stack, native=native).run(compiled.from_claims([], stack)).results() == []


def test_another_amount_is_the_same_code(stack_of: Build) -> None:
    def text(stack: Stack) -> tuple[str, tuple[int, ...]]:
        kernel = compiled.compile(stack).kernel(
            compiled.from_claims(crowd(8), stack).form, frozenset(["payers"])
        )[0]
        return kernel.text, kernel.constants

    one, other = (
        text(stack_of(YEARLY)),
        text(stack_of({**YEARLY, "rate": "72.5%", "deductible": {"amount": "1", "per": "year"}})),
    )
    assert one[0] == other[0]
    assert one[1] != other[1]


def test_code_is_readable(stack_of: Build) -> None:
    stack = stack_of({**YEARLY, "id": "basic", "clause": "plan#7"})
    kernel = compiled.compile(stack).kernel(
        compiled.from_claims(crowd(8), stack).form, frozenset(["payers"])
    )[0]
    assert "# --- basic: pool plan#7" in kernel.text
    assert "payer.pool" in kernel.outputs


@pytest.mark.parametrize("seed", range(3))
def test_pools_are_cut_in_the_order_of_time(stack_of: Build, seed: int) -> None:
    layers: list[dict[str, Any]] = [
        {**YEARLY, "id": "basic"},
        {"id": "pot", "payer": "pot", "base": "copay", "rate": "50%", "pool": {"id": "pot", "limit": "4000"}},
        {"id": "few", "payer": "few", "base": ["deductible", "copay"], "rate": "30%"},
        {"id": "last", "payer": "last", "base": "copay", "rate": "10%"},
    ]
    layers[2]["pool"] = {"id": "cases", "limit": "9", "counts": "cases"}
    stack, claims = stack_of(*layers), crowd(80, seed)
    state = reference.State(pools={"pot": 1_000})
    got = compiled.compile(stack, native=False).run(compiled.from_claims(claims, stack), pools=state.pools)
    expected, after = reference.run(lambda _: stack, claims, state)
    assert got.results() == expected
    assert got.pools == after.pools == {"pot": 400_000, "cases": 9}


@pytest.mark.parametrize("limit", ["0", "1"])
def test_a_claim_that_stands_only_once_the_pool_is_cut(
    stack_of: Build, claim: Callable[..., Claim], limit: str
) -> None:
    """The given payment fits over two layers of its payer because a pool before them gives little or nothing."""
    pool = {"id": "pot", "limit": limit, "counts": "cases"}
    stack = stack_of(
        {"id": "pot", "payer": "pot", "rate": "100%", "pool": pool},
        {"id": "first", "payer": "critical", "base": {"copay": {"weight": "1/3"}}, "fixed": "1"},
        {"id": "second", "payer": "critical", "base": {"copay": {"weight": "1/3"}}, "rate": "10%"},
    )
    claims = [claim(number, 1_000, paid={"critical": 500} if number else {}) for number in range(2)]
    got = compiled.compile(stack, native=False).run(compiled.from_claims(claims, stack), refused="mark")
    assert got.refused() == []
    expected, after = reference.run(lambda _: stack, claims)
    assert got.results() == expected
    assert got.pools == after.pools == {"pot": int(limit)}
    assert [layer.paid for layer in got.results()[1].layers] == [0, 333, 167]


def test_memory_of_a_result_is_taken_over(stack_of: Build) -> None:
    stack = stack_of(YEARLY)
    program = compiled.compile(stack, native=False)
    batch = compiled.from_claims(crowd(50), stack)
    first = program.run(batch, ("payers",))
    paid = first.total("payer.pool")
    again = program.run(batch, ("payers",), reuse=first)
    assert again.out is first.out
    assert again.total("payer.pool") == paid > 0
    assert program.run(compiled.from_claims(crowd(20), stack), ("payers",), reuse=first).out is not first.out


@pytest.mark.parametrize("by_line", [False, True])
def test_lines_with_the_share_of_their_group_are_rounded_with_it(by_line: bool) -> None:
    """Half a fen each rounds up twice apart, once together; which of the two is right hangs on the group's rate."""
    share = {"by": "level", "rows": {"一级": "10%", "二级": "20%"}}
    body = {
        "kind": "stack",
        "id": "s",
        "split": {"groups": {"yi": {"first_pay": share}}},
        "order": [YEARLY_POSITION],
    }
    stack = parse.stack(body)
    claims = [
        Claim(
            id=level,
            person=level,
            on=date(2024, 5, 1),
            lines=(Line("yi", 5), Line("yi", 5, first_pay=(1, 10))),
            attributes={"level": level},
        )
        for level in ("一级", "二级")
    ]
    program = compiled.compile(stack, native=False)
    got = program.run(compiled.from_claims(claims, stack, by_line=by_line)).results()
    assert got == reference.settle_all(stack, claims)
    assert [one.parts["item_first_pay"] for one in got] == [1, 2]


YEARLY_POSITION = {"id": "a", "benefit": YEARLY}
