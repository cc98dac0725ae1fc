"""Which numbers of a claim stand for money: they may be as large as amounts, where counts and days may not."""

from __future__ import annotations

from collections.abc import Iterator

from kangcheng.funds.engine.definition import (
    Benefit,
    Choice,
    Combine,
    Entitlement,
    Fact,
    Linear,
    Stack,
    Table,
    Value,
)
from kangcheng.funds.engine.slots import layer_of


def money_facts(stack: Stack) -> frozenset[str]:
    """Names of facts read as money somewhere in the stack."""
    return frozenset(name for value in _money(stack) if value is not None for name in _facts(value))


def _money(stack: Stack) -> Iterator[Value | None]:
    split = stack.split
    for group in (*split.groups.values(), *([split.otherwise] if split.otherwise else [])):
        yield group.price_limit
    for position in stack.order:
        if isinstance(position, Entitlement) and position.cap:
            yield position.cap.limit
        if benefit := layer_of(position):
            yield from _of_layer(benefit)


def _of_layer(benefit: Benefit) -> Iterator[Value | None]:
    yield benefit.fixed
    if benefit.deductible:
        yield from (benefit.deductible.amount, benefit.deductible.floor, benefit.deductible.yearly_cap)
    yield from (ceiling.limit for ceiling in benefit.ceilings)
    if benefit.pool and benefit.pool.counts == "fen":
        yield benefit.pool.limit
    if benefit.per_day:
        yield from (amount for _, amount in benefit.per_day.steps)


def _facts(value: Value) -> Iterator[str]:
    """In a product only the first item is money; the fact of a linear value is a plain number."""
    if isinstance(value, Fact):
        yield value.name
    elif isinstance(value, Table):
        for row in (*value.rows.values(), *([value.otherwise] if value.otherwise else [])):
            yield from _facts(row)
    elif isinstance(value, Choice):
        for _, row in value.rows:
            yield from _facts(row)
    elif isinstance(value, Combine):
        for item in value.items[:1] if value.how == "product" else value.items:
            yield from _facts(item)
    else:
        assert not isinstance(value, Linear) or value.of
