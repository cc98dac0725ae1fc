"""Which stack of a pack a claim goes through, when nobody names it: by scheme, setting and the stack's own condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from kangcheng.funds.engine import parse
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference.run import at_place
from kangcheng.funds.engine.reference.values import holds, refuse
from kangcheng.kernel.errors import Fault, Faults


class Chooser:
    """The stacks of one pack, read once for each day that claims fall on. Pure; keep one for each batch."""

    def __init__(self, pack: Any, *, stack_id: str = "") -> None:
        self.pack, self.stack_id = pack, stack_id
        self._days: dict[date, list[tuple[int, Stack]]] = {}

    def stack_for(self, claim: Claim) -> Stack:
        """The one stack for the claim: the most particular of those that fit. Raises Faults."""
        stacks = self.on(claim.on)
        if self.stack_id:
            return stacks[0][1]
        fitting = [(_rank(stack, place), stack) for place, stack in stacks if fits(stack, claim)]
        if not fitting:
            raise refuse(
                "scheme, setting",
                f"没有叠层适用于险种 {claim.attributes.get('scheme', '')!r}、"
                f"就医类型 {claim.attributes.get('setting', '')!r} (no stack fits)",
                rule="按险种、就医类型和日期选叠层",
                todo=f"可用: {', '.join(_told(stack) for _, stack in stacks)}；或用 --stack 指定",
            )
        most = max(rank for rank, _ in fitting)
        best = [stack for rank, stack in fitting if rank == most]
        if len(best) > 1:
            raise refuse(
                "scheme, setting",
                f"适用的叠层不止一个: {', '.join(stack.id for stack in best)} (several stacks fit)",
                rule="按险种、就医类型和日期选叠层",
                todo="补全单据的 scheme 与 setting，或用 --stack 指定",
            )
        return best[0]

    def on(self, day: date) -> list[tuple[int, Stack]]:
        """The stacks in force on a day, each with the place of its pack in the order of overriding."""
        if day not in self._days:
            pack, pack_at = self.pack, self.pack.at(day)
            entries = [pack_at.get("stack", self.stack_id)] if self.stack_id else pack_at.all("stack")
            self._days[day] = [
                (
                    pack.order.index(one.pack),
                    parse.stack(one, pack_at, file=one.file, release=pack.release_hash),
                )
                for one in entries
            ]
        return self._days[day]


def chooser(pack: Any, *, stack_id: str = "") -> Callable[[Claim], Stack]:
    """A function from claim to stack."""
    return Chooser(pack, stack_id=stack_id).stack_for


def stacks_of(stack_of: Callable[[Claim], Stack], claims: Iterable[Claim]) -> list[Stack]:
    """The stack of each claim, in the order given. Raises Faults with the places of all claims that have none."""
    found: list[Stack] = []
    faults: list[Fault] = []
    for place, claim in enumerate(claims):
        try:
            found.append(stack_of(claim))
        except Faults as error:
            faults += [at_place(fault, place, claim) for fault in error.faults]
    if faults:
        raise Faults(faults, what=f"{len(faults)} 处错误，未结算 (claims refused)")
    return found


def fits(stack: Stack, claim: Claim) -> bool:
    """Scheme and setting are among those of the stack (none named: any), and its condition holds."""
    scheme, setting = claim.attributes.get("scheme"), claim.attributes.get("setting")
    if stack.scheme and scheme not in stack.scheme:
        return False
    if stack.setting and setting not in stack.setting:
        return False
    return holds(stack.when, claim)


def _rank(stack: Stack, place: int) -> tuple[int, int, int]:
    """The more a stack names the better it fits; then the more its condition tests; then the pack that overrides."""
    condition = stack.when
    tests = (condition.attributes, condition.categories, condition.all_categories, condition.numbers)
    return bool(stack.scheme) + bool(stack.setting), sum(len(one) for one in tests), place


def _told(stack: Stack) -> str:
    return f"{stack.id}({'/'.join(stack.scheme) or '任意'}, {'/'.join(stack.setting) or '任意'})"
