"""Lists of rows: filtered by what the entry declares, sorted, a page at a time by key, counted up to a cap."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from kangcheng.base.accounts.types import Actor
from kangcheng.base.subqueries import as_sql
from kangcheng.kernel.errors import KangchengError
from kangcheng.work.registers import reach
from kangcheng.work.registers.models import RegisterRow
from kangcheng.work.registers.rules.lake import derived_sql, formula_sql
from kangcheng.work.registers.selectors.known import known_rows
from kangcheng.work.registers.selectors.rows import row_of
from kangcheng.work.registers.selectors.which import registers
from kangcheng.work.registers.types import Asked, Column, Derived, Register, Row

MOST_COUNT = 10_000
MOST_EVERY = 200_000
WORDS = ("code", "flag", "area", "institution", "reference", "person", "time", "text")


class AskedWrongly(KangchengError):
    """A filter, a sort or a cursor cannot be read."""


@dataclass(frozen=True)
class Page:
    """One page: its rows, the cursor of the next (or ""), the number of rows (capped) and whether there are more."""

    rows: list[Row]
    next: str
    count: int
    capped: bool


def page(register: Register, asked: Asked, by: Actor, *, size: int = 50) -> Page:
    """The page after `asked.after`. Raises NotPermitted; what the actor may not see is neither listed nor counted."""
    reach.require_look(register, by)
    if asked.known is not None:
        return _page_known(register, asked, by, size)
    found = _narrowed(register, asked, by)
    count, ids = _met(found, asked, size, walked=len(_combined(register, asked)) > 1)
    if ids is not None:  # all that match are in hand: no plan can go wrong over them
        window = list(_paged(register, RegisterRow.objects.filter(pk__in=ids), asked)[: size + 1])
    else:
        with _steered(*([] if asked.sort else ["enable_sort"])):
            window = list(_paged(register, found, asked)[: size + 1])
    rows = [row_of(register, one) for one in window[:size]]
    after = _cursor(window[size - 1], asked.sort) if len(window) > size else ""
    return Page(rows, after, min(count, MOST_COUNT), count > MOST_COUNT)


def _met(found: QuerySet[Any], asked: Asked, size: int, *, walked: bool) -> tuple[int, list[UUID] | None]:
    """How many rows match, up to one more than MOST_COUNT, and the ids the page is made of; None when too many match.

    `walked`: along the combined index, newest first, which never takes longer than its own length.
    """
    some = (found.order_by("-pk") if walked else found.order_by()).values("pk")[: MOST_COUNT + 1]
    sql, params = as_sql(some)
    below = None if asked.sort else _read_cursor(asked.after).get("id")
    most = MOST_COUNT if asked.sort else size + 1
    page = "(array_agg(id ORDER BY id DESC) FILTER (WHERE %s::uuid IS NULL OR id < %s::uuid))[1:%s]"
    ask = f"SELECT count(*), CASE WHEN count(*) <= {MOST_COUNT} THEN coalesce({page}, '{{}}') END FROM ({sql}) met (id)"  # noqa: S608
    with (
        _steered("enable_bitmapscan", *(["enable_sort"] if walked else [])),
        connection.cursor() as cursor,
    ):
        cursor.execute(ask, [below, below, most, *params])
        count, ids = cursor.fetchone()
    return count, ids


@contextmanager
def _steered(*settings: str) -> Iterator[None]:
    """Plan what is asked inside without bitmaps or sorts: over many matches the first rows are met soonest by walking an index.

    The planner cannot know how many rows a value of a JSON column holds, and guesses half a percent.
    """
    if not settings:
        yield
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for setting in settings:
            cursor.execute(f"SET LOCAL {setting} = off")
        yield
        for setting in settings:
            cursor.execute(f"SET LOCAL {setting} = on")


def counts(by: Actor) -> dict[str, int]:
    """Register -> number of rows within reach, of those the actor may open; capped at MOST_COUNT."""
    found = {}
    for register in registers().values():
        if reach.may_look(register, by):
            rows = RegisterRow.objects.filter(reach.seen(register, by), register=register.id, removed=False)
            found[register.id] = rows[:MOST_COUNT].count()
    return found


def every(register: Register, asked: Asked, by: Actor, *, most: int = MOST_EVERY) -> Iterator[Row]:
    """All rows of the list, for export."""
    reach.require_look(register, by)
    if asked.known is not None:
        return iter(known_rows(register, asked, by)[:most])
    found = _paged(register, _narrowed(register, asked, by), replace(asked, after=""))[:most]
    return (row_of(register, one) for one in found.iterator(chunk_size=2000))


def _page_known(register: Register, asked: Asked, by: Actor, size: int) -> Page:
    rows = known_rows(register, asked, by)
    start = int(asked.after) if asked.after.isascii() and asked.after.isdigit() else 0
    after = str(start + size) if len(rows) > start + size else ""
    return Page(rows[start : start + size], after, min(len(rows), MOST_COUNT), len(rows) > MOST_COUNT)


def _narrowed(register: Register, asked: Asked, by: Actor) -> QuerySet[Any]:
    found = RegisterRow.objects.filter(reach.seen(register, by), register=register.id, removed=False)
    if asked.area:
        found = found.filter(area_code__startswith=asked.area)
    if asked.as_of and register.valid_from:
        found = found.filter(Q(valid_to=None) | Q(valid_to__gt=asked.as_of), valid_from__lte=asked.as_of)
    elif asked.as_of and register.when:
        found = found.filter(when_on__lte=asked.as_of)
    chosen = _combined(register, asked)
    walked = chosen if len(chosen) > 1 else set()
    for name, value in asked.filters.items():
        column = _column(register, name)
        if isinstance(column, Column) and (column.personal or not reach.sees_column(column, by)):
            raise AskedWrongly("不能按这一列筛选 (no filter on this column)", where=name)
        condition, params = _condition(register, column, value, combined=name in walked)
        if condition:
            found = found.extra(where=[condition], params=params)  # noqa: S610  names of checked entries only
    return found


def _column(register: Register, name: str) -> Column | Derived:
    column = register.column(name) or next((one for one in register.derived if one.id == name), None)
    if column is None:
        raise AskedWrongly("没有这一列 (no such column)", where=name[:64])
    return column


def _combined(register: Register, asked: Asked) -> set[str]:
    """The columns asked for that the register's combined index holds."""
    return {column.id for column in register.combined if column.id in asked.filters}


