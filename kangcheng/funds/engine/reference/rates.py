"""The rate of a layer for one claim: value, then whose share it is, then adjustments in order, then 0..1."""

from __future__ import annotations

from fractions import Fraction

from kangcheng.funds.engine.definition import Adjustment, Benefit, Value
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.values import clause_of, holds, number_of, words_of


def rate_of(bill: Bill, benefit: Benefit, value: Value, *, clause: str = "") -> Fraction:
    """The payer's share, between 0 and 1."""
    stated = number_of(value, bill.claim)
    rate = 1 - stated if benefit.share == "patient" else stated
    if bill.notes.on:
        _say_stated(bill, benefit, value, stated, rate, clause)
    for adjustment in benefit.adjust:
        if holds(adjustment.when, bill.claim):
            before, rate = rate, adjusted(bill, adjustment, rate)
            _say_adjusted(bill, benefit, adjustment, before, rate)
    clamped = min(max(rate, Fraction(0)), Fraction(1))
    if clamped != rate:
        bill.notes.say(
            benefit.id,
            "支付比例 = min(最高, max(最低, 原比例))",
            clamped,
            最高=Fraction(1),
            最低=Fraction(0),
            原比例=rate,
        )
    return clamped


def adjusted(bill: Bill, adjustment: Adjustment, rate: Fraction) -> Fraction:
    """The rate after one change; a change of the patient's share works on 1 - rate."""
    share = rate if adjustment.of == "payer" else 1 - rate
    if adjustment.add is not None:
        share += number_of(adjustment.add, bill.claim)
    elif adjustment.times is not None:
        share *= number_of(adjustment.times, bill.claim)
    elif adjustment.at_least is not None:
        share = max(share, number_of(adjustment.at_least, bill.claim))
    elif adjustment.at_most is not None:
        share = min(share, number_of(adjustment.at_most, bill.claim))
    return share if adjustment.of == "payer" else 1 - share


def _say_stated(
    bill: Bill, benefit: Benefit, value: Value, stated: Fraction, rate: Fraction, clause: str
) -> None:
    told = {"适用": words} if (words := words_of(value, bill.claim)) else {}
    clause = clause_of(value, bill.claim) or clause or benefit.clause
    if benefit.share == "patient":
        bill.notes.say(
            benefit.id,
            "支付比例 = 全部 - 个人比例",
            rate,
            clause=clause,
            全部=Fraction(1),
            个人比例=stated,
            also=told,
        )
    else:
        bill.notes.say(benefit.id, "支付比例 = 规定比例", rate, clause=clause, 规定比例=stated, also=told)


_WORDS = {
    "payer": {
        "add": "原比例 + 增减",
        "times": "原比例 × 倍数",
        "at_least": "max(原比例, 不低于)",
        "at_most": "min(原比例, 不高于)",
    },
    "patient": {
        "add": "全部 - ((全部 - 原比例) + 增减)",
        "times": "全部 - (全部 - 原比例) × 倍数",
        "at_least": "全部 - max(全部 - 原比例, 不低于)",
        "at_most": "全部 - min(全部 - 原比例, 不高于)",
    },
}
_NAMES = {"add": "增减", "times": "倍数", "at_least": "不低于", "at_most": "不高于"}


def _say_adjusted(
    bill: Bill, benefit: Benefit, adjustment: Adjustment, before: Fraction, after: Fraction
) -> None:
    if not bill.notes.on:
        return
    for key, name in _NAMES.items():
        value = getattr(adjustment, key)
        if value is not None:
            whole = {"全部": Fraction(1)} if adjustment.of == "patient" else {}
            inputs = {"原比例": before, name: number_of(value, bill.claim), **whole}
            bill.notes.say(
                benefit.id,
                f"支付比例 = {_WORDS[adjustment.of][key]}",
                after,
                clause=clause_of(value, bill.claim) or adjustment.clause or benefit.clause,
                also=inputs,
            )
