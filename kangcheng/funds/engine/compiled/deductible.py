"""The deductible as code: amount, n-th steps, floor, what was taken in its period, the yearly cap."""

from __future__ import annotations

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.draft import MOST_FEN, Draft, place
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.values import money
from kangcheng.funds.engine.definition import Benefit, Deductible
from kangcheng.funds.engine.slots import counted_once_in, name_of


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


def begins(draft: Draft, benefit: Benefit) -> str:
    """Code for 1 when this claim is a further one to `nth`, 0 when it goes on with one that is already counted."""
    period = counted_once_in(benefit)
    if period is None:
        return "1"
    group, at = draft.memory.slots[name_of(benefit, "count"), period]
    named = f"k_{group.number} >= 0 and " if group.key.may_lack else ""
    return f"(0 if {named}{place(group, at)} > 0 else 1)"


def _nth(draft: Draft, benefit: Benefit, rule: Deductible, amount: str) -> None:
    """The last step that this claim has reached changes the amount."""
    source = draft.source
    nth, number = draft.fact("nth"), source.name("number")
    source.put(f"{number} = {nth}")
    with source.block(f"if {nth} < 0"):
        count = draft.read(name_of(benefit, "count"), "year")
        source.put(f"{number} = {count} + {begins(draft, benefit)}")
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
