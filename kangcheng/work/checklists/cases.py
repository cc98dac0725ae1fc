"""Worked cases of checklists: answers in, and what they must come to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.units import parse_number
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.pack import Pack
from kangcheng.policy.workdays import stepped
from kangcheng.work.checklists import rules
from kangcheng.work.checklists.types import Item, Result, Standard


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Score the answers of a case, or one item at several answers; every expectation must be met."""
    found = rules.standard(entry.data)
    wanted = case.data.get("error", "")
    try:
        differences = list(_differences(found, case, pack))
    except KangchengError as error:
        return judged(case, [] if wanted and wanted in str(error) else [f"被拒绝 (refused): {error}"])
    return judged(case, [f"应被拒绝，理由含 {wanted!r} (should be refused)"] if wanted else differences)


def _differences(found: Standard, case: Case, pack: Pack) -> Iterator[str]:
    data = case.data
    if "item" in data:
        if data["item"] not in found.items:
            raise KangchengError(f"没有这一项 (no such item) {data['item']!r}")
        for answer, wanted in data.get("gives", {}).items():
            yield from _one_item(found, found.items[data["item"]], answer, wanted)
    if "answers" in data or "otherwise" in data:
        result = rules.scored(found, filled(found, data), data.get("subject", {}))
        yield from _missed(found, data, result, pack)


def filled(found: Standard, data: Mapping[str, Any]) -> dict[str, str]:
    """The answers of a case, those left out filled in as `otherwise` says."""
    answers = dict(data.get("answers", {}))
    if "otherwise" in data:
        for item in rules.applicable(found, data.get("subject", {})):
            if item.id not in answers:
                answers[item.id] = _otherwise(item, data["otherwise"])
    return answers


def _otherwise(item: Item, how: str) -> str:
    answer = rules.perfect(item) if how == "full" else _worst(item)
    if answer is None:
        raise KangchengError("测量项须写出答案 (a measured item needs its answer)", where=item.title)
    return answer


def _worst(item: Item) -> str | None:
    if item.how == "levels":
        return min(item.levels, key=lambda level: level.points).id
    if item.how == "deduct":
        return str(-(-item.score // item.each)) if item.each else "1"
    return "no" if item.how == "yes_no" else None


def _one_item(found: Standard, item: Item, answer: str, wanted: Any) -> Iterator[str]:
    got = rules.item_result(found, item, answer)
    wanted = {"points": wanted} if isinstance(wanted, str) else wanted
    if parse_number(wanted["points"]) != got.points:
        yield f"{item.id} = {answer}: 应得 {wanted['points']}，得 {rules.show_points(got.points)}"
    if "met" in wanted and (wanted["met"] == "yes") != got.met:
        yield f"{item.id} = {answer}: met 应为 {wanted['met']}"
    if "days" in wanted and int(wanted["days"]) != got.days:
        yield f"{item.id} = {answer}: 整改应为 {wanted['days']} 日，得 {got.days}"


def _missed(found: Standard, data: Mapping[str, Any], result: Result, pack: Pack) -> Iterator[str]:
    expect = data.get("expect", {})
    for key, got in (("grade", result.grade), ("met", "yes" if result.met else "no")):
        if key in expect and expect[key] != got:
            yield f"{key}: 应为 {expect[key]}，得 {got}"
    if "score" in expect and parse_number(expect["score"]) != result.score:
        yield f"score: 应为 {expect['score']}，得 {rules.show_points(result.score)}"
    for key, names in (("failed", result.failed), ("vetoed", result.vetoed)):
        if key in expect and sorted(_listed(expect[key])) != sorted(names):
            yield f"{key}: 应为 {expect[key]}，得 {list(names)}"
    yield from _tables(expect, result)
    yield from _due(found, data, result, pack)


def _tables(expect: Mapping[str, Any], result: Result) -> Iterator[str]:
    items = {one.id: one for one in result.items}
    points = {name: one.points for name, one in items.items()}
    for key, got in (("sections", result.sections), ("points", points)):
        for name, wanted in expect.get(key, {}).items():
            if name not in got or rules.rounded_points(got[name], 4) != rules.rounded_points(
                parse_number(wanted), 4
            ):
                yield f"{key}.{name}: 应为 {wanted}，得 {rules.show_points(got[name]) if name in got else '—'}"
    for name, wanted in expect.get("rectify", {}).items():
        days = items[name].days if name in items else None
        if days != int(wanted):
            yield f"rectify.{name}: 应为 {wanted}，得 {days}"


def _due(found: Standard, data: Mapping[str, Any], result: Result, pack: Pack) -> Iterator[str]:
    for name, wanted in data.get("expect", {}).get("due", {}).items():
        days = next((one.days for one in result.items if one.id == name), None)
        day = due(pack, found, parse_date(data["on"]), days)
        if day != parse_date(wanted):
            yield f"due.{name}: 应为 {wanted}，得 {day}"


def due(pack: Pack, found: Standard, on: date, days: int | None) -> date | None:
    """The last day for rectification: so many working days after `on`; None where no period is set."""
    return stepped(pack.at(on).get("calendar", found.calendar), on, days)[0] if days else None


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
