"""Searches for what the registry renders."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from kangcheng.gateway.fhir import people, places, searching
from kangcheng.gateway.fhir.exchange import Answer, Asked
from kangcheng.gateway.fhir.outcome import not_supported
from kangcheng.kernel.errors import Fault
from kangcheng.records.search.selectors import query as queries
from kangcheng.records.search.selectors.conditions import Context
from kangcheng.records.search.selectors.query import bare, split
from kangcheng.records.search.types import SearchError
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.institutions import selectors as institutions

Row = dict[str, Any]
KINDS = ("Organization", "Location")
Given = list[tuple[str, str]]


def search(asked: Asked, kind: str, given: Given, context: Context) -> Answer:
    """A page of a registered type; looks at residents are written down."""
    query = queries.Query(kind)
    for name, value in given:
        if name in ("_count", "_total"):
            queries.CONTROLS[name](query, value)
    start = _offset(given)
    if kind == "Patient":
        return _patients(asked, given, context, query, start)
    rows, ignored = _rows(asked, kind, given)
    page = rows[start : start + query.count]
    people.log(asked, [one for _, one in page if one], f"fhir:{kind}")
    entries = [searching.rendered(row, asked, "match") for row, _ in page]
    return _bundle(
        asked,
        kind,
        given,
        entries,
        len(rows),
        start + query.count if start + query.count < len(rows) else None,
        ignored,
    )


def _patients(asked: Asked, given: Given, context: Context, query: queries.Query, start: int) -> Answer:
    counted = asked.asked_for("_summary") == "count" or query.count == 0
    limit = 0 if counted else query.count
    found, ignored = (
        people.search(asked, given, context, offset=start, limit=limit + 1) if limit else ([], [])
    )
    page = found[:limit]
    total = people.count(asked, given, context) if counted or query.total != "none" else None
    if total is None and len(found) <= limit and start == 0:
        total = len(found)
    people.log(asked, [one.id for one in page], "fhir:Patient")
    entries = [searching.rendered(people.rendered(one), asked, "match") for one in page]
    return _bundle(
        asked, "Patient", given, entries, total, start + limit if len(found) > limit else None, ignored
    )


def _bundle(asked: Asked, kind: str, given: Given, entries: list[bytes], total: int | None, following: int | None,
            ignored: list[Fault]) -> Answer:  # fmt: skip
    if ignored:
        entries = [*entries, searching.told(ignored)]
    return searching.bundle(
        asked, kind, given, entries, total, None if following is None else f"o{following}"
    )


def _offset(given: Given) -> int:
    text = next((value for name, value in given if name == "_after"), "")
    if not text:
        return 0
    if not text.startswith("o") or not text[1:].isdigit() or len(text) > 9:
        raise SearchError("翻页标记无法识别 (not a page of ours)", where="_after", todo="从第一页起")
    return int(text[1:])


def matching(asked: Asked, kind: str, given: Given, context: Context) -> list[str]:
    """Ids of the first two that match."""
    if kind == "Patient":
        return [str(one.id) for one in people.search(asked, given, context, offset=0, limit=2)[0]]
    return [row["id"] for row, _ in _rows(asked, kind, given)[0][:2]]


def ids_of(kind: str, asked: Asked) -> Callable[[str, str], list[str] | None]:
    """For chains: ids of the institutions for which a parameter holds."""

    def ids(name: str, value: str) -> list[str] | None:
        rows, ignored = _rows(asked, kind, [(name, value)])
        return None if ignored else [row["id"] for row, _ in rows]

    return ids


def _rows(asked: Asked, kind: str, given: Given) -> tuple[list[tuple[Row, Any]], list[Fault]]:
    rows, ignored = _all(asked, kind, given), list[Fault]()
    for name, value in given:
        if name in queries.ANSWERED or name in people.CONTROLS or name in ("patient", "beneficiary"):
            continue
        test = _TESTS.get(name.partition(":")[0])
        if test is None:
            if asked.strict:
                raise not_supported("没有这个查询参数 (unknown search parameter)", name[:200])
            ignored.append(Fault(name[:200], "没有这个查询参数 (unknown search parameter)", kind))
        else:
            values = [bare(part) for part in split(value)]
            rows = [(row, one) for row, one in rows if any(test(row, word) for word in values)]
    return rows, ignored


def _all(asked: Asked, kind: str, given: Given) -> list[tuple[Row, Any]]:
    if kind == "Coverage":
        return _coverages(asked, given)
    if kind in ("Organization", "Location"):
        made = places.organization if kind == "Organization" else places.location
        return [(made(one), None) for one in institutions.list_on(asked.today)]
    ids = [value.rpartition("/")[2] for name, value in given if name == "_id"]
    return places.practitioners(asked, ids) if kind == "Practitioner" else places.roles(asked, ids)


def _coverages(asked: Asked, given: Given) -> list[tuple[Row, Any]]:
    wanted = [value.rpartition("/")[2] for name, value in given if name in ("patient", "beneficiary")]
    found = []
    for one in wanted:
        try:
            found += places.of_visible(asked, coverage.rows(UUID(one)))
        except ValueError:
            continue
    return found


def _identifier(row: Row, word: str) -> bool:
    system, bar, value = word.rpartition("|")
    return any(
        one["value"] == value and (not bar or one["system"] == system) for one in row.get("identifier", ())
    )


def _name(row: Row, word: str) -> bool:
    name = (
        row["name"]
        if isinstance(row.get("name"), str)
        else "".join(one["text"] for one in row.get("name", ()))
    )
    return name.casefold().startswith(word.casefold())


_TESTS: dict[str, Callable[[Row, str], bool]] = {
    "_id": lambda row, word: row["id"] == word,
    "identifier": _identifier,
    "name": _name,
    "status": lambda row, word: row.get("status") == word,
    "active": lambda row, word: str(row.get("active", True)).lower() == word,
}
