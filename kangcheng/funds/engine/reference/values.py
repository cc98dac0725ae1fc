"""What a condition or a value says for one claim. Exact fractions, nothing rounded but money read as an amount."""

from __future__ import annotations

from fractions import Fraction

from kangcheng.funds.engine.definition import (
    ALWAYS,
    Choice,
    Combine,
    Condition,
    Constant,
    Fact,
    Linear,
    Table,
    Value,
)
from kangcheng.funds.engine.facts import Claim
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.money import rounded

MOST_FEN = 10**14


def refuse(where: str, what: str, *, rule: str = "", todo: str = "") -> Faults:
    """The error of a claim that lacks something, ready to raise."""
    return Faults([Fault(where, what, rule, todo)], what="单据不能结算 (claim refused)")


def holds(condition: Condition, claim: Claim) -> bool:
    """All tests of the condition hold. A missing attribute fails its test; a missing number refuses the claim."""
    if condition is ALWAYS:
        return True
    for name, accepted in condition.attributes.items():
        if claim.attributes.get(name) not in accepted:
            return False
    if condition.categories and not condition.categories & claim.categories:
        return False
    if not condition.all_categories <= claim.categories:
        return False
    for name, span in condition.numbers.items():
        number = fact(name, claim)
        if span.start is not None and number < span.start:
            return False
        if span.below is not None and number >= span.below:
            return False
    if condition.any_of and not any(holds(one, claim) for one in condition.any_of):
        return False
    return not any(holds(one, claim) for one in condition.none_of)


def fact(name: str, claim: Claim) -> int:
    """A number the claim brings, or a refusal that names it."""
    if name not in claim.facts:
        where = "age" if name == "age" else f"facts.{name}"
        raise refuse(
            where, f"单据缺少 {name} (fact missing)", rule="规则按此数计算", todo=f"在单据中给出 {where}"
        )
    return claim.facts[name]


def number_of(value: Value, claim: Claim) -> Fraction:
    """The exact number of a value for this claim: fen, a ratio or a plain number, as its place wants."""
    if isinstance(value, Constant):
        return value.number
    if isinstance(value, Fact):
        return Fraction(fact(value.name, claim))
    if isinstance(value, Table):
        return number_of(row_of(value, claim), claim)
    if isinstance(value, Choice):
        return number_of(choice_of(value, claim), claim)
    if isinstance(value, Linear):
        return _linear(value, claim)
    return _combined(value, claim)


def row_of(table: Table, claim: Claim) -> Value:
    """The row of a table for the claim's attribute."""
    text = claim.attributes.get(table.by)
    row = table.rows.get(text, table.otherwise) if text is not None else table.otherwise
    if row is None:
        what = f"{table.by} 为 {text!r}，表中没有这一行" if text else f"单据缺少 {table.by}"
        raise refuse(
            table.by, f"{what} (no row)", rule="按属性查表", todo=f"可用: {', '.join(list(table.rows)[:20])}"
        )
    return row


def choice_of(choice: Choice, claim: Claim) -> Value:
    """The first row whose condition holds."""
    for condition, value in choice.rows:
        if holds(condition, claim):
            return value
    raise refuse(
        "attributes", "没有一行条件成立 (no row holds)", rule="逐行选择", todo="补全单据属性，或给规则加末行"
    )


def _linear(value: Linear, claim: Claim) -> Fraction:
    number = value.base + value.slope * fact(value.of, claim)
    if value.least is not None:
        number = max(number, value.least)
    if value.most is not None:
        number = min(number, value.most)
    return number


def _combined(value: Combine, claim: Claim) -> Fraction:
    numbers = [number_of(item, claim) for item in value.items]
    if value.how == "most":
        return max(numbers)
    if value.how == "least":
        return min(numbers)
    total = Fraction(0) if value.how == "sum" else Fraction(1)
    for number in numbers:
        total = total + number if value.how == "sum" else total * number
    return total


def exact_money(value: Value, claim: Claim) -> Fraction:
    """Money in exact fen, never below zero. Refuses what is beyond all amounts."""
    number = number_of(value, claim)
    if number > MOST_FEN:
        raise refuse("facts", f"算得金额 {number} 分过大 (amount out of range)", rule=f"不超过 {MOST_FEN} 分")
    return max(number, Fraction(0))


def money_of(value: Value, claim: Claim) -> int:
    """Money rounded half up to a fen."""
    return rounded(exact_money(value, claim))


def share_of(value: Value, claim: Claim) -> Fraction:
    """A ratio between 0 and 1."""
    return min(max(number_of(value, claim), Fraction(0)), Fraction(1))


def clause_of(value: Value | None, claim: Claim) -> str:
    """The clause of the very row that applies, for the explanation; empty when the value names none."""
    if isinstance(value, (Constant, Linear)):
        return value.clause
    if isinstance(value, Table):
        return clause_of(row_of(value, claim), claim)
    if isinstance(value, Choice):
        return clause_of(choice_of(value, claim), claim)
    if isinstance(value, Combine):
        return "; ".join(
            dict.fromkeys(text for text in (clause_of(item, claim) for item in value.items) if text)
        )
    return ""


def words_of(value: Value | None, claim: Claim) -> str:
    """What in the claim chose the number, in words: "level=三级"."""
    if isinstance(value, Table):
        inner = words_of(row_of(value, claim), claim)
        return f"{value.by}={claim.attributes.get(value.by, '其他')}" + (f", {inner}" if inner else "")
    if isinstance(value, Choice):
        place = next(i for i, (condition, _) in enumerate(value.rows) if holds(condition, claim))
        return f"第{place + 1}行条件成立"
    if isinstance(value, Linear):
        return f"{value.base} + {value.slope} × {value.of}({fact(value.of, claim)})"
    if isinstance(value, Fact):
        return f"单据给出 {value.name}"
    if isinstance(value, Combine):
        return {"sum": "各项之和", "product": "各项之积", "most": "各项取大", "least": "各项取小"}[value.how]
    return ""
