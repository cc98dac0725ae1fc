"""Days and half-open periods. The clock is China's; whoever needs today passes it in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from kangcheng.kernel.errors import KangchengError

CHINA_TZ = ZoneInfo("Asia/Shanghai")

_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]"
    r"|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|(\d{2})(\d{2}))"
)
_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2})|年(\d{1,2})月|/(\d{1,2}))")
_YEAR = re.compile(r"(\d{4})年?度?")
_QUARTER = re.compile(r"(\d{4})(?:-?Q|年第?)([1-4一二三四])(?:季度)?")


class DateError(KangchengError):
    """The text is not a day (or period) of the calendar."""


@dataclass(frozen=True, order=True)
class Period:
    """Half-open: `start` is inside, `end` is the first day outside; `end=None` never ends."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise DateError(
                f"期间的终点 {self.end} 早于起点 {self.start} (period ends before it starts)",
                rule="起点含、终点不含，终点不早于起点",
            )

    def contains(self, day: date) -> bool:
        """True from the start day to the day before the end."""
        return self.start <= day and (self.end is None or day < self.end)

    def intersect(self, other: Period) -> Period | None:
        """The days in both, or None when there is none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return Period(start, end) if end is None or start < end else None

    def overlaps(self, other: Period) -> bool:
        """True when at least one day is in both."""
        return self.intersect(other) is not None

    @property
    def days(self) -> int | None:
        """Number of days, None when it never ends."""
        return None if self.end is None else (self.end - self.start).days

    @property
    def last(self) -> date | None:
        """Last day inside, None when it never ends or is empty."""
        return None if self.end is None or self.end == self.start else self.end - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.start}..{self.last or ''}"


def parse_date(text: str) -> date:
    """A day: "2012-03-01", "2012年3月1日", "2012/3/1", "2012.3.1", "20120301". Raises DateError, also for days that never were."""
    match = _DAY.fullmatch(_plain(text))
    if match is None:
        raise DateError("不是日期 (not a date)", where=repr(text), rule="年-月-日", todo='写成 "2012-03-01"')
    year, month, day = (int(part) for part in match.groups() if part is not None)
    return _day(year, month, day, text)


def parse_period(text: str) -> Period:
    """A year, quarter, month or day as a period, or "A..B" with the last day inside.

    "2012", "2012年", "2012Q3", "2012年第三季度", "2012-03", "2012年3月", "2012-03-01", "2012-03..2012-05", "2012-03-01..".
    """
    plain = _plain(text)
    if ".." in plain:
        first, _, last = plain.partition("..")
        stretch = Period(parse_period(first).start, parse_period(last).end if last else None)
        if stretch.days == 0:
            raise DateError("期间是空的 (empty period)", where=repr(text), rule="两点前的不晚于两点后的")
        return stretch
    if match := _QUARTER.fullmatch(plain):
        quarter = "1234一二三四".index(match[2]) % 4
        return _months(int(match[1]), 3 * quarter + 1, 3, text)
    if match := _MONTH.fullmatch(plain):
        return _months(int(match[1]), int(match[2] or match[3] or match[4]), 1, text)
    if match := _YEAR.fullmatch(plain):
        return _months(int(match[1]), 1, 12, text)
    day = parse_date(text)
    return Period(day, _next(day))


def month_of(day: date) -> Period:
    """The calendar month the day lies in."""
    return _months(day.year, day.month, 1, str(day))


def year_of(day: date) -> Period:
    """The calendar year the day lies in."""
    return _months(day.year, 1, 12, str(day))


def show_date(day: date) -> str:
    """2012年3月1日"""
    return f"{day.year}年{day.month}月{day.day}日"


def show_month(day: date) -> str:
    """2012年3月"""
    return f"{day.year}年{day.month}月"


def age_on(birth: date, on: date) -> int:
    """Full years (周岁) on the day. A child of 29 February turns a year older on 1 March. Raises DateError before birth."""
    if on < birth:
        raise DateError(f"{on} 早于出生日期 {birth} (before birth)", rule="年龄自出生日起算")
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def _plain(text: str) -> str:
    if not isinstance(text, str):
        raise DateError(f"日期必须是文本，不是 {type(text).__name__} (a date must be text)", where=repr(text))
    return "".join(unicodedata.normalize("NFKC", text).split())


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(
            "日历上没有这一天 (no such day)", where=repr(text), rule="公历", todo="检查年月日"
        ) from None


def _months(year: int, month: int, count: int, text: str) -> Period:
    start = _day(year, month, 1, text)
    after = year * 12 + month - 1 + count
    if after // 12 > date.max.year:
        raise DateError("年份超出日历 (year out of range)", where=repr(text), rule="公历")
    return Period(start, date(after // 12, after % 12 + 1, 1))


def _next(day: date) -> date | None:
    return None if day == date.max else day + timedelta(days=1)
