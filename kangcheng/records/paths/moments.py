"""Partial dates and times: comparing what is known, and the first and last moment a partial one can mean.

Source: FHIRPath 2.0 §6.2 (comparison, empty when precision leaves it open) and SQL on FHIR v2 (boundaries).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

_DAY = r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?"
_TIME = r"(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?"
_DATE_TIME = re.compile(rf"^{_DAY}(?:T(?:{_TIME})?(Z|[+-]\d\d:\d\d)?)?$")
_CLOCK = re.compile(r"^(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?$")
_EARLIEST, _LATEST = "+14:00", "-12:00"  # the zones where a day begins first and ends last


class Moment(NamedTuple):
    """A date, date with time, or time: its known parts from the largest, and its zone in minutes east of Greenwich."""

    parts: tuple[int | Decimal, ...]
    zone: int | None
    clock: bool


def read(text: object) -> Moment | None:
    """The moment that `text` writes; None when it writes none."""
    if not isinstance(text, str):
        return None
    match = _DATE_TIME.match(text)
    if match:
        *parts, zone = match.groups()
        return Moment(_numbers(parts), _minutes(zone), clock=False)
    match = _CLOCK.match(text)
    return Moment(_numbers(match.groups()), None, clock=True) if match else None


def compare(one: Moment, two: Moment) -> int | None:
    """-1, 0 or 1; None when the known parts do not decide it (2020 against 2020-05, or only one with a zone)."""
    if one.clock != two.clock:
        return None
    if one.zone is not None and two.zone is not None:
        one, two = _in_utc(one), _in_utc(two)
    elif (one.zone is None) != (two.zone is None):
        return _apart(one, two)
    for left, right in zip(one.parts, two.parts, strict=False):
        if left != right:
            return -1 if left < right else 1
    return 0 if len(one.parts) == len(two.parts) else None


def same(one: Moment, two: Moment) -> bool:
    """The same moment, written with the same precision."""
    return compare(one, two) == 0


def boundary(text: str, type: str, high: bool) -> str | None:
    """The first moment (or, when `high`, the last) that `text` of FHIR type `type` can mean; None when it is none."""
    moment = read(text)
    if moment is None:
        return None
    if moment.clock:
        return _clock(moment.parts, high)
    year, month, day = _day(moment.parts[:3], high)
    date = f"{year:04}-{month:02}-{day:02}"
    if type == "date":
        return date
    match = _DATE_TIME.match(text)
    zone = match and match.group(7)
    return f"{date}T{_clock(moment.parts[3:], high)}{zone or (_LATEST if high else _EARLIEST)}"


def _apart(one: Moment, two: Moment) -> int | None:
    """Order of two moments of which one has no zone: known only where they lie more than a day of zones apart."""
    left, right = _instant(one), _instant(two)
    if left is None or right is None:
        return None
    gap = left - right
    if abs(gap) <= timedelta(hours=14):
        return None
    return -1 if gap < timedelta(0) else 1


def _instant(moment: Moment) -> datetime | None:
    """The moment in UTC, its missing clock taken as midnight; None when it names no day there is."""
    if len(moment.parts) < 3:
        return None
    year, month, day, hour, minute, second = (int(p) for p in (*moment.parts, 0, 0, 0)[:6])
    try:
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
        return local - timedelta(minutes=moment.zone or 0)
    except (ValueError, OverflowError):
        return None


def _in_utc(moment: Moment) -> Moment:
    at = _instant(moment) if len(moment.parts) >= 5 and moment.zone else None
    if at is None:
        return moment
    shifted = (at.year, at.month, at.day, at.hour, at.minute)
    return Moment((*shifted, *moment.parts[5:]), 0, clock=False)


def _numbers(parts: list[str | None] | tuple[str | None, ...]) -> tuple[int | Decimal, ...]:
    known = [part for part in parts if part is not None]
    return tuple(Decimal(part) if "." in part else int(part) for part in known)


def _minutes(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return -minutes if zone[0] == "-" else minutes


def _day(parts: tuple[int | Decimal, ...], high: bool) -> tuple[int, int, int]:
    year, month, day = (int(part) for part in (*parts, 0, 0)[:3])
    month = month or (12 if high else 1)
    last = monthrange(year, month)[1] if 1 <= month <= 12 and year else 31
    return year, month, day or (last if high else 1)


def _clock(parts: tuple[int | Decimal, ...], high: bool) -> str:
    limits = (23, 59, Decimal("59.999")) if high else (0, 0, Decimal(0))
    hour, minute, second = (*parts, *limits[len(parts) :])
    if isinstance(second, int):
        second = Decimal(second) + (Decimal("0.999") if high else 0)
    return f"{int(hour):02}:{int(minute):02}:{second:06.3f}"
