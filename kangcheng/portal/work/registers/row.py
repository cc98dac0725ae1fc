"""One row of a register: as it stands and stood, its form with checks as one types, two writers at once, removal and return."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.base import files
from kangcheng.base.models import StoredFile
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import as_file
from kangcheng.portal.words import t
from kangcheng.portal.work.registers import shown
from kangcheng.portal.work.registers.listed import LOOK, clauses, opened
from kangcheng.work.registers import selectors, services
from kangcheng.work.registers.services import Conflict
from kangcheng.work.registers.types import Column, Register, Row

WRITE = ("register.write",)
ACTIONS = {
    "create": ("新增", "created"), "import": ("导入", "imported"), "change": ("修改", "changed"), "adjust": ("调整", "adjusted"),
    "remove": ("删除", "removed"), "restore": ("恢复", "restored"), "undo": ("撤销导入", "import undone"),
}  # fmt: skip


def found_row(request: Asking, register: Register, row_id: UUID) -> Row:
    """The row, for who may see it."""
    try:
        return selectors.get(row_id, request.actor, register=register)
    except selectors.NoSuchRow:
        raise NotFound(t("没有您能查看的这一行", "No such row for you"), where=str(row_id)) from None


def _writes(request: Asking, register: Register, row: Row) -> bool:
    return selectors.writes_here(register, request.actor, row.area_code, row.institution_id)


@page(*LOOK)
def row(request: Asking, id: str, row_id: UUID) -> HttpResponse:
    """One row, and what became of it: every version with who, when and why; one of them in full with `?version=`."""
    register = opened(request, id)
    now = found_row(request, register, row_id)
    versions = selectors.history(register, now)
    number = request.GET.get("version", "")
    seen = next((one for one in versions if str(one.number) == number), now)
    writes = _writes(request, register, now)
    titles = shown.titles_of(register, versions, request.actor, request.today, masked=False)
    columns = shown.columns_of(register, request.actor)
    context = {
        "register": register, "title": shown.title(register), "row": now, "seen": seen, "writes": writes,
        "label": selectors.label(register, seen, titles) if not register.sealed & set(register.label) or writes else "",
        "cells": shown.line(register, seen, columns, titles, request.today, clear=writes),
        "history": [
            _version(request, register, one, before, titles, writes)
            for one, before in zip(versions, [*versions[1:], None], strict=True)
        ],
        "closed": selectors.month_closed(register, now, request.today), "clauses": clauses(register),
        "people": [column.id for column in register.columns if column.type == "person"],
    }  # fmt: skip
    return render(request, "portal/work/registers/row.html", context)


def _version(
    request: Asking, register: Register, one: Row, before: Row | None, titles: dict[str, str], writes: bool
) -> dict[str, Any]:
    changes = [
        (
            shown.title(column),
            shown.cell(column, old, titles, clear=writes),
            shown.cell(column, new, titles, clear=writes),
        )
        for column, old, new in selectors.differences(register, before, one)
        if selectors.sees_column(column, request.actor)
    ]
    return {
        "row": one,
        "action": t(*ACTIONS.get(one.action, (one.action, one.action))),
        "changes": changes if before else [],
    }


@page(*WRITE)
def new(request: Asking, id: str) -> HttpResponse:
    """The empty form, and a new row from it."""
    register = opened(request, id)
    if not selectors.may_write(register, request.actor):
        raise NotFound(t("您不能填写这本台账", "You may not write here"), where=id)
    if request.method != "POST":
        return _form(request, register, None, {})
    texts = _texts(request, register, None)
    try:
        values, faults = services.filled(register=register, texts=texts, on=request.today)
        if faults:
            raise Faults(faults)
        row_id = services.create(
            register=register, values=values, by=request.actor, on=request.today, why=_why(request)
        )
    except KangchengError as error:
        return _form(request, register, None, texts, error)
    messages.success(request, t("已登记。", "Written."), extra_tags="good")
    return redirect("portal:register_row", register.id, row_id)


@page(*WRITE)
def edit(request: Asking, id: str, row_id: UUID) -> HttpResponse:
    """The form of a row, and what was changed in it; when somebody else changed the same columns, both are shown."""
    register = opened(request, id)
    now = found_row(request, register, row_id)
    if not _writes(request, register, now):
        raise NotFound(t("您不能修改这一行", "You may not change this row"), where=str(row_id))
    if request.method != "POST":
        return _form(request, register, now, _written(register, now))
    texts = _texts(request, register, now)
    try:
        return _saved(request, register, now, texts)
    except Conflict as error:
        return _form(request, register, error.now, texts, error)
    except KangchengError as error:
        return _form(request, register, now, texts, error)


def _saved(request: Asking, register: Register, now: Row, texts: dict[str, str]) -> HttpResponse:
    values, faults = services.filled(register=register, texts=texts, on=request.today, blank=False)
    if faults:
        raise Faults(faults)
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise NotFound(t("版本号无法识别", "Bad version"), where="number")
    wanted = {
        name: value
        for name, value in values.items()
        if request.POST.get(f"pick_{name}") != "theirs"
        and selectors.sees_column(_column(register, name), request.actor)
    }
    verb = services.adjust if selectors.month_closed(register, now, request.today) else services.change
    verb(
        register=register, row_id=now.id, number=int(number), values=wanted, by=request.actor, on=request.today,
        why=_why(request),
    )  # fmt: skip
    messages.success(request, t("已保存。", "Saved."), extra_tags="good")
    return redirect("portal:register_row", register.id, now.id)


def _column(register: Register, name: str) -> Column:
    column = register.column(name)
    assert column is not None
    return column


def _why(request: Asking) -> str:
    return request.POST.get("why", "")[:500]


def _texts(request: Asking, register: Register, now: Row | None) -> dict[str, str]:
    """What was typed, by column; a person left blank and a file not chosen stay as they were."""
    texts: dict[str, str] = {}
    for column in register.columns:
        given = request.POST.getlist(f"v_{column.id}")
        texts[column.id] = "、".join(given)[:4000] if column.several else (given[0] if given else "")[:4000]
        kept = now.values.get(column.id) if now else None
        if column.type == "file":
            texts[column.id] = _stored(request, column) or str(kept or "")
        elif (
            column.type == "person"
            and not texts[column.id]
            and kept
            and not request.POST.get(f"clear_{column.id}")
        ):
            texts[column.id] = str(kept)
    return texts


def _stored(request: Asking, column: Column) -> str:
    upload = request.FILES.get(f"v_{column.id}")
    if upload is None:
        return ""
    kept = files.store(
        content=upload.read(),
        name=(upload.name or "")[:200],
        media_type=(upload.content_type or "")[:100],
        by=request.actor,
    )
    return str(kept.pk)


def _written(register: Register, row: Row) -> dict[str, str]:
    """A row as texts for its form: names instead of ids, blanks for people."""
    titles = selectors.titles(register, [row.values], row.on)
    return {
        column.id: ""
        if column.type == "person"
        else selectors.written_cell(column, row.values.get(column.id), titles)
        for column in register.columns
    }


def _form(
    request: Asking,
    register: Register,
    now: Row | None,
    texts: dict[str, str],
    error: KangchengError | None = None,
) -> HttpResponse:
    faults = error.faults if isinstance(error, Faults) else ()
    fresh = request.method != "POST" or isinstance(error, Conflict)
    context = {
        "register": register, "title": shown.title(register), "row": now, "faults": faults, "why": _why(request),
        "error": None if faults else error, "clauses": clauses(register),
        "sections": _sections(request, register, texts, _by_column(register, faults)),
        "conflict": _both(register, error, request) if isinstance(error, Conflict) else [],
        "closed": now is not None and selectors.month_closed(register, now, request.today),
        "number": now.number if now and fresh else request.POST.get("number", ""),
    }  # fmt: skip
    return render(request, "portal/work/registers/form.html", context, status=422 if error else 200)


def _both(register: Register, error: Conflict, request: Asking) -> list[dict[str, Any]]:
    rows = [one.values for one in (error.now,)]
    titles = selectors.titles(register, rows, request.today)
    return [
        {
            "column": one.column, "title": shown.title(one.column),
            "before": shown.cell(one.column, one.before, titles, clear=True),
            "theirs": shown.cell(one.column, one.theirs, titles, clear=True),
            "yours": shown.cell(one.column, one.yours, titles, clear=True),
        }
        for one in error.differences
    ]  # fmt: skip


def _by_column(register: Register, faults: tuple[Fault, ...] | list[Fault]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fault in faults:
        for column in register.columns:
            if column.title in fault.where.split("、"):
                words = f"{fault.what}{f'（{fault.rule}）' if fault.rule else ''}"
                found[column.id] = f"{found[column.id]}；{words}" if column.id in found else words
    return found


def _sections(
    request: Asking, register: Register, texts: dict[str, str], wrong: dict[str, str]
) -> list[dict[str, Any]]:
    """The fields of the form in the groups of the entry."""
    found: dict[str, list[dict[str, Any]]] = {}
    for column in register.columns:
        if not selectors.sees_column(column, request.actor):
            continue
        text = texts.get(column.id, "")
        parts = text.split("、") if column.several else [text]
        choices = [(code, title, code in parts or title in parts) for code, title in column.codes.items()]
        may = not column.write or request.actor.has(*column.write)
        found.setdefault(column.section, []).append(
            {
                "column": column,
                "title": shown.title(column),
                "text": text,
                "choices": choices,
                "wrong": wrong.get(column.id, ""),
                "may": may,
            }
        )
    return [{"title": title, "fields": fields} for title, fields in found.items()]


@page(*WRITE)
@require_POST
def check(request: Asking, id: str) -> HttpResponse:
    """What is wrong with what was typed so far, beside each field; blanks are not asked for yet."""
    register = opened(request, id)
    texts = {**_typed(request, register)}
    _, faults = services.filled(register=register, texts=texts, on=request.today, blank=False)
    wrong = _by_column(register, faults)
    context = {"marks": [(column.id, wrong.get(column.id, "")) for column in register.columns]}
    return render(request, "portal/work/registers/_marks.html", context)


def _typed(request: Asking, register: Register) -> dict[str, str]:
    texts = {}
    for column in register.columns:
        given = request.POST.getlist(f"v_{column.id}")
        if column.type not in ("file", "person"):
            texts[column.id] = ("、".join(given) if column.several else (given[0] if given else ""))[:4000]
    return texts


@page(*WRITE)
@require_POST
def act(request: Asking, id: str, row_id: UUID) -> HttpResponse:
    """Remove a row, or put it back; both with a reason."""
    register = opened(request, id)
    found_row(request, register, row_id)
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise NotFound(t("版本号无法识别", "Bad version"), where="number")
    verb = {"remove": services.remove, "restore": services.restore}.get(request.POST.get("do", ""))
    if verb is None:
        raise NotFound(t("没有这个操作", "No such act"), where="do")
    verb(
        register=register,
        row_id=row_id,
        number=int(number),
        by=request.actor,
        on=request.today,
        why=_why(request),
    )
    messages.success(request, t("已办理，可撤回。", "Done; it can be undone."), extra_tags="good")
    return redirect("portal:register_row", register.id, row_id)


@page(*LOOK)
def attachment(request: Asking, id: str, row_id: UUID, column_id: str) -> HttpResponse:
    """A file of a row, as a download."""
    register = opened(request, id)
    now = found_row(request, register, row_id)
    column = register.column(column_id)
    if (
        column is None
        or column.type != "file"
        or not selectors.sees_column(column, request.actor)
        or not now.values[column_id]
    ):
        raise NotFound(t("没有这个附件", "No such file"), where=column_id[:40])
    kept = StoredFile.objects.get(pk=now.values[column_id])
    return as_file(files.read(kept), kept.name, "application/octet-stream")
