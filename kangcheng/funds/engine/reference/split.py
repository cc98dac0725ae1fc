"""Step 2: the bill splits into parts. Over the price limit, place-of-care and item first pay, then the part of its group."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kangcheng.funds.engine.definition import (
    IN_SCOPE,
    ITEM_FIRST_PAY,
    OUT_OF_SCOPE,
    OVER_LIMIT,
    PLACE_FIRST_PAY,
    Group,
)
from kangcheng.funds.engine.facts import Line
from kangcheng.funds.engine.reference.bill import Bill, Item
from kangcheng.funds.engine.reference.explain import how
from kangcheng.funds.engine.reference.values import clause_of, holds, money_of, share_of
from kangcheng.kernel.money import rounded

SPLIT = "split"


@dataclass
class Bucket:
    """Lines whose first pays are computed and rounded together."""

    name: str
    group: Group
    share: Fraction
    amount: int = 0


def split(bill: Bill) -> None:
    """All lines into parts; the in-scope amount that came without lines goes straight in."""
    for bucket in _buckets(bill):
        _into_parts(bill, bucket)
    bill.parts[IN_SCOPE] += bill.in_scope_left
    streams = bill.plan.parts[8:]
    bill.in_scope_basis = sum(bill.parts[part] for part in (IN_SCOPE, *streams))
    _say_parts(bill)


def _buckets(bill: Bill) -> list[Bucket]:
    """One bucket for each line, or for each group and share, as the split rounds."""
    rule = bill.plan.stack.split
    found: dict[object, Bucket] = {}
    for place, item in enumerate(bill.items):
        group = (
            rule.groups.get(item.line.group, rule.otherwise) or Group()
        )  # unknown ones were refused in step 0
        if group.into == OUT_OF_SCOPE:
            bill.parts[OUT_OF_SCOPE] += item.left
            continue
        share = _share(bill, group, item.line)
        key = place if rule.rounding.at == "line" else (item.line.group, share)
        bucket = found.setdefault(key, Bucket(item.line.group, group, share))
        bucket.amount += item.left - _over_limit(bill, group, item)
    return list(found.values())


def _share(bill: Bill, group: Group, line: Line) -> Fraction:
    """The catalogue's own share of the line wins over that of its group."""
    if line.first_pay is not None:
        return Fraction(*line.first_pay)
    return share_of(group.first_pay, bill.claim) if group.first_pay is not None else Fraction(0)


def _over_limit(bill: Bill, group: Group, item: Item) -> int:
    """What the line costs above price limit x quantity, moved to over_limit."""
    limit = item.line.price_limit
    if limit is None and group.price_limit is not None:
        limit = money_of(group.price_limit, bill.claim)
    if limit is None:
        return 0
    over = max(0, item.left - limit * item.line.quantity)
    bill.parts[OVER_LIMIT] += over
    if over:
        bill.notes.say(
            SPLIT,
            "超限价 = max(0, 费用 - 单价限额 × 数量)",
            over,
            clause=clause_of(group.price_limit, bill.claim) if item.line.price_limit is None else "",
            项目=item.line.code or item.line.group,
            费用=item.left,
            单价限额=limit,
            数量=str(item.line.quantity),
        )
    return over


def _into_parts(bill: Bill, bucket: Bucket) -> None:
    place = _place_rate(bill, bucket.group)
    rule = bill.plan.stack.split.place_first_pay
    rest = bucket.amount
    if rule and rule.order == "before_items":
        rest -= _first_pay(bill, bucket, PLACE_FIRST_PAY, place, rest)
        rest -= _first_pay(bill, bucket, ITEM_FIRST_PAY, bucket.share, rest)
    else:
        rest -= _first_pay(bill, bucket, ITEM_FIRST_PAY, bucket.share, rest)
        rest -= _first_pay(bill, bucket, PLACE_FIRST_PAY, place, rest)
    bill.parts[bucket.group.into] += rest


def _place_rate(bill: Bill, group: Group) -> Fraction:
    rule = bill.plan.stack.split.place_first_pay
    if rule is None or not group.place_first_pay or not holds(rule.when, bill.claim):
        return Fraction(0)
    return share_of(rule.rate, bill.claim)


def _first_pay(bill: Bill, bucket: Bucket, part: str, share: Fraction, amount: int) -> int:
    """Share x amount, rounded, never more than the amount."""
    if not share:
        return 0
    rounding = bill.plan.stack.split.rounding
    computed = rounded(share * amount, rounding.unit, rounding.mode)
    paid = min(amount, computed)
    bill.parts[part] += paid
    place = bill.plan.stack.split.place_first_pay
    value = bucket.group.first_pay if part == ITEM_FIRST_PAY else place.rate if place else None
    name = "先行自付" if part == ITEM_FIRST_PAY else "就医地先行自付"
    bill.notes.say(
        SPLIT,
        f"{name} = 费用 × 先行自付比例",
        computed,
        clause=clause_of(value, bill.claim) if bill.notes.on and value else "",
        rounding=how(rounding),
        项目组=bucket.name,
        费用=amount,
        先行自付比例=share,
    )
    if paid != computed:
        bill.notes.say(
            SPLIT, f"{name} = min(原{name}, 费用)", paid, 费用=amount, also={f"原{name}": computed}
        )
    return paid


def _say_parts(bill: Bill) -> None:
    if bill.notes.on:
        names = {
            OUT_OF_SCOPE: "目录外",
            OVER_LIMIT: "超限价",
            ITEM_FIRST_PAY: "先行自付",
            PLACE_FIRST_PAY: "就医地先行自付",
        }
        inputs = {names[part]: bill.parts[part] for part in names}
        inputs = {"费用": bill.total, "减免": sum(bill.waived.values()), **inputs}
        bill.notes.say(
            SPLIT,
            f"政策范围内费用 = {' - '.join(inputs)}",
            bill.in_scope_basis,
            clause=bill.plan.stack.clause,
            also=inputs,
        )
