"""Verbs of tasks: make one or many, end them, pass them on, move their day; remind and escalate."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.work.notices import services as notices
from kangcheng.work.tasks import selectors
from kangcheng.work.tasks.models import Task
from kangcheng.work.tasks.types import NewTask, Owner, TaskError, TaskView

LONGEST_TITLE = 200


def add(*, task: NewTask, by: Actor, on: date) -> TaskView:
    """Make one task; its key again gives the one there is. Raises Faults."""
    bulk([task], by=by, on=on)
    return selectors.view(Task.objects.get(key=task.key))


def bulk(tasks: Sequence[NewTask], *, by: Actor, on: date) -> int:
    """Make tasks in one audit batch; keys that exist are left as they are. Returns how many are new. Raises Faults for all at once."""
    faults = [fault for number, one in enumerate(tasks) for fault in _faults(number, one)]
    if faults:
        raise Faults(faults, what="任务没有派出 (not made)")
    with acting(by=by, on=on, why="", action="task.add"):
        known = set(Task.objects.filter(key__in=[one.key for one in tasks]).values_list("key", flat=True))
        new = {one.key: one for one in tasks if one.key not in known}
        Task.objects.bulk_create((_row(one, by, on) for one in new.values()), ignore_conflicts=True)
        subject = f"{tasks[0].source_kind}:{tasks[0].source}" if tasks else "task:"
        record(action="task.add", subject=subject[:128], by=by, on=on, detail={"tasks": len(new)})
    return len(new)


def done(*, task_id: UUID, result: str, by: Actor, on: date) -> TaskView:
    """End a task by doing it. Raises TaskError when it is not the actor's or not open."""
    return _end(task_id, "done", result, by, on)


def drop(*, task_id: UUID, why: str, by: Actor, on: date) -> TaskView:
    """End a task undone, saying why: by who made it or who owns it. Raises TaskError."""
    if not why.strip():
        raise TaskError("请写明原因 (say why)", where="why", rule="撤销须留原因")
    return _end(task_id, "dropped", why, by, on)


def end_of(*, source_kind: str, source: str, why: str, by: Actor, on: date) -> int:
    """Drop every open task of a source that no longer needs them (the row was struck, the case closed). Returns how many."""
    with acting(by=by, on=on, why=why, action="task.drop"):
        rows = Task.objects.filter(source_kind=source_kind, source=source, state="open")
        count = rows.update(
            state="dropped", done_by=by.user_id, done_name=by.name, done_on=on, result=why[:1000]
        )
        record(
            action="task.drop",
            subject=f"{source_kind}:{source}",
            by=by,
            on=on,
            why=why,
            detail={"tasks": count},
        )
    return count


def pass_on(*, task_id: UUID, owner: Owner, by: Actor, on: date, why: str = "") -> TaskView:
    """Give an open task to somebody else. Raises TaskError."""
    with acting(by=by, on=on, why=why, action="task.pass"):
        row = _mine(task_id, by)
        row.role, row.user_id = owner.role, owner.user_id
        row.institution_id, row.area_code = owner.institution_id, owner.area_code
        faults = _owner_faults("owner", owner)
        if faults:
            raise Faults(faults, what="任务没有转交 (not passed on)")
        row.save()
        record(action="task.pass", subject=f"task:{row.pk}", by=by, on=on, why=why)
    return selectors.view(row)


def done_many(*, task_ids: Sequence[UUID], result: str, by: Actor, on: date) -> int:
    """End several tasks at once: all of them, or none when one is not the actor's. Returns how many."""
    with transaction.atomic():
        for task_id in sorted(set(task_ids)):
            done(task_id=task_id, result=result, by=by, on=on)
    return len(set(task_ids))


def ring(*, on: date, by: Actor, limit: int = 1000) -> int:
    """Remind of what is due soon and report what is late, each once. Safe to repeat; returns how many told."""
    rows = Task.objects.filter(state="open")
    soon = rows.filter(reminded_on=None, remind_on__lte=on)
    late = rows.filter(escalated_on=None, escalate_on__lte=on)
    told = 0
    for ids, kind in ((soon, "due"), (late, "escalate")):
        for task_id in list(ids.order_by("due_on").values_list("pk", flat=True)[:limit]):
            told += _ring(task_id, kind, by, on)
    return told


