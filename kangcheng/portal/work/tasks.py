"""Tasks: what the reader has to do by when, overdue first; end one or several, give one to somebody."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kangcheng.base.accounts.roles import OWN, ROLES
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.tasks import selectors, services
from kangcheng.work.tasks.types import STATES, NewTask, Owner, TaskError, TaskView

STATES_EN = {"open": "to do", "done": "done", "dropped": "dropped"}
SOURCES = {"case": "case"}  # source kind -> page that shows it
MOST_AT_ONCE = 200


def _columns(request: Asking) -> tuple[Column, ...]:
    names: dict[Any, str] = {}

    def owner(row: Any) -> str:
        if row.institution_id and row.institution_id not in names:
            names.update(institutions.names([row.institution_id]))
        role = ROLES.get(row.role)
        who = t(role.title, role.title_en) if role else t("指定人员", "a person")
        return f"{who} {names.get(row.institution_id, row.area_code)}".strip()

    def tone(row: Any) -> str:
        if row.state != "open":
            return "good" if row.state == "done" else ""
        return "bad" if row.due_on < request.today else "warn" if row.due_on == request.today else "info"

    return (
        Column("title", Words("事项", "Task"), order="title", link=lambda r: reverse("portal:task", args=(r.pk,))),
        Column("owner", Words("负责", "Owner"), source=owner),
        Column("due_on", Words("期限", "Due"), "day", order="due_on"),
        Column(
            "state", Words("状态", "State"), "tag", tone=tone,
            source=lambda r: t("逾期", "late") if r.state == "open" and r.due_on < request.today
            else t(STATES[r.state], STATES_EN[r.state]),
        ),
        Column("escalated", Words("上报", "Escalated"), "day", source="escalated_on"),
        Column("made_on", Words("派出日期", "Made"), "day", order="made_on"),
    )  # fmt: skip


FILTERS = (
    Filter("title", Words("事项", "Task"), "title__icontains"),
    Filter(
        "state",
        Words("状态", "State"),
        "state",
        [(code, Words(zh, STATES_EN[code])) for code, zh in STATES.items()],
    ),
    Filter("due", Words("期限不晚于", "Due by"), "due_on__lte", kind="day"),
)


@page("work.do")
def tasks(request: Asking) -> HttpResponse:
    """The reader's open tasks, overdue first (every task when a state is asked for)."""
    rows = selectors.mine(request.actor) if request.GET.get("state") else selectors.open_tasks(request.actor)
    columns = _columns(request)
    if wants_sheet(request):
        return sheet(request, rows, columns, filters=FILTERS, name=t("任务", "tasks"))
    shown = listing(request, rows, columns, filters=FILTERS, empty=Words("没有待办任务", "Nothing to do"))
    context = {
        "listing": shown,
        "late": selectors.late(request.actor, request.today),
        "open": [row for row in shown.rows if row.state == "open"],
    }
    return render(request, "portal/work/tasks.html", context)


@page("work.do")
def task(request: Asking, task_id: UUID) -> HttpResponse:
    """One task; done or dropped from here."""
    found = _found(request, task_id)
    if request.method == "POST":
        words = request.POST.get("result", "").strip()
        if request.POST.get("do") == "drop":
            services.drop(task_id=task_id, why=words, by=request.actor, on=request.today)
        else:
            services.done(task_id=task_id, result=words, by=request.actor, on=request.today)
        messages.success(request, t("任务已结束。", "The task is closed."), extra_tags="good")
        return redirect("portal:tasks")
    role = ROLES.get(found.owner.role)
    place = found.owner.institution_id
    context = {
        "task": found,
        "state": t(STATES[found.state], STATES_EN[found.state]),
        "late": found.overdue(request.today),
        "owner": t(role.title, role.title_en) if role else t("指定人员", "a person"),
        "place": institutions.names([place]).get(place, "") if place else found.owner.area_code,
        "source_url": _source_url(found),
    }
    return render(request, "portal/work/task.html", context)


@page("work.do")
@require_POST
def end_many(request: Asking) -> HttpResponse:
    """Mark the ticked tasks as done, all or none."""
    try:
        ids = [UUID(text) for text in request.POST.getlist("task")][:MOST_AT_ONCE]
    except ValueError:
        raise NotFound(t("没有这项任务", "No such task")) from None
    count = services.done_many(
        task_ids=ids, result=request.POST.get("result", "").strip(), by=request.actor, on=request.today
    )
    messages.success(request, t(f"已办结 {count} 项。", f"{count} done."), extra_tags="good")
    return redirect("portal:tasks")


@page("work.do")
def new(request: Asking) -> HttpResponse:
    """Give somebody a task within one's own reach."""
    error = None
    if request.method == "POST":
        try:
            made = services.add(task=_posted(request), by=request.actor, on=request.today)
        except KangchengError as refusal:
            error = refusal
        else:
            messages.success(request, t("任务已派出。", "The task is given."), extra_tags="good")
            return redirect("portal:task", task_id=made.id)
    context = {
        "roles": [(code, t(role.title, role.title_en)) for code, role in ROLES.items() if code not in OWN],
        "places": _places(request),
        "key": request.POST.get("key") or new_id(),
        "error": error,
        "today": request.today,
    }
    return render(request, "portal/work/task_new.html", context, status=422 if error else 200)


def _posted(request: Asking) -> NewTask:
    place = next((one for one in _places(request) if str(one.id) == request.POST.get("institution")), None)
    area = place.area_code if place else min(request.actor.areas, key=len, default=None)
    if area is None:
        raise TaskError(t("请选择机构", "Choose an institution"), where="institution")
    owner = Owner(request.POST.get("role", ""), None, place.id if place else None, area)
    return NewTask(
        title=request.POST.get("title", ""), due_on=parse_date(request.POST.get("due_on", "")), owner=owner,
        key=f"page:{request.actor.user_id}:{request.POST.get('key', '')[:60]}", detail=request.POST.get("detail", ""),
        escalate_to=request.POST.get("escalate_to", ""),
    )  # fmt: skip


def _places(request: Asking) -> list[Any]:
    actor = request.actor
    if actor.institutions:
        return sorted(
            institutions.get_many(actor.institutions, request.today).values(), key=lambda one: one.name
        )
    return [one for area in actor.areas for one in institutions.list_on(request.today, area=area)][:500]


def _found(request: Asking, task_id: UUID) -> TaskView:
    try:
        return selectors.get(task_id, request.actor)
    except TaskError:
        raise NotFound(t("没有这项任务", "No such task"), where=str(task_id)) from None


def _source_url(found: TaskView) -> str:
    return (
        reverse(f"portal:{SOURCES[found.source_kind]}", args=(found.source,))
        if found.source_kind in SOURCES
        else ""
    )
