"""Step 4: one layer of one payer, from the parts it takes to the parts it leaves."""

from __future__ import annotations

from kangcheng.funds.engine.definition import CLASSIFIED, COPAY, DEDUCTIBLE, OVER_CEILING, BasePart, Benefit
from kangcheng.funds.engine.reference import cumulative
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.deductible import due
from kangcheng.funds.engine.reference.explain import HALF_UP
from kangcheng.funds.engine.reference.limits import cut_expense, cut_payment, draw, top_up
from kangcheng.funds.engine.reference.outcome import Outcome
from kangcheng.funds.engine.reference.pay import lump, pay
from kangcheng.funds.engine.reference.values import holds, refuse
from kangcheng.funds.engine.result import LayerResult
from kangcheng.funds.engine.slots import name_of
from kangcheng.kernel.money import rounded

_SKIPPED = {"when": "不符合适用条件", "unless": "属于除外情形", "frequency": "次数已用完"}


def run_layer(bill: Bill, benefit: Benefit) -> None:
    """Skip, pay cash, take the given amount, or compute; then lay what is left and remember."""
    skipped = why_not(bill, benefit)
    if skipped:
        bill.layers.append(LayerResult(benefit.id, benefit.payer, skipped=skipped))
        bill.notes.say(benefit.id, f"不适用: {_SKIPPED[skipped]}", 0, clause=benefit.clause)
        return
    if benefit.cash:
        _cash(bill, benefit)
        return
    carved = carve(bill, benefit.id, benefit.base, benefit.clause)
    base = sum(carved)
    given = benefit.payer in bill.given
    if given:
        outcome = _given(bill, benefit, base)
    elif benefit.accumulate.mode == "cumulative":
        outcome = cumulative.outcome(bill, benefit, base)
    else:
        outcome = _computed(bill, benefit, carved)
    bill.payers[benefit.payer] += outcome.paid
    lay(bill, benefit.base, carved, outcome, back=benefit.rest == "back")
    remember(bill, benefit, base, outcome)
    _report(bill, benefit, base, outcome, given=given)


def _report(bill: Bill, benefit: Benefit, base: int, outcome: Outcome, *, given: bool) -> None:
    """The layer's line of the result and the last line of its explanation."""
    bill.layers.append(
        LayerResult(
            benefit.id,
            benefit.payer,
            base=base,
            deductible=outcome.deductible,
            expense=outcome.expense,
            over_ceiling=outcome.over,
            copay=max(0, base - outcome.paid - outcome.deductible - outcome.over),
            paid=outcome.paid,
            given=given,
        )
    )
    bill.notes.say(
        benefit.id,
        "本层未付 = 本层基数 - 支付",
        base - outcome.paid,
        clause=benefit.clause,
        本层基数=base,
        支付=outcome.paid,
    )


def why_not(bill: Bill, benefit: Benefit) -> str:
    """Empty when the layer applies, else which test failed."""
    if not holds(benefit.when, bill.claim):
        return "when"
    if benefit.unless is not None and holds(benefit.unless, bill.claim):
        return "unless"
    frequency = benefit.frequency
    if frequency and bill.memory.read(benefit, "count", frequency.per) >= frequency.times:
        return "frequency"
    return ""


def carve(bill: Bill, layer: str, base: tuple[BasePart, ...], clause: str) -> list[int]:
    """Step a: the weighted share of every part, half up to a fen."""
    carved = []
    for part in base:
        there = bill.parts[part.part]
        share = rounded(part.weight * there) if there else 0
        carved.append(share)
        if part.weight != 1 and there:
            bill.notes.say(
                layer,
                "纳入金额 = 部分金额 × 权重",
                share,
                clause=clause,
                rounding=HALF_UP,
                部分=PART_NAMES.get(part.part, part.part),
                部分金额=there,
                权重=part.weight,
            )
    if bill.notes.on:
        inputs = {PART_NAMES.get(p.part, p.part): amount for p, amount in zip(base, carved, strict=True)}
        bill.notes.say(layer, f"本层基数 = {' + '.join(inputs)}", sum(carved), clause=clause, also=inputs)
    return carved


