"""When a state of a `process` entry is due, when to remind before, and whom to tell after. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from kangcheng.policy.entry import Entry
from kangcheng.policy.workdays import stepped

DAY_ENDS = time(23, 59, 59)


@dataclass(frozen=True)
class Due:
    """Moments in the time zone of `since`. A limit in days ends with its last day.

    `escalate`: moment and role, in the order of the entry. `sure` is False when the limit runs into days whose holidays are
    not announced yet, so that it may still move.
    """

    due: datetime
    remind: datetime | None = None
    escalate: tuple[tuple[datetime, str], ...] = ()
    sure: bool = True


def due_of(entry: Entry, state: str, since: datetime, calendar: Entry | None = None) -> Due | None:
    """The limit of `state` entered at `since`, None when it has none. `calendar` is needed for limits in working days."""
    row: dict[str, Any] = next(one for one in entry.get("states") if one["id"] == state)
    limit = row.get("deadline")
    if not limit:
        return None
    unit, within = limit["unit"], int(limit["within"])
    due, sure = _later(since, within, unit, calendar)
    remind = None
    if "remind" in limit:
        remind = _earlier(due, int(limit["remind"]), unit, calendar)
    told = [(_later(due, int(one["after"]), unit, calendar), one["to"]) for one in limit.get("escalate", [])]
    return Due(
        due,
        remind,
        tuple((moment, role) for (moment, _), role in told),
        sure and all(known for (_, known), _ in told),
    )


def _later(moment: datetime, count: int, unit: str, calendar: Entry | None) -> tuple[datetime, bool]:
    if unit == "hours":
        return moment + timedelta(hours=count), True
    if unit == "days" or calendar is None:
        return _end(moment + timedelta(days=count)), True
    day, sure = stepped(calendar, moment.date(), count)
    return _end(moment.replace(year=day.year, month=day.month, day=day.day)), sure


def _earlier(due: datetime, count: int, unit: str, calendar: Entry | None) -> datetime:
    """A reminder in days comes at the start of its day, so that the day can still be used."""
    if unit == "hours":
        return due - timedelta(hours=count)
    day = (due - timedelta(days=count)).date()
    if unit == "working_days" and calendar is not None:
        day = stepped(calendar, due.date(), -count)[0]
    return datetime.combine(day, time.min, due.tzinfo)


def _end(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), DAY_ENDS, moment.tzinfo)
