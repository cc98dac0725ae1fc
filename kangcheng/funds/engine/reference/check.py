"""Step 0: is this a claim at all? Every fault at once, each with its field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.engine.reference.plan import Plan
from kangcheng.kernel.errors import Fault
from kangcheng.kernel.money import yuan

MOST_FEN = 10**14
MOST_QUANTITY = 10**6


def faults_of(plan: Plan, claim: Claim) -> list[Fault]:
    """What is wrong with the claim under this stack, before anything is computed."""
    return [*_amounts(claim), *_bill(claim), *_groups(plan, claim), *_names(plan, claim)]


def _amounts(claim: Claim) -> Iterator[Fault]:
    yield from _money("in_scope", claim.in_scope)
    yield from _money("total", claim.total)
    for i, line in enumerate(claim.lines):
        yield from _line(f"lines[{i}]", line)
    for field in ("groups", "paid", "accounts", "accumulators"):
        for name, amount in getattr(claim, field).items():
            yield from _money(f"{field}.{name}", amount)
    for name, number in claim.facts.items():
        yield from _money(f"facts.{name}", number)


def _line(where: str, line: Line) -> Iterator[Fault]:
    yield from _money(f"{where}.amount", line.amount)
    yield from _money(f"{where}.price_limit", line.price_limit)
    if type(line.quantity) is not int or not 1 <= line.quantity <= MOST_QUANTITY:
        yield Fault(
            f"{where}.quantity", f"数量 {line.quantity!r} 不对 (bad quantity)", f"1 到 {MOST_QUANTITY} 的整数"
        )
    if line.first_pay is not None:
        above, below = line.first_pay
        if below <= 0 or not 0 <= above <= below:
            yield Fault(f"{where}.first_pay", f"先行自付 {above}/{below} 不对 (bad share)", "0 到 1 之间")


def _money(where: str, amount: int | None) -> Iterator[Fault]:
    if amount is None:
        return
    if type(amount) is not int:
        yield Fault(where, f"{amount!r} 不是整数分 (not whole fen)", "金额为整数分")
    elif not 0 <= amount <= MOST_FEN:
        yield Fault(where, f"数额 {amount} 超出范围 (out of range)", f"0 到 {MOST_FEN} 分")


def _bill(claim: Claim) -> Iterator[Fault]:
    forms = [name for name in ("lines", "groups", "in_scope") if getattr(claim, name) not in ((), {}, None)]
    if len(forms) > 1:
        yield Fault(forms[1], f"{' 与 '.join(forms)} 同时给出 (given together)", "三者只用其一", "留下一种")
        return
    amounts = [*(line.amount for line in claim.lines), *claim.groups.values(), claim.in_scope or 0]
    if not all(type(amount) is int for amount in (*amounts, claim.total or 0)):
        return
    listed, total = sum(amounts), claim.total
    if listed > MOST_FEN:
        yield Fault("total", f"合计 {listed} 分超出范围 (out of range)", f"不超过 {MOST_FEN} 分")
    if total is None:
        return
    if not forms and total > 0:
        yield Fault(
            "total",
            "只有总额，没有明细 (total alone)",
            "另给 lines、groups 或 in_scope",
            "给出政策范围内金额",
        )
    elif total < listed or (claim.lines and total != listed):
        sign = "不等于" if claim.lines else "小于"
        yield Fault(
            "total", f"总额 {yuan(total)} {sign}各项之和 {yuan(listed)} (total and sum differ)", "总额须相符"
        )


def _groups(plan: Plan, claim: Claim) -> Iterator[Fault]:
    split = plan.stack.split
    named = [(f"lines[{i}].group", line.group) for i, line in enumerate(claim.lines)]
    named += [(f"groups.{group}", group) for group in claim.groups]
    for where, group in named:
        rule = split.groups.get(group, split.otherwise)
        if rule is None:
            yield _unknown(where, group, split.groups, "未知的项目组 (unknown group)")
        elif rule.price_limit is not None and where.startswith("groups"):
            yield Fault(
                where,
                f"{group!r} 有单价限额，不能只给合计 (price limit)",
                "限价按数量计算",
                "给出 lines 和数量",
            )


def _names(plan: Plan, claim: Claim) -> Iterator[Fault]:
    computed = [payer for payer in plan.payers if payer in claim.paid]
    for payer in claim.paid:
        if payer not in computed:
            yield _unknown(f"paid.{payer}", payer, plan.payers, "叠层中没有此付款方 (unknown payer)")
    for name in claim.accounts:
        if name not in plan.balances:
            yield _unknown(f"accounts.{name}", name, plan.balances, "叠层中没有此账户 (unknown account)")
    labels = dict.fromkeys([*(slot.label for slot in plan.slots), *plan.by_name])
    for label in claim.accumulators:
        if label not in labels and not (label.endswith("@year") and label[:-5] in plan.by_name):
            yield _unknown(f"accumulators.{label}", label, labels, "叠层中没有此累计 (unknown accumulator)")


def _unknown(where: str, word: str, words: Iterable[str], what: str) -> Fault:
    known = list(words)
    near = get_close_matches(word[:60], known, n=1, cutoff=0.4)
    return Fault(
        where,
        f"{what}: {word[:60]!r}",
        "名称须与规则一致",
        f"可用: {', '.join(known[:20])}",
        near=near[0] if near else None,
    )
