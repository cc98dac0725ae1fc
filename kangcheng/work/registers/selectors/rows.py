"""One row: as it stands, as it stood, what changed and by whom; and what is to be paid."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import KangchengError
from kangcheng.work.registers import reach
from kangcheng.work.registers.models import RegisterRow
from kangcheng.work.registers.names import titles, typed
from kangcheng.work.registers.rules import cells, rows
from kangcheng.work.registers.selectors.which import get_register
from kangcheng.work.registers.types import Column, Difference, Due, Register, Row


class NoSuchRow(KangchengError):
    """There is no such row, or none the actor may see."""


def get(row_id: UUID, by: Actor, *, register: Register | None = None) -> Row:
    """The row as it stands. Raises NoSuchRow also for a row out of the actor's reach."""
    found = RegisterRow.objects.filter(pk=row_id).first()
    if found is not None and (register is None or found.register == register.id):
        register = register or get_register(found.register)
        if RegisterRow.objects.filter(reach.seen(register, by), pk=row_id).exists():
            return row_of(register, found)
    raise NoSuchRow("没有这一行，或不在您的职责范围内 (no such row)", where=str(row_id))


def row_of(register: Register, found: Any) -> Row:
    """A line of the table, or of its history, as Row."""
    sealed = json.loads(found.sealed) if found.sealed and found.sealed[:1] == "{" else {}
    return Row(
        id=getattr(found, "pgh_obj_id", None) or found.pk,
        register=found.register,
        number=found.number,
        values=typed(register, {**found.data, **sealed}),
        area_code=found.area_code,
        institution_id=found.institution_id,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        removed=found.removed,
        action=found.action,
        by_name=found.by_name,
        on=found.on,
        why=found.why,
        at=found.changed_at,
    )


def history(register: Register, row: Row) -> list[Row]:
    """Every version of the row, newest first, the present one included."""
    past = RegisterRow.pgh_event_model.objects.filter(pgh_obj_id=row.id).order_by("-number")  # type: ignore[attr-defined]
    return [row, *(row_of(register, one) for one in past)]


def differences(register: Register, before: Row | None, after: Row) -> list[tuple[Column, Any, Any]]:
    """Column, old and new value of what changed between two versions."""
    old: Mapping[str, Any] = before.values if before else {}
    return [
        (column, old.get(column.id), after.values.get(column.id))
        for column in register.columns
        if old.get(column.id) != after.values.get(column.id)
    ]


def state(register: Register, row: Row, known: datetime) -> Row | None:
    """The row as it was known at a moment; None when it was not there yet."""
    return next((one for one in history(register, row) if one.at <= known), None)


def conflicts(register: Register, base: Row, now: Row, wanted: Mapping[str, Any]) -> list[Difference]:
    """Columns that somebody else changed since `base` and that `wanted` would set to something else again."""
    return [
        Difference(column, base.values.get(column.id), now.values.get(column.id), wanted[column.id])
        for column in register.columns
        if column.id in wanted
        and now.values.get(column.id) != base.values.get(column.id)
        and wanted[column.id] not in (now.values.get(column.id), base.values.get(column.id))
    ]


def month_closed(register: Register, row: Row, today: date) -> bool:
    """True when only an adjustment may change the row."""
    return rows.month_closed(register, row.values.get(register.when), today)


def derived(register: Register, row: Row, today: date) -> dict[str, Any]:
    """The derived columns of a row as they stand on a day."""
    return rows.derive(register, row.values, today)


def label(register: Register, row: Row, titles: Mapping[str, str]) -> str:
    """What the row is called."""
    return rows.label(register, row.values, titles)


def payables(register: Register, start: date, below: date) -> Iterator[Due]:
    """The approved amounts whose day lies in [start, below), for the layer that pays. Asks nobody's leave: no page."""
    pay = register.payable
    if pay is None:
        return
    wanted = {f"data__{pay.on}__gte": start.isoformat(), f"data__{pay.on}__lt": below.isoformat()}
    for found in (
        RegisterRow.objects.filter(register=register.id, removed=False, **wanted).order_by("id").iterator()
    ):
        values = row_of(register, found).values
        if rows.fulfils(pay.when, values) and values.get(pay.amount):
            payee = str(values.get(pay.payee) or "")
            yield Due(register.id, found.pk, found.number, values[pay.amount], payee, values[pay.on])


def labels_like(register: Register, text: str, by: Actor, limit: int = 10) -> list[tuple[str, str]]:
    """(id, label) of rows whose label holds `text`, newest first: to choose a reference from."""
    found = RegisterRow.objects.filter(reach.seen(register, by), register=register.id, removed=False)
    for name in register.label[:1]:
        found = found.filter(**{f"data__{name}__icontains": text}) if text else found
    chosen: Iterable[RegisterRow] = found.order_by("-id").defer("sealed")[:limit]
    held = [(str(row.pk), typed(register, row.data)) for row in chosen]
    words = titles(register, [values for _, values in held], date.max)
    return [(row_id, rows.label(register, values, words)) for row_id, values in held]


def shown_cell(column: Column, value: Any, titles: Mapping[str, str]) -> str:
    """A cell in words: ids by their titles, the rest as people write it."""
    text = cells.written(column.type, value, column.codes)
    return titles.get(text, text)


def written_cell(column: Column, value: Any, titles: Mapping[str, str]) -> str:
    """A cell as it is typed into a form: as `shown_cell`, but codes of areas stay codes."""
    text = cells.written(column.type, value, column.codes)
    return text if column.type in ("area", "file") else titles.get(text, text)
