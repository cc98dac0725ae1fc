"""The registers of the city, and one of them as a list: filters, sort, columns, views, past states, export, print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.base import sheets
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.performance.indicators import selectors as indicators
from kangcheng.policy.pack import PackError
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import as_file, taken
from kangcheng.portal.performance.indicators import _met as met
from kangcheng.portal.words import t
from kangcheng.portal.work.registers import shown
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.registers import selectors, services
from kangcheng.work.registers.types import Asked, Column, Derived, Register

LOOK = ("register.look",)
MODULES = {
    "REG": ("人口与机构", "Registry"), "REC": ("健康档案", "Records"), "FUN": ("基金", "Funds"), "CAR": ("医疗服务", "Care"),
    "MED": ("药品", "Medicines"), "SUR": ("疾病监测", "Surveillance"), "SUP": ("监督", "Supervision"),
    "PER": ("规划与绩效", "Performance"), "INT": ("政策与意见", "Intake"), "POR": ("便民服务", "Portal"),
}  # fmt: skip
MOST_PRINTED = 2000
RANGES = ("date", "number", "money")
SHOWN = 9  # columns shown at first


def opened(request: Asking, id: str) -> Register:
    """The register, for who may look into it."""
    try:
        register = selectors.get_register(id)
    except selectors.NoSuchRegister as error:
        raise NotFound(t("没有这本台账", "No such register"), where=id[:64], todo=error.todo) from None
    if not selectors.may_look(register, request.actor):
        raise NotFound(t("没有您能查看的这本台账", "No such register for you"), where=id[:64])
    return register


@page(*LOOK)
def registers(request: Asking) -> HttpResponse:
    """Every register the actor may open, by module, with the number of rows within reach."""
    text = request.GET.get("q", "").strip()[:60]
    groups: dict[str, list[dict[str, Any]]] = {}
    for register in selectors.registers().values():
        if (
            selectors.may_look(register, request.actor)
            and text in f"{register.title}{register.title_en}{register.id}"
        ):
            group = register.module.partition("-")[0]
            name = t(*MODULES.get(group, (group or t("其他", "Others"), group or "Others")))
            groups.setdefault(name, []).append(
                {
                    "register": register,
                    "title": shown.title(register),
                    "url": reverse("portal:register", args=(register.id,)),
                }
            )
    counts = selectors.counts(request.actor)
    context = {"groups": groups, "counts": counts, "q": text, "faults": selectors.pack_faults()}
    return render(request, "portal/work/registers/registers.html", context)


@page(*LOOK)
def register(request: Asking, id: str) -> HttpResponse:
    """One register as a list."""
    found = opened(request, id)
    asked = asked_of(request, found)
    columns = chosen(request, found)
    if request.GET.get("export") == "xlsx":
        return _sheet(request, found, asked, columns)
    if request.GET.get("print"):
        return _printed(request, found, asked, columns)
    made = selectors.page(found, asked, request.actor)
    titles = shown.titles_of(found, made.rows, request.actor, request.today)
    lines = [
        {
            "url": reverse("portal:register_row", args=(found.id, row.id)),
            "cells": shown.line(found, row, columns, titles, request.today),
        }
        for row in made.rows
    ]
    context = {
        "register": found, "title": shown.title(found), "page": made, "lines": lines, "heads": _heads(request, found, columns),
        "filters": list(filters(request, found)), "asked": asked, "may_write": selectors.may_write(found, request.actor),
        "columns": [(column.id, shown.title(column), column in columns) for column in shown.columns_of(found, request.actor)],
        "views": selectors.views(found.id, request.actor), "clauses": clauses(found), "figures": figures(request, found),
        "known": request.GET.get("known", ""), "as_of": request.GET.get("as_of", ""), "query": request.GET.urlencode(),
        "first": _without(request, "after"), "cols": request.GET.getlist("col"),
    }  # fmt: skip
    return render(request, "portal/work/registers/register.html", context)


def asked_of(request: Asking, register: Register) -> Asked:
    """What the query string asks of the list. What cannot be read is left out of it."""
    given = request.GET
    found: dict[str, Any] = {}
    for column in filtered(register):
        value = _filter_value(request, column)
        if value is not None:
            found[column.id] = value
    known = _day(given.get("known", ""))
    return Asked(
        filters=found,
        sort=given.get("sort", "")[:41],
        after=given.get("after", "")[:2000],
        as_of=_day(given.get("as_of", "")),
        known=timezone.make_aware(datetime.combine(known, time.max)) if known else None,
    )


def filtered(register: Register) -> list[Column | Derived]:
    """What can be filtered by: indexed columns, and derived flags."""
    return [*register.indexed, *(one for one in register.derived if one.type == "flag")]


def _filter_value(request: Asking, column: Column | Derived) -> Any:
    name, given = f"f_{column.id}", request.GET
    if column.type in RANGES:
        pair = tuple(_bound(column, given.get(f"{name}_{end}", "")) for end in ("from", "to"))
        return pair if any(one is not None for one in pair) else None
    text = given.get(name, "").strip()[:200]
    if not text:
        return None
    if column.type == "flag":
        return {"yes": True, "no": False}.get(text)
    return _word(request, column, text)


def _bound(column: Column | Derived, text: str) -> Any:
    from kangcheng.kernel.money import parse_yuan
    from kangcheng.kernel.units import parse_number

    read = {"date": parse_date, "number": parse_number, "money": parse_yuan}[column.type]
    try:
        return read(text.strip()[:40]) if text.strip() else None
    except KangchengError:
        return None


def _word(request: Asking, column: Column | Derived, text: str) -> str | None:
    """A word typed into a filter as the list keeps it: names become ids and codes."""
    if column.type in ("institution", "area", "reference"):
        try:
            return services.named(column, text, request.today)  # type: ignore[arg-type]
        except KangchengError:
            return text if column.type == "area" and text.isdigit() else "-"
    return text


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except KangchengError:
        return None


def filters(request: Asking, register: Register) -> Iterator[dict[str, Any]]:
    """The filters above the list with what stands in them."""
    for column in filtered(register):
        name, given = f"f_{column.id}", request.GET
        made = {"name": name, "title": shown.title(column), "type": column.type, "value": given.get(name, "")}
        if column.type in RANGES:
            yield made | {"from": given.get(f"{name}_from", ""), "to": given.get(f"{name}_to", "")}
        elif column.type == "flag":
            yield made | {"choices": [("yes", t("是", "yes")), ("no", t("否", "no"))]}
        else:
            choices = list(column.codes.items()) if isinstance(column, Column) else []
            yield made | {"choices": choices}


def chosen(request: Asking, register: Register) -> list[Column | Derived]:
    """The columns to show: those asked for, else the first few."""
    every = shown.columns_of(register, request.actor)
    wanted = set(request.GET.getlist("col"))
    return [column for column in every if column.id in wanted] or every[:SHOWN]


def _heads(request: Asking, register: Register, columns: list[Column | Derived]) -> list[dict[str, Any]]:
    now = request.GET.get("sort", "")
    return [
        {
            "title": shown.title(column),
            "num": column.type in shown.NUMBERS,
            "sort": _without(request, "after", sort=_turned(column, now)) if _sortable(column) else "",
            "direction": {column.id: "ascending", f"-{column.id}": "descending"}.get(now, ""),
        }
        for column in columns
    ]


def _sortable(column: Column | Derived) -> bool:
    return (
        isinstance(column, Column)
        and not column.personal
        and not column.several
        and column.type not in ("person", "file")
    )


def _turned(column: Column | Derived, now: str) -> str:
    return f"-{column.id}" if now == column.id else column.id


def _without(request: Asking, *names: str, **more: str) -> str:
    params: QueryDict = request.GET.copy()
    for name in names:
        params.pop(name, None)
    for name, value in more.items():
        params[name] = value
    return f"?{params.urlencode()}"


def clauses(register: Register) -> list[dict[str, str]]:
    """The clauses the register rests on, quoted."""
    found = []
    for citation in register.clauses:
        try:
            clause = selectors.pack().clause(citation)
        except PackError:
            continue
        found.append({"citation": citation, "quote": clause.quote})
    return found


def figures(request: Asking, register: Register) -> list[dict[str, Any]]:
    """The indicators that count this register, as the database stands, within the first area of the actor."""
    if not request.actor.may("plan.look"):
        return []
    computer = indicators.live(selectors.pack())
    areas = request.actor.where("plan.look").areas
    scope = areas[0] if areas else ""
    if not areas:
        return []
    found = []
    for one in indicators.counting(computer, register.table)[:8]:
        span = indicators.period_of(one, request.today)
        value = computer.value(one.id, span, scope=scope)
        target = f"{one.target['comparator']} {one.target['value']}" if one.target else ""
        found.append(
            {
                "title": t(one.title, one.title_en),
                "shown": value.shown,
                "target": target,
                "met": met(value),
                "span": span.text,
            }
        )
    return found


def _sheet(
    request: Asking, register: Register, asked: Asked, columns: list[Column | Derived]
) -> HttpResponse:
    rows = list(selectors.every(register, asked, request.actor))
    titles = shown.titles_of(register, rows, request.actor, request.today)
    cells = [
        [one["text"] for one in shown.line(register, row, columns, titles, request.today)] for row in rows
    ]
    mark = t("导出人", "Taken by") + f" {request.user.display_name} {timezone.localtime():%Y-%m-%d %H:%M}"
    taken(request, register.id, rows=len(rows), filters=sorted(asked.filters))
    data = sheets.write_sheet(
        [*cells, [mark]], [shown.title(column) for column in columns], title=register.title, note=mark
    )
    return as_file(data, f"{register.title}.xlsx")


def _printed(
    request: Asking, register: Register, asked: Asked, columns: list[Column | Derived]
) -> HttpResponse:
    rows = list(selectors.every(register, asked, request.actor, most=MOST_PRINTED))
    titles = shown.titles_of(register, rows, request.actor, request.today)
    taken(request, register.id, rows=len(rows), filters=sorted(asked.filters))
    context = {
        "title": shown.title(register), "heads": [shown.title(column) for column in columns], "now": timezone.now(),
        "lines": [shown.line(register, row, columns, titles, request.today) for row in rows], "most": len(rows) == MOST_PRINTED,
        "as_of": asked.as_of,
    }  # fmt: skip
    return render(request, "portal/work/registers/print.html", context)


@page(*LOOK)
@require_POST
def view(request: Asking, id: str) -> HttpResponse:
    """Keep the present filters, sort and columns under a name, or forget one."""
    found = opened(request, id)
    if request.POST.get("drop"):
        try:
            view_id = UUID(request.POST["drop"])
        except ValueError:
            raise NotFound(t("没有这个视图", "No such view")) from None
        services.drop_view(register=found, view_id=view_id, by=request.actor, on=request.today)
        return redirect("portal:register", found.id)
    query = QueryDict(request.POST.get("query", "")[:1000], mutable=True)
    query.pop("after", None)
    services.keep_view(
        register=found, title=request.POST.get("title", ""), query=query.urlencode(),
        shared=request.POST.get("shared") == "yes", by=request.actor, on=request.today,
    )  # fmt: skip
    messages.success(request, t("视图已保存。", "View kept."), extra_tags="good")
    return redirect(f"{reverse('portal:register', args=(found.id,))}?{query.urlencode()}")


@page(*LOOK)
def choices(request: Asking, id: str, column_id: str) -> HttpResponse:
    """What may be typed into a column that names something: institutions, or rows of another register."""
    found = opened(request, id)
    column = found.column(column_id)
    text = (request.GET.get(f"v_{column_id}") or request.GET.get(f"f_{column_id}") or "").strip()[:60]
    options: list[str] = []
    if column is not None and column.type == "institution":
        here = request.actor.where("register.look")
        options = [
            one.name
            for one in institutions.list_on(request.today, text=text)
            if one.id in here.institutions or here.covers_area(one.area_code)
        ][:20]
    elif column is not None and column.type == "reference":
        other = selectors.get_register(column.register)
        options = [label for _, label in selectors.labels_like(other, text, request.actor)]
    return render(request, "portal/work/registers/_options.html", {"options": options})
