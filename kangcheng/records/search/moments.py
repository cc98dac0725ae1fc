"""FHIR dates as spans of time: "2024-05" is the month from its first moment to the first of the next. Pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")  # dates without a zone are the city's days
FORM = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
LAST_YEAR = 9998
Span = tuple[datetime | None, datetime | None]


def span(text: str) -> tuple[datetime, datetime]:
    """The first moment of a FHIR date, dateTime or instant, and the first after it. Raises ValueError for what is none."""
    found = FORM.fullmatch(text.replace(" ", "+"))  # a plus sign in an address often comes as a space
    if found is None:
        raise ValueError("not a date")
    year, month, day, hour, minute, second, part, zone = found.groups()
    if not 1 <= int(year) <= LAST_YEAR:
        raise ValueError("year out of range")
    if month is None:
        return datetime(int(year), 1, 1, tzinfo=CITY), datetime(int(year) + 1, 1, 1, tzinfo=CITY)
    if day is None:
        return datetime(int(year), int(month), 1, tzinfo=CITY), _next_month(int(year), int(month))
    start = datetime(int(year), int(month), int(day), tzinfo=CITY)
    if hour is None:
        return start, start + timedelta(days=1)
    exact = start.replace(
        hour=int(hour), minute=int(minute), second=min(int(second or 0), 59), tzinfo=_zone(zone)
    )
    if second is None:
        return exact, exact + timedelta(minutes=1)
    fraction = int((part or ".0")[1:7].ljust(6, "0"))
    exact = exact.replace(microsecond=fraction)
    return exact, exact + (timedelta(milliseconds=1) if part else timedelta(seconds=1))


def span_of(value: Any) -> Span | None:
    """The span of a date, Period or Timing as it stands in a resource; None for what has none."""
    try:
        if isinstance(value, str):
            return span(value)
        if isinstance(value, dict):
            return _of_timing(value) if {"event", "repeat"} & value.keys() else _of_period(value)
    except (ValueError, OverflowError):
        return None
    return None


def _of_period(value: dict[str, Any]) -> Span | None:
    start, end = value.get("start"), value.get("end")
    if start is None and end is None:
        return None
    return (span(start)[0] if start else None), (span(end)[1] if end else None)


def _of_timing(value: dict[str, Any]) -> Span | None:
    events = [span(one) for one in value.get("event", ())]
    if events:
        return min(one[0] for one in events), max(one[1] for one in events)
    bounds = value.get("repeat", {}).get("boundsPeriod")
    return _of_period(bounds) if bounds else None


def _next_month(year: int, month: int) -> datetime:
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=CITY)


def _zone(text: str | None) -> Any:
    if text is None:
        return CITY
    return UTC if text == "Z" else datetime.strptime(text, "%z").tzinfo
