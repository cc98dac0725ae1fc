"""Verbs on exports: ask, approve, refuse, fetch. Nobody approves their own request; nobody gets more than their scope."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kangcheng.access import periods
from kangcheng.access.errors import NotPermitted, Refused
from kangcheng.access.exports.lists import LISTS, wanted_people
from kangcheng.access.exports.models import ExportRequest
from kangcheng.access.exports.types import Export, watermark
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, look_many, record
from kangcheng.base.sheets import write_sheet
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id

REASON = 6  # characters below which a reason says nothing


class ExportError(KangchengError):
    """The request is not in a state for this."""


def request(
    *, list_name: str, wanted: dict[str, Any], columns: list[str], reason: str, by: Actor, on: date
) -> UUID:
    """Ask for a list. Raises NotPermitted without person.export, Faults for an unknown list, column or filter."""
    if not by.may("person.export"):
        raise NotPermitted("您的角色不能申请导出 (not permitted)", rule="需要权限：导出个人数据")
    faults = _faults(list_name, wanted, columns, reason)
    if faults:
        raise Faults(faults, where="导出申请")
    key = new_id()
    with acting(by=by, on=on, why=reason, action="export.request"):
        ExportRequest.objects.create(
            id=key,
            number=_number(key),
            asked_by=by.user_id,
            asked_by_name=by.name,
            asked_on=on,
            list_name=list_name,
            wanted=wanted,
            columns=columns,
            purpose=by.purpose,
            reason=reason.strip(),
            state="requested",
        )
        detail = {"list": list_name, "columns": columns}
        record(action="export.request", subject=f"export:{key}", by=by, on=on, why=reason, detail=detail)
    return key


def approve(*, request_id: UUID, by: Actor, on: date, why: str = "") -> None:
    """Another person (bureau leader or security administrator) lets the asker fetch the list, as long as the pack says."""
    until = periods.end_of(periods.EXPORT, on)
    _decide(request_id, "approved", by=by, on=on, why=why, expires_on=until)


def refuse(*, request_id: UUID, by: Actor, on: date, why: str) -> None:
    """Another person says no, and why."""
    _decide(request_id, "refused", by=by, on=on, why=why, expires_on=None)


def fetch(*, request_id: UUID, by: Actor, on: date, at: datetime) -> Export:
    """The approved list, for the asker only, within the asker's scope of today, with a watermark of who and when.

    Everyone in it is a logged look. Raises Refused for others' requests, ExportError before approval or after it ran out.
    """
    with acting(by=by, on=on, why="导出", action="export.fetch"):
        row = ExportRequest.objects.select_for_update().filter(pk=request_id, asked_by=by.user_id).first()
        if row is None or not by.may("person.export"):
            raise Refused()
        if row.state not in ("approved", "fetched") or row.expires_on is None or on >= row.expires_on:
            raise ExportError(
                "未获批准，或批准已过期 (not approved, or run out)", where=row.number, todo="重新申请"
            )
        kind = LISTS[row.list_name]
        asker = replace(by, purpose=row.purpose)  # what was approved was approved for that purpose
        listed = kind.make(asker, row.wanted, row.columns, on)
        look_many(by=asker, person_ids=listed.person_ids, what=f"export:{row.list_name}", why=row.reason)
        row.state, row.rows, row.fetched_at, row.fetches = "fetched", len(listed.rows), at, row.fetches + 1
        row.save(update_fields=["state", "rows", "fetched_at", "fetches"])
        detail = {"rows": len(listed.rows), "columns": row.columns}
        record(action="export.fetch", subject=f"export:{row.pk}", by=by, on=on, why=row.reason, detail=detail)
    mark = watermark(by, at, row.number)
    headings = tuple(kind.columns[name] for name in row.columns)
    rows = tuple(listed.rows)
    return Export(headings, rows, mark, write_sheet([*rows, (mark,)], headings, title=kind.title, note=mark))


def _decide(request_id: UUID, state: str, *, by: Actor, on: date, why: str, expires_on: date | None) -> None:
    if not (by.may("export.approve") or by.has("security_admin")):
        raise NotPermitted("您的角色不能审批导出 (not permitted)", rule="局领导或安全管理员")
    action = "export.approve" if state == "approved" else "export.refuse"
    with acting(by=by, on=on, why=why, action=action):
        row = ExportRequest.objects.select_for_update().filter(pk=request_id, state="requested").first()
        if row is None:
            raise ExportError("没有这条待审批的申请 (none waiting)", where=str(request_id))
        if row.asked_by == by.user_id:
            raise NotPermitted("申请人与审批人不得为同一人 (not one's own request)", where=row.number)
        row.state, row.decided_by, row.decided_by_name = state, by.user_id, by.name
        row.decided_on, row.decision, row.expires_on = on, why, expires_on
        row.save()
        record(action=action, subject=f"export:{row.pk}", by=by, on=on, why=why)


def _faults(list_name: str, wanted: dict[str, Any], columns: list[str], reason: str) -> list[Fault]:
    kind = LISTS.get(list_name)
    if kind is None:
        return [Fault("list_name", f"没有这个名单 (unknown list) {list_name!r}", "、".join(LISTS))]
    faults = [
        Fault("columns", f"没有这一列 (unknown column) {name!r}", "、".join(kind.columns))
        for name in columns
        if name not in kind.columns
    ]
    if not columns:
        faults.append(Fault("columns", "请选择列 (choose columns)"))
    if len(reason.strip()) < REASON:
        faults.append(Fault("reason", "请写明用途 (say what for)", f"至少 {REASON} 个字"))
    if list_name == "residents":
        try:
            wanted_people(wanted)
        except (TypeError, ValueError) as error:
            faults.append(Fault("wanted", f"范围无法识别 (bad filter): {error}"))
    return faults


def _number(key: UUID) -> str:
    return f"EX{key.hex[-10:].upper()}"
