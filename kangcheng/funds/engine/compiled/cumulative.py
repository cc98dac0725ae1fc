"""The cumulative difference as code: the year to date as one bill, less what was paid before."""

from __future__ import annotations

from typing import Protocol

from kangcheng.funds.engine.compiled import limits
from kangcheng.funds.engine.compiled.deductible import write_standard
from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.compiled.pay import write_pay
from kangcheng.funds.engine.compiled.source import BEYOND
from kangcheng.funds.engine.compiled.values import money
from kangcheng.funds.engine.definition import Benefit
from kangcheng.funds.engine.slots import name_of


class Amounts(Protocol):
    """The local names of the layer."""

    @property
    def base(self) -> str: ...
    @property
    def deductible(self) -> str: ...
    @property
    def expense(self) -> str: ...
    @property
    def over(self) -> str: ...
    @property
    def paid(self) -> str: ...


def write_outcome(draft: Draft, benefit: Benefit, names: Amounts) -> None:
    """The claim's part of the year to date; never negative, never above the base."""
    source = draft.source
    before = {
        what: draft.read(name_of(benefit, what), "year")
        for what in ("base", "deductible", "expense", "over", "paid")
    }
    date, owed = source.name("to_date"), source.name("owed")
    spent, full, limited = source.name("spent"), source.name("full"), source.name("limited")
    source.put(f"{date} = {before['base']} + {names.base}")
    with source.block(f"if {date} > {source.const(draft.bounds.amount)}"):
        source.put(f"fault = {BEYOND}  # beyond the exact bounds")
        source.put("break")
    standard = write_standard(draft, benefit, benefit.deductible) if benefit.deductible else "0"
    source.put(f"{owed} = min({standard}, {date})")
    source.put(f"{spent} = {date} - {owed}")
    _within(draft, benefit, spent, owed)
    source.put(f"{full} = 0")
    write_pay(draft, benefit, full, spent, owed, [])
    source.put(f"{limited} = {full}")
    for ceiling in benefit.ceilings:
        if ceiling.of == "payment":
            source.put(f"{limited} = min({limited}, {money(draft, ceiling.limit)})")
    left = f"{names.base} - {names.paid}"
    source.put(f"{names.paid} = min(max(0, {limited} - {before['paid']}), {names.base})")
    source.put(f"{names.deductible} = min(max(0, {owed} - {before['deductible']}), {left})")
    over = f"{date} - {owed} - {spent} + {full} - {limited} - {before['over']}"
    source.put(f"{names.over} = min(max(0, {over}), {left} - {names.deductible})")
    source.put(f"{names.expense} = max(0, {spent} - {before['expense']})")
    limits.write_pool(draft, benefit, names.paid)


def _within(draft: Draft, benefit: Benefit, spent: str, owed: str) -> None:
    """The year's expense after its ceilings, nothing used before."""
    for ceiling in benefit.ceilings:
        if ceiling.of == "expense":
            limit = money(draft, ceiling.limit)
            room = f"max(0, {limit} - {owed})" if ceiling.basis == "gross" else limit
            draft.source.put(f"{spent} = min({spent}, {room})")
