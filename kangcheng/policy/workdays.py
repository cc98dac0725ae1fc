"""Counting working days by a `calendar` entry: weekends rest, holidays rest, some weekends work instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.entry import Entry

WEEKEND = ["6", "7"]


class CalendarError(KangchengError):
    """The day lies outside what the calendar covers."""


def covered(entry: Entry, day: date) -> bool:
    """True when the arrangement for `day` has been made known."""
    return parse_date(entry.get("covers_from")) <= day <= parse_date(entry.get("covers_to"))


def working(entry: Entry, day: date) -> bool:
    """True on a working day. Raises CalendarError outside the covered days."""
    if not covered(entry, day):
        raise CalendarError(
            f"{day} 不在日历之内 (outside the calendar)",
            where=entry.file,
            rule=f"{entry.get('covers_from')}..{entry.get('covers_to')}",
            todo="补上放假安排",
        )
    if day in {parse_date(text) for text in entry.get("workdays")}:
        return True
    return _weekday(entry, day) and day not in dict(holidays(entry))


def working_day_after(entry: Entry, day: date, count: int) -> date:
    """The `count`-th working day after `day` (the day itself does not count). Raises CalendarError."""
    while count:
        day += timedelta(days=1)
        count -= working(entry, day)
    return day


def stepped(entry: Entry, day: date, count: int) -> tuple[date, bool]:
    """The working day `count` after `day` (before it when negative), and whether every day on the way was arranged.

    Days beyond the arrangement count by weekends alone: a deadline set in December must exist although next year's holidays are
    not announced yet; it is told apart by the second value.
    """
    sure, way = True, 1 if count > 0 else -1
    while count:
        day += timedelta(days=way)
        known = covered(entry, day)
        sure = sure and known
        if working(entry, day) if known else _weekday(entry, day):
            count -= way
    return day, sure


def holidays(entry: Entry) -> Iterator[tuple[date, int]]:
    """Every day off, with the place of its holiday in the entry."""
    for number, row in enumerate(entry.get("holidays")):
        first, last = parse_date(row["from"]), parse_date(row["to"])
        for step in range((last - first).days + 1):
            yield first + timedelta(days=step), number


def _weekday(entry: Entry, day: date) -> bool:
    return day.isoweekday() not in {int(text) for text in entry.get("weekend", WEEKEND)}
