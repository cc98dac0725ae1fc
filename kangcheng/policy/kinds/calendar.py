"""Working days: weekends rest, holidays rest, and some weekends work instead. One block per year, with its source."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds.kind import Kind
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import (
    FLAG,
    Clause,
    Day,
    Field,
    Many,
    Record,
    Table,
    Text,
    optional,
    required,
    whole,
)

HOLIDAY = Record(
    "假期 holiday",
    {
        "name": required(Text(), "名称", moved=False),
        "from": required(Day(), "第一天"),
        "to": required(Day(), "最后一天，含当天"),
    },
)

YEAR = Record(
    "一年 year",
    {
        "source": optional(Text(), "出处", moved=False),
        "clause": optional(Clause(), "依据的条款", moved=False),
        "holidays": required(Many(HOLIDAY, least=0), "放假"),
        "working": required(Many(Day(), least=0), "调休上班的日子"),
    },
)

FIELDS: dict[str, Field] = {
    "weekend": optional(Many(whole("1", "7"), least=0), "周几休息，1是周一；默认6、7", moved=False),
    "years": required(
        Table(YEAR, keys=Text(pattern=r"\d{4}", hint="年份")), "年份 → 放假与调休；未列的年份不作答"
    ),
}

CASE: dict[str, Field] = {
    "on": optional(Day(), "哪一天"),
    "working": optional(FLAG, "是否工作日"),
    "after": optional(whole("1"), "其后第几个工作日"),
    "expect": optional(Day(), "是哪一天"),
}


class CalendarError(KangchengError):
    """The day lies in a year that the calendar does not hold."""


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Days lie in their year, and no day is both a holiday and a working day."""
    faults = []
    for year, block in entry.get("years").items():
        off = {day: number for number, row in enumerate(block["holidays"]) for day in _days(row)}
        for day, number in off.items():
            if str(day.year) != year:
                faults.append(
                    entry.fault(
                        ("years", year, "holidays", number), f"{day} 不在 {year} 年 (outside the year)"
                    )
                )
        for number, text in enumerate(block["working"]):
            day = parse_date(text)
            if day in off or str(day.year) != year:
                words = (
                    "又放假又上班 (holiday and working day)"
                    if day in off
                    else f"不在 {year} 年 (outside the year)"
                )
                faults.append(entry.fault(("years", year, "working", number), f"{day} {words}"))
    return faults


def working(entry: Entry, day: date) -> bool:
    """True on a working day. Raises CalendarError for a year the calendar does not hold."""
    block = _year(entry, day)
    if day in {parse_date(text) for text in block["working"]}:
        return True
    weekend = {int(text) for text in entry.get("weekend", ["6", "7"])}
    return day.isoweekday() not in weekend and not any(day in _days(row) for row in block["holidays"])


def working_day_after(entry: Entry, day: date, count: int) -> date:
    """The `count`-th working day after `day` (the day itself does not count). Raises CalendarError."""
    while count:
        day += timedelta(days=1)
        count -= working(entry, day)
    return day


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Whether a day works, or which the n-th working day after it is."""
    data, differences = case.data, []
    on = parse_date(data["on"])
    try:
        if "working" in data:
            got = "yes" if working(entry, on) else "no"
            differences += [] if got == data["working"] else [f"{on}: 应为 {data['working']}，得 {got}"]
        if "after" in data:
            day = working_day_after(entry, on, int(data["after"]))
            differences += [] if day == parse_date(data["expect"]) else [f"应为 {data['expect']}，得 {day}"]
    except CalendarError as error:
        differences.append(str(error))
    return judged(case, differences)


def _year(entry: Entry, day: date) -> dict[str, Any]:
    years: dict[str, dict[str, Any]] = entry.get("years")
    if str(day.year) not in years:
        raise CalendarError(
            f"日历没有 {day.year} 年 (year not in the calendar)",
            where=entry.file,
            rule="、".join(years),
            todo="补上当年的放假安排",
        )
    return years[str(day.year)]


def _days(row: dict[str, str]) -> Iterator[date]:
    first, last = parse_date(row["from"]), parse_date(row["to"])
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


KIND = Kind("calendar", "日历 (calendar)", FIELDS, check=check, run_case=run_case, case=CASE)
