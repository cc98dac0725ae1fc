"""Which numbers a stack remembers from claim to claim: one slot for each name and period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kangcheng.funds.engine.definition import (
    IN_SCOPE,
    OUT_OF_SCOPE,
    REMEMBERED,
    Accumulate,
    Benefit,
    Entitlement,
    Period,
    Split,
    Stack,
)


@dataclass(frozen=True)
class Slot:
    """One remembered number. `label` is how results and claims call it: the bare name for the year, else name@period."""

    name: str
    period: Period
    accumulate: Accumulate
    label: str


def is_count(name: str) -> bool:
    """True for names of plain counts; every other remembered name is money in fen."""
    return name == "count" or name.endswith((".count", "_count"))


def name_of(benefit: Benefit, what: str) -> str:
    """The name under which the benefit remembers base, deductible, expense, over, paid or count."""
    return benefit.accumulate.names.get(what, f"{benefit.id}.{what}")


def layer_of(position: object) -> Benefit | None:
    """The benefit that a position runs: itself, or the subsidy of an entitlement."""
    if isinstance(position, Entitlement):
        return position.subsidy
    return position if isinstance(position, Benefit) else None


def counted_once_in(benefit: Benefit) -> Period | None:
    """The period in which several claims are one admission to `nth`: that of the deductible, when it is shorter than a year."""
    rule = benefit.deductible
    if rule is None or not rule.nth or rule.per in ("claim", "year", "life"):
        return None
    return rule.per


def asked(benefit: Benefit) -> Iterator[tuple[str, Period]]:
    """(what, period) of every remembered number that a rule of the benefit itself reads."""
    yield from _asked_by_deductible(benefit)
    for ceiling in benefit.ceilings:
        if ceiling.per != "claim":
            yield ("paid" if ceiling.of == "payment" else "expense"), ceiling.per
            if ceiling.of == "expense" and ceiling.basis == "gross":
                yield "deductible", ceiling.per
    if benefit.frequency:
        yield "count", benefit.frequency.per
    if benefit.accumulate.mode == "cumulative":
        yield from ((what, "year") for what in REMEMBERED if what != "count")


def _asked_by_deductible(benefit: Benefit) -> Iterator[tuple[str, Period]]:
    if not (deductible := benefit.deductible):
        return
    if deductible.per != "claim":
        yield "deductible", deductible.per
    if deductible.yearly_cap is not None:
        yield "deductible", "year"
    if deductible.nth:
        yield "count", "year"
    if period := counted_once_in(benefit):
        yield "count", period


def streams(split: Split) -> tuple[str, ...]:
    """Parts of a split that are neither in scope nor out of it, in the order written."""
    groups = [*split.groups.values(), *([split.otherwise] if split.otherwise else [])]
    return tuple(dict.fromkeys(group.into for group in groups if group.into not in (IN_SCOPE, OUT_OF_SCOPE)))


def slots(stack: Stack) -> tuple[Slot, ...]:
    """All slots of the stack, in the order of its positions; each name has the year and every period asked of it.

    Slots that are kept the same way share one `accumulate` (without names), so that a reader works it out once.
    """
    found: dict[tuple[str, Period], Slot] = {}
    ways: list[Accumulate] = []
    for name, period, accumulate in _wanted(stack):
        way = replace(accumulate, names={})
        if way not in ways:
            ways.append(way)
        label = name if period == "year" else f"{name}@{period}"
        found.setdefault((name, period), Slot(name, period, ways[ways.index(way)], label))
    return tuple(found.values())


def _wanted(stack: Stack) -> Iterator[tuple[str, Period, Accumulate]]:
    for position in stack.order:
        if isinstance(position, Entitlement) and position.frequency:
            yield f"{position.id}.count", "year", Accumulate()
            yield f"{position.id}.count", position.frequency.per, Accumulate()
        if benefit := layer_of(position):
            for what in REMEMBERED:
                yield name_of(benefit, what), "year", benefit.accumulate
            for what, period in asked(benefit):
                yield name_of(benefit, what), period, benefit.accumulate
