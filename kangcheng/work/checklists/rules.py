"""Scoring: a standard as read from its entry, answers in, score, grade and failed items out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.units import parse_number, parse_quantity, parse_rate
from kangcheng.policy.entry import clauses_of
from kangcheng.work.checklists.types import (
    NOT_APPLICABLE,
    Grade,
    Item,
    ItemResult,
    Level,
    Measure,
    Reached,
    Result,
    Section,
    Standard,
    Step,
    Value,
)

# --- reading


def standard(data: Mapping[str, Any]) -> Standard:
    """The standard that a checked `checklist` entry describes."""
    sections = tuple(_section(row) for row in data["sections"])
    weights = [row.weight for row in sections if row.weight is not None]
    full = sum(weights or (item.score for row in sections for item in row.items), Fraction(0))
    return Standard(
        id=data["id"],
        title=data["title"],
        title_en=data.get("title_en", ""),
        sections=sections,
        grades=tuple(_grade(row) for row in data["grades"]),
        full=full,
        decimals=int(data.get("decimals", "1")),
        not_applicable=data.get("not_applicable", "drop"),
        days=_whole(data.get("rectify_days")),
        calendar=data.get("calendar", "working-days"),
        subject=data.get("subject", "institution"),
        types=_listed(data.get("institution_types", ())),
        levels=_listed(data.get("levels", ())),
        self_check=_listed(data.get("self_check", "institution_manager")),
        verdict=_listed(data.get("verdict", "inspector")),
        notice=data.get("notice", ""),
        clause="、".join(clauses_of(data)),
    )


def _section(row: Mapping[str, Any]) -> Section:
    weight = parse_number(row["weight"]) if "weight" in row else None
    items = tuple(_item(item, row["id"]) for item in row["items"])
    return Section(row["id"], row["title"], weight, items, row.get("title_en", ""))


def _item(row: Mapping[str, Any], section: str) -> Item:
    how = next((key for key in ("levels", "measure", "deduct") if key in row), "yes_no")
    deduct = row.get("deduct", {})
    return Item(
        id=row["id"],
        section=section,
        title=row["title"],
        title_en=row.get("title_en", ""),
        score=parse_number(row["score"]),
        how=how,
        levels=tuple(_level(one) for one in row.get("levels", ())),
        measure=_measure(row["measure"]) if how == "measure" else None,
        each=parse_number(deduct.get("each", "0")),
        each_unit=deduct.get("unit", "处"),
        met_at=parse_rate(row.get("met_at", "1")),
        veto=row.get("veto") == "yes",
        key=row.get("key") == "yes",
        when={name: _listed(words) for name, words in row.get("when", {}).items()},
        optional=row.get("optional") == "yes",
        evidence=_listed(row.get("evidence", ())),
        evidence_required=row.get("evidence_required") == "yes",
        method=row.get("method", ""),
        days=_whole(row.get("rectify_days")),
        clause=row.get("clause", ""),
    )


def _level(row: Mapping[str, Any]) -> Level:
    return Level(row["id"], row["title"], parse_number(row["points"]), row.get("title_en", ""))


def _measure(row: Mapping[str, Any]) -> Measure:
    unit = row["unit"]

    def read(key: str, where: Mapping[str, Any] = row) -> Value | None:
        return parse_quantity(where[key], unit) if key in where else None

    steps = tuple(
        Step(parse_number(one["points"]), read("at_least", one), read("at_most", one))
        for one in row.get("steps", ())
    )
    line = row.get("linear")
    linear = (parse_quantity(line["none"], unit), parse_quantity(line["full"], unit)) if line else None
    return Measure(unit, read("at_least"), read("at_most"), steps, linear)


def _grade(row: Mapping[str, Any]) -> Grade:
    return Grade(
        id=row["id"],
        title=row["title"],
        title_en=row.get("title_en", ""),
        met=row["met"] == "yes",
        at_least=parse_number(row["at_least"]) if "at_least" in row else None,
        sections={name: parse_rate(text) for name, text in row.get("sections", {}).items()},
        reached=tuple(
            Reached(parse_rate(one["at"]), parse_rate(one["share"]), one.get("of") == "key")
            for one in row.get("reached", ())
        ),
        valid_years=_whole(row.get("valid_years")),
    )


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None else None


# --- answers


def applicable(standard: Standard, attributes: Mapping[str, str]) -> tuple[Item, ...]:
    """The items that concern a unit with these attributes."""
    return tuple(
        item
        for item in standard.items.values()
        if all(attributes.get(name, "") in words for name, words in item.when.items())
    )


def perfect(item: Item) -> str | None:
    """An answer that gets the full score; None when it must be measured and no bound tells."""
    if item.how == "yes_no":
        return "yes"
    if item.how == "deduct":
        return "0"
    if item.how == "levels":
        return max(item.levels, key=lambda level: level.points).id
    return None


def points(item: Item, answer: str) -> Fraction:
    """Points for an answer, from nothing to the full score. Raises KangchengError for an answer the item does not take."""
    if item.how == "yes_no":
        if answer not in ("yes", "no"):
            raise KangchengError("应答 yes 或 no (answer yes or no)", where=item.title)
        return item.score if answer == "yes" else Fraction(0)
    if item.how == "levels":
        found = {level.id: level.points for level in item.levels}
        if answer not in found:
            raise KangchengError(
                f"没有这一档 (no such level) {answer!r}", where=item.title, rule="、".join(found)
            )
        return found[answer]
    if item.how == "deduct":
        count = parse_number(answer)
        if count < 0 or count.denominator != 1:
            raise KangchengError("发现数须为不小于零的整数 (a count)", where=item.title)
        return max(Fraction(0), item.score - item.each * count)
    assert item.measure is not None
    return measured(item.measure, parse_quantity(answer, item.measure.unit), item.score)


def measured(measure: Measure, value: Value, score: Fraction) -> Fraction:
    """Points for a measured value."""
    if measure.linear is not None:
        none, full = measure.linear
        if none == full:
            return score if value >= full else Fraction(0)
        return score * min(Fraction(1), max(Fraction(0), Fraction(value - none) / Fraction(full - none)))
    for step in measure.steps:
        if _within(value, step.at_least, step.at_most):
            return step.points
    if measure.steps:
        return Fraction(0)
    return score if _within(value, measure.at_least, measure.at_most) else Fraction(0)


def _within(value: Value, at_least: Value | None, at_most: Value | None) -> bool:
    return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)


def item_result(standard: Standard, item: Item, answer: str) -> ItemResult:
    """What one answer comes to. Raises KangchengError."""
    if answer == NOT_APPLICABLE:
        if not item.optional:
            raise KangchengError("本项不能答“不适用” (may not be left out)", where=item.title)
        got = item.score if standard.not_applicable == "full" else Fraction(0)
        return ItemResult(item.id, answer, got, item.score, False, True, None)
    got = points(item, answer)
    met = got >= item.met_at * item.score
    days = None if met else item.days or standard.days
    return ItemResult(item.id, answer, got, item.score, True, met, days)


def scored(
    standard: Standard,
    answers: Mapping[str, str],
    attributes: Mapping[str, str] | None = None,
) -> Result:
    """Score a sheet. Every item that concerns the unit must be answered. Raises Faults naming every wrong answer."""
    items = applicable(standard, attributes or {})
    results, faults = [], list(_strange(items, answers))
    for item in items:
        text = answers.get(item.id, "").strip()
        try:
            if not text:
                raise KangchengError("未作答 (not answered)", where=item.title)
            results.append(item_result(standard, item, text))
        except KangchengError as error:
            faults.append(
                Fault(item.id, f"{item.title}：{error.what}", error.rule, error.todo or "改正后重试")
            )
    if faults:
        raise Faults(faults, where=standard.title)
    return _totalled(standard, tuple(results))


def preview(
    standard: Standard, answers: Mapping[str, str], attributes: Mapping[str, str]
) -> tuple[Result, int]:
    """What the answers so far come to, wrong or missing ones passed over, and how many items still wait."""
    results, waiting = [], 0
    for item in applicable(standard, attributes):
        try:
            results.append(item_result(standard, item, answers.get(item.id, "").strip()))
        except KangchengError:
            waiting += 1
    return _totalled(standard, tuple(results)), waiting


def _strange(items: Iterable[Item], answers: Mapping[str, str]) -> Iterable[Fault]:
    known = {item.id for item in items}
    return (
        Fault(name, "没有这一项，或不适用于该单位 (no such item here)")
        for name in sorted(answers)
        if name not in known and answers[name].strip()
    )


# --- totals


def _totalled(standard: Standard, results: tuple[ItemResult, ...]) -> Result:
    sections = _by_section(standard, results)
    score = rounded_points(_score(standard, sections, results), standard.decimals)
    failed = tuple(one.id for one in results if not one.met)
    vetoed = tuple(name for name in failed if standard.items[name].veto)
    grade = standard.grades[-1]
    if not vetoed:
        grade = next(one for one in standard.grades if _earned(standard, one, score, sections, results))
    shown = {name: got for name, (got, _) in sections.items()}
    return Result(score, standard.full, grade.id, grade.met, results, shown, failed, vetoed)


def _by_section(standard: Standard, results: tuple[ItemResult, ...]) -> dict[str, tuple[Fraction, Fraction]]:
    """Section -> points and the points that could be had; scaled to the weight where there is one."""
    counted = [one for one in results if one.applies or standard.not_applicable != "drop"]
    found = {}
    for section in standard.sections:
        ids = {item.id for item in section.items}
        got = sum((one.points for one in counted if one.id in ids), Fraction(0))
        full = sum((one.score for one in counted if one.id in ids), Fraction(0))
        if section.weight is not None and full:
            got, full = got / full * section.weight, section.weight
        found[section.id] = (got, full)
    return found


def _score(
    standard: Standard, sections: Mapping[str, tuple[Fraction, Fraction]], results: tuple[ItemResult, ...]
) -> Fraction:
    got = sum((part for part, _ in sections.values()), Fraction(0))
    full = sum((whole for _, whole in sections.values()), Fraction(0))
    return got / full * standard.full if full and results else Fraction(0)


def _earned(
    standard: Standard,
    grade: Grade,
    score: Fraction,
    sections: Mapping[str, tuple[Fraction, Fraction]],
    results: tuple[ItemResult, ...],
) -> bool:
    if grade.at_least is not None and score < grade.at_least:
        return False
    for name, share in grade.sections.items():
        got, full = sections[name]
        if full and got < share * full:
            return False
    return all(_reached(standard, one, results) for one in grade.reached)


def _reached(standard: Standard, asked: Reached, results: tuple[ItemResult, ...]) -> bool:
    items = [one for one in results if one.applies and (standard.items[one.id].key or not asked.key_only)]
    there = sum(one.points >= asked.at * one.score for one in items)
    return not items or Fraction(there, len(items)) >= asked.share


def rounded_points(value: Fraction, decimals: int) -> Fraction:
    """Half up to so many places."""
    scale = Fraction(f"1e{decimals}")
    return Fraction((value * scale * 2 + 1) // 2) / scale


def show_points(value: Fraction | int) -> str:
    """Points for people: 86.5, 100, 33.333."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{float(exact):.3f}".rstrip("0").rstrip(".")
