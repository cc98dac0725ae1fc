"""Whole-number keys of remembered rows: equal exactly when owner, period and scope are the same."""

from __future__ import annotations

from datetime import date

import numpy as np

from kangcheng.funds.engine.compiled.memory import NAMED, Key
from kangcheng.funds.engine.compiled.rows import Ints, Rows, Texts

_EPOCH = date(1970, 1, 1)
_ROOM = 2**62


def key_codes(key: Key, rows: Rows, households: bool) -> list[Ints]:
    """The parts of the key, a column each; -1 where a part is missing. In a household unit the person is a part."""
    parts = []
    if households:
        parts.append(rows.household if key.owner == "household" else rows.person)
    parts.append(_period(key, rows))
    parts += [texts_of(rows, name).codes.astype(np.int64) for name in key.by]
    return parts


def texts_of(rows: Rows, name: str) -> Texts:
    """An attribute's column; all missing when no claim has it."""
    return rows.attributes.get(name) or Texts(np.full(len(rows), -1, np.int64), ())


def one_column(parts: list[Ints]) -> Ints:
    """All parts in one number; -1 when one of them is missing."""
    key, *others = parts
    lacking = key < 0
    for part in others:
        lacking = lacking | (part < 0)
        key, part = _dense(key), _dense(part)
        if (int(key.max(initial=0)) + 1) * (int(part.max(initial=0)) + 1) >= _ROOM:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
        key = key * (int(part.max(initial=0)) + 1) + part
    return np.where(lacking, -1, key)


def _dense(part: Ints) -> Ints:
    """Never negative; far numbers (days) brought near."""
    part = np.maximum(part, 0)
    return part - int(part.min(initial=2**62)) if len(part) else part


def _period(key: Key, rows: Rows) -> Ints:
    if key.period == "life":
        return np.zeros(len(rows), np.int64)
    if key.period in NAMED:
        return texts_of(rows, key.period).codes.astype(np.int64)
    day = {"settled": rows.on, "discharged": rows.discharged, "admitted": rows.admitted}[key.decided_by]
    return period_of_days(key, day)


def period_of_days(key: Key, day: Ints) -> Ints:
    """Code of the period that days fall in: the day itself, or the first day of the month, quarter or year."""
    if key.period == "day":
        return day
    days = day.astype("M8[D]")
    months = days.astype("M8[M]").astype(np.int64)
    if key.period == "quarter":
        months = months - months % 3
    if key.period == "year":
        month, first = key.starts
        begun = months - (months - (month - 1)) % 12
        starts = _first_day(begun) + (first - 1)
        return np.where(starts > day, _first_day(begun - 12) + (first - 1), starts)
    return _first_day(months)


def _first_day(months: Ints) -> Ints:
    return months.astype("M8[M]").astype("M8[D]").astype(np.int64)


def days_of(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days
