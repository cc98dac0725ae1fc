"""Questions about tasks: an actor's list, overdue first; those of a source; how many are late."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.work.tasks.models import Task
from kangcheng.work.tasks.types import Owner, TaskError, TaskView


def mine(by: Actor) -> QuerySet[Task]:
    """Tasks of the actor's roles and of the actor, made by the actor, or reported to the actor; open ones by day first."""
    return Task.objects.filter(_reach(by)).order_by("due_on", "pk")


def open_tasks(by: Actor) -> QuerySet[Task]:
    """Those still to do, overdue first."""
    return mine(by).filter(state="open")


def late(by: Actor, on: date) -> int:
    """How many of the actor's tasks are overdue."""
    return open_tasks(by).filter(due_on__lt=on).count()


def of_source(source_kind: str, source: str) -> list[TaskView]:
    """Every task of one source, by day."""
    rows = Task.objects.filter(source_kind=source_kind, source=source).order_by("due_on", "pk")
    return [view(row) for row in rows]


def get(task_id: UUID, by: Actor) -> TaskView:
    """One task within reach. Raises TaskError."""
    row = Task.objects.filter(pk=task_id).first()
    if row is None or not reaches(row, by):
        raise TaskError("没有这项任务 (no such task)", where=str(task_id))
    return view(row)


def reaches(row: Any, by: Actor) -> bool:
    """As `mine` judges, for one row."""
    if SYSTEM in by.roles or by.user_id in (row.user_id, row.made_by):
        return True
    return any(
        role in (row.role, row.escalate_to if row.escalated_on else "") and _covers(by.post(role), row)
        for role in by.roles
    )


def view(row: Any) -> TaskView:
    """A row as it crosses the border."""
    owner = Owner(row.role, row.user_id, row.institution_id, row.area_code)
    return TaskView(
        row.pk, row.title, row.detail, owner, row.source_kind, row.source, row.due_on, row.state, row.escalated_on,
        row.made_on, row.done_on, row.done_name, row.result,
    )  # fmt: skip


def _covers(post: Any, row: Any) -> bool:
    areas, institutions = post
    if row.institution_id is not None and row.institution_id in institutions:
        return True
    return any(row.area_code.startswith(area) for area in areas)


def _reach(by: Actor) -> Q:
    if SYSTEM in by.roles:
        return Q()
    found = Q(user_id=by.user_id) | Q(made_by=by.user_id)
    for role in by.roles:
        areas, institutions = by.post(role)
        place = Q(institution_id__in=institutions)
        for area in areas:
            place |= Q(area_code__startswith=area)
        found |= (Q(role=role) | Q(escalate_to=role, escalated_on__isnull=False)) & place
    return found
