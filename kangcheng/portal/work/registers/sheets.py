"""Spreadsheets into a register: the empty sheet, a trial, the import, its bad rows corrected on screen, and its undoing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.base import sheets
from kangcheng.kernel.errors import Fault
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import as_file
from kangcheng.portal.words import t
from kangcheng.portal.work.registers import shown
from kangcheng.portal.work.registers.listed import opened
from kangcheng.portal.work.registers.row import WRITE, _by_column
from kangcheng.work.registers import selectors, services
from kangcheng.work.registers.services import ImportRefused
from kangcheng.work.registers.types import BadRow, Register, Report

SHOWN_BAD = 50


def _writable(request: Asking, id: str) -> Register:
    register = opened(request, id)
    if not selectors.may_write(register, request.actor):
        raise NotFound(t("您不能填写这本台账", "You may not write here"), where=id)
    return register


@page(*WRITE)
def blank(request: Asking, id: str) -> HttpResponse:
    """The empty sheet to fill in."""
    register = _writable(request, id)
    return as_file(services.blank_sheet(register=register), f"{register.title}-空表.xlsx")


@page(*WRITE)
def imported(request: Asking, id: str) -> HttpResponse:
    """The form of an import with past imports; a POST tries the file or takes it."""
    register = _writable(request, id)
    context: dict[str, Any] = {"register": register, "title": shown.title(register)}
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None or upload.size is None or upload.size > sheets.MOST_BYTES:
            raise ImportRefused(
                t("没有选择文件，或文件过大", "no file, or too large"),
                rule=f"至多 {sheets.MOST_BYTES // 2**20} MB",
            )
        asked = {
            "register": register, "content": upload.read(), "file_name": (upload.name or "")[:200], "by": request.actor,
            "on": request.today,
        }  # fmt: skip
        if request.POST.get("do") == "errors":
            return _faults_sheet(register, services.try_import(**asked))
        if request.POST.get("do") == "apply":
            report = services.apply_import(**asked)
            messages.success(request, _told(report), extra_tags="good")
            return redirect("portal:register_waiting", register.id, report.import_id)
        context["report"] = report = services.try_import(**asked)
        context["bad"] = report.bad[:SHOWN_BAD]
    context["imports"] = selectors.imports(register.id, request.actor)
    return render(request, "portal/work/registers/import.html", context)


def _told(report: Report) -> str:
    return t(
        f"新增 {report.created} 行，更新 {report.changed} 行，{report.unchanged} 行原有，{len(report.bad)} 行待改正。",
        f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged, {len(report.bad)} to correct.",
    )


def _faults_sheet(register: Register, report: Report) -> HttpResponse:
    rows = [
        (bad.line, fault.where, fault.what, fault.rule, fault.todo)
        for bad in report.bad
        for fault in bad.faults
    ]
    data = sheets.write_sheet(rows, ["行", "列", "问题", "规则", "怎么办"], title="错误清单")
    return as_file(data, f"{register.title}-错误清单.xlsx")


@page(*WRITE)
def waiting(request: Asking, id: str, import_id: UUID) -> HttpResponse:
    """The rows of an import that wait, each with what is wrong with it now and its cells to correct."""
    register = _writable(request, id)
    batch = selectors.import_of(import_id, request.actor)
    if batch is None or batch.register != register.id:
        raise NotFound(t("没有您的这次导入", "No such import of yours"), where=str(import_id))
    lines = selectors.waiting(batch)[:SHOWN_BAD]
    report = services.try_rows(register=register, lines=lines, by=request.actor, on=request.today)
    wrong = {bad.line: bad for bad in report.bad}
    rows = [_correction(request, register, wrong.get(line, BadRow(line, texts, ()))) for line, texts in lines]
    context = {"register": register, "title": shown.title(register), "batch": batch, "rows": rows}
    return render(request, "portal/work/registers/waiting.html", context)


def _correction(
    request: Asking, register: Register, bad: BadRow, faults: tuple[Fault, ...] | None = None
) -> dict[str, Any]:
    """A bad row as a little form: the columns at fault open, the others behind them."""
    wrong = _by_column(register, list(bad.faults if faults is None else faults))
    fields = [
        {
            "column": column,
            "title": shown.title(column),
            "text": bad.texts.get(column.id, ""),
            "wrong": wrong.get(column.id, ""),
        }
        for column in register.columns
        if column.type != "file" and selectors.sees_column(column, request.actor)
    ]
    others = [str(fault) for fault in bad.faults if not any(c.title in fault.where for c in register.columns)]
    return {
        "line": bad.line, "others": others, "wrong": [field for field in fields if field["wrong"]],
        "right": [field for field in fields if not field["wrong"]],
    }  # fmt: skip


@page(*WRITE)
@require_POST
def correct(request: Asking, id: str, import_id: UUID, line: int) -> HttpResponse:
    """Take one waiting row as corrected, or let it go. Answers the row's own part of the page."""
    register = _writable(request, id)
    texts = None
    if request.POST.get("do") != "drop":
        texts = {
            column.id: request.POST.get(f"v_{column.id}", "")[:4000]
            for column in register.columns
            if column.type != "file"
        }
    report = services.fill_in(
        register=register, import_id=import_id, line=line, texts=texts, by=request.actor, on=request.today
    )
    if not getattr(request, "htmx", False):
        return redirect("portal:register_waiting", register.id, import_id)
    batch = selectors.import_of(import_id, request.actor)
    row = (
        _correction(request, register, report.bad[0])
        if report.bad
        else {"line": line, "done": True, "dropped": texts is None}
    )
    context = {"register": register, "batch": batch, "row": row, "count": True}
    return render(request, "portal/work/registers/_waiting_row.html", context)


@page(*WRITE)
@require_POST
def undo(request: Asking, id: str, import_id: UUID) -> HttpResponse:
    """Take an import back."""
    register = _writable(request, id)
    count = services.undo_import(
        register=register,
        import_id=import_id,
        by=request.actor,
        on=request.today,
        why=request.POST.get("why", "")[:500],
    )
    messages.success(
        request, t(f"导入已撤销，{count} 行复原。", f"Import undone: {count} rows."), extra_tags="good"
    )
    return redirect("portal:register_import", register.id)
