"""Expense ceilings, the minimum share, payment ceilings and the pool, as code."""

from __future__ import annotations

from typing import Protocol

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.memory import Key, key_of
from kangcheng.funds.engine.compiled.values import money, number, share
from kangcheng.funds.engine.definition import Benefit, Ceiling
from kangcheng.funds.engine.slots import name_of


class Amounts(Protocol):
    """The local names these rules read and write."""

    @property
    def deductible(self) -> str: ...
    @property
    def expense(self) -> str: ...
    @property
    def over(self) -> str: ...
    @property
    def paid(self) -> str: ...


def year_key(benefit: Benefit) -> Key:
    """The key of the layer's year."""
    return key_of("year", benefit.accumulate)


def write_expense_ceilings(draft: Draft, benefit: Benefit, names: Amounts, rest: list[str]) -> None:
    """Cut the expense, from the last part backwards where parts have rates of their own."""
    source = draft.source
    for ceiling in benefit.ceilings:
        if ceiling.of != "expense":
            continue
        source.put(f"cut = max(0, {names.expense} - {_room(draft, benefit, ceiling, names)})")
        source.put(f"{names.over} += cut")
        source.put(f"{names.expense} -= cut")
        for left in reversed(rest):
            source.put(f"off = min(cut, {left})")
            source.put(f"{left} -= off")
            source.put("cut -= off")


def _room(draft: Draft, benefit: Benefit, ceiling: Ceiling, names: Amounts) -> str:
    limit = money(draft, ceiling.limit)
    used = [names.deductible] if ceiling.basis == "gross" else []
    if ceiling.per != "claim":
        used.append(draft.read(name_of(benefit, "expense"), ceiling.per))
        if ceiling.basis == "gross":
            used.append(draft.read(name_of(benefit, "deductible"), ceiling.per))
    room = draft.source.name("room")
    draft.source.put(f"{room} = max(0, {' - '.join([limit, *used])})")
    return room


def write_minimum(draft: Draft, benefit: Benefit, paid: str, base: str) -> None:
    """Top the payment up to the minimum share of its basis; never above the base."""
    rule = benefit.minimum
    if rule is None:
        return
    source = draft.source
    basis = {"total": "total", "in_scope": "in_scope_basis", "base": base}[rule.of]
    whole = Num(basis, 1, 0, draft.bounds.amount)
    target = exact.times(whole, share(draft, rule.rate), draft.place)
    text, _ = exact.rounded(target, benefit.rounding.unit, benefit.rounding.mode, draft.place)
    counted = "".join(f" - {draft.payer(payer)}" for payer in rule.counting)
    source.put(f"{paid} = min(max({paid}, {text}{counted}), {base})")


def write_payment_ceilings(draft: Draft, benefit: Benefit, names: Amounts, *, cash: bool = False) -> None:
    """Cut the payment; what is cut goes over the ceiling, unless it was cash."""
    source = draft.source
    for ceiling in benefit.ceilings:
        if ceiling.of != "payment":
            continue
        room = money(draft, ceiling.limit)
        if ceiling.per != "claim":
            room = f"max(0, {room} - {draft.read(name_of(benefit, 'paid'), ceiling.per)})"
        kept = source.name("kept")
        source.put(f"{kept} = min({names.paid}, {room})")
        if not cash:
            source.put(f"{names.over} += {names.paid} - {kept}")
        source.put(f"{names.paid} = {kept}")


def write_pool(draft: Draft, benefit: Benefit, paid: str) -> None:
    """What the layer asks of its pool is noted; what it got was decided before, over all claims in their order."""
    pool = benefit.pool
    if pool is None:
        return
    source, at = draft.source, len(draft.pools)
    draft.pools.append(pool)
    with source.block(f"if {paid} > 0"):
        if pool.counts == "cases":
            limit = number(draft, pool.limit)
            source.put(f"limit_{at} = max(0, {limit.text}) // {limit.den}")
        else:
            source.put(f"limit_{at} = {money(draft, pool.limit)}")
        source.put(f"demand_{at} = {paid}")
        source.put(f"{paid} = min({paid}, grant_{at}[i])")
