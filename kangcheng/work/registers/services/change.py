"""Verbs on one row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.copying import refusing
from kangcheng.work.registers import reach, selectors
from kangcheng.work.registers.models import RegisterRow
from kangcheng.work.registers.names import Names
from kangcheng.work.registers.rules import rows
from kangcheng.work.registers.selectors.rows import NoSuchRow, conflicts, row_of
from kangcheng.work.registers.services import guard
from kangcheng.work.registers.types import Difference, Register, Row, Values

TOPIC = "register.row"


class RowError(KangchengError):
    """A row cannot be changed as asked."""


class Conflict(KangchengError):
    """Somebody changed the row meanwhile. `now` is the row as it stands, `differences` what both changed."""

    def __init__(self, now: Row, differences: list[Difference]) -> None:
        self.now, self.differences = now, differences
        super().__init__(
            f"{now.by_name} 已于 {timezone.localtime(now.at):%Y-%m-%d %H:%M} 改过这一行 (changed meanwhile)",
            where=f"第 {now.number} 版",
            rule="两人同时修改时逐列比较，谁的都不丢",
            todo="逐列选择后再保存",
        )


def create(*, register: Register, values: Values, by: Actor, on: date, why: str = "") -> UUID:
    """Write a new row; returns its id. Raises Faults for everything wrong with it."""
    reach.require_look(register, by)
    names = Names(on)
    row_id = new_id()
    with acting(by=by, on=on, why=why, action="register.create"), refusing(register.title):
        guard.locked(register)
        faults = _faults(register, values, names, by, on, row_id)
        faults += rows.closed_faults(register, None, values, on)
        if faults:
            raise Faults(faults, where=register.title, todo="改正后重试")
        kept = guard.columns_of(
            register, values, names, by=by, on=on, why=why, action="create", at=timezone.now()
        )
        RegisterRow.objects.create(id=row_id, **kept)
        _told("register.create", register, row_id, 1, by, on, why)
    return row_id


def change(
    *,
    register: Register,
    row_id: UUID,
    number: int,
    values: Mapping[str, Any],
    by: Actor,
    on: date,
    why: str = "",
) -> int:
    """Set the columns in `values` of the row that was seen as version `number`; returns the new version.

    What others changed meanwhile in other columns stays; the same columns raise Conflict. Raises Faults.
    """
    return _change(register, row_id, number, values, by, on, why, "change")


def adjust(
    *, register: Register, row_id: UUID, number: int, values: Mapping[str, Any], by: Actor, on: date, why: str
) -> int:
    """As `change`, for a row of a closed month; says why."""
    if not why.strip():
        raise RowError("请写明调整的原因 (say why)", where="why", rule="关账后的调整须留原因")
    return _change(register, row_id, number, values, by, on, why, "adjust")


def _change(
    register: Register,
    row_id: UUID,
    number: int,
    values: Mapping[str, Any],
    by: Actor,
    on: date,
    why: str,
    action: str,
) -> int:
    names = Names(on)
    with acting(by=by, on=on, why=why, action=f"register.{action}"), refusing(register.title):
        guard.locked(register)
        found = _mine(register, row_id, by)
        now = row_of(register, found)
        values = _unseen(register, now, number, values)
        after = {**now.values, **values}
        if after == now.values:
            return now.number
        faults = _faults(register, after, names, by, on, row_id, before=now.values)
        faults += rows.closed_faults(register, now.values, after, on, adjust=action == "adjust")
        if faults:
            raise Faults(faults, where=register.title, todo="改正后重试")
        kept = guard.columns_of(
            register, after, names, by=by, on=on, why=why, action=action, at=timezone.now()
        )
        _write(found, kept)
        changed = sorted(name for name in values if now.values.get(name) != after.get(name))
        _told(f"register.{action}", register, row_id, found.number, by, on, why, columns=changed)
    return found.number


def remove(*, register: Register, row_id: UUID, number: int, by: Actor, on: date, why: str) -> int:
    """Take the row off the register, with its reason; it can be restored. Returns the new version."""
    return _set_removed(register, row_id, number, by, on, why, removed=True)


def restore(*, register: Register, row_id: UUID, number: int, by: Actor, on: date, why: str) -> int:
    """Put a removed row back. Raises Faults when another row took its place. Returns the new version."""
    return _set_removed(register, row_id, number, by, on, why, removed=False)


def _set_removed(
    register: Register, row_id: UUID, number: int, by: Actor, on: date, why: str, *, removed: bool
) -> int:
    if not why.strip():
        raise RowError("请写明原因 (say why)", where="why", rule="删除和恢复须留原因")
    action = "remove" if removed else "restore"
    with acting(by=by, on=on, why=why, action=f"register.{action}"), refusing(register.title):
        guard.locked(register)
        found = _mine(register, row_id, by, removed=not removed)
        now = row_of(register, found)
        if found.number != number:
            raise Conflict(now, [])
        faults = rows.closed_faults(register, now.values, None, on)
        if not removed:
            faults += list(guard.stored_faults(register, [(1, now.values)], but=[row_id]))
        if faults:
            raise Faults(faults, where=register.title)
        told = {"action": action, "by_id": by.user_id, "by_name": by.name[:64], "on": on, "why": why}
        _write(found, {"removed": removed, "changed_at": timezone.now(), **told})
        _told(f"register.{action}", register, row_id, found.number, by, on, why)
    return found.number


def _mine(register: Register, row_id: UUID, by: Actor, *, removed: bool = False) -> RegisterRow:
    """The row, locked. Raises NoSuchRow when the actor may not see it, NotPermitted when not write it."""
    selectors.get(row_id, by, register=register)
    found = RegisterRow.objects.select_for_update().get(pk=row_id)
    reach.require_write(register, by, found.area_code, found.institution_id)
    if found.removed is not removed:
        raise NoSuchRow("这一行已删除或未删除 (removed, or not removed)", where=str(row_id))
    return found


def _unseen(register: Register, now: Row, number: int, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of `values` those that differ from the version seen: what others wrote meanwhile is not put back to what it was.

    Raises Conflict when a version written since changed a column that is to be set again.
    """
    if now.number == number:
        return values
    base = next((one for one in selectors.history(register, now) if one.number == number), None)
    if base is None:
        raise RowError(f"没有第 {number} 版 (no such version)", where=str(now.id), todo="重新打开这一行")
    found = conflicts(register, base, now, values)
    if found:
        raise Conflict(now, found)
    return {name: value for name, value in values.items() if value != base.values.get(name)}


def _faults(
    register: Register,
    values: Values,
    names: Names,
    by: Actor,
    on: date,
    row_id: UUID,
    *,
    before: Values | None = None,
) -> list[Fault]:
    strange = [Fault(name, "没有这一列 (no such column)") for name in values if register.column(name) is None]
    faults = strange or rows.row_faults(register, values, on)
    faults += guard.role_faults(register, values, by, before=before)
    faults += guard.place_faults(register, values, names, by)
    faults += list(guard.circle_faults(register, row_id, values))
    return faults or list(guard.stored_faults(register, [(1, values)], but=[row_id]))


def _write(found: RegisterRow, kept: Mapping[str, Any]) -> None:
    found.number += 1
    for name, value in kept.items():
        setattr(found, name, value)
    found.save()


def _told(
    action: str, register: Register, row_id: UUID, number: int, by: Actor, on: date, why: str, **detail: Any
) -> None:
    """The audit event and the news of one change."""
    facts = {"register": register.id, "number": number, **detail}
    record(action=action, subject=f"register_row:{row_id}", by=by, on=on, why=why, detail=facts)
    outbox.append(
        TOPIC, f"{register.id}:{row_id}", {"register": register.id, "row": str(row_id), "number": number}
    )
