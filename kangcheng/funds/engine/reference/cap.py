"""Step 3: price caps and packages. What the bill exceeds them by is borne by the institution."""

from __future__ import annotations

from kangcheng.funds.engine.definition import Cap, Entitlement
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.values import clause_of, money_of
from kangcheng.funds.engine.reference.waive import why_not


def cap(bill: Bill) -> None:
    """All caps of the stack in order; beside them the entitlements that spare the deposit."""
    for position in bill.plan.stack.order:
        if not isinstance(position, Entitlement):
            continue
        if position.no_deposit and not why_not(bill, position):
            bill.no_deposit.append(position.id)
        if position.cap and not why_not(bill, position):
            _cut(bill, position, position.cap)


def _cut(bill: Bill, entitlement: Entitlement, rule: Cap) -> None:
    limit = money_of(rule.limit, bill.claim)
    charged = sum(bill.parts.values())
    excess = left = max(0, charged - limit)
    for part in dict.fromkeys((*rule.take, *Cap.take, *bill.plan.parts)):
        taken = min(left, bill.parts[part])
        bill.parts[part] -= taken
        left -= taken
    bill.institution += excess
    if excess and entitlement.frequency:
        bill.memory.add(f"{entitlement.id}.count", 1)
    if bill.notes.on and excess:
        bill.notes.say(
            entitlement.id,
            "机构承担 = max(0, 费用 - 限额)",
            excess,
            clause=clause_of(rule.limit, bill.claim) or entitlement.clause,
            费用=charged,
            限额=limit,
        )
