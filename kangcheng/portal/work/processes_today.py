"""Cases and tasks that wait for the reader, on the first page."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone

from kangcheng.base.accounts.types import Actor
from kangcheng.portal.home import Tile
from kangcheng.portal.words import Words, t
from kangcheng.work.processes import selectors as processes
from kangcheng.work.tasks import selectors as tasks


def tiles(actor: Actor, today: date) -> Iterable[Tile]:
    """The worklist and the tasks, red when something is late; nothing when neither has anything."""
    now = timezone.now()
    waiting, late = processes.worklist(actor).count(), processes.overdue(actor, now)
    if actor.may("work.do") or waiting:
        yield _tile(Words("待我办理", "Waiting for me"), waiting, late, reverse("portal:worklist"), 5)
    if actor.may("work.do"):
        yield _tile(
            Words("任务", "Tasks"),
            tasks.open_tasks(actor).count(),
            tasks.late(actor, today),
            reverse("portal:tasks"),
            6,
        )


def _tile(title: Words, count: int, late: int, url: str, order: int) -> Tile:
    hint = t(f"逾期 {late}", f"{late} late") if late else ""
    return Tile(title, str(count), url, "bad" if late else "warn" if count else "", hint, order)
