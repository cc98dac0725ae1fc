"""Many claims through `compiled`, each under its own stack. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from kangcheng.funds.engine import compiled
from kangcheng.funds.engine.choose import stacks_of
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference.plan import plan
from kangcheng.funds.engine.result import Result
from kangcheng.funds.engine.slots import layer_of
from kangcheng.kernel.errors import Fault, Faults, KangchengError

_PLACE = re.compile(r"\[(\d+)\]")


def settle(stack_of: Callable[[Claim], Stack], claims: Sequence[Claim]) -> list[Result]:
    """As `reference.run`, without reasons: results in the order of the claims.

    Claims of several stacks are settled stack by stack, which is exact as long as no two stacks remember the same number,
    pay from the same account or draw on the same pool. Raises KangchengError otherwise, Faults of all refused claims.
    """
    places: dict[int, list[int]] = {}
    stacks: dict[int, Stack] = {}
    for place, stack in enumerate(_shared(stacks_of(stack_of, claims))):
        stacks[id(stack)] = stack
        places.setdefault(id(stack), []).append(place)
    _apart(list(stacks.values()))
    results: dict[int, Result] = {}
    faults: list[Fault] = []
    for key, stack in stacks.items():
        try:
            found = _run(stack, [claims[place] for place in places[key]])
        except Faults as error:
            faults += [_at(fault, places[key]) for fault in error.faults]
            continue
        results |= dict(zip(places[key], found, strict=True))
    if faults:
        raise Faults(faults, what=f"{len(faults)} 处错误，未结算 (claims refused)")
    return [results[place] for place in range(len(claims))]


def _run(stack: Stack, claims: list[Claim]) -> list[Result]:
    program = compiled.compile(stack)
    return program.run(compiled.from_claims(claims, stack)).results()


def _shared(stacks: Iterable[Stack]) -> list[Stack]:
    """One object for equal stacks: a pack is read anew for each day, and most days say the same."""
    first: dict[int, Stack] = {}
    kept: list[Stack] = []
    for stack in (listed := list(stacks)):
        if id(stack) not in first:
            first[id(stack)] = next((one for one in kept if one == stack), stack)
            if first[id(stack)] is stack:
                kept.append(stack)
    return [first[id(stack)] for stack in listed]


def _apart(stacks: list[Stack]) -> None:
    """No two stacks touch the same memory."""
    for one, other in combinations(stacks, 2):
        both = sorted(_memory(one) & _memory(other))
        if both:
            names = ", ".join(dict.fromkeys(stack.id for stack in (one, other)))
            raise KangchengError(
                f"单据分属几个叠层或几个版本: {names} (several stacks)，共用 {', '.join(both[:5])}",
                rule="compiled 逐个叠层运行，各叠层不得共用累计、账户或资金池",
                todo="按叠层分开单据，用 --stack 指定，或用 --engine reference",
            )


def _memory(stack: Stack) -> set[str]:
    prepared = plan(stack)
    pools = {layer.pool.id for one in stack.order if (layer := layer_of(one)) is not None and layer.pool}
    return {*prepared.by_name, *prepared.balances, *pools}


def _at(fault: Fault, places: Sequence[int]) -> Fault:
    """A fault of the n-th claim of a part, told as of the whole list."""
    return replace(fault, where=_PLACE.sub(lambda found: f"[{places[int(found[1])]}]", fault.where, count=1))
