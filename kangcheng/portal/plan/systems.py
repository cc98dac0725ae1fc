"""The system list: what each row must do, and what is proven about it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from kangcheng.base.accounts.types import Actor
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.navigation import may_visit
from kangcheng.portal.plan.plan import MODULES, STATUS, TONES
from kangcheng.portal.words import Words, t

COLUMNS = (
    Column("id", Words("编号", "Row"), "code", order="id"),
    Column("title", Words("系统", "System"), order="title", link=lambda r: r["page"]),
    Column("module", Words("领域", "Area"), "code", order="module"),
    Column("status", Words("状态", "Status"), "tag", order="status", tone=lambda r: r["tone"]),
    Column("entries", Words("条目", "Entries"), "number", order="entries"),
    Column("lacking", Words("还差什么", "Lacking")),
)
FILTERS = (
    Filter("title", Words("系统", "System"), "title"),
    Filter(
        "module",
        Words("领域", "Area"),
        lambda rows, text: [r for r in rows if r["module_code"] == text],
        list(MODULES.items()),
    ),
    Filter(
        "status",
        Words("状态", "Status"),
        lambda rows, text: [r for r in rows if r["status_code"] == text],
        list(STATUS.items()),
    ),
)


def _rows(actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "title": t(row.title, row.title_en),
            "module": str(MODULES.get(row.module, row.module)),
            "module_code": row.module,
            "status": str(STATUS[row.status]),
            "status_code": row.status,
            "tone": TONES[row.status],
            "entries": len(row.entries),
            "page": row.page if row.page and may_visit(actor, row.page) else None,
            "lacking": "；".join(row.lacking),
        }
        for row in citypack.standing().systems
    ]


@page("plan.look", "pack.look")
def systems(request: Asking) -> HttpResponse:
    """All rows; a served one opens its page."""
    rows = _rows(request.actor)
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name="系统清单")
    counts = {code: sum(r["status_code"] == code for r in rows) for code in STATUS}
    tallies = [(STATUS[code], counts[code], TONES[code]) for code in STATUS]
    return render(
        request,
        "portal/plan/systems.html",
        {"listing": listing(request, rows, COLUMNS, filters=FILTERS), "tallies": tallies},
    )
