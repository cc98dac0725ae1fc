"""Documents to clauses to entries to cases: how far the city's plan has come, and where each rule stands."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kangcheng.policy.trace import ClauseTrace, figures, grouped
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.plan.entries import row as entry_row
from kangcheng.portal.words import Words, t

STATUS = {
    "served": Words("已服务", "served"),
    "executable": Words("可执行", "executable"),
    "recorded": Words("已登记", "recorded"),
    "open": Words("未落实", "open"),
}
TONES = {"served": "good", "executable": "info", "recorded": "", "open": "warn"}
MODULES = {
    "registry": Words("登记", "registry"), "records": Words("健康档案", "records"), "funds": Words("基金", "funds"),
    "care": Words("服务", "care"), "medicines": Words("药械", "medicines"), "surveillance": Words("疾控监测", "surveillance"),
    "supervision": Words("监督", "supervision"), "performance": Words("规划考核", "performance"),
    "intake": Words("意见征集", "intake"), "none": Words("不落在任何领域", "no area"), "portal": Words("公众服务", "portal"),
}  # fmt: skip


def _clause_row(found: ClauseTrace) -> dict[str, Any]:
    return {
        "id": found.id,
        "document": found.document,
        "module": found.module,
        "module_title": str(MODULES.get(found.module, found.module)),
        "quote": found.quote if len(found.quote) < 90 else f"{found.quote[:88]}…",
        "status": str(STATUS[found.status]),
        "status_code": found.status,
        "tone": TONES[found.status],
        "entries": len(found.entries),
        "cases": found.cases,
        "url": reverse("portal:clause", args=(found.document, found.id)),
    }


COLUMNS = (
    Column("id", Words("条款", "Clause"), "code", order="id", link=lambda r: r["url"]),
    Column("document", Words("文件", "Document"), "code", order="document"),
    Column("module_title", Words("领域", "Area"), "code", order="module_title"),
    Column("quote", Words("原文", "Text")),
    Column("status", Words("状态", "Status"), "tag", order="status", tone=lambda r: r["tone"]),
    Column("entries", Words("条目", "Entries"), "number", order="entries"),
    Column("cases", Words("算例", "Cases"), "number", order="cases"),
)


def _filters() -> tuple[Filter, ...]:
    documents = [(name, entry.title) for name, entry in citypack.pack().documents.items()]
    return (
        Filter("quote", Words("原文", "Text"), lambda rows, text: _quoting(rows, text)),
        Filter(
            "document",
            Words("文件", "Document"),
            lambda rows, text: [r for r in rows if r["document"] == text],
            documents,
        ),
        Filter(
            "module",
            Words("领域", "Area"),
            lambda rows, text: [r for r in rows if r["module"] == text],
            list(MODULES.items()),
        ),
        Filter(
            "status",
            Words("状态", "Status"),
            lambda rows, text: [r for r in rows if r["status_code"] == text],
            list(STATUS.items()),
        ),
    )


def _quoting(rows: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    full = {(c.document, c.id): c.quote for c in citypack.standing().clauses}
    return [r for r in rows if text in full[r["document"], r["id"]] or text in r["id"]]


@page("plan.look", "pack.look")
def plan(request: Asking) -> HttpResponse:
    """Coverage of every document and every area, with the picture."""
    clauses = citypack.standing().clauses
    documents = [
        {"id": name, "entry": citypack.pack().documents[name], **_shares(counts)}
        for name, counts in grouped(clauses, "document").items()
    ]
    modules = [
        {"id": name, "title": MODULES.get(name, name), **_shares(counts)}
        for name, counts in grouped(clauses, "module").items()
    ]
    checked = citypack.standing().checked
    return render(
        request,
        "portal/plan/plan.html",
        {
            "documents": documents,
            "modules": modules,
            "total": _shares(figures(clauses)),
            "entries": sum(1 for key in citypack.pack().entries if key[0] != "document"),
            "cases": checked.cases,
            "failed": len(checked.failed),
            "assumed": checked.assumed,
        },
    )


def _shares(counts: dict[str, int]) -> dict[str, Any]:
    total = counts["clauses"] or 1
    only = counts["executable"] - counts["served"]
    return {
        **counts,
        "only_executable": only,
        "served_share": counts["served"] * 100 // total,
        "executable_share": only * 100 // total,
    }


@page("plan.look", "pack.look")
def clauses(request: Asking) -> HttpResponse:
    """Every clause of every document."""
    rows = [_clause_row(found) for found in citypack.standing().clauses]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=_filters(), name="条款")
    return render(
        request, "portal/plan/clauses.html", {"listing": listing(request, rows, COLUMNS, filters=_filters())}
    )


@page("plan.look", "pack.look")
def document(request: Asking, document: str) -> HttpResponse:
    """One document with its clauses."""
    entry = citypack.pack().documents.get(document)
    if entry is None:
        raise NotFound(t("没有这个文件", "No such document"), where=document)
    rows = [_clause_row(found) for found in citypack.standing().clauses if found.document == document]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, name=document)
    shown = {key: value for key, value in entry.data.items() if key != "clauses" and isinstance(value, str)}
    return render(
        request,
        "portal/plan/document.html",
        {"entry": entry, "facts": shown, "listing": listing(request, rows, COLUMNS)},
    )


@page("plan.look", "pack.look")
def clause(request: Asking, document: str, clause: str) -> HttpResponse:
    """One clause: its words, its figures, and every entry that executes it."""
    every = [found for found in citypack.standing().clauses if found.document == document]
    place = next((i for i, found in enumerate(every) if found.id == clause), None)
    if place is None:
        raise NotFound(t("没有这一条", "No such clause"), where=f"{document}#{clause}")
    found = every[place]
    data = next(c.data for c in citypack.pack().clauses.values() if c.document == document and c.id == clause)
    keys = [tuple(name.split("/", 1)) for name in found.entries]
    context = {
        "clause": found,
        "data": data,
        "document": citypack.pack().documents[document],
        "status": STATUS[found.status],
        "tone": TONES[found.status],
        "module": MODULES.get(found.module, found.module),
        "entries": [
            entry_row(citypack.pack().entries[key]) for key in keys if key in citypack.pack().entries
        ],
        "systems": [row for row in citypack.standing().systems if clause in row.clauses],
        "previous": every[place - 1] if place else None,
        "next": every[place + 1] if place + 1 < len(every) else None,
    }
    return render(request, "portal/plan/clause.html", context)
