"""A register as it was known at a moment: laid together from the rows untouched since and the earlier versions of the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from kangcheng.base.accounts.types import Actor
from kangcheng.work.registers import reach
from kangcheng.work.registers.models import RegisterRow
from kangcheng.work.registers.rules import rows
from kangcheng.work.registers.selectors.rows import row_of
from kangcheng.work.registers.types import Asked, Register, Row

MOST_KNOWN = 200_000


def known_rows(register: Register, asked: Asked, by: Actor) -> list[Row]:
    """The rows the actor may see as they stood at `asked.known`, filtered, newest first or sorted as asked."""
    assert asked.known is not None
    found = [
        row
        for row in _versions(register, asked.known)
        if not row.removed
        and reach.sees(register, by, row.area_code, row.institution_id)
        and _wanted(register, asked, row)
    ]
    found.sort(key=lambda row: row.id, reverse=True)
    name = asked.sort.lstrip("-")
    if register.column(name):
        empty = [row for row in found if row.values.get(name) is None]
        held = sorted(
            (row for row in found if row.values.get(name) is not None),
            key=lambda row: row.values[name],
            reverse=asked.sort.startswith("-"),
        )
        return [*held, *empty]
    return found


def _versions(register: Register, at: datetime) -> Iterator[Row]:
    """Each row's newest version written by then. Moments are those the writer took, not those of the history's trigger."""
    events = RegisterRow.pgh_event_model.objects  # type: ignore[attr-defined]
    past = events.filter(register=register.id, changed_at__lte=at, pgh_obj__changed_at__gt=at)
    for one in past.order_by("pgh_obj_id", "-number").distinct("pgh_obj_id")[:MOST_KNOWN]:
        yield row_of(register, one)
    for one in RegisterRow.objects.filter(register=register.id, changed_at__lte=at)[:MOST_KNOWN]:
        yield row_of(register, one)


def _wanted(register: Register, asked: Asked, row: Row) -> bool:
    if asked.area and not row.area_code.startswith(asked.area):
        return False
    if asked.as_of and register.valid_from:
        start = row.valid_from
        if start is None or start > asked.as_of or (row.valid_to is not None and row.valid_to <= asked.as_of):
            return False
    if asked.as_of and register.when and (row.values.get(register.when) or asked.as_of) > asked.as_of:
        return False
    values = (
        {**row.values, **rows.derive(register, row.values, asked.known.date())} if asked.known else row.values
    )
    return all(_fits(register, name, values.get(name), wanted) for name, wanted in asked.filters.items())


def _fits(register: Register, name: str, value: Any, wanted: Any) -> bool:
    column = register.column(name)
    if isinstance(wanted, tuple):
        low, high = wanted
        return value is not None and (low is None or value >= low) and (high is None or value <= high)
    if isinstance(value, tuple):
        return wanted in value
    if column is not None and column.type in ("area", "text"):
        return str(value or "").startswith(str(wanted))
    return bool(value == wanted)
