"""Step 4b: the deductible. Amount, n-th steps, floor, what was taken in its period, the yearly cap."""

from __future__ import annotations

from kangcheng.funds.engine.definition import Benefit, Deductible
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.explain import HALF_UP
from kangcheng.funds.engine.reference.values import clause_of, money_of, words_of
from kangcheng.kernel.money import rounded


def due(bill: Bill, benefit: Benefit) -> int:
    """The deductible this claim owes, however small the bill."""
    rule = benefit.deductible
    if rule is None:
        return 0
    amount = standard(bill, benefit, rule)
    taken = bill.memory.read(benefit, "deductible", rule.per)
    left = max(0, amount - taken)
    if rule.per != "claim":
        bill.notes.say(
            benefit.id,
            "应付起付线 = max(0, 起付标准 - 已付起付线)",
            left,
            clause=rule.clause or benefit.clause,
            起付标准=amount,
            已付起付线=taken,
        )
    return _within_year(bill, benefit, rule, left)


def standard(bill: Bill, benefit: Benefit, rule: Deductible) -> int:
    """The amount of the rule for this claim, the n-th of its year."""
    amount = money_of(rule.amount, bill.claim)
    if bill.notes.on:
        told = {"适用": words} if (words := words_of(rule.amount, bill.claim)) else {}
        clause = clause_of(rule.amount, bill.claim) or rule.clause or benefit.clause
        bill.notes.say(
            benefit.id, "起付标准 = 规定起付标准", amount, clause=clause, 规定起付标准=amount, also=told
        )
    amount = _nth(bill, benefit, rule, amount)
    if rule.floor is not None:
        floor = money_of(rule.floor, bill.claim)
        bill.notes.say(
            benefit.id,
            "起付标准 = max(原起付标准, 最低起付标准)",
            max(amount, floor),
            clause=rule.clause or benefit.clause,
            原起付标准=amount,
            最低起付标准=floor,
        )
        amount = max(amount, floor)
    return amount


def _nth(bill: Bill, benefit: Benefit, rule: Deductible, amount: int) -> int:
    """The last step that this claim has reached changes the amount."""
    if not rule.nth:
        return amount
    number = bill.claim.facts.get("nth")
    if number is None:
        number = bill.memory.read(benefit, "count", "year") + bill.memory.begins(benefit)
    reached = [step for step in rule.nth if step.start <= number]
    if not reached:
        return amount
    step = reached[-1]
    changed = max(0, rounded(amount * step.times) - step.minus)
    bill.notes.say(
        benefit.id,
        "起付标准 = max(0, 原起付标准 × 倍数 - 减少)",
        changed,
        clause=rule.clause or benefit.clause,
        rounding=HALF_UP,
        次数=f"本年第{number}次",
        原起付标准=amount,
        倍数=step.times,
        减少=step.minus,
    )
    return changed


def _within_year(bill: Bill, benefit: Benefit, rule: Deductible, amount: int) -> int:
    """Never more than the yearly cap leaves."""
    if rule.yearly_cap is None:
        return amount
    cap = money_of(rule.yearly_cap, bill.claim)
    taken = bill.memory.read(benefit, "deductible", "year")
    left = min(amount, max(0, cap - taken))
    bill.notes.say(
        benefit.id,
        "应付起付线 = min(原应付, max(0, 年度上限 - 本年已付起付线))",
        left,
        clause=rule.clause or benefit.clause,
        原应付=amount,
        年度上限=cap,
        本年已付起付线=taken,
    )
    return left
