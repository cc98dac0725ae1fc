"""Files into a register: tried first, taken row by row, the bad rows kept to be corrected on screen; the whole can be undone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from kangcheng.base import sheets
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.registry.copying import refusing
from kangcheng.work.registers import reach, selectors
from kangcheng.work.registers.models import RegisterImport, RegisterRow
from kangcheng.work.registers.names import Names
from kangcheng.work.registers.rules import rows as rules
from kangcheng.work.registers.selectors.rows import row_of
from kangcheng.work.registers.services import guard, many
from kangcheng.work.registers.types import BadRow, Register, Report

MOST_WAITING = 2000


class ImportRefused(KangchengError):
    """The file cannot be taken."""


@dataclass
class Plan:
    """The rows of a file, sorted into new, changing a stored row, there already, and bad."""

    rows: int = 0
    new: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    changes: list[tuple[int, RegisterRow, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)

    def report(self, import_id: UUID | None = None) -> Report:
        """What the plan comes to."""
        bad = tuple(sorted(self.bad, key=lambda row: row.line))
        return Report(self.rows, len(self.new), len(self.changes), self.unchanged, bad, import_id)


def sheet_columns(register: Register) -> list[sheets.Column]:
    """The columns of a file: all but attachments, by their titles."""
    return [
        sheets.Column(column.id, column.title, also=(column.title_en,) if column.title_en else ())
        for column in register.columns
        if column.type != "file"
    ]


def try_import(*, register: Register, content: bytes, file_name: str, by: Actor, on: date) -> Report:
    """What importing the file would do; writes nothing. Raises SheetError or Faults when its headings are wrong."""
    reach.require_look(register, by)
    return _plan(register, _read(register, content, file_name), by, on).report()


def try_rows(
    *, register: Register, lines: Sequence[tuple[int, dict[str, str]]], by: Actor, on: date
) -> Report:
    """What taking these lines of texts would do; writes nothing."""
    reach.require_look(register, by)
    return _plan(register, list(lines), by, on).report()


def apply_import(
    *, register: Register, content: bytes, file_name: str, by: Actor, on: date, why: str = ""
) -> Report:
    """Write the good rows of the file; the bad ones wait to be corrected. Raises SheetError, Faults or ImportRefused."""
    reach.require_look(register, by)
    lines = _read(register, content, file_name)
    with acting(by=by, on=on, why=why, action="register.import"), refusing(register.title):
        guard.locked(register)
        plan = _plan(register, lines, by, on)
        if len(plan.bad) > MOST_WAITING:
            raise ImportRefused(
                f"有 {len(plan.bad)} 行不对，没有写入 (too many bad rows)", where=file_name,
                rule=f"至多 {MOST_WAITING} 行可在屏幕上改正", todo="下载错误清单，改正文件后重传",
            )  # fmt: skip
        batch = _batch(register, plan, content, file_name, by, on)
        _write(register, plan, batch.pk, by, on, why)
        facts = {"created": len(plan.new), "changed": len(plan.changes), "waiting": len(plan.bad)}
        many.told(register, "register.import", [values for _, values in plan.new], by, on, why, **facts)  # type: ignore[misc]
    return plan.report(batch.pk)


def fill_in(
    *, register: Register, import_id: UUID, line: int, texts: Mapping[str, str] | None, by: Actor, on: date
) -> Report:
    """Take one waiting row with its corrected texts (None: let it go). The report holds what is still wrong with it."""
    with acting(by=by, on=on, why="", action="register.fill_in"), refusing(register.title):
        guard.locked(register)
        batch = RegisterImport.objects.select_for_update().filter(pk=import_id, register=register.id).first()
        if batch is None or selectors.import_of(import_id, by) is None or batch.state != "applied":
            raise ImportRefused("没有您的这次导入 (no such import of yours)", where=str(import_id))
        waiting = dict(selectors.waiting(batch))
        if line not in waiting:
            raise ImportRefused("这一行已改正或已放弃 (no longer waiting)", where=f"第 {line} 行")
        plan = _plan(register, [(line, dict(texts))], by, on) if texts is not None else Plan()
        if plan.bad:
            return plan.report(import_id)
        _write(register, plan, batch.pk, by, on, "")
        del waiting[line]
        _settle(batch, plan, waiting)
        facts = {"register": register.id, "line": line, "taken": texts is not None}
        record(action="register.fill_in", subject=f"register_import:{import_id}", by=by, on=on, detail=facts)
    return plan.report(import_id)


def undo_import(*, register: Register, import_id: UUID, by: Actor, on: date, why: str) -> int:
    """Take the import back: its new rows are removed, its changed rows get their earlier values. Returns how many.

    Rows that were changed again since stay as they are.
    """
    with acting(by=by, on=on, why=why, action="register.undo"), refusing(register.title):
        batch = RegisterImport.objects.select_for_update().filter(pk=import_id, register=register.id).first()
        if batch is None or selectors.import_of(import_id, by) is None or batch.state != "applied":
            raise ImportRefused("没有您的这次导入，或已撤销 (no such import of yours)", where=str(import_id))
        found = list(
            RegisterRow.objects.select_for_update().filter(batch_id=import_id, action="import", removed=False)
        )
        for row in found:
            _undone(register, row, by, on, why)
        RegisterImport.objects.filter(pk=import_id).update(state="undone", waiting=None, faulty=0)
        facts = {"register": register.id, "rows": len(found)}
        record(
            action="register.undo",
            subject=f"register_import:{import_id}",
            by=by,
            on=on,
            why=why,
            detail=facts,
        )
    return len(found)


def _read(register: Register, content: bytes, file_name: str) -> list[tuple[int, dict[str, str]]]:
    reading = sheets.read_rows(content, sheet_columns(register), name=file_name)
    here = {name for row in reading.rows[:1] for name in row.values}
    missing = [column for column in register.columns if column.required and column.type != "file"]
    faults = list(reading.faults)
    if reading.rows:
        blank = {
            column.id for column in missing if all(not row.values.get(column.id) for row in reading.rows)
        }
        faults += [
            Fault(
                f"列 {column.title}",
                "缺少必填列，或整列为空 (required column missing)",
                line=1,
                file=file_name,
            )
            for column in missing
            if column.id in blank or column.id not in here
        ]
    if faults:
        raise Faults(faults, where=file_name, todo="用系统提供的空表填写后重传")
    return [
        (row.number, {name: str(text) for name, text in row.values.items() if text is not None})
        for row in reading.rows
    ]


def _plan(register: Register, lines: Sequence[tuple[int, dict[str, str]]], by: Actor, on: date) -> Plan:
    """Sort the lines: each read, checked, and compared with what is stored and with the lines before it."""
    plan, names = Plan(rows=len(lines)), Names(on)
    names.prepare(register, [texts for _, texts in lines])
    texts_of = dict(lines)
    good: list[tuple[int, dict[str, Any]]] = []
    for line, texts in lines:
        values, faults = rules.read_row(register, texts, names, line)
        if faults:
            plan.bad.append(BadRow(line, texts, tuple(faults)))
        else:
            good.append((line, values))
    stored = _stored(register, [values for _, values in good])
    kept: list[tuple[int, dict[str, Any]]] = []
    for line, values in good:
        faults = _sorted(register, plan, line, values, stored, names, by, on)
        if faults:
            plan.bad.append(BadRow(line, texts_of[line], tuple(faults)))
        else:
            kept.append((line, values))
    _refuse_same(register, plan, kept, texts_of)
    return plan


def _stored(register: Register, given: Sequence[dict[str, Any]]) -> dict[tuple[str, Any], RegisterRow]:
    found: dict[tuple[str, Any], RegisterRow] = {}
    for chunk in many.chunks([rules.key_of(register, values) for values in given]):
        rows_ = RegisterRow.objects.filter(register=register.id, removed=False, key__in=set(chunk))
        found |= {(row.key, row.valid_from): row for row in rows_}
    return found


def _sorted(
    register: Register, plan: Plan, line: int, values: dict[str, Any], stored: Mapping[tuple[str, Any], RegisterRow],
    names: Names, by: Actor, on: date,
) -> list[Fault]:  # fmt: skip
    """Put one line into the plan; its faults when it is bad. A blank cell leaves the stored value as it is."""
    row = stored.get((rules.key_of(register, values), rules.period(register, values)[0]))
    before = row_of(register, row).values if row else None
    if before:
        values.update({name: old for name, old in before.items() if values.get(name) is None})
    faults = [
        *rules.row_faults(register, values, on, line),
        *guard.role_faults(register, values, by, line, before=before),
        *guard.place_faults(register, values, names, by, line),
    ]
    if row is not None and values == before:
        plan.unchanged += not faults
        return faults
    faults += rules.closed_faults(register, before, values, on)
    if not faults and row is not None:
        plan.changes.append((line, row, values))
    elif not faults:
        plan.new.append((line, values))
    return faults


def _refuse_same(
    register: Register,
    plan: Plan,
    kept: Sequence[tuple[int, dict[str, Any]]],
    texts_of: Mapping[int, dict[str, str]],
) -> None:
    """Turn lines that repeat another line or a stored row into bad ones."""
    touched = [row.pk for _, row, _ in plan.changes]
    others = [
        row
        for chunk in many.chunks([values for _, values in plan.new])
        for row in guard.alike(register, chunk, touched)
    ]
    written = {line for line, _ in plan.new} | {line for line, _, _ in plan.changes}
    both = [(line, values) for line, values in kept if line in written]
    refused: dict[int, list[Fault]] = {}
    for fault in rules.same_faults(register, both, others):
        refused.setdefault(fault.line or 0, []).append(fault)
    plan.new = [(line, values) for line, values in plan.new if line not in refused]
    plan.changes = [one for one in plan.changes if one[0] not in refused]
    plan.bad += [BadRow(line, texts_of[line], tuple(faults)) for line, faults in refused.items()]


def _batch(
    register: Register, plan: Plan, content: bytes, file_name: str, by: Actor, on: date
) -> RegisterImport:
    return RegisterImport.objects.create(
        register=register.id, file_name=file_name[:255], sha256=hashlib.sha256(content).hexdigest(), rows=plan.rows,
        created=len(plan.new), changed=len(plan.changes), unchanged=plan.unchanged, faulty=len(plan.bad), state="applied",
        waiting=_sealed({row.line: dict(row.texts) for row in plan.bad}), by_id=by.user_id, by_name=by.name[:64], on=on,
    )  # fmt: skip


def _sealed(waiting: Mapping[int, dict[str, str]]) -> str | None:
    return json.dumps(sorted(waiting.items()), ensure_ascii=False) if waiting else None


def _settle(batch: RegisterImport, plan: Plan, waiting: Mapping[int, dict[str, str]]) -> None:
    batch.created += len(plan.new)
    batch.changed += len(plan.changes)
    batch.unchanged += plan.unchanged
    batch.faulty, batch.waiting = len(waiting), _sealed(waiting)
    batch.save(update_fields=["created", "changed", "unchanged", "faulty", "waiting"])


def _write(register: Register, plan: Plan, batch_id: UUID, by: Actor, on: date, why: str) -> None:
    names = Names(on)
    told = {"by": by, "on": on, "why": why, "action": "import"}
    many.copied(register, [values for _, values in plan.new], names, batch_id=batch_id, **told)  # type: ignore[arg-type]
    at = timezone.now()
    for _, row, values in plan.changes:
        kept = guard.columns_of(register, values, names, at=at, **told)  # type: ignore[arg-type]
        for name, value in {**kept, "batch_id": batch_id, "number": row.number + 1}.items():
            setattr(row, name, value)
    changed = [name for name in guard.COLUMNS if name not in ("id", "register")]
    RegisterRow.objects.bulk_update([row for _, row, _ in plan.changes], changed, batch_size=500)


def _undone(register: Register, row: RegisterRow, by: Actor, on: date, why: str) -> None:
    past = RegisterRow.pgh_event_model.objects.filter(pgh_obj_id=row.pk, number=row.number - 1).first()  # type: ignore[attr-defined]
    kept: dict[str, Any] = {"removed": True}
    if past is not None:
        kept = {name: getattr(past, name) for name in ("key", "data", "sealed", "area_code", "institution_id", "valid_from",
                                                       "valid_to", "when_on", "removed")}  # fmt: skip
    kept |= {"action": "undo", "by_id": by.user_id, "by_name": by.name[:64], "on": on, "why": why}
    for name, value in {**kept, "number": row.number + 1, "changed_at": timezone.now()}.items():
        setattr(row, name, value)
    row.save()
