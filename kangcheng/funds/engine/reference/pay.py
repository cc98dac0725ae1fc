"""Step 4d: what the payer pays before limits. A rate, brackets, a fixed sum or an amount by day."""

from __future__ import annotations

from fractions import Fraction

from kangcheng.funds.engine.definition import Benefit, Brackets, PerDay, Step, Value
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.explain import Exact, Told, how
from kangcheng.funds.engine.reference.rates import rate_of
from kangcheng.funds.engine.reference.values import (
    MOST_FEN,
    clause_of,
    exact_money,
    number_of,
    refuse,
    words_of,
)
from kangcheng.kernel.money import rounded


def pay(bill: Bill, benefit: Benefit, rest: list[int], deductible: int) -> int:
    """`rest` is what each base part still has after deductible and ceilings; the answer is at most their sum."""
    if benefit.fixed is not None or benefit.per_day is not None:
        amount = lump(bill, benefit)
    else:
        amount = _total(bill, benefit, _pieces(bill, benefit, rest, deductible))
    expense = sum(rest)
    if amount > expense:
        bill.notes.say(
            benefit.id,
            "计算支付 = min(原支付, 本层费用)",
            expense,
            clause=benefit.clause,
            原支付=amount,
            本层费用=expense,
        )
    return min(amount, expense)


def _pieces(bill: Bill, benefit: Benefit, rest: list[int], deductible: int) -> list[Fraction]:
    """What each part with a rate of its own and each bracket of the others comes to."""
    pieces, main = [], 0
    for part, amount in zip(benefit.base, rest, strict=True):
        if part.rate is None:
            main += amount
        elif amount:
            rate = rate_of(bill, benefit, part.rate)
            pieces.append(_piece(bill, benefit, f"{part.part}费用", amount, rate))
    if benefit.rate is not None and main:
        pieces.append(_piece(bill, benefit, "本层费用", main, rate_of(bill, benefit, benefit.rate)))
    if benefit.brackets is not None and main:
        pieces += _bracketed(bill, benefit, benefit.brackets, main, deductible)
    return pieces


def lump(bill: Bill, benefit: Benefit) -> int:
    """A fixed sum or an amount by day, rounded, whatever the bill."""
    pieces = [_fixed(bill, benefit, benefit.fixed)] if benefit.fixed is not None else _by_day(bill, benefit)
    amount = rounded(sum(pieces, Fraction(0)), benefit.rounding.unit, benefit.rounding.mode)
    if amount > MOST_FEN:
        raise refuse("facts", f"算得金额 {amount} 分过大 (amount out of range)", rule=f"不超过 {MOST_FEN} 分")
    _say_sum(bill, benefit, "定额", pieces, amount)
    return amount


def _fixed(bill: Bill, benefit: Benefit, value: Value) -> Fraction:
    amount = exact_money(value, bill.claim)
    if bill.notes.on:
        told = {"适用": words} if (words := words_of(value, bill.claim)) else {}
        clause = clause_of(value, bill.claim) or benefit.clause
        bill.notes.say(
            benefit.id, "规定金额 = 规则金额", Exact(amount), clause=clause, 规则金额=Exact(amount), also=told
        )
    return amount


def _by_day(bill: Bill, benefit: Benefit) -> list[Fraction]:
    """Days after the waiting days, each with the amount of its step."""
    rule = benefit.per_day
    pieces: list[Fraction] = []
    for first, last, value in _spans(rule, int(number_of(rule.days, bill.claim))) if rule else ():
        count = last - first + 1
        amount = exact_money(value, bill.claim)
        pieces.append(count * amount)
        if bill.notes.on:
            bill.notes.say(
                benefit.id,
                "按日金额 = 天数 × 每日金额",
                Exact(count * amount),
                clause=clause_of(value, bill.claim) or benefit.clause,
                天数=str(count),
                每日金额=Exact(amount),
                自第=f"第{first}日",
                至第=f"第{last}日",
            )
    return pieces


def _spans(rule: PerDay, days: int) -> list[tuple[int, int, Value]]:
    """First day, last day and amount of every step that this many days reach."""
    spans: list[tuple[int, int, Value]] = []
    start = 1
    for to, value in rule.steps:
        last = days if to is None else min(days, to)
        first = max(start, rule.waiting + 1)
        if first <= last:
            spans.append((first, last, value))
        start = last + 1 if to is None else to + 1
    return spans


def _piece(
    bill: Bill, benefit: Benefit, name: str, amount: int, rate: Fraction, clause: str = ""
) -> Fraction:
    """Amount x rate, rounded when the layer rounds each bracket."""
    exact = amount * rate
    rounding = benefit.rounding
    if rounding.at == "bracket":
        exact = Fraction(rounded(exact, rounding.unit, rounding.mode))
    if bill.notes.on:
        words = how(rounding) if rounding.at == "bracket" else ""
        inputs: dict[str, Told] = {name: amount, "支付比例": rate}
        bill.notes.say(
            benefit.id,
            f"应付 = {name} × 支付比例",
            Exact(exact),
            clause=clause or benefit.clause,
            rounding=words,
            also=inputs,
        )
    return exact


def _bracketed(bill: Bill, benefit: Benefit, rule: Brackets, main: int, deductible: int) -> list[Fraction]:
    start = deductible if rule.on == "gross" else 0
    if rule.mode == "whole":
        step = _step_of(rule, start + main)
        rate = rate_of(bill, benefit, step.rate, clause=step.clause)
        return [_piece(bill, benefit, "本层费用", main, rate, step.clause)]
    pieces, below = [], 0
    for number, step in enumerate(rule.steps, 1):
        end = start + main if step.to is None else min(start + main, step.to)
        inside = end - max(start, below)
        if inside > 0:
            _say_step(bill, benefit, number, end, max(start, below), inside, step)
            rate = rate_of(bill, benefit, step.rate, clause=step.clause)
            pieces.append(_piece(bill, benefit, f"第{number}段费用", inside, rate, step.clause))
        below = end if step.to is None else step.to
    return pieces


def _step_of(rule: Brackets, amount: int) -> Step:
    """The bracket a whole amount falls in; on a boundary the lower or the upper one, as the rule says."""
    return next(
        step
        for step in rule.steps
        if step.to is None or amount < step.to or (amount == step.to and rule.boundary == "lower")
    )


def _say_step(
    bill: Bill, benefit: Benefit, number: int, end: int, start: int, inside: int, step: Step
) -> None:
    bill.notes.say(
        benefit.id,
        f"第{number}段费用 = 段止 - 段起",
        inside,
        clause=step.clause or benefit.clause,
        段止=end,
        段起=start,
    )


def _total(bill: Bill, benefit: Benefit, pieces: list[Fraction]) -> int:
    """The sum of the pieces, rounded once."""
    rounding = benefit.rounding
    exact = sum(pieces, Fraction(0))
    amount = rounded(exact, rounding.unit, rounding.mode) if rounding.at == "layer" else int(exact)
    _say_sum(bill, benefit, "计算支付", pieces, amount)
    return amount


def _say_sum(bill: Bill, benefit: Benefit, name: str, pieces: list[Fraction], amount: int) -> None:
    if bill.notes.on and pieces:
        inputs = {f"应付{i}": Exact(piece) for i, piece in enumerate(pieces, 1)}
        bill.notes.say(
            benefit.id,
            f"{name} = {' + '.join(inputs)}",
            amount,
            clause=benefit.clause,
            rounding=how(benefit.rounding),
            also=inputs,
        )
