"""Steps 5 and 6: the patient's cash is cut to its unit; the identity is asserted."""

from __future__ import annotations

from kangcheng.funds.engine.definition import (
    COPAY,
    DEDUCTIBLE,
    IN_SCOPE,
    ITEM_FIRST_PAY,
    OUT_OF_SCOPE,
    OVER_CEILING,
    OVER_LIMIT,
    PLACE_FIRST_PAY,
)
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.kernel.errors import KangchengError

_ORDER = (
    COPAY,
    DEDUCTIBLE,
    OVER_CEILING,
    IN_SCOPE,
    ITEM_FIRST_PAY,
    PLACE_FIRST_PAY,
    OVER_LIMIT,
    OUT_OF_SCOPE,
)


def round_total(bill: Bill) -> None:
    """The cut leaves the patient's parts and is borne by whom the stack names."""
    rule = bill.plan.stack.total_rounding
    if rule is None:
        return
    cash = sum(bill.parts.values())
    left = cut = cash % rule.unit
    for part in (*_ORDER, *bill.plan.parts[8:]):
        taken = min(left, bill.parts[part])
        bill.parts[part] -= taken
        left -= taken
    if rule.borne_by == "institution":
        bill.institution += cut
    else:
        bill.payers[rule.borne_by] += cut
    if cut:
        bill.notes.say(
            "total", "抹零后现金 = 原现金 - 抹零", cash - cut, 原现金=cash, 抹零=cut, 承担=rule.borne_by
        )


def assert_identity(bill: Bill) -> None:
    """Bill = payers + accounts + waived + institution + the patient's parts, none below zero."""
    piles = (bill.payers, bill.accounts, bill.waived, bill.parts)
    total = sum(sum(pile.values()) for pile in piles) + bill.institution
    negative = [name for pile in piles for name, amount in pile.items() if amount < 0]
    if total != bill.total or negative:
        raise KangchengError(
            f"结算不平: 总额 {bill.total}，各项之和 {total}，负数 {negative} (settlement does not balance)",
            where=f"claim {bill.claim.id}",
            rule="总额 = 各付款方 + 账户 + 减免 + 机构承担 + 个人各部分",
            todo="这是程序的错误，请连同单据报告",
        )


def say_total(bill: Bill) -> None:
    """The last line of the explanation: what is left for the patient to pay."""
    if bill.notes.on:
        inputs = {
            "总费用": bill.total,
            "各方支付": sum(bill.payers.values()),
            "账户支付": sum(bill.accounts.values()),
            "减免": sum(bill.waived.values()),
            "机构承担": bill.institution,
        }
        bill.notes.say("total", f"现金 = {' - '.join(inputs)}", sum(bill.parts.values()), also=inputs)
