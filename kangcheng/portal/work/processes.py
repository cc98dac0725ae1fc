"""Worklist, all cases, and the catalogue of processes with their diagrams and load."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from kangcheng.policy import machine
from kangcheng.policy.deadlines import DAY_ENDS
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import condition_words, data_of, listed
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.portal.work import processes_diagram, processes_shown
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.processes import selectors
from kangcheng.work.processes.types import Load

DOORS = ("work.do", "own.look")
UNITS = {"hours": ("小时", "hours"), "days": ("日", "days"), "working_days": ("个工作日", "working days")}


def titles() -> list[tuple[str, Words]]:
    """Processes of the pack for a filter."""
    return [(entry.id, Words(entry.title, entry.title_en)) for entry in citypack.pack().of_kind("process")]


def _columns(request: Asking) -> tuple[Column, ...]:
    now = timezone.now()
    names: dict[Any, str] = {}

    def place(row: Any) -> str:
        if row.institution_id and row.institution_id not in names:
            names.update(institutions.names([row.institution_id]))
        return names.get(row.institution_id, row.area_code or "—")

    return (
        Column("number", Words("案号", "Number"), "code", order="number", link=lambda r: reverse("portal:case", args=(r.pk,))),
        Column("process", Words("流程", "Process"), source=lambda r: _title(selectors.entry_of(r)), order="process"),
        Column("label", Words("事由", "About"), order="label"),
        Column("place", Words("机构或地区", "Where"), source=place),
        Column(
            "state", Words("状态", "State"), "tag", source=selectors.state_title,
            tone=lambda r: processes_shown.tone(r.final, r.due_at, now),
        ),
        Column(
            "due", Words("期限", "Due"), "tag", source=lambda r: processes_shown.due_words(r.due_at, now, r.due_sure),
            order="due_at", tone=lambda r: processes_shown.tone(r.final, r.due_at, now),
        ),
        Column("escalated", Words("上报", "Escalated"), source=lambda r: t("已上报", "yes") if r.escalated else ""),
        Column("opened_on", Words("申请日期", "Applied"), "day", order="opened_on"),
    )  # fmt: skip


def _title(entry: Entry) -> str:
    return t(entry.title, entry.title_en)


def _filters() -> tuple[Filter, ...]:
    now = timezone.now()
    tonight = timezone.localtime(now).replace(hour=DAY_ENDS.hour, minute=DAY_ENDS.minute)
    due = {
        "late": Q(due_at__lt=now, final=False),
        "today": Q(due_at__gte=now, due_at__lte=tonight, final=False),
        "escalated": ~Q(escalated=""),
    }
    return (
        Filter("label", Words("事由", "About"), "label__icontains"),
        Filter("process", Words("流程", "Process"), "process", titles()),
        Filter(
            "due", Words("期限", "Due"), lambda rows, text: rows.filter(due[text]),
            [("late", Words("已逾期", "late")), ("today", Words("今日到期", "today")), ("escalated", Words("已上报", "escalated"))],
        ),
    )  # fmt: skip


@page(*DOORS)
def worklist(request: Asking) -> HttpResponse:
    """Cases that wait for the reader or were reported to them, overdue first."""
    rows, columns = selectors.worklist(request.actor), _columns(request)
    if wants_sheet(request):
        return sheet(request, rows, columns, filters=_filters(), name=t("待办", "worklist"))
    context = {
        "listing": listing(
            request,
            rows,
            columns,
            filters=_filters(),
            empty=Words("没有等您办理的案件", "Nothing waits for you"),
        ),
        "title": t("待我办理", "Waiting for me"),
        "may_open": bool(selectors.openable(citypack.pack(), request.actor)),
        "late": selectors.overdue(request.actor, timezone.now()),
    }
    return render(request, "portal/work/worklist.html", context)


@page(*DOORS)
def cases(request: Asking) -> HttpResponse:
    """Every case within the reader's reach, newest first."""
    rows, columns = selectors.visible(request.actor), _columns(request)
    filters = (
        *_filters(),
        Filter("number", Words("案号", "Number"), "number__icontains"),
        Filter(
            "final", Words("办结", "Closed"), lambda found, text: found.filter(final=text == "yes"),
            [("no", Words("在办", "open")), ("yes", Words("已办结", "closed"))],
        ),
    )  # fmt: skip
    if wants_sheet(request):
        return sheet(request, rows, columns, filters=filters, name=t("案件", "cases"))
    context = {
        "listing": listing(request, rows, columns, filters=filters, empty=Words("还没有案件", "No case yet")),
        "title": t("全部案件", "All cases"),
        "may_open": bool(selectors.openable(citypack.pack(), request.actor)),
    }
    return render(request, "portal/work/worklist.html", context)


