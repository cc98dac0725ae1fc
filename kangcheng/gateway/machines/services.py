"""Verbs on machines: register, end, issue and revoke tokens. The system administrator's."""

import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from kangcheng.access.errors import NotPermitted
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.base.personal import blind_index, blind_indexes
from kangcheng.gateway.machines.models import Machine, MachineToken
from kangcheng.gateway.machines.types import MachineError, read_scopes

TOKEN = "machine-token"  # noqa: S105  purpose of the blind index
LONGEST_DAYS = 366


def register(
    *, code: str, title: str, scopes: str, institution_id: UUID | None, by: Actor, on: date, why: str = ""
) -> UUID:
    """Register another system; returns its id. Raises MachineError for scopes that are none or a code in use."""
    _require(by)
    read_scopes(scopes)
    if not code.strip() or Machine.objects.filter(code=code).exists():
        raise MachineError("代号为空或已有 (code empty or in use)", where="code")
    with acting(by=by, on=on, why=why, action="machine.register"):
        row = Machine.objects.create(
            code=code,
            title=title,
            scopes=scopes,
            institution_id=institution_id,
            made_by=by.user_id,
            valid_from=on,
        )
        detail = {"code": code, "scopes": scopes, "institution": str(institution_id or "")}
        record(action="machine.register", subject=f"machine:{row.pk}", by=by, on=on, why=why, detail=detail)
    return row.pk


def issue(*, machine_id: UUID, by: Actor, on: date, days: int = 90, why: str = "") -> str:
    """A fresh token of the machine, told this once; older ones hold on until they expire or are revoked (rotation)."""
    _require(by)
    if not 1 <= days <= LONGEST_DAYS:
        raise MachineError("有效期 1 至 366 天 (1 to 366 days)", where="days")
    row = Machine.objects.filter(pk=machine_id).first()
    if row is None or (row.valid_to and row.valid_to <= on):
        raise MachineError("没有这个接入系统，或已停用 (no such machine)", where=str(machine_id))
    text = secrets.token_urlsafe(32)
    with acting(by=by, on=on, why=why, action="machine.issue"):
        MachineToken.objects.create(
            machine=row,
            mark=mark_of(text),
            expires_at=timezone.now() + timedelta(days=days),
            made_by=by.user_id,
        )
        record(
            action="machine.issue", subject=f"machine:{row.pk}", by=by, on=on, why=why, detail={"days": days}
        )
    return text


def revoke(*, machine_id: UUID, by: Actor, on: date, why: str) -> int:
    """All tokens of the machine are worth nothing from now on; returns how many there were."""
    _require(by)
    now: datetime = timezone.now()
    with acting(by=by, on=on, why=why, action="machine.revoke"):
        rows = MachineToken.objects.filter(machine_id=machine_id, revoked_at=None, expires_at__gt=now)
        count = rows.update(revoked_at=now)
        record(
            action="machine.revoke",
            subject=f"machine:{machine_id}",
            by=by,
            on=on,
            why=why,
            detail={"tokens": count},
        )
    return count


def end(*, machine_id: UUID, by: Actor, on: date, why: str) -> None:
    """The machine is served no more from `on`."""
    _require(by)
    with acting(by=by, on=on, why=why, action="machine.end"):
        row = Machine.objects.select_for_update().filter(pk=machine_id).first()
        if row is None:
            raise MachineError("没有这个接入系统 (no such machine)", where=str(machine_id))
        row.valid_to = max(on, row.valid_from)
        row.save(update_fields=["valid_to"])
        record(action="machine.end", subject=f"machine:{machine_id}", by=by, on=on, why=why)


def mark_of(text: str) -> bytes:
    """What is kept of a token."""
    return blind_index(text, TOKEN)


def marks_of(text: str) -> list[bytes]:
    """What a token is found by: it holds on when the keys were changed since it was issued."""
    return blind_indexes(text, TOKEN, retired=True)


def older_than(moment: datetime) -> list[str]:
    """Codes of machines with a live token issued before `moment`."""
    rows = MachineToken.objects.filter(revoked_at=None, expires_at__gt=timezone.now(), created_at__lt=moment)
    return sorted(set(rows.values_list("machine__code", flat=True)))


def _require(by: Actor) -> None:
    if not by.may("system.operate"):
        raise NotPermitted(
            "您的角色不能进行此操作 (not permitted)", rule="需要权限：运行维护 (system.operate)"
        )
