# ruff: noqa: B008  the framework reads parameters from defaults
# mypy: disable-error-code="type-arg"
"""Registers as JSON: which there are, rows by page, one with its history, writing with If-Match, and the sheet."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, Field, Header, Query, Router, Schema, Status

from kangcheng.base import sheets
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import mask_name
from kangcheng.kernel.money import yuan
from kangcheng.kernel.units import parse_number
from kangcheng.work.registers import selectors, services
from kangcheng.work.registers.types import Asked, Column, Register, Row

router = Router(tags=["registers"])
MOST = 200
LONGEST = 4000


class WrongRequest(Faults):
    """The request cannot be understood."""


class ColumnOut(Schema):
    id: str
    title: str
    title_en: str
    type: str
    unit: str
    required: bool
    personal: bool
    filter: bool
    codes: dict[str, str]


class RegisterOut(Schema):
    id: str
    title: str
    title_en: str
    module: str
    clauses: list[str]
    key: list[str]
    columns: list[ColumnOut]


class RowOut(Schema):
    id: UUID
    version: int
    values: dict[str, str | bool | list[str] | None]
    derived: dict[str, str | bool | None]
    area_code: str
    institution_id: UUID | None
    removed: bool
    action: str
    by: str
    on: date
    why: str
    at: datetime


class PageOut(Schema):
    rows: list[RowOut]
    next: str
    count: int
    more_than_count: bool


class RowIn(Schema):
    values: dict[str, str | bool | list[str] | None]
    why: str = ""


class Problem(Schema):
    what: str
    where: str = ""
    rule: str = ""
    todo: str = ""
    faults: list[dict[str, str]] = Field(default_factory=list)
    conflict: list[dict[str, Any]] = Field(default_factory=list)


REFUSED = {401: Problem, 403: Problem, 404: Problem, 412: Problem, 422: Problem, 428: Problem}


def _register(request: HttpRequest, id: str) -> tuple[Register, Actor, date]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    register = selectors.get_register(id)
    if not selectors.may_look(register, actor):
        raise selectors.NoSuchRegister("没有您能查看的这本台账 (no such register)", where=id[:64])
    return register, actor, timezone.localdate()


@router.get("/registers", response={200: list[RegisterOut], **REFUSED})
def registers(request: HttpRequest) -> Any:
    """Every register the caller may look into."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return [
        _described(one, actor) for one in selectors.registers().values() if selectors.may_look(one, actor)
    ]


@router.get("/registers/{id}", response={200: RegisterOut, **REFUSED})
def register(request: HttpRequest, id: str) -> Any:
    """One register: its columns and its key."""
    found, actor, _ = _register(request, id)
    return _described(found, actor)


def _described(one: Register, actor: Actor) -> dict[str, Any]:
    columns = [column for column in one.columns if selectors.sees_column(column, actor)]
    return {
        "id": one.id, "title": one.title, "title_en": one.title_en, "module": one.module, "clauses": list(one.clauses),
        "key": list(one.key), "columns": [_column(column) for column in columns],
    }  # fmt: skip


def _column(column: Column) -> dict[str, Any]:
    return {
        "id": column.id, "title": column.title, "title_en": column.title_en, "type": column.type, "unit": column.unit,
        "required": column.required, "personal": column.personal, "filter": column.filter, "codes": dict(column.codes),
    }  # fmt: skip


@router.get("/registers/{id}/rows", response={200: PageOut, **REFUSED})
def rows(
    request: HttpRequest, id: str, size: int = Query(50, ge=1, le=MOST), after: str = Query("", max_length=2000),
    sort: str = Query("", max_length=41), as_of: date | None = None, known: date | None = None,
    filter: list[str] = Query([], description="column=value; column>=value, column<=value for days, numbers and money"),
) -> Any:  # fmt: skip
    """A page of rows; `next` is the `after` of the next one. Rows out of the caller's reach are neither listed nor counted."""
    found, actor, today = _register(request, id)
    page = selectors.page(found, _asked(found, filter, sort, after, as_of, known), actor, size=size)
    return {
        "rows": [_row(found, row, actor, today) for row in page.rows], "next": page.next, "count": page.count,
        "more_than_count": page.capped,
    }  # fmt: skip


def _asked(
    register: Register, filters: list[str], sort: str, after: str, as_of: date | None, known: date | None
) -> Asked:
    moment = timezone.make_aware(datetime.combine(known, time.max)) if known else None
    return Asked(_filters(register, filters), sort, after, as_of, moment)


