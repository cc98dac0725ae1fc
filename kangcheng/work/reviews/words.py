"""A finding in words: which rule, which numbers went in, which clause. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kangcheng.kernel.money import show_yuan
from kangcheng.kernel.units import show_rate
from kangcheng.work.reviews.types import Found, Gap, Review


def explain(rule: Review, found: Found) -> str:
    """One sentence: the rule, then the numbers of this finding."""
    numbers = dict(found.numbers)
    return f"{_rule(rule)}。本例：{_WORDS[rule.form](rule, found, numbers)}。"


def value(rule: Review, column: str, given: Any) -> str:
    """A value of a column for people: money in yuan."""
    if given in (None, ""):
        return "空"
    return f"{show_yuan(int(given))}元" if rule.columns.get(column) == "money" else str(given)


def _rule(rule: Review) -> str:
    texts = {
        "limit": lambda: _limit_rule(rule),
        "outside": lambda: f"{rule.column} 不在代码表 {rule.codelist} 内",
        "inside": lambda: f"{rule.column} 在代码表 {rule.codelist} 内",
        "missing": lambda: f"缺少 {'、'.join(rule.missing)}",
        "duplicates": lambda: f"{'、'.join(rule.same)} 全部相同的多行",
        "pairs": lambda: f"{'、'.join(rule.same)} 相同的两行，{'，'.join(map(_gap_rule, rule.gaps))}",
        "split": lambda: (
            f"{'、'.join(rule.same)} 相同、相邻不超过{rule.within_days}天、每笔低于{value(rule, rule.column, rule.below)}"
            f"而合计不低于{value(rule, rule.column, rule.above)}"
        ),
        "share": lambda: f"按{'、'.join(rule.by)}计，占比{_bound(rule)}",
        "totals": lambda: (
            f"按{'、'.join(rule.by)}{_PER[rule.per]}计，{rule.sum or '行数'}超过{value(rule, rule.sum, rule.above)}"
        ),
    }
    return f"{rule.title}：{texts[rule.form]()}"


_PER = {"": "", "day": "每日", "month": "每月", "quarter": "每季", "year": "每年"}


def _limit_rule(rule: Review) -> str:
    if rule.above_column:
        times = "" if rule.times == 1 else f"的{show_rate(rule.times)}"
        return f"{rule.column} 超过 {rule.above_column}{times}"
    sign, bound = ("超过", rule.above) if rule.above is not None else ("低于", rule.below)
    return f"{rule.column} {sign}{value(rule, rule.column, bound)}"


def _gap_rule(gap: Gap) -> str:
    if gap.least is not None and gap.most is not None:
        span = f"{gap.least}至{gap.most}天"
    else:
        span = f"不少于{gap.least}天" if gap.least is not None else f"不多于{gap.most}天"
    return f"{gap.start}到{gap.end}{span}"


def _bound(rule: Review) -> str:
    return f"超过{show_rate(rule.above)}" if rule.above is not None else f"低于{show_rate(rule.below)}"


def _row(rule: Review, found: Found, numbers: Mapping[str, str]) -> str:
    return f"{found.keys[0]}，" + "，".join(
        f"{name} 为{value(rule, name, text)}" for name, text in numbers.items()
    )


def _missed(rule: Review, found: Found, numbers: Mapping[str, str]) -> str:
    return f"{found.keys[0]} 缺 {numbers['missing'].replace(',', '、')}"


def _rows(rule: Review, found: Found, numbers: Mapping[str, str]) -> str:
    return f"{numbers['rows']}行：{'、'.join(found.keys[:20])}"


def _pair(rule: Review, found: Found, numbers: Mapping[str, str]) -> str:
    days = "，".join(f"{name}相隔{text}天" for name, text in numbers.items())
    return f"{' 与 '.join(found.keys)}，{days}"


def _chain(rule: Review, found: Found, numbers: Mapping[str, str]) -> str:
    return f"{numbers['rows']}笔合计{value(rule, rule.column, numbers[rule.column])}：{'、'.join(found.keys[:20])}"


def _share(rule: Review, found: Found, numbers: Mapping[str, str]) -> str:
    part, whole = numbers["part"], numbers["whole"]
    share = show_rate(Fraction(round(Fraction(int(part), int(whole)) * 10_000), 10_000))
    return f"{_group(found)}，{value(rule, rule.sum, part)} ÷ {value(rule, rule.sum, whole)} = {share}"


def _total(rule: Review, found: Found, numbers: Mapping[str, str]) -> str:
    name, text = next(iter(numbers.items()))
    return f"{_group(found)}，{'行数' if name == 'rows' else name}为{value(rule, name, text)}"


def _group(found: Found) -> str:
    return "、".join(text or "空" for text in found.group)


_WORDS = {
    "limit": _row,
    "outside": _row,
    "inside": _row,
    "missing": _missed,
    "duplicates": _rows,
    "pairs": _pair,
    "split": _chain,
    "share": _share,
    "totals": _total,
}
