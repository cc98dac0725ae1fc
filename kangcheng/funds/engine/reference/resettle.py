"""What becomes of the others when a claim is taken back, changed or added: the unit's claims settled twice and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference.run import in_order, run
from kangcheng.funds.engine.reference.state import State
from kangcheng.funds.engine.result import Result

MONEY = ("total", "payers", "accounts", "waived", "institution", "parts", "allowances")


@dataclass(frozen=True)
class Difference:
    """One claim whose money changes; `was` is None for a claim that is new, `now` for one that is gone."""

    claim: str
    was: Result | None
    now: Result | None


def resettle(
    stack_of: Callable[[Claim], Stack],
    before: Iterable[Claim],
    after: Iterable[Claim],
    state: State | None = None,
    *,
    explain: bool = False,
) -> list[Difference]:
    """Claims of one settlement unit (claims known by id), before and after; `state` is what preceded all of them.

    Answers the claims whose money differs, in settlement order. Accumulators alone do not count: they move with every
    earlier claim. Raises Faults when either list cannot be settled.
    """
    old, new = list(before), list(after)
    was = dict(zip((claim.id for claim in old), run(stack_of, old, state)[0], strict=True))
    now = dict(zip((claim.id for claim in new), run(stack_of, new, state, explain=explain)[0], strict=True))
    everyone = [*new, *(claim for claim in old if claim.id not in now)]
    ordered = [everyone[place].id for place in in_order(everyone)]
    found = (Difference(name, was.get(name), now.get(name)) for name in ordered)
    return [one for one in found if not _same(one.was, one.now)]


def _same(was: Result | None, now: Result | None) -> bool:
    if was is None or now is None:
        return was is now
    return all(getattr(was, name) == getattr(now, name) for name in MONEY)
