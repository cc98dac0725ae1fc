"""What is asked, what is wrong with the answers, and what they add up to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.units import parse_number
from kangcheng.records.forms.types import (
    LONGEST,
    Answer,
    Condition,
    Form,
    Item,
    Limit,
    Outcome,
    Result,
    Score,
    Test,
)

_ORDERS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "at_least": lambda value, limit: value >= limit,
    "above": lambda value, limit: value > limit,
    "at_most": lambda value, limit: value <= limit,
    "below": lambda value, limit: value < limit,
}


def outcome(form: Form, given: Mapping[str, Answer]) -> Outcome:
    """What the answers come to: items asked, every fault, scores, bands, results. Answers to what is not asked are dropped."""
    known = {item.id: item for item in form.every_item()}
    faults = [Fault(name, "表单没有这一项 (no such item)") for name in given if name not in known]
    answers: dict[str, Answer] = {}
    asked: set[str] = set()
    for item, open_ in _walk(form.items, answers, True):
        if not open_:
            continue
        asked.add(item.id)
        answer = _worked_out(item, answers) if item.formula else given.get(item.id, "")
        faults += _faults(item, answer)
        if answer and not _misread(item, answer):
            answers[item.id] = answer
    scores = {score.id: _score(score, known, answers, asked) for score in form.scores}
    bands = {score.id: _band(score, scores[score.id]) for score in form.scores if score.bands}
    results = {result.id: _result(result, scores, answers) for result in form.results}
    return Outcome(answers, frozenset(asked), tuple(faults), scores, bands, results)


def _walk(items: Iterable[Item], answers: Mapping[str, Answer], open_: bool) -> Iterable[tuple[Item, bool]]:
    """Every item in order, and whether it is asked given the answers before it."""
    for item in items:
        here = open_ and _is_asked(item, answers)
        yield item, here
        yield from _walk(item.items, answers, here)


def _is_asked(item: Item, answers: Mapping[str, Answer]) -> bool:
    if not item.when:
        return True
    held = (_holds(condition, answers) for condition in item.when)
    return any(held) if item.any_of else all(held)


def _holds(condition: Condition, answers: Mapping[str, Answer]) -> bool:
    return all(meets(answers.get(condition.item), limit) for limit in condition.limits)


def meets(answer: Answer | Fraction | None, limit: Limit) -> bool:
    """Whether an answer or a score meets a limit; what is not answered meets only `answered: no` and `not`."""
    if limit.how == "answered":
        return (answer is not None) == ("yes" in limit.value)
    if limit.how in ("is", "not"):
        chosen = (
            [str(one) for one in answer]
            if isinstance(answer, list)
            else []
            if answer is None
            else [str(answer)]
        )
        return bool(set(chosen) & set(limit.value)) == (limit.how == "is")
    if answer is None or isinstance(answer, list):
        return False
    value = answer if isinstance(answer, Fraction) else _fraction(answer)
    return value is not None and _ORDERS[limit.how](value, limit.value)


def _fraction(text: str) -> Fraction | None:
    try:
        return parse_number(text)
    except KangchengError:
        return None


def _misread(item: Item, answer: Answer) -> str:
    """Why an answer is none for its item; "" when it is one."""
    if item.type in ("group", "note"):
        return "这一项不填 (not to be answered)"
    if item.type == "several":
        wrong = [code for code in _chosen(answer) if item.option(code) is None]
        return f"没有这个选项 (no such option) {wrong[0]!r}" if wrong else ""
    if isinstance(answer, list):
        return "只能有一个答案 (one answer only)"
    return _misread_one(item, answer)


def _misread_one(item: Item, answer: str) -> str:
    if item.type == "choice":
        return "" if item.option(answer) else f"没有这个选项 (no such option) {answer!r}"
    if item.type == "flag":
        return "" if answer in ("yes", "no") else "应为 是/否 (yes or no)"
    if item.type == "date":
        return "" if _day(answer) else "应为日期，如 2024-05-01 (a date)"
    if item.type in ("whole", "number"):
        value = _fraction(answer)
        if value is None or (item.type == "whole" and value.denominator != 1):
            return "应为整数 (a whole number)" if item.type == "whole" else "应为数 (a number)"
    return ""


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except KangchengError:
        return None


def _faults(item: Item, answer: Answer) -> list[Fault]:
    if not answer:
        missing = item.required and item.type not in ("group", "note") and not item.formula
        return [Fault(item.id, f"请填写：{item.text} (required)")] if missing else []
    what = _misread(item, answer) or _beyond(item, answer)
    return [Fault(item.id, f"{item.text}：{what}")] if what else []


def _beyond(item: Item, answer: Answer) -> str:
    if item.type == "text":
        longest = item.longest or LONGEST
        return f"超过 {longest} 字 (too long)" if len(answer) > longest else ""
    value = _fraction(answer) if item.type in ("whole", "number") and isinstance(answer, str) else None
    if value is not None and item.least is not None and value < item.least:
        return f"不应小于 {shown(item.least)} {item.unit} (too small)"
    if value is not None and item.most is not None and value > item.most:
        return f"不应大于 {shown(item.most)} {item.unit} (too large)"
    return ""


def shown(value: Fraction) -> str:
    """A number as people write it, at most two places: 37.5, 66.67."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.2f}".rstrip("0").rstrip(".")


