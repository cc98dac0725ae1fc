"""What must hold for every definition and every claim, not only for those somebody thought of."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.result import Result
from tests.unit.funds.engine import drawn
from tests.unit.funds.engine.test_explanation import redo


def examples(number: int) -> settings:
    """That many drawn definitions; drawing them is most of the time, so all checks share them."""
    return settings(
        max_examples=number,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking such large drawings takes minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def read(body: dict[str, Any], bodies: list[dict[str, Any]]) -> tuple[Stack, list[Claim]]:
    """Drawn mappings as definition and claims."""
    return parse.stack(body), parse.claims_of(bodies)


@examples(25)
@given(drawn.stacks(), drawn.units(), st.randoms(use_true_random=False))
def test_whatever_is_defined(body: dict[str, Any], bodies: list[dict[str, Any]], random: Any) -> None:
    everything_holds(body, bodies, random)


@pytest.mark.slow
@examples(250)
@given(drawn.stacks(), drawn.units(), st.randoms(use_true_random=False))
def test_whatever_is_defined_at_length(
    body: dict[str, Any], bodies: list[dict[str, Any]], random: Any
) -> None:
    everything_holds(body, bodies, random)


def everything_holds(body: dict[str, Any], bodies: list[dict[str, Any]], random: Any) -> None:
    stack, claims = read(body, bodies)
    results = reference.settle_all(stack, claims, explain=True)
    for result in results:
        bill_is_conserved_and_nobody_overpays(stack, result)
        assert [wrong for reason in result.reasons if (wrong := redo(reason))] == []
    order_in_the_file_does_not_matter(stack, claims, results, random)
    persons_do_not_touch_each_other(stack, claims, results)
    one_by_one_equals_all_at_once(stack, claims, results)
    assert reference.resettle(lambda _: stack, claims, list(reversed(claims))) == []


def bill_is_conserved_and_nobody_overpays(stack: Stack, result: Result) -> None:
    paid = sum(result.payers.values()) + sum(result.accounts.values()) + sum(result.waived.values())
    assert result.total == paid + result.institution + sum(result.parts.values())
    piles = (result.payers, result.accounts, result.waived, result.parts, result.allowances, result.balances)
    assert all(amount >= 0 for pile in piles for amount in pile.values())
    cash = {position.id for position in stack.order if getattr(position, "cash", False)}
    for layer in result.layers:
        assert layer.id in cash or layer.paid <= layer.base
        assert min(layer.deductible, layer.expense, layer.over_ceiling, layer.copay, layer.paid) >= 0
    for payer, amount in result.payers.items():
        assert amount == sum(one.paid for one in result.layers if one.payer == payer and one.id not in cash)


def order_in_the_file_does_not_matter(
    stack: Stack, claims: list[Claim], results: list[Result], random: Any
) -> None:
    shuffled = list(claims)
    random.shuffle(shuffled)
    by_id = {result.claim: result for result in results}
    assert {result.claim: result for result in reference.settle_all(stack, shuffled)} == by_id


def persons_do_not_touch_each_other(stack: Stack, claims: list[Claim], results: list[Result]) -> None:
    for person in ("P", "Q"):
        own = [claim for claim in claims if claim.person == person]
        theirs = [result for claim, result in zip(claims, results, strict=True) if claim.person == person]
        assert reference.settle_all(stack, own) == theirs


def one_by_one_equals_all_at_once(stack: Stack, claims: list[Claim], results: list[Result]) -> None:
    """What a counter does (settle, store the changes) is what a batch does."""
    after = reference.run(lambda _: stack, claims)[1]
    state = reference.State()
    for place in reference.in_order(claims):
        result = reference.settle(stack, claims[place], state, explain=False)
        assert result == results[place]
        state.apply(result.changes)
    for ours, theirs in ((state.accumulators, after.accumulators), (state.balances, after.balances)):
        assert {key: value for key, value in ours.items() if value} == {
            key: value for key, value in theirs.items() if value
        }


def claim(amount: int, number: int = 0, **more: Any) -> Claim:
    return Claim(
        id=f"{number:03d}", person="P", on=date(2024, 5, 1), sequence=number, in_scope=amount, **more
    )


@st.composite
def progressive(draw: Any) -> Stack:
    """One layer of rising brackets above a deductible."""
    body = {
        "payer": "pool",
        "deductible": {"amount": draw(drawn.yuan(2_000)), "per": draw(st.sampled_from(("claim", "year")))},
        "brackets": {
            "on": draw(st.sampled_from(("after_deductible", "gross"))),
            "steps": draw(drawn.steps(drawn.rates(), "rate", st.integers(1, 8_000))),
        },
        "ceilings": draw(
            st.sampled_from(([], [{"limit": "3000", "of": "payment"}], [{"limit": "4000", "of": "expense"}]))
        ),
        "accumulate": {"mode": "per_claim"},
    }
    return parse.settleable(body)


@examples(60)
@given(progressive(), st.integers(0, 10**6), st.integers(0, 10**5))
def test_a_larger_bill_is_never_paid_less(stack: Stack, amount: int, more: int) -> None:
    small, large = (reference.settle(stack, claim(one)) for one in (amount, amount + more))
    assert small.payers["pool"] <= large.payers["pool"]
    assert small.cash <= large.cash + 1  # a fen of rounding


@examples(60)
@given(progressive(), st.lists(st.integers(0, 300_000), min_size=1, max_size=6))
def test_a_year_split_in_claims_is_paid_like_one(stack: Stack, amounts: list[int]) -> None:
    """The cumulative difference: the same year in one claim or in many comes to the same fen."""
    cumulative = cumulate(stack)
    many = reference.settle_all(cumulative, [claim(amount, n) for n, amount in enumerate(amounts)])
    one = reference.settle(cumulative, claim(sum(amounts)))
    assert sum(result.payers["pool"] for result in many) == one.payers["pool"]
    assert many[-1].accumulators == {**one.accumulators, "benefit.count": len(amounts)}


def cumulate(stack: Stack) -> Stack:
    """The same layer, counted over the year."""
    layer: Any = stack.order[0]
    yearly = replace(
        layer,
        deductible=replace(layer.deductible, per="year"),
        accumulate=replace(layer.accumulate, mode="cumulative"),
    )
    return replace(stack, order=(yearly,))
