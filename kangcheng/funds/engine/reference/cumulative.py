"""Step 4h: the cumulative difference. Compute the year to date as one bill, take away what was paid before."""

from __future__ import annotations

from kangcheng.funds.engine.definition import Benefit
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.deductible import standard
from kangcheng.funds.engine.reference.limits import draw
from kangcheng.funds.engine.reference.outcome import Outcome
from kangcheng.funds.engine.reference.pay import pay
from kangcheng.funds.engine.reference.values import clause_of, money_of


def outcome(bill: Bill, benefit: Benefit, base: int) -> Outcome:
    """The claim's part of the year to date; never negative, never above the base."""
    before = {
        what: bill.memory.read(benefit, what, "year")
        for what in ("base", "deductible", "expense", "over", "paid")
    }
    to_date = before["base"] + base
    bill.notes.say(
        benefit.id,
        "累计基数 = 此前累计基数 + 本层基数",
        to_date,
        clause=benefit.clause,
        此前累计基数=before["base"],
        本层基数=base,
    )
    rule = benefit.deductible
    deductible = min(standard(bill, benefit, rule), to_date) if rule else 0
    expense = _within(bill, benefit, to_date - deductible, deductible)
    _say_expense(bill, benefit, to_date, deductible, expense)
    parts = [expense] + [0] * (len(benefit.base) - 1)
    computed = pay(bill, benefit, parts, deductible)
    limited = _limited(bill, benefit, computed)
    due = _between(limited - before["paid"], base)
    bill.notes.say(
        benefit.id,
        "本次应付 = min(本层基数, max(0, 累计应付 - 此前已付))",
        due,
        clause=benefit.clause,
        本层基数=base,
        累计应付=limited,
        此前已付=before["paid"],
    )
    over = (to_date - deductible - expense) + (computed - limited)
    this_deductible = _between(deductible - before["deductible"], base - due)
    this_over = _between(over - before["over"], base - due - this_deductible)
    return Outcome(
        deductible=this_deductible,
        expense=max(0, expense - before["expense"]),
        over=this_over,
        paid=draw(bill, benefit, due),
    )


def _between(amount: int, most: int) -> int:
    return min(max(0, amount), most)


def _within(bill: Bill, benefit: Benefit, expense: int, deductible: int) -> int:
    """The year's expense after its ceilings, nothing used before."""
    for ceiling in benefit.ceilings:
        if ceiling.of == "expense":
            limit = money_of(ceiling.limit, bill.claim)
            room = max(0, limit - (deductible if ceiling.basis == "gross" else 0))
            expense = min(expense, room)
    return expense


def _limited(bill: Bill, benefit: Benefit, paid: int) -> int:
    """The year's payment after its ceilings."""
    for ceiling in benefit.ceilings:
        if ceiling.of == "payment":
            limit = money_of(ceiling.limit, bill.claim)
            if bill.notes.on:
                bill.notes.say(
                    benefit.id,
                    "累计应付 = min(计算支付, 支付限额)",
                    min(paid, limit),
                    clause=clause_of(ceiling.limit, bill.claim) or ceiling.clause or benefit.clause,
                    计算支付=paid,
                    支付限额=limit,
                )
            paid = min(paid, limit)
    return paid


def _say_expense(bill: Bill, benefit: Benefit, to_date: int, deductible: int, expense: int) -> None:
    if bill.notes.on:
        inputs = {
            "累计基数": to_date,
            "累计起付线": deductible,
            "累计超限额费用": to_date - deductible - expense,
        }
        bill.notes.say(
            benefit.id, f"累计费用 = {' - '.join(inputs)}", expense, clause=benefit.clause, also=inputs
        )
