"""Steps 4c, e, f, g: expense ceilings, the minimum share, payment ceilings, the pool."""

from __future__ import annotations

from kangcheng.funds.engine.definition import Benefit, Ceiling
from kangcheng.funds.engine.reference.bill import Bill
from kangcheng.funds.engine.reference.explain import how
from kangcheng.funds.engine.reference.values import clause_of, money_of, number_of, share_of
from kangcheng.kernel.money import rounded


def cut_expense(bill: Bill, benefit: Benefit, rest: list[int], deductible: int) -> int:
    """What the expense ceilings cut off, taken from the last part backwards; `rest` shrinks by it."""
    cut = 0
    for ceiling in benefit.ceilings:
        if ceiling.of == "expense":
            over = max(0, sum(rest) - expense_room(bill, benefit, ceiling, deductible))
            cut += over
            for place in reversed(range(len(rest))):
                taken = min(over, rest[place])
                rest[place] -= taken
                over -= taken
    return cut


def expense_room(bill: Bill, benefit: Benefit, ceiling: Ceiling, deductible: int) -> int:
    """How much expense the ceiling still lets in."""
    limit = money_of(ceiling.limit, bill.claim)
    used = bill.memory.read(benefit, "expense", ceiling.per)
    gross = ceiling.basis == "gross"
    used_deductible = bill.memory.read(benefit, "deductible", ceiling.per) + deductible if gross else 0
    room = max(0, limit - used - used_deductible)
    if bill.notes.on:
        inputs = {"费用限额": limit, "已用费用": used} | ({"起付线": used_deductible} if gross else {})
        bill.notes.say(
            benefit.id,
            f"可纳入费用 = max(0, {' - '.join(inputs)})",
            room,
            clause=clause_of(ceiling.limit, bill.claim) or ceiling.clause or benefit.clause,
            also=inputs,
        )
    return room


def top_up(bill: Bill, benefit: Benefit, base: int, paid: int) -> int:
    """At least the minimum share of its basis, counting what the named payers paid; never above the base."""
    rule = benefit.minimum
    if rule is None:
        return paid
    basis = {"total": bill.total, "in_scope": bill.in_scope_basis, "base": base}[rule.of]
    rate = share_of(rule.rate, bill.claim)
    target = rounded(rate * basis, benefit.rounding.unit, benefit.rounding.mode)
    counted = sum(bill.payers[payer] for payer in rule.counting)
    raised = min(max(paid, target - counted), base)
    if bill.notes.on:
        clause = clause_of(rule.rate, bill.claim) or rule.clause or benefit.clause
        bill.notes.say(
            benefit.id,
            "保底金额 = 保底基数 × 保底比例",
            target,
            clause=clause,
            rounding=how(benefit.rounding),
            保底基数=basis,
            保底比例=rate,
        )
        bill.notes.say(
            benefit.id,
            "计算支付 = min(max(原支付, 保底金额 - 已计支付), 本层基数)",
            raised,
            clause=clause,
            原支付=paid,
            保底金额=target,
            已计支付=counted,
            本层基数=base,
        )
    return raised


def cut_payment(bill: Bill, benefit: Benefit, paid: int) -> int:
    """The payment after all payment ceilings."""
    for ceiling in benefit.ceilings:
        if ceiling.of == "payment":
            limit = money_of(ceiling.limit, bill.claim)
            used = bill.memory.read(benefit, "paid", ceiling.per)
            kept = min(paid, max(0, limit - used))
            if bill.notes.on:
                bill.notes.say(
                    benefit.id,
                    "限额内支付 = min(计算支付, max(0, 支付限额 - 已支付))",
                    kept,
                    clause=clause_of(ceiling.limit, bill.claim) or ceiling.clause or benefit.clause,
                    计算支付=paid,
                    支付限额=limit,
                    已支付=used,
                )
            paid = kept
    return paid


def draw(bill: Bill, benefit: Benefit, paid: int) -> int:
    """What the pool still gives; a pool of cases gives all or nothing."""
    pool = benefit.pool
    if pool is None or paid == 0:
        return paid
    used = bill.memory.used(pool.id)
    if pool.counts == "cases":
        drawn = paid if used < int(number_of(pool.limit, bill.claim)) else 0
        bill.memory.pools[pool.id] = used + (drawn > 0)
    else:
        drawn = min(paid, max(0, money_of(pool.limit, bill.claim) - used))
        bill.memory.pools[pool.id] = used + drawn
    _say_pool(bill, benefit, used, paid, drawn)
    return drawn


def _say_pool(bill: Bill, benefit: Benefit, used: int, paid: int, drawn: int) -> None:
    pool = benefit.pool
    if pool is None or not bill.notes.on:
        return
    if pool.counts == "cases":
        limit = str(number_of(pool.limit, bill.claim))
        bill.notes.say(
            benefit.id,
            "名额内支付 = 给付",
            drawn,
            clause=benefit.clause,
            给付=drawn,
            名额=limit,
            已用名额=str(used),
        )
    else:
        bill.notes.say(
            benefit.id,
            "资金池支付 = min(应付, max(0, 资金池 - 已用))",
            drawn,
            clause=benefit.clause,
            应付=paid,
            资金池=money_of(pool.limit, bill.claim),
            已用=used,
        )
