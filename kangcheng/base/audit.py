"""Who did what, when and why; and who looked at whom. Both logs only grow: a trigger refuses update and delete."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import pghistory
import pgtrigger
from django.db import models, transaction

from kangcheng.base.accounts.types import Actor
from kangcheng.base.row import Base
from kangcheng.kernel.errors import KangchengError

_inside: ContextVar[bool] = ContextVar("inside_acting", default=False)
LONGEST_WHY = 500
# What takes back, ends or refuses what somebody did or asked says why; a person's own consent is taken back without a word.
UNDOING = frozenset(
    {
        "cancel", "cancel_discharge", "correct", "disable", "end", "merge", "refuse", "reject", "resettle", "reverse",
        "review", "revoke", "strike", "undo", "unmerge", "withdraw",
    }
)  # fmt: skip
OWN_WILL = frozenset({"consent.withdraw"})
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class AuditEvent(Base):
    """One thing done: written in the transaction that did it, so neither exists without the other."""

    personal: ClassVar[set[str]] = {"actor_name", "why", "detail"}
    plain: ClassVar[set[str]] = {"action", "subject", "actor_id", "purpose", "done_on"}

    action = models.CharField("事项", max_length=64)
    subject = models.CharField("对象", max_length=128)  # "person:<id>", "claim:<id>", "pack:<name>"
    actor_id = models.UUIDField("操作人")
    actor_name = models.CharField("操作人姓名", max_length=64)
    purpose = models.CharField("目的", max_length=64, blank=True, default="")
    done_on = models.DateField("业务日期")
    why = models.CharField("原因", max_length=LONGEST_WHY, blank=True, default="")
    detail = models.JSONField("明细", default=dict)

    class Meta:
        verbose_name = "审计事件"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject", "-created_at"], name="audit_subject"),
            models.Index(fields=["actor_id", "-created_at"], name="audit_actor"),
            models.Index(fields=["-created_at"], name="audit_recent"),
        ]


class LookLog(Base):
    """One look at one person's data."""

    personal: ClassVar[set[str]] = {"person_id", "actor_name", "why"}
    plain: ClassVar[set[str]] = {"what", "actor_id", "purpose"}

    person_id = models.UUIDField("居民")
    what = models.CharField("内容", max_length=64)
    actor_id = models.UUIDField("查看人")
    actor_name = models.CharField("查看人姓名", max_length=64)
    purpose = models.CharField("目的", max_length=64, blank=True, default="")
    why = models.CharField("原因", max_length=LONGEST_WHY, blank=True, default="")

    class Meta:
        verbose_name = "查阅记录"
        triggers: ClassVar[list[pgtrigger.Trigger]] = [APPEND_ONLY]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person_id", "-created_at"], name="look_person"),
            models.Index(fields=["actor_id", "-created_at"], name="look_actor"),
        ]


class ReasonError(KangchengError):
    """A reason is missing, or longer than the log keeps."""


def _said(why: str, action: str) -> None:
    if len(why) > LONGEST_WHY:
        raise ReasonError(
            "原因过长 (reason too long)", where="why", rule=f"至多 {LONGEST_WHY} 字", todo="写简短些"
        )
    if action.rpartition(".")[2] in UNDOING and action not in OWN_WILL and not why.strip():
        raise ReasonError(
            "请写明原因 (say why)",
            where="why",
            rule=f"撤销、终止、退回须留原因 ({action})",
            todo="填写原因后重试",
        )


@contextmanager
def acting(*, by: Actor, on: date, why: str, action: str) -> Iterator[None]:
    """One transaction in which every history row says who, when, why and for which action.

    Inside another `acting` it joins that transaction (no savepoint, no round trip): all of it is written or none.
    """
    _said(why, action)
    context = {"actor": str(by.user_id), "actor_name": by.name, "on": on.isoformat(), "why": why}
    outermost = not _inside.get()
    token = _inside.set(True)
    try:
        with (
            transaction.atomic(savepoint=outermost),
            pghistory.context(**context, action=action, purpose=by.purpose),
        ):
            yield
    finally:
        _inside.reset(token)


def record(
    *, action: str, subject: str, by: Actor, on: date, why: str = "", detail: dict[str, Any] | None = None
) -> None:
    """Append one audit event in the current transaction (one INSERT); `detail` must be JSON."""
    _said(why, action)
    AuditEvent.objects.create(
        action=action,
        subject=subject,
        actor_id=by.user_id,
        actor_name=by.name,
        purpose=by.purpose,
        done_on=on,
        why=why,
        detail=detail or {},
    )


def look(*, by: Actor, person_id: UUID, what: str, why: str = "") -> None:
    """Append one look at `person_id`'s data (one INSERT); `what` names the page or list."""
    LookLog.objects.create(
        person_id=person_id,
        what=what,
        actor_id=by.user_id,
        actor_name=by.name,
        purpose=by.purpose,
        why=why,
    )


def look_many(*, by: Actor, person_ids: list[UUID], what: str, why: str = "") -> None:
    """Append one look per person of a list, in one INSERT."""
    LookLog.objects.bulk_create(
        LookLog(
            person_id=person_id,
            what=what,
            actor_id=by.user_id,
            actor_name=by.name,
            purpose=by.purpose,
            why=why,
        )
        for person_id in person_ids
    )