def _worked_out(item: Item, answers: Mapping[str, Answer]) -> str:
    """The value of a formula; "" when something it needs is not answered."""
    env = {name: _value(answer) for name, answer in answers.items()}
    try:
        found = item.formula.values({}, env=_Answers(env)) if item.formula else []
    except KangchengError:
        return ""
    value = found[0] if found else None
    if isinstance(value, Decimal):
        return format(round(value, 1 if item.type == "number" else 0), "f")
    return "" if value is None else str(value)


class _Answers(dict[str, Any]):
    """What is not answered counts as nothing, in a formula too."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> None:
        return None


def _value(answer: Answer) -> Any:
    value = _fraction(answer) if isinstance(answer, str) else None
    return answer if value is None else Decimal(value.numerator) / Decimal(value.denominator)


def _chosen(answer: Answer) -> list[str]:
    return answer if isinstance(answer, list) else [answer]


def points(item: Item, answer: Answer) -> Fraction | None:
    """How many points an answer counts; None when it counts none."""
    if item.graded:
        value = _fraction(answer) if isinstance(answer, str) else None
        return (
            None
            if value is None
            else [score for start, score in item.graded if start is None or value >= start][-1]
        )
    found = [
        option.score for code in _chosen(answer) if (option := item.option(code)) and option.score is not None
    ]
    if found:
        return sum(found, Fraction(0))
    return _fraction(answer) if item.type in ("whole", "number") and isinstance(answer, str) else None


def _span(item: Item) -> tuple[Fraction, Fraction]:
    """The fewest and the most points an item can count."""
    scores = [score for _, score in item.graded] or [
        one.score for one in item.options if one.score is not None
    ]
    return (min(scores), max(scores)) if scores else (Fraction(0), Fraction(0))


def _score(
    score: Score, items: Mapping[str, Item], answers: Mapping[str, Answer], asked: set[str]
) -> Fraction | None:
    raw = least = most = Fraction(0)
    counted = 0
    for name in score.items:
        if name not in asked:
            continue
        got = points(items[name], answers[name]) if name in answers else None
        if got is None:
            if score.skip_missing:
                continue
            return None
        low, high = _span(items[name])
        raw += low + high - got if name in score.reversed else got
        least, most, counted = least + low, most + high, counted + 1
    if not counted:
        return None
    if not score.hundred:
        return raw
    return (raw - least) / (most - least) * 100 if most > least else None


def _band(score: Score, value: Fraction | None) -> str | None:
    if value is None:
        return None
    reached = [result for start, result in score.bands if start is None or value >= start]
    return reached[-1] if reached else None


def _result(
    result: Result, scores: Mapping[str, Fraction | None], answers: Mapping[str, Answer]
) -> str | None:
    """The first rule that holds; None as soon as one rests on what is not known."""
    for rule in result.rules:
        if any(_unknown(test, scores, answers) for test in rule.tests):
            return None
        if all(_passes(test, scores, answers) for test in rule.tests):
            return rule.result
    return result.otherwise


def _unknown(test: Test, scores: Mapping[str, Fraction | None], answers: Mapping[str, Answer]) -> bool:
    if test.of_scores:
        return any(scores[name] is None for name in test.names)
    asks = any(limit.how in _ORDERS or limit.how == "is" for limit in test.limits)
    return asks and any(name not in answers for name in test.names)


def _passes(test: Test, scores: Mapping[str, Fraction | None], answers: Mapping[str, Answer]) -> bool:
    values = [scores[name] if test.of_scores else answers.get(name) for name in test.names]
    return all(meets(value, limit) for value in values for limit in test.limits)