def _ring(task_id: UUID, kind: str, by: Actor, on: date) -> bool:
    field = "reminded_on" if kind == "due" else "escalated_on"
    with acting(by=by, on=on, why="", action=f"task.{kind}"):
        row = (
            Task.objects.select_for_update(skip_locked=True)
            .filter(pk=task_id, state="open", **{field: None})
            .first()
        )
        if row is None:
            return False
        setattr(row, field, on)
        row.save(update_fields=[field])
        words = f"{row.title}，期限 {row.due_on:%Y-%m-%d}"
        said = {
            "topic": f"task.{kind}",
            "source_kind": "task",
            "source": str(row.pk),
            "key": f"task:{row.pk}:{kind}",
        }
        title = "任务即将到期" if kind == "due" and row.due_on >= on else "任务逾期"
        if kind == "due" and row.user_id:
            notices.tell(users=[row.user_id], title=title, body=words, by=by, on=on, **said)
        else:
            notices.tell_roles(
                roles=[row.role if kind == "due" else row.escalate_to], institution_id=row.institution_id,
                area_code=row.area_code, title=title, body=words, by=by, on=on, **said,
            )  # fmt: skip
    return True


def _end(task_id: UUID, state: str, words: str, by: Actor, on: date) -> TaskView:
    action = "task.done" if state == "done" else "task.drop"
    with acting(by=by, on=on, why=words[:500], action=action):
        row = _mine(task_id, by)
        row.state, row.result = state, words[:1000]
        row.done_by, row.done_name, row.done_on = by.user_id, by.name, on
        row.save()
        record(action=action, subject=f"task:{row.pk}", by=by, on=on, why=words[:500])
    return selectors.view(row)


def _mine(task_id: UUID, by: Actor) -> Task:
    row = Task.objects.select_for_update().filter(pk=task_id).first()
    if row is None or not selectors.reaches(row, by):
        raise TaskError("没有这项任务 (no such task)", where=str(task_id))
    if row.state != "open":
        raise TaskError("这项任务已经结束 (ended already)", where=row.title, rule=row.state)
    return row


def _faults(number: int, one: NewTask) -> list[Fault]:
    where = f"task {number + 1}"
    faults = _owner_faults(where, one.owner)
    if not 0 < len(one.title.strip()) <= LONGEST_TITLE:
        faults.append(Fault(where, "事项为空或过长 (title)", rule=f"1 至 {LONGEST_TITLE} 字"))
    if not one.key.strip():
        faults.append(Fault(where, "缺少防重键 (no key)"))
    if one.escalate_to and one.escalate_to not in ROLES:
        faults.append(Fault(where, f"没有这个角色 (no such role) {one.escalate_to!r}"))
    return faults


def _owner_faults(where: str, owner: Owner) -> list[Fault]:
    if bool(owner.role) == (owner.user_id is not None):
        return [Fault(where, "负责的应是一个角色或一个人 (a role or a user)")]
    if owner.role and owner.role not in ROLES:
        return [Fault(where, f"没有这个角色 (no such role) {owner.role!r}")]
    return []


def _row(one: NewTask, by: Actor, on: date) -> Task:
    late = one.due_on + timedelta(days=1 + one.escalate_days)
    return Task(
        id=new_id(), title=one.title.strip(), detail=one.detail[:1000], role=one.owner.role, user_id=one.owner.user_id,
        institution_id=one.owner.institution_id, area_code=one.owner.area_code, source_kind=one.source_kind,
        source=one.source, due_on=one.due_on, remind_on=one.due_on - timedelta(days=one.remind_days), escalate_to=one.escalate_to,
        escalate_on=late if one.escalate_to else None, made_by=by.user_id, made_on=on, key=one.key[:150],
    )  # fmt: skip
