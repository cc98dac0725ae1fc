"""Claims of several stacks through `compiled` in one call: the fen of `reference`, or a refusal."""

from collections.abc import Callable
from typing import Any

import pytest

from kangcheng.funds.engine import batches, parse, reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.kernel.errors import Faults, KangchengError

CEILING = [{"limit": "100", "of": "payment", "per": "year"}]


def stack(name: str, rate: Any = "50%", **more: Any) -> Stack:
    layer = {"id": f"{name}-basic", "payer": "pool", "rate": rate, "ceilings": CEILING, **more}
    return parse.stack({"id": name, "order": [{"id": "basic", "benefit": layer}]})


def by_setting(**stacks: Stack) -> Callable[[Claim], Stack]:
    return lambda claim: stacks[claim.attributes["setting"]]


def claims(*settings: str) -> list[Claim]:
    return parse.claims_of(
        {"person": "A", "on": f"2024-05-{day:02}", "setting": setting, "in_scope": "150"}
        for day, setting in enumerate(settings, 1)
    )


def test_each_claim_under_its_own_stack() -> None:
    stack_of = by_setting(inside=stack("s"), outside=stack("t", "40%"))
    given = claims("inside", "outside", "inside", "outside")
    found = batches.settle(stack_of, given)
    assert found == reference.run(stack_of, given)[0]
    assert [result.payers["pool"] for result in found] == [7500, 6000, 2500, 4000]


def test_equal_stacks_are_one() -> None:
    """A pack is read anew for each day: what was paid on one day counts on the next."""
    found = batches.settle(lambda _: stack("s"), claims("a", "b"))
    assert [result.payers["pool"] for result in found] == [7500, 2500]
    assert batches.settle(lambda _: stack("s"), []) == []


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (stack("s", "40%"), r"s \(several stacks\)，共用 s-basic"),
        (stack("t", accumulate={"names": {"paid": "s-basic.paid"}}), r"s, t .*共用 s-basic.paid"),
    ],
)
def test_stacks_that_remember_together_are_refused(other: Stack, words: str) -> None:
    with pytest.raises(KangchengError, match=words):
        batches.settle(by_setting(a=stack("s"), b=other), claims("a", "b"))


def test_stacks_that_share_a_pool_or_an_account_are_refused() -> None:
    pool = {"id": "pot", "limit": "500"}
    account = {"balances": ["当年"]}
    one = parse.stack({"id": "s", "order": [{"id": "acct", "account": account}]})
    other = parse.stack({"id": "t", "order": [{"id": "acct2", "account": account}]})
    for pair in ((stack("s", pool=pool), stack("t", pool=pool)), (one, other)):
        with pytest.raises(KangchengError, match=r"共用 (pot|当年)"):
            batches.settle(by_setting(a=pair[0], b=pair[1]), claims("a", "b"))


def test_a_refused_claim_is_named_by_its_place_in_the_whole_list() -> None:
    wanting = stack("t", {"by": "level", "rows": {"三级": "40%"}})
    stack_of = by_setting(inside=stack("s"), outside=wanting)
    with pytest.raises(Faults) as caught:
        batches.settle(stack_of, claims("inside", "inside", "outside", "inside", "outside"))
    assert [fault.where for fault in caught.value.faults] == ["[2].level (2)", "[4].level (4)"]
