"""Periods by name: 2024-05, 2024Q2, 2024; the one before, the same of last year, the year so far. Pure."""

from __future__ import annotations

import re
from datetime import date

from kangcheng.kernel.errors import KangchengError
from kangcheng.performance.indicators.types import Span


class PeriodError(KangchengError):
    """The period is none of 2024, 2024Q2, 2024-05."""


def span(text: str) -> Span:
    """Read `2024`, `2024Q2`, `2024-05`; raises PeriodError."""
    found = re.fullmatch(r"(\d{4})(?:Q([1-4])|-(0[1-9]|1[0-2]))?", text.strip().upper())
    if not found or not 1900 <= int(found[1]) < 9999:
        raise PeriodError(
            "看不懂这个时期 (not a period)",
            where=text[:40],
            rule="年、季或月：2024、2024Q2、2024-05",
            todo="改正时期",
        )
    year = int(found[1])
    if found[2]:
        return _months(
            "quarter", year, 3 * int(found[2]) - 2, 3, f"{year}年第{'一二三四'[int(found[2]) - 1]}季度"
        )
    if found[3]:
        return _months("month", year, int(found[3]), 1, f"{year}年{int(found[3])}月")
    return _months("year", year, 1, 12, f"{year}年")


def _months(kind: str, year: int, first: int, count: int, text: str) -> Span:
    return Span(kind, _month(year, first), _month(year, first + count), text)  # type: ignore[arg-type]


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def name_of(period: Span) -> str:
    """The name that `span` reads back."""
    start = period.start
    if start is None:
        return ""
    if period.kind == "quarter":
        return f"{start.year}Q{(start.month + 2) // 3}"
    return f"{start.year}-{start.month:02d}" if period.kind == "month" else str(start.year)


def shifted(period: Span, at: str) -> Span:
    """`previous`, `last_year` or `year_to_date` of a period; any other word gives the period itself."""
    if period.start is None or at not in ("previous", "last_year", "year_to_date"):
        return period
    if at == "year_to_date":
        start = date(period.start.year, 1, 1)
        last = _month(period.below.year, period.below.month - 1) if period.below else start  # type: ignore[union-attr]
        text = f"{start.year}年1—{last.month}月" if last.month > 1 else f"{start.year}年1月"
        return Span(period.kind, start, period.below, text)
    months = {"month": 1, "quarter": 3, "year": 12}[period.kind]
    back = 12 if at == "last_year" else months
    start = _month(period.start.year, period.start.month - back)
    return span(name_of(Span(period.kind, start, None, "")))
