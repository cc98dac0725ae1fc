"""Lists from other offices: template, dry run with every fault, all-or-nothing import, unmatched rows, undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.base.sheets import MOST_BYTES
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import as_file, taken
from kangcheng.portal.words import t
from kangcheng.registry.categories.types import REGISTERED_POOR
from kangcheng.registry.imports import selectors, services
from kangcheng.registry.imports.types import KINDS

KINDS_EN = {"residents": "Residents", "categories": "Person categories (registered poor, low income...)"}
SHOWN_FAULTS = 200


@page("person.import", purpose="import")
def imports(request: Asking) -> HttpResponse:
    """Choose a list and a file; past imports; the coverage rate of the poverty mark."""
    kind = request.GET.get("kind", "categories")
    kind = kind if kind in KINDS else "categories"
    context = {
        "kinds": [(code, t(zh, KINDS_EN[code])) for code, zh in KINDS.items()],
        "kind": kind,
        "help": selectors.help_rows(kind, request.today),
        "batches": selectors.batches(by=request.actor),
        "rate": selectors.marking_rate(request.today, category=REGISTERED_POOR),
        "mark": citypack.title("person-categories", REGISTERED_POOR),
        "unmatched": len(selectors.unmatched(by=request.actor)),
    }
    return render(request, "portal/people/imports.html", context)


@page("person.import", purpose="import")
def template(request: Asking, kind: str) -> HttpResponse:
    """The empty form with headings and an example."""
    if kind not in KINDS:
        raise NotFound(t("没有这种名单", "No such list"), where=kind)
    return as_file(selectors.template(kind, request.today), f"{KINDS[kind]}模板.xlsx")


@page("person.import", purpose="import")
@require_POST
def check(request: Asking) -> HttpResponse:
    """Dry run or import of the uploaded file; faults are shown row by row and nothing is half-written."""
    kind, upload = request.POST.get("kind", ""), request.FILES.get("file")
    if upload is None or (upload.size or 0) > MOST_BYTES:
        raise KangchengError(
            t("没有文件或文件过大", "no file, or too large"),
            where="file",
            rule=f"≤ {MOST_BYTES // 2**20} MB",
            todo=t("重新选择文件", "choose another"),
        )
    name = (upload.name or "")[:200]
    asked: dict[str, Any] = {
        "kind": kind,
        "content": upload.read(),
        "file_name": name,
        "by": request.actor,
        "on": request.today,
    }
    report = services.check(**asked)
    if request.POST.get("do") == "errors":
        return as_file(report.error_sheet(), f"错误清单-{name[:80]}.xlsx")
    applied = False
    if request.POST.get("do") == "apply" and not report.faults:
        report = services.apply(
            **asked, source=request.POST.get("source", "")[:200], why=request.POST.get("why", "")[:200]
        )
        applied = True
    context = {
        "report": report,
        "applied": applied,
        "faults": report.faults[:SHOWN_FAULTS],
        "kind": kind,
        "title": t(KINDS[kind], KINDS_EN[kind]),
    }
    return render(request, "portal/people/import_report.html", context, status=422 if report.faults else 200)


@page("person.import", purpose="import")
def unmatched(request: Asking) -> HttpResponse:
    """Rows of lists whose person is not registered yet; try them again."""
    if request.method == "POST":
        found = services.match_again(by=request.actor, on=request.today)
        messages.success(request, t(f"新匹配 {found} 行。", f"{found} rows matched."), extra_tags="good")
        return redirect("portal:unmatched")
    rows = selectors.unmatched(by=request.actor)
    if request.GET.get("export") == "xlsx":
        from kangcheng.registry.imports.types import unmatched_sheet

        taken(request, "未匹配名单", rows=len(rows))
        return as_file(
            unmatched_sheet(tuple(rows), note=f"{request.user.display_name} {request.today}"),
            "未匹配名单.xlsx",
        )
    return render(request, "portal/people/unmatched.html", {"rows": rows[:1000], "count": len(rows)})


@page("person.import", purpose="import")
@require_POST
def undo(request: Asking, batch_id: UUID) -> HttpResponse:
    """Take an import back."""
    services.undo(batch_id=batch_id, by=request.actor, on=request.today, why=request.POST.get("why", ""))
    messages.success(request, t("导入已撤销。", "Import undone."), extra_tags="good")
    return redirect("portal:imports")
