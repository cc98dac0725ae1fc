"""The deductible as code: amount, n-th steps, floor, what was taken in its period, the yearly cap."""

from __future__ import annotations

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.draft import MOST_FEN, Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.values import money
from kangcheng.funds.engine.definition import Benefit, Deductible
from kangcheng.funds.engine.slots import name_of


def write_due(draft: Draft, benefit: Benefit, rule: Deductible) -> str:
    """Local name of what this claim owes, however small the bill."""
    source = draft.source
    due = write_standard(draft, benefit, rule)
    if rule.per != "claim":
        taken = draft.read(name_of(benefit, "deductible"), rule.per)
        source.put(f"{due} = max(0, {due} - {taken})")
    if rule.yearly_cap is not None:
        cap = money(draft, rule.yearly_cap)
        taken = draft.read(name_of(benefit, "deductible"), "year")
        source.put(f"{due} = min({due}, max(0, {cap} - {taken}))")
    return due


def write_standard(draft: Draft, benefit: Benefit, rule: Deductible) -> str:
    """Local name of the rule's amount for the n-th claim of the year."""
    source = draft.source
    amount = source.name("due")
    source.put(f"{amount} = {money(draft, rule.amount)}")
    if rule.nth:
        _nth(draft, benefit, rule, amount)
    if rule.floor is not None:
        source.put(f"{amount} = max({amount}, {money(draft, rule.floor)})")
    return amount


def _nth(draft: Draft, benefit: Benefit, rule: Deductible, amount: str) -> None:
    """The last step that this claim has reached changes the amount."""
    source = draft.source
    nth, number = draft.fact("nth"), source.name("number")
    source.put(f"{number} = {nth}")
    with source.block(f"if {nth} < 0"):
        source.put(f"{number} = {draft.read(name_of(benefit, 'count'), 'year')} + 1")
    head = "if"
    for step in sorted(rule.nth, key=lambda step: -rule.nth.index(step)):
        with source.block(f"{head} {number} >= {source.const(step.start)}"):
            den = exact.grid(step.times.denominator, 10_000)
            top = exact.numerator(step.times, den)
            times = Num(source.const(top), den, top, top)
            changed = exact.times(Num(amount, 1, 0, MOST_FEN), times, draft.place)
            text, _ = exact.rounded(changed, 1, "half_up", draft.place)
            source.put(f"{amount} = max(0, {text} - {source.const(step.minus)})")
        head = "elif"
