"""What every verb asks of rows before they are written: rules, roles, reach, closed months, and rows that are there already."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.base.personal import seal
from kangcheng.kernel.errors import Fault
from kangcheng.work.registers import reach
from kangcheng.work.registers.models import PERSONAL, RegisterRow
from kangcheng.work.registers.names import Names, typed
from kangcheng.work.registers.rules import cells, rows
from kangcheng.work.registers.types import Register, Values

COLUMNS = (
    "id", "register", "number", "key", "data", "sealed", "area_code", "institution_id", "valid_from", "valid_to", "when_on",
    "removed", "action", "batch_id", "by_id", "by_name", "on", "why", "changed_at",
)  # fmt: skip


def owner_of(register: Register, values: Values, names: Names) -> tuple[str, UUID | None]:
    """Area code and institution that a row belongs to; ("", None) in a book of the whole city."""
    owner = values.get(register.owner) if register.owner else None
    column = register.column(register.owner)
    if not owner or column is None:
        return "", None
    if column.type == "institution":
        return names.area_of(owner), UUID(owner)
    return str(owner), None


def columns_of(
    register: Register,
    values: Values,
    names: Names,
    *,
    by: Actor,
    on: date,
    why: str,
    action: str,
    at: datetime,
) -> dict[str, Any]:
    """A row as the table keeps it, without id and number; the sealed part as text."""
    types = {column.id: column.type for column in register.columns}
    kept = {
        name: cells.to_json(types[name], value)
        for name, value in values.items()
        if name in types and value is not None
    }
    area, institution = owner_of(register, values, names)
    start, after = rows.period(register, values)
    sealed = {name: kept.pop(name) for name in register.sealed if name in kept}
    return {
        "register": register.id, "key": rows.key_of(register, values), "data": kept,
        "sealed": json.dumps(sealed, ensure_ascii=False) if sealed else None,
        "area_code": area, "institution_id": institution, "valid_from": start, "valid_to": after,
        "when_on": values.get(register.when) if register.when else None, "action": action, "by_id": by.user_id,
        "by_name": by.name[:64], "on": on, "why": why, "changed_at": at,
    }  # fmt: skip


def sealed_bytes(text: str | None) -> bytes | None:
    """The sealed part as COPY takes it."""
    return None if text is None else seal(text, PERSONAL)


def place_faults(
    register: Register, values: Values, names: Names, by: Actor, line: int | None = None
) -> list[Fault]:
    """A fault when the row belongs where the actor may not write."""
    area, institution = owner_of(register, values, names)
    if reach.writes_here(register, by, area, institution):
        return []
    column = register.column(register.owner)
    where = column.title if column else register.title
    return [Fault(where, "不在您的职责范围内 (out of your reach)", "由归属机构或区划的人员办理", line=line)]


def role_faults(
    register: Register, values: Values, by: Actor, line: int | None = None, *, before: Values | None = None
) -> list[Fault]:
    """A fault for each column the actor's roles may not fill in."""
    if SYSTEM in by.roles:
        return []
    return rows.roles_faults(register, values, by.roles, line, before=before)


def locked(register: Register) -> None:
    """One writer at a time where a row must be compared with others that no constraint compares."""
    if register.no_overlap or any(
        column.unique or column.register == register.id for column in register.columns
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"kangcheng:register:{register.id}"]
            )


def stored_faults(
    register: Register, given: Sequence[tuple[int, Values]], *, but: Collection[UUID] = ()
) -> Iterator[Fault]:
    """A fault for each row that is there already, or overlaps one that is."""
    yield from rows.same_faults(register, given, list(alike(register, [values for _, values in given], but)))


def alike(
    register: Register, given: Sequence[Values], but: Collection[UUID] = ()
) -> Iterator[dict[str, Any]]:
    """The stored rows that share a key, a unique value or the columns of a stretch with one of the given rows."""
    wanted = Q(key__in={rows.key_of(register, values) for values in given})
    for name in [column.id for column in register.columns if column.unique]:
        wanted |= _held(register, name, given)
    for rule in register.no_overlap:
        wanted |= _held(register, rule.per[0], given)
    found = RegisterRow.objects.filter(wanted, register=register.id, removed=False).exclude(pk__in=but)
    for data in found.values_list("data", flat=True).iterator():
        yield typed(register, data)


def _held(register: Register, name: str, given: Sequence[Values]) -> Q:
    column = register.column(name)
    kept = (
        {str(cells.to_json(column.type, row[name])) for row in given if row.get(name) is not None}
        if column
        else set()
    )
    return Q(**{f"data__{name}__in": list(kept)}) if kept else Q(pk__in=[])


def circle_faults(register: Register, row_id: UUID, values: Mapping[str, Any]) -> Iterator[Fault]:
    """A fault when the row would come to refer to itself through rows of its own register."""
    for column in register.columns:
        if column.type != "reference" or column.register != register.id or not values.get(column.id):
            continue
        place, steps = values[column.id], 0
        while place and place != str(row_id) and steps < MOST_STEPS:
            found = RegisterRow.objects.filter(pk=place).values_list("data", flat=True).first()
            place, steps = (found or {}).get(column.id), steps + 1
        if place:
            yield Fault(
                column.title, "引用绕成了圈 (refers to itself in a circle)", "上级不能是自己或自己的下级"
            )


MOST_STEPS = 1000
