"""What the compiled engine will not do: it names the entry and the reason, and never settles inexactly."""

from collections.abc import Callable
from typing import Any

import pytest

from kangcheng.funds.engine import compiled
from kangcheng.funds.engine.definition import Stack
from kangcheng.kernel.errors import Faults

Build = Callable[..., Stack]
PAY = {"payer": "pool", "rate": "70%"}


def pool(place: str, **more: Any) -> dict[str, Any]:
    """A layer that draws on a pot."""
    return {"id": place, **PAY, "pool": {"id": "pot", "limit": "100", "counts": "fen"}, **more}


def test_rates_with_far_denominators(stack_of: Build) -> None:
    rates = [f"1/{prime}" for prime in (999_983, 999_979, 999_961)]
    steps = [{"to": "1", "rate": rates[0]}, {"to": "2", "rate": rates[1]}, {"rate": rates[2]}]
    with pytest.raises(compiled.Refusal, match=r"layer-7.*reference|reference.*layer-7") as error:
        compiled.compile(stack_of({"id": "layer-7", "payer": "pool", "brackets": {"steps": steps}}))
    assert "layer-7" in error.value.where


def test_a_pool_that_feeds_back(stack_of: Build) -> None:
    ceiling = [{"limit": "50", "of": "payment", "per": "year"}]
    with pytest.raises(compiled.Refusal, match="depends on the pool"):
        compiled.compile(stack_of(pool("a", ceilings=ceiling)))
    with pytest.raises(compiled.Refusal, match="two draws"):
        compiled.compile(stack_of(pool("a"), pool("b")))
    first = {"id": "a", **PAY, "accumulate": {"names": {"paid": "shared"}}, "ceilings": ceiling}
    later = {"id": "c", **PAY, "accumulate": {"names": {"paid": "shared"}}}
    with pytest.raises(compiled.Refusal, match="shared"):
        compiled.compile(stack_of(first, pool("b"), later))
    compiled.compile(stack_of(first, pool("b"), {"id": "c", **PAY}))


def test_a_pool_after_an_account_that_a_later_claim_draws_on(stack_of: Build) -> None:
    account = {"id": "mine", "account": {"balances": ["current"], "base": "in_scope"}}
    compiled.compile(stack_of(account, pool("b")))
    after = {"id": "again", "account": {"balances": ["current"], "base": "copay"}}
    with pytest.raises(compiled.Refusal, match="balance current"):
        compiled.compile(stack_of(account, pool("b"), after))


def test_a_balance_with_two_owners(stack_of: Build) -> None:
    accounts = [
        {"id": owner, "account": {"balances": ["b"], "base": "in_scope", "owner": owner}}
        for owner in ("person", "household")
    ]
    with pytest.raises(compiled.Refusal, match="two owners"):
        compiled.compile(stack_of(*accounts))


def test_amounts_beyond_the_bounds_of_the_code(stack_of: Build, claim: Callable[..., Any]) -> None:
    stack = stack_of(
        {"id": "a", "payer": "pool", "rate": "1/3", "adjust": [{"times": "1/7"}, {"times": "12.3456%"}]}
    )
    program = compiled.compile(stack, native=False)
    fine = program.run(compiled.from_claims([claim(1, 10**10)], stack)).results()
    assert fine[0].payers["pool"] == round(10**10 * 123456 / (21 * 10**6))
    with pytest.raises(compiled.Refusal, match="beyond the exact bounds"):
        program.run(compiled.from_claims([claim(1, 10**14)], stack))


def test_days_that_are_no_days(stack_of: Build, claim: Callable[..., Any]) -> None:
    value = {"product": [{"fact": "wage"}, "1/30", {"fact": "days"}]}
    stack = stack_of({"id": "a", "payer": "pool", "fixed": value, "cash": "yes"})
    program = compiled.compile(stack, native=False)
    good = claim(1, 0, facts={"wage": 600_000, "days": 98})
    assert program.run(compiled.from_claims([good], stack)).results()[0].allowances == {"pool": 1_960_000}
    with pytest.raises(compiled.Refusal, match="days"):
        program.run(compiled.from_claims([claim(1, 0, facts={"wage": 600_000, "days": 10**9})], stack))


def test_a_year_to_date_beyond_the_bounds(stack_of: Build, claim: Callable[..., Any]) -> None:
    stack = stack_of({"id": "a", "payer": "pool", "rate": "50%", "accumulate": {"mode": "cumulative"}})
    program = compiled.compile(stack, native=False)
    claims = [claim(number, 6 * 10**13) for number in range(2)]
    with pytest.raises(compiled.Refusal, match="year to date"):
        program.run(compiled.from_claims(claims, stack))


def test_refused_claims_are_named_with_their_places(stack_of: Build, claim: Callable[..., Any]) -> None:
    stack = stack_of({"id": "a", "payer": "pool", "rate": {"by": "level", "rows": {"一级": "90%"}}})
    program = compiled.compile(stack, native=False)
    good, bad, worse = claim(1, 100, attributes={"level": "一级"}), claim(2, 100), claim(3, -1)
    with pytest.raises(Faults) as error:
        program.run(compiled.from_claims([good, bad, worse], stack))
    assert [fault.where for fault in error.value.faults] == ["[1].level (c00002)", "[2].in_scope (c00003)"]
    marked = program.run(compiled.from_claims([worse, good, bad], stack), refused="mark")
    assert marked.refused() == [0, 2]
    assert marked.marked()[1].payers == {"pool": 90}
    assert marked.column("payer.pool").tolist() == [0, 90, 0]


def test_a_refused_claim_leaves_nothing_behind(stack_of: Build, claim: Callable[..., Any]) -> None:
    """It has gone through a layer that remembers before a later one refuses it."""
    first = {"id": "a", **PAY, "deductible": {"amount": "10", "per": "year"}}
    second = {"id": "b", "payer": "relief", "base": "copay", "rate": {"linear": "age", "slope": "1%"}}
    stack = stack_of(first, second)
    program = compiled.compile(stack, native=False)
    claims = [claim(1, 5_000), claim(2, 5_000, facts={"age": 40}), claim(3, 5_000)]
    got = program.run(compiled.from_claims(claims, stack), refused="mark")
    assert got.refused() == [0, 2]
    assert got.marked()[1].layers[0].deductible == 1_000
