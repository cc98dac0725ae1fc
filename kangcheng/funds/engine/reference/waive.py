"""Step 1: exemptions and halvings take their share off the lines before anything else."""

from __future__ import annotations

from kangcheng.funds.engine.definition import Entitlement, Waive
from kangcheng.funds.engine.facts import Line
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.explain import HALF_UP
from kangcheng.funds.engine.reference.values import clause_of, holds, share_of
from kangcheng.kernel.money import rounded


def waive(bill: Bill) -> None:
    """All waivers of the stack in order."""
    for position in bill.plan.stack.order:
        if isinstance(position, Entitlement) and position.waive and not why_not(bill, position):
            _take(bill, position, position.waive)


def why_not(bill: Bill, entitlement: Entitlement) -> str:
    """Empty when the entitlement applies, else which test failed."""
    if not holds(entitlement.when, bill.claim):
        return "when"
    if entitlement.unless is not None and holds(entitlement.unless, bill.claim):
        return "unless"
    frequency = entitlement.frequency
    if frequency and bill.memory.read_name(f"{entitlement.id}.count", frequency.per) >= frequency.times:
        return "frequency"
    return ""


def _take(bill: Bill, entitlement: Entitlement, rule: Waive) -> None:
    share = share_of(rule.share, bill.claim)
    taken = 0
    for item in bill.items:
        if _covers(rule, item.line):
            off = rounded(share * item.left)
            _say(bill, entitlement, item.line.code or item.line.group, item.left, off)
            item.left -= off
            taken += off
    if not rule.groups and not rule.items:
        off = rounded(share * bill.in_scope_left)
        _say(bill, entitlement, "政策范围内费用", bill.in_scope_left, off)
        bill.in_scope_left -= off
        taken += off
    bill.waived[entitlement.source] += taken
    if taken and entitlement.frequency:
        bill.memory.add(f"{entitlement.id}.count", 1)


def _covers(rule: Waive, line: Line) -> bool:
    """No list: every line. Otherwise the group or the item code is listed."""
    return (not rule.groups and not rule.items) or line.group in rule.groups or line.code in rule.items


def _say(bill: Bill, entitlement: Entitlement, name: str, amount: int, off: int) -> None:
    if bill.notes.on and amount:
        rule = entitlement.waive
        bill.notes.say(
            entitlement.id,
            "减免 = 费用 × 减免比例",
            off,
            clause=clause_of(rule.share if rule else None, bill.claim) or entitlement.clause,
            rounding=HALF_UP,
            项目=name,
            费用=amount,
            减免比例=share_of(rule.share, bill.claim) if rule else "",
        )
