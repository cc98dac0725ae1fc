"""The payer's rate for one claim, as code: value, whose share it is, adjustments in order, then 0 to 1."""

from __future__ import annotations

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.conditions import holds
from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.values import named, number
from kangcheng.funds.engine.definition import Adjustment, Benefit, Value


def rate(draft: Draft, benefit: Benefit, value: Value) -> Num:
    """The payer's share, between 0 and 1."""
    num = number(draft, value, 10_000)
    if benefit.share == "patient":
        num = exact.complement(num, draft.place)
    for adjustment in benefit.adjust:
        num = _adjusted(draft, adjustment, num)
    return named(draft, exact.clamped(num, 0, num.den), "rate")


def _adjusted(draft: Draft, adjustment: Adjustment, before: Num) -> Num:
    """The rate after one change where its condition holds, else as it was, over one denominator."""
    source = draft.source
    before = named(draft, before, "rate")
    name = source.name("rate")
    source.put("")
    spot, depth = len(source.lines) - 1, source.depth
    with source.when(holds(draft, adjustment.when)):
        changed = _change(draft, adjustment, before)
        before, changed = exact.together([before, changed], draft.place)
        source.put(f"{name} = {changed.text}")
    source.lines[spot] = "    " * depth + f"{name} = {before.text}"
    return Num(name, before.den, min(before.least, changed.least), max(before.most, changed.most))


def _change(draft: Draft, adjustment: Adjustment, num: Num) -> Num:
    """add, times, at_least or at_most; of the patient's share when it says so."""
    place = draft.place
    patient = adjustment.of == "patient"
    share = exact.complement(num, place) if patient else num
    if adjustment.add is not None:
        share = exact.added(share, number(draft, adjustment.add, 10_000), place)
    elif adjustment.times is not None:
        share = exact.times(share, number(draft, adjustment.times, 100), place)
    elif adjustment.at_least is not None:
        share = exact.picked("max", [share, number(draft, adjustment.at_least, 10_000)], place)
    elif adjustment.at_most is not None:
        share = exact.picked("min", [share, number(draft, adjustment.at_most, 10_000)], place)
    return exact.complement(share, place) if patient else share