def expression(column: Column) -> str:
    """The indexed SQL of a column, over the table's own name."""
    text = f"(work_registerrow.data ->> '{column.id}')"
    return f"({text}::numeric)" if column.type in ("number", "money") else text


def _condition(
    register: Register, column: Column | Derived, value: Any, *, combined: bool
) -> tuple[str, list[Any]]:
    if combined and isinstance(
        column, Column
    ):  # written as in the combined index, so that no other one serves
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return f"coalesce(work_registerrow.data ->> '{column.id}', '') = %s", [text]
    if isinstance(column, Derived):
        text = formula_sql(register)[column.id].replace("r.data", "work_registerrow.data").replace("%", "%%")
        return _compared(f"({derived_sql(column, text)})", column.type, value)
    if column.several:
        return f"(work_registerrow.data -> '{column.id}') @> %s::jsonb", [json.dumps([value])]
    return _compared(expression(column), column.type, value)


def _compared(sql: str, type_: str, value: Any) -> tuple[str, list[Any]]:
    if isinstance(value, tuple):
        low, high = value
        parts = [(f"{sql} >= %s", low), (f"{sql} <= %s", high)]
        kept = [(part, _plain(type_, one)) for part, one in parts if one is not None]
        return " AND ".join(part for part, _ in kept), [one for _, one in kept]
    if type_ == "area":
        return f"{sql} LIKE %s", [f"{str(value).replace('%', '').replace('_', '')}%"]
    if type_ == "text":
        safe = str(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{sql} LIKE %s", [f"{safe}%"]
    if isinstance(value, bool):
        return (
            (f"{sql}", [])
            if type_ == "flag" and "coalesce" in sql and value
            else (f"{sql} = %s", [_flag(sql, value)])
        )
    return f"{sql} = %s", [_plain(type_, value)]


def _flag(sql: str, value: bool) -> Any:
    return value if "coalesce" in sql else str(value).lower()


def _plain(type_: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Fraction) else value


def _paged(register: Register, found: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    if not asked.sort:
        after = _read_cursor(asked.after)
        found = found.filter(pk__lt=UUID(after["id"])) if after else found
        return found.order_by("-pk")
    down, name = asked.sort.startswith("-"), asked.sort.lstrip("-")
    column = register.column(name)
    if column is None or column.personal or column.several:
        raise AskedWrongly("不能按这一列排序 (no sort by this column)", where=name[:64])
    sql = f"coalesce({expression(column)}, {_lowest(column)})"
    found = found.annotate(sorted_by=RawSQL(sql, []))  # noqa: S611  names of checked entries only
    after = _read_cursor(asked.after)
    if after:
        sign = "<" if down else ">"
        found = found.extra(  # noqa: S610
            where=[f"({sql}, work_registerrow.id) {sign} (%s, %s)"], params=[after["v"], after["id"]]
        )
    return found.order_by("-sorted_by" if down else "sorted_by", "-pk" if down else "pk")


def _lowest(column: Column) -> str:
    return "-1e30" if column.type in ("number", "money") else "''"


def _cursor(row: Any, sort: str) -> str:
    value = getattr(row, "sorted_by", None)
    words = json.dumps({"id": str(row.pk), "v": str(value) if value is not None and sort else None})
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(text[:2000] + "=" * (-len(text) % 4)))
        UUID(found["id"])
    except (ValueError, TypeError, KeyError):
        raise AskedWrongly("翻页位置无法识别 (bad cursor)", todo="从第一页重新翻") from None
    return dict(found)


def explain(register: Register, asked: Asked, by: Actor) -> str:
    """The plan of the list, for the bench."""
    sql, params = _paged(register, _narrowed(register, asked, by), asked)[:51].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
        return "\n".join(row[0] for row in cursor.fetchall())