def _filters(register: Register, given: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given[:20]:
        sign = next((sign for sign in (">=", "<=", "=") if sign in text), "")
        name, _, word = text.partition(sign) if sign else (text, "", "")
        column = register.column(name)
        kind = column.type if column else next((one.type for one in register.derived if one.id == name), "")
        if not sign or not kind:
            raise selectors.AskedWrongly(
                "筛选写错了 (bad filter)", where=text[:60], rule="列=值、列>=值、列<=值"
            )
        value = _typed(kind, word)
        low, high = found.get(name, (None, None)) if sign != "=" else (value, value)
        ranged = (value if sign == ">=" else low, value if sign == "<=" else high)
        found[name] = ranged if kind in ("date", "number", "money") else value
    return found


def _typed(kind: str, word: str) -> Any:
    from kangcheng.kernel.money import parse_yuan

    if kind == "flag":
        return word in ("yes", "true", "是")
    return {"date": parse_date, "number": parse_number, "money": parse_yuan}.get(kind, str)(word[:200])


def _row(register: Register, row: Row, actor: Actor, today: date) -> dict[str, Any]:
    clear = selectors.writes_here(register, actor, row.area_code, row.institution_id)
    values = {
        column.id: _out(column.type, row.values.get(column.id), masked=column.personal and not clear)
        for column in register.columns
        if selectors.sees_column(column, actor)
    }
    derived = selectors.derived(register, row, today)
    types = {one.id: one.type for one in register.derived} | {"kept_until": "date"}
    return {
        "id": row.id, "version": row.number, "values": values,
        "derived": {name: _out(types[name], value) for name, value in derived.items()}, "area_code": row.area_code,
        "institution_id": row.institution_id, "removed": row.removed, "action": row.action, "by": row.by_name, "on": row.on,
        "why": row.why, "at": row.at,
    }  # fmt: skip


def _out(kind: str, value: Any, *, masked: bool = False) -> Any:
    """A value as JSON: numbers and yuan as text, days in ISO form, codes and ids as they are."""
    if value is None or isinstance(value, bool):
        return value
    if masked:
        return mask_name(str(value))
    if kind == "money":
        return yuan(value)
    return selectors.json_value(kind, value)


@router.get("/registers/{id}/rows/{row_id}", response={200: RowOut, **REFUSED})
def row(request: HttpRequest, response: HttpResponse, id: str, row_id: UUID) -> Any:
    """One row; its ETag is its version."""
    found, actor, today = _register(request, id)
    now = selectors.get(row_id, actor, register=found)
    response["ETag"] = f'"{now.number}"'
    return _row(found, now, actor, today)


@router.get("/registers/{id}/rows/{row_id}/history", response={200: list[RowOut], **REFUSED})
def history(request: HttpRequest, id: str, row_id: UUID) -> Any:
    """Every version of a row, newest first."""
    found, actor, today = _register(request, id)
    now = selectors.get(row_id, actor, register=found)
    return [_row(found, one, actor, today) for one in selectors.history(found, now)]


@router.post("/registers/{id}/rows", response={201: RowOut, **REFUSED})
def create(request: HttpRequest, id: str, given: RowIn = Body(...)) -> Any:
    """A new row."""
    found, actor, today = _register(request, id)
    values = _values(found, given, today, whole=True)
    row_id = services.create(register=found, values=values, by=actor, on=today, why=given.why[:500])
    return Status(201, _row(found, selectors.get(row_id, actor), actor, today))


@router.patch("/registers/{id}/rows/{row_id}", response={200: RowOut, **REFUSED})
def change(
    request: HttpRequest,
    id: str,
    row_id: UUID,
    given: RowIn = Body(...),
    if_match: str = Header("", alias="If-Match"),
) -> Any:
    """Set the columns given. What others changed meanwhile elsewhere in the row stays; the same columns answer 412 with both."""
    found, actor, today = _register(request, id)
    now = selectors.get(row_id, actor, register=found)
    values = _values(found, given, today, whole=False)
    verb = services.adjust if selectors.month_closed(found, now, today) else services.change
    verb(
        register=found,
        row_id=row_id,
        number=_version(if_match),
        values=values,
        by=actor,
        on=today,
        why=given.why[:500],
    )
    return _row(found, selectors.get(row_id, actor), actor, today)


@router.delete("/registers/{id}/rows/{row_id}", response={200: RowOut, **REFUSED})
def remove(
    request: HttpRequest, id: str, row_id: UUID, why: str = Query("", max_length=500),
    if_match: str = Header("", alias="If-Match"),
) -> Any:  # fmt: skip
    """Take a row off the register, with its reason."""
    found, actor, today = _register(request, id)
    services.remove(register=found, row_id=row_id, number=_version(if_match), by=actor, on=today, why=why)
    return _row(found, selectors.get(row_id, actor), actor, today)


class NoVersion(selectors.AskedWrongly):
    """If-Match is missing, or no version."""


def _version(text: str) -> int:
    number = text.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise NoVersion("须写 If-Match (If-Match is needed)", where="If-Match", rule='行的版本，如 "3"')
    return int(number)


def _values(register: Register, given: RowIn, today: date, *, whole: bool) -> dict[str, Any]:
    texts = {name: _text(value) for name, value in given.values.items()}
    values, faults = services.filled(register=register, texts=texts, on=today, blank=whole)
    if faults:
        raise Faults(faults, where=register.id, todo="改正后重试")
    return values if whole else {name: values[name] for name in given.values}


def _text(value: str | bool | list[str] | None) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return ("、".join(value) if isinstance(value, list) else value or "")[:LONGEST]


@router.get("/registers/{id}/export", response={200: None, **REFUSED}, url_name="register_export")
def export(request: HttpRequest, id: str) -> Any:
    """The rows within reach as .xlsx, personal columns masked; the taking is audited."""
    found, actor, today = _register(request, id)
    columns = [column for column in found.columns if selectors.sees_column(column, actor)]
    lines = [
        [_cell(column, row.values.get(column.id)) for column in columns]
        for row in selectors.every(found, Asked(), actor)
    ]
    with acting(by=actor, on=today, why="", action="list.export"):
        record(
            action="list.export", subject=f"list:{found.id}", by=actor, on=today, detail={"rows": len(lines)}
        )
    data = sheets.write_sheet(lines, [column.title for column in columns], title=found.title)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{found.id}.xlsx"'}
    )


def _cell(column: Column, value: Any) -> str:
    found = _out(column.type, value, masked=column.personal)
    return "、".join(found) if isinstance(found, list) else "" if found is None else str(found)
