"""Run searches. Whoever may not see a row (`Context.within`) never meets it: in rows, totals, chains or includes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from kangcheng.records import statements
from kangcheng.records.definitions.selectors import parameters_of
from kangcheng.records.search.expressions import compiled
from kangcheng.records.search.index import main_date
from kangcheng.records.search.marks import key, refers
from kangcheng.records.search.selectors.conditions import Context, both, condition, reverse
from kangcheng.records.search.selectors.query import Include, Query, Test, cursor
from kangcheng.records.search.types import Answer, Found, SearchError, Sql
from kangcheng.records.texts import read

ROW = "{a}.id, {a}.type, {a}.logical_id, {a}.version, {a}.subject_id, {a}.segment, {a}.body::text"
MOST_INCLUDED = 1000
MOST_ROUNDS = 5  # of :iterate
LAST_TEXT = "\U0010ffff"


def run(query: Query, context: Context) -> Answer:
    """One page: the rows that match, and with them those included."""
    found = _where(query, context)
    sorting = [_sort_of(query.type, code) for code, _ in query.sort]
    rows = _page(query, found, sorting)
    more = len(rows) > query.count
    rows = rows[: query.count]
    matched = [Found(*row[:7]) for row in rows]
    total = _total(query, found, len(rows), more)
    last = cursor([*rows[-1][7:], str(rows[-1][0])]) if more and rows else None
    included = _included(query, matched, context)
    return Answer((*matched, *included), total, last, tuple(query.ignored))


def count(query: Query, context: Context) -> int:
    """How many match."""
    return _count(_where(query, context))


def referring(test: Test, context: Context) -> list[UUID]:
    """The residents of the resources that `_has` asks for: for types kept outside the store."""
    there = context.alias()
    source, _, sql, given = reverse(test, there, context)
    statement = (
        f"SELECT DISTINCT {there}.subject_id FROM records_resource {there} WHERE {there}.type = %s "  # noqa: S608
        f"AND NOT {there}.deleted AND {there}.subject_id IS NOT NULL AND {sql}"
    )
    return [row[0] for row in statements.rows(statement, [source, *given])]


def referred(rows: Iterable[Found], includes: Sequence[Include]) -> set[tuple[str, str]]:
    """(type, id) that the rows refer to over the parameters of `includes`."""
    found: set[tuple[str, str]] = set()
    for row in rows:
        wanted = [one for one in includes if one.source == row.type]
        if wanted:
            found |= _references(row, wanted)
    return found


def _references(row: Found, wanted: Sequence[Include]) -> set[tuple[str, str]]:
    resource, known = read(row.body), parameters_of(row.type)
    found = set()
    for one in wanted:
        codes = (
            [code for code, p in known.items() if p.kind == "reference"] if one.code == "*" else [one.code]
        )
        for value in (value for code in codes for value in compiled(row.type, code)(resource)):
            text = value.get("reference") if isinstance(value, dict) else None
            kind, _, logical_id = (
                text.split("/_history/")[0].rpartition("/") if isinstance(text, str) else ("", "", "")
            )
            if kind.isalpha() and (not one.target or kind == one.target):
                found.add((kind, logical_id))
    return found


def fetch(wanted: Iterable[tuple[str, str]], context: Context, mode: str = "include") -> list[Found]:
    """Those of the (type, id) that may be seen."""
    pairs = sorted(wanted)[:MOST_INCLUDED]
    if not pairs:
        return []
    seen = context.within("a")
    statement = (
        f"SELECT {ROW.format(a='a')} FROM records_resource a WHERE (a.type, a.logical_id) IN "  # noqa: S608
        f"(SELECT * FROM unnest(%s::text[], %s::text[])) AND NOT a.deleted AND {seen[0]}"
    )
    return _found(statement, [[kind for kind, _ in pairs], [one for _, one in pairs], *seen[1]], mode)


def _where(query: Query, context: Context) -> Sql:
    conditions = [condition(query.type, "a", test, context) for test in query.tests]
    found, given = both([*conditions, context.within("a")])
    return f"a.type = %s AND NOT a.deleted AND {found}", [query.type, *given]


def _page(query: Query, found: Sql, sorting: list[Sql]) -> list[Any]:
    if query.count == 0:
        return []
    columns = "".join(f", {sql}" for sql, _ in sorting)
    order = ", ".join(f"{at + 8} {'DESC' if query.sort[at][1] else 'ASC'}" for at in range(len(sorting)))
    where, given = found
    if query.after is not None:
        after = _beyond(query, sorting)
        where, given = f"{where} AND {after[0]}", [*given, *after[1]]
    statement = (
        f"SELECT {ROW.format(a='a')}{columns} FROM records_resource a WHERE {where} "  # noqa: S608
        f"ORDER BY {order + ', ' if order else ''}a.id LIMIT %s"
    )
    bound = [*(one for _, held in sorting for one in held), *given, query.count + 1]
    return statements.rows(statement, bound)


def _beyond(query: Query, sorting: list[Sql]) -> Sql:
    """Rows after the cursor: later in the first key, or the same there and later in the next ..."""
    after = query.after or []
    if len(after) != len(sorting) + 1:
        raise SearchError("翻页标记与排序不符 (page of another search)", where="_after", todo="从第一页起")
    try:
        UUID(str(after[-1]))
    except ValueError as error:
        raise SearchError(
            "翻页标记无法识别 (not a page of ours)", where="_after", todo="从第一页起"
        ) from error
    keys = [*zip(sorting, [descending for _, descending in query.sort], strict=True), (("a.id", []), False)]
    ways, same = [], list[Sql]()
    for ((sql, held), descending), value in zip(keys, after, strict=True):
        ways.append(both([*same, (f"{sql} {'<' if descending else '>'} %s", [*held, value])]))
        same.append((f"{sql} = %s", [*held, value]))
    return both(ways, "OR")


def _sort_of(kind: str, code: str) -> Sql:
    """The value rows are sorted by; rows without one come as the largest."""
    if code == "_id":
        return "a.logical_id", []
    if code == "_lastUpdated":
        return "a.written_at", []
    known = parameters_of(kind).get(code)
    if known is None or known.kind not in ("date", "string", "number", "quantity"):
        raise SearchError(
            f"不能按此排序 (cannot sort by) {code[:64]!r}",
            where="_sort",
            rule="日期、文本、数值、_id、_lastUpdated",
        )
    if code == main_date(kind):
        return "COALESCE(a.starts, '9999-01-01'::timestamptz)", []
    table, column, last = {
        "date": ("records_spanvalue", "min(v.starts)", "'9999-01-01'::timestamptz"),
        "string": ("records_textvalue", "min(v.plain_text)", f"'{LAST_TEXT}'"),
    }.get(known.kind, ("records_numbervalue", "min(v.value)", "1e39"))
    held = f"(SELECT COALESCE({column}, {last}) FROM {table} v WHERE v.resource_id = a.id AND v.key = %s)"  # noqa: S608
    return held, [key(kind, code)]


def _total(query: Query, found: Sql, held: int, more: bool) -> int | None:
    if query.after is None and not more and query.count:
        return held
    return _count(found) if query.total != "none" or query.count == 0 else None


def _count(found: Sql) -> int:
    return int(statements.rows(f"SELECT count(*) FROM records_resource a WHERE {found[0]}", found[1])[0][0])  # noqa: S608


def _included(query: Query, matched: list[Found], context: Context) -> list[Found]:
    have = {(row.type, row.logical_id) for row in matched}
    fresh, found, rounds = list(matched), list[Found](), 0
    while fresh and len(found) < MOST_INCLUDED and rounds < MOST_ROUNDS:
        again = rounds > 0
        wanted = referred(fresh, [one for one in query.includes if one.iterate or not again]) - have
        rows = fetch(wanted, context)
        rows += _referring_to(fresh, [one for one in query.revincludes if one.iterate or not again], context)
        fresh = [
            row
            for row in {(r.type, r.logical_id): r for r in rows}.values()
            if (row.type, row.logical_id) not in have
        ]
        have |= {(row.type, row.logical_id) for row in fresh}
        found += fresh
        rounds += 1
    return found[:MOST_INCLUDED]


def _referring_to(rows: list[Found], includes: list[Include], context: Context) -> list[Found]:
    return [
        one
        for include in includes
        for one in refer_to([(r.type, r.logical_id) for r in rows], include, context)
    ]


def refer_to(targets: Sequence[tuple[str, str]], include: Include, context: Context) -> list[Found]:
    """Resources of `include.source` that refer to any of the targets over `include.code`."""
    known = parameters_of(include.source)
    codes = (
        [code for code, one in known.items() if one.kind == "reference"]
        if include.code == "*"
        else [include.code]
    )
    marks = [refers(include.source, code, f"{kind}/{one}") for code in codes for kind, one in targets]
    if not marks:
        return []
    seen = context.within("a")
    statement = (
        f"SELECT {ROW.format(a='a')} FROM records_resource a WHERE a.type = %s AND NOT a.deleted "  # noqa: S608
        f"AND a.tokens && %s::bigint[] AND {seen[0]} ORDER BY a.id LIMIT %s"
    )
    return _found(statement, [include.source, marks, *seen[1], MOST_INCLUDED], "include")


def _found(statement: str, given: list[Any], mode: str) -> list[Found]:
    return [replace(Found(*row), mode=mode) for row in statements.rows(statement, given)]