def _computed(bill: Bill, benefit: Benefit, carved: list[int]) -> Outcome:
    """Steps b to g for the claim on its own."""
    entering = sum(amount for part, amount in zip(benefit.base, carved, strict=True) if part.deductible)
    owed = due(bill, benefit)
    deductible = min(owed, entering)
    if benefit.deductible is not None:
        bill.notes.say(
            benefit.id,
            "本次起付线 = min(应付起付线, 基数)",
            deductible,
            clause=benefit.clause,
            应付起付线=owed,
            基数=entering,
        )
    rest, left = list(carved), deductible
    for place, part in enumerate(benefit.base):
        taken = min(left, rest[place]) if part.deductible else 0
        rest[place] -= taken
        left -= taken
    over = cut_expense(bill, benefit, rest, deductible)
    if bill.notes.on and (deductible or over):
        inputs = {"本层基数": sum(carved), "本次起付线": deductible, "超限额费用": over}
        bill.notes.say(
            benefit.id, f"本层费用 = {' - '.join(inputs)}", sum(rest), clause=benefit.clause, also=inputs
        )
    paid = pay(bill, benefit, rest, deductible)
    paid = top_up(bill, benefit, sum(carved), paid)
    within = cut_payment(bill, benefit, paid)
    drawn = draw(bill, benefit, within)
    return Outcome(deductible=deductible, expense=sum(rest), over=over + paid - within, paid=drawn)


def _given(bill: Bill, benefit: Benefit, base: int) -> Outcome:
    """An amount that this payer has already paid: taken as it is."""
    paid = min(bill.given[benefit.payer], base)
    bill.given[benefit.payer] -= paid
    bill.notes.say(benefit.id, "已付 = 单据给出的支付", paid, clause=benefit.clause, 单据给出的支付=paid)
    return Outcome(deductible=0, expense=base, over=0, paid=paid)


def _cash(bill: Bill, benefit: Benefit) -> None:
    """An allowance paid to the person: no part of the bill is touched."""
    amount = draw(bill, benefit, cut_payment(bill, benefit, lump(bill, benefit)))
    bill.allowances[benefit.payer] += amount
    outcome = Outcome(deductible=0, expense=0, over=0, paid=amount)
    remember(bill, benefit, 0, outcome)
    bill.layers.append(LayerResult(benefit.id, benefit.payer, paid=amount))
    bill.notes.say(benefit.id, "津贴 = 金额", amount, clause=benefit.clause, 金额=amount)


def lay(bill: Bill, base: tuple[BasePart, ...], carved: list[int], outcome: Outcome, *, back: bool) -> None:
    """Step i: the payment leaves the carved parts in listed order; the rest is laid to the patient's parts or goes back."""
    left, unpaid = outcome.paid, 0
    for part, amount in zip(base, carved, strict=True):
        taken = min(left, amount)
        left -= taken
        bill.parts[part.part] -= taken
        if not back and part.part not in CLASSIFIED:
            bill.parts[part.part] -= amount - taken
            unpaid += amount - taken
    deductible = min(outcome.deductible, unpaid)
    over = min(outcome.over, unpaid - deductible)
    bill.parts[DEDUCTIBLE] += deductible
    bill.parts[OVER_CEILING] += over
    bill.parts[COPAY] += unpaid - deductible - over


def remember(bill: Bill, benefit: Benefit, base: int, outcome: Outcome) -> None:
    """Step j: the layer's accumulators."""
    amounts = {
        "base": base,
        "deductible": outcome.deductible,
        "expense": outcome.expense,
        "over": outcome.over,
        "paid": outcome.paid,
        "count": bill.memory.begins(benefit),
    }
    if missing := bill.memory.missing(benefit.accumulate):
        raise refuse(missing, f"单据缺少 {missing} (attribute missing)", rule=f"按 {missing} 累计")
    for what, amount in amounts.items():
        bill.memory.add(name_of(benefit, what), amount)


PART_NAMES = {
    "in_scope": "政策范围内费用",
    "out_of_scope": "目录外",
    "over_limit": "超限价",
    "item_first_pay": "先行自付",
    "place_first_pay": "就医地先行自付",
    "deductible": "起付线部分",
    "copay": "按比例自付",
    "over_ceiling": "超限额部分",
}
