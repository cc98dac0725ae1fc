"""Every list of the portal: columns with sort and filter, paging with a capped count, spreadsheet export, an empty state.

A page gives a queryset (or a plain sequence of mappings) and its columns; everything a reader expects of a list comes
from here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone

from kangcheng.base import sheets
from kangcheng.base.audit import acting, record
from kangcheng.portal.doors import Asking
from kangcheng.portal.words import Words, t

PAGE = 50
COUNT_CAP = 10_000  # beyond this a list says "more than 10,000": counting millions of rows helps nobody
EXPORT_CAP = 50_000


@dataclass(frozen=True)
class Column:
    """One column. `source` is an attribute path or a function of the row; `order` the database field to sort by."""

    name: str
    title: Words
    kind: str = (
        "text"  # text, yuan, official, day, moment, number, percent, tag, mono, code (mono on one line)
    )
    source: str | Callable[[Any], Any] = ""
    order: str = ""
    link: Callable[[Any], str | None] | None = None
    tone: Callable[[Any], str] | None = None  # tag colour: good, warn, bad, info

    def value(self, row: Any) -> Any:
        """What the cell holds for `row`."""
        source = self.source or self.name
        if callable(source):
            return source(row)
        for part in source.split("."):
            row = row.get(part) if isinstance(row, dict) else getattr(row, part, None)
        return row


@dataclass(frozen=True)
class Filter:
    """One filter above the list. `lookup` is a database lookup or a function queryset, text -> queryset."""

    name: str
    title: Words
    lookup: str | Callable[[Any, str], Any]
    choices: Sequence[tuple[str, Any]] = ()
    kind: str = "text"  # text, choice, day
    help: Words | None = None


@dataclass
class Listing:
    """A list ready to be shown by `portal/_list.html`."""

    columns: Sequence[Column]
    filters: Sequence[Filter]
    rows: list[Any]
    page: int
    more: bool
    count: int
    capped: bool
    sort: str
    values: dict[str, str]
    empty: Words
    export: bool = True
    foot: dict[str, Any] = field(default_factory=dict)

    @property
    def cells(self) -> list[list[dict[str, Any]]]:
        """Rows as dictionaries of value, kind, link and tone."""
        return [[_cell(column, row) for column in self.columns] for row in self.rows]

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Column heads with the sort that a click asks for."""
        return [
            {
                "title": column.title,
                "kind": column.kind,
                "sort": _next_sort(column, self.sort) if column.order else "",
                "direction": {column.name: "ascending", f"-{column.name}": "descending"}.get(self.sort, ""),
            }
            for column in self.columns
        ]

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1."""
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return (self.page - 1) * PAGE + len(self.rows)


def _cell(column: Column, row: Any) -> dict[str, Any]:
    return {
        "value": column.value(row),
        "kind": column.kind,
        "link": column.link(row) if column.link else None,
        "tone": column.tone(row) if column.tone else "",
    }


def _next_sort(column: Column, current: str) -> str:
    return f"-{column.name}" if current == column.name else column.name


def listing(
    request: Asking,
    rows: Any,
    columns: Sequence[Column],
    *,
    filters: Sequence[Filter] = (),
    sort: str = "",
    empty: Words | None = None,
    export: bool = True,
) -> Listing:
    """Filter, sort and page `rows` (a queryset, or a sequence that is already complete) as the query string asks."""
    values = {f.name: request.GET.get(f.name, "").strip()[:200] for f in filters}
    found = narrowed(rows, filters, values)
    order = request.GET.get("sort") or sort
    found = ordered(found, columns, order)
    page = _page_number(request.GET.get("page"))
    window = list(found[(page - 1) * PAGE : page * PAGE + 1])
    count, capped = _count(found)
    return Listing(
        columns, filters, window[:PAGE], page, len(window) > PAGE, count, capped, order, values,
        empty or Words("没有符合条件的记录", "Nothing matches"), export,
    )  # fmt: skip


def narrowed(rows: Any, filters: Sequence[Filter], values: dict[str, str]) -> Any:
    """`rows` with every filled filter applied."""
    for f in filters:
        text = values[f.name]
        if not text or (f.choices and text not in {str(code) for code, _ in f.choices}):
            continue
        if callable(f.lookup):
            rows = f.lookup(rows, text)
        elif isinstance(rows, QuerySet):
            rows = rows.filter(_condition(f, text))
        else:
            rows = [row for row in rows if text in str(row.get(f.lookup, ""))]
    return rows


def _condition(f: Filter, text: str) -> Q:
    if f.kind == "day":
        try:
            return Q(**{str(f.lookup): date.fromisoformat(text)})
        except ValueError:
            return Q(pk__in=[])
    return Q(**{str(f.lookup): text})


def ordered(rows: Any, columns: Sequence[Column], order: str) -> Any:
    """`rows` sorted by the named column; an unknown name is ignored."""
    name = order.lstrip("-")
    column = next((c for c in columns if c.name == name and c.order), None)
    if column is None:
        return rows
    if isinstance(rows, QuerySet):
        return rows.order_by(("-" if order.startswith("-") else "") + column.order, "pk")
    return sorted(
        rows, key=lambda row: (column.value(row) is None, column.value(row)), reverse=order.startswith("-")
    )


def _page_number(text: str | None) -> int:
    return (
        min(max(int(text), 1), 10_000) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1
    )


def _count(rows: Any) -> tuple[int, bool]:
    if isinstance(rows, QuerySet):
        count = rows.order_by()[: COUNT_CAP + 1].count()
        return min(count, COUNT_CAP), count > COUNT_CAP
    return len(rows), False


def wants_sheet(request: Asking) -> bool:
    """True when the export button was pressed."""
    return request.GET.get("export") == "xlsx"


def sheet(
    request: Asking,
    rows: Any,
    columns: Sequence[Column],
    *,
    filters: Sequence[Filter] = (),
    sort: str = "",
    name: str,
) -> HttpResponse:
    """The whole filtered list as .xlsx, its last line and footer saying who took it and when; the taking is audited."""
    values = {f.name: request.GET.get(f.name, "").strip()[:200] for f in filters}
    found = ordered(narrowed(rows, filters, values), columns, request.GET.get("sort") or sort)
    mark = t("导出人", "Taken by") + f" {request.user.display_name} {timezone.localtime():%Y-%m-%d %H:%M}"
    rows_ = [[_plain(c, c.value(row)) for c in columns] for row in _first(found)]
    # Which filters were filled is kept, not their words: somebody may have typed a name.
    taken(request, name, rows=len(rows_), filters=sorted(key for key, text in values.items() if text))
    data = sheets.write_sheet([*rows_, [mark]], [str(c.title) for c in columns], title=name, note=mark)
    return as_file(data, f"{name}.xlsx")


def taken(request: Asking, name: str, *, rows: int, filters: Sequence[str] = ()) -> None:
    """Audit that a list leaves the house as a file."""
    by, on = request.actor, request.today
    with acting(by=by, on=on, why="", action="list.export"):
        detail = {"rows": rows, "filters": list(filters)}
        record(action="list.export", subject=f"list:{name}", by=by, on=on, detail=detail)


def _first(rows: Any) -> Iterable[Any]:
    return rows[:EXPORT_CAP]


def _plain(column: Column, value: Any) -> Any:
    if value is None:
        return ""
    if column.kind in ("yuan", "official"):
        return value / 100
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value if isinstance(value, int | float | date) else str(value)


def as_file(
    data: bytes, name: str, kind: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
) -> HttpResponse:
    """A download; the name may hold Chinese."""
    from urllib.parse import quote

    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