CATALOGUE = (
    Column(
        "title",
        Words("流程", "Process"),
        order="title",
        link=lambda r: reverse("portal:process", args=(r["id"],)),
    ),
    Column("states", Words("状态数", "States"), "number", order="states"),
    Column("open", Words("在办", "Open"), "number", order="open"),
    Column("overdue", Words("逾期", "Late"), "number", order="overdue"),
    Column("closed", Words("办结", "Closed"), "number", order="closed"),
    Column("on_time", Words("按期办结率", "Closed in time"), "percent", order="on_time"),
    Column("days", Words("平均天数", "Mean days"), "number", order="days"),
)


@page("work.do")
def catalogue(request: Asking) -> HttpResponse:
    """Every process of the city with how much lies where."""
    loads = selectors.loads(by=request.actor, now=timezone.now())
    rows = [_row(entry, loads.get(entry.id)) for entry in citypack.pack().of_kind("process")]
    filters = (Filter("title", Words("名称", "Name"), "title"),)
    if wants_sheet(request):
        return sheet(request, rows, CATALOGUE, filters=filters, name=t("流程目录", "processes"))
    return render(
        request, "portal/work/catalogue.html", {"listing": listing(request, rows, CATALOGUE, filters=filters)}
    )


def _row(entry: Entry, load: Load | None) -> dict[str, Any]:
    closed = load.closed if load else 0
    return {
        "id": entry.id, "title": _title(entry), "states": len(entry.get("states")), "open": load.open if load else 0,
        "overdue": load.overdue if load else 0, "closed": closed,
        "on_time": load.closed_on_time / closed if load and closed else None,
        "days": round(load.mean_days, 1) if load and load.mean_days is not None else None,
    }  # fmt: skip


@page("work.do")
def process(request: Asking, process_id: str) -> HttpResponse:
    """One process: diagram, steps with who and what, limits, load and delay, its own rates this year."""
    entry = citypack.pack().entries.get(("process", process_id))
    if entry is None:
        raise NotFound(t("没有这个流程", "No such process"), where=process_id)
    load = selectors.load(process_id, by=request.actor, now=timezone.now())
    roles = [
        name
        for one, names in selectors.openable(citypack.pack(), request.actor)
        if one.id == process_id
        for name in names
    ]
    context = {
        "entry": entry,
        "title": _title(entry),
        "diagram": processes_diagram.draw(entry),
        "load": load,
        "on_time": load.closed_on_time / load.closed if load.closed else None,
        "states": [_state(entry, row, load.by_state) for row in entry.get("states")],
        "steps": [_step(entry, row) for row in entry.get("transitions")],
        "rates": _rates(request, entry),
        "may_open": bool(roles),
    }
    return render(request, "portal/work/process.html", context)


def _state(entry: Entry, row: dict[str, Any], counts: Any) -> dict[str, Any]:
    limit = row.get("deadline")
    words = ""
    if limit:
        zh, en = UNITS[limit["unit"]]
        words = t(f"{limit['within']}{zh}", f"{limit['within']} {en}")
        told = [entry.get("roles")[one["to"]] for one in limit.get("escalate", [])]
        words += t(f"，逾期报{'、'.join(told)}", f", then told: {', '.join(told)}") if told else ""
    return {
        "title": processes_shown.titled(row),
        "limit": words,
        "count": counts.get(row["id"], 0),
        "final": row.get("final") == "yes",
    }


def _step(entry: Entry, row: dict[str, Any]) -> dict[str, Any]:
    known = data_of(entry)
    roles, states = entry.get("roles"), {one["id"]: one for one in entry.get("states")}
    wanted = [processes_shown.titled(known[name]) for name in listed(row.get("requires", []))]
    wanted += [
        " / ".join(processes_shown.titled(known[name]) for name in group) for group in row.get("any_of", [])
    ]
    conditions = [condition_words(known, one) for one in row.get("when", [])]
    if "opinions" in row:
        asked = "、".join(roles[name] for name in listed(row["opinions"]["of"]))
        conditions.append(t(f"{asked}中至少{row['opinions']['at_least']}个意见", f"opinions of {asked}"))
    if row.get("persons"):
        conditions.append(t(f"{row['persons']}人各确认", f"{row['persons']} persons confirm"))
    return {
        "title": processes_shown.titled(row),
        "from": "、".join(processes_shown.titled(states[name]) for name in listed(row["from"])),
        "to": processes_shown.titled(states[row["to"]]),
        "by": "、".join(roles[name] for name in listed(row["by"])),
        "wanted": "、".join(wanted),
        "conditions": "；".join(conditions),
        "clause": row.get("clause", ""),
    }


def _rates(request: Asking, entry: Entry) -> list[tuple[str, Any]]:
    if not entry.get("rates"):
        return []
    since = request.today.replace(month=1, day=1)
    found = [journey for _, journey in selectors.journeys(entry.id, since=since, until=request.today)]
    return [
        (processes_shown.titled(row), machine.rate(entry, row["id"], found)) for row in entry.get("rates")
    ]
