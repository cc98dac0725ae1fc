"""Read, version read, history. The stored text goes out as it is; the look is written down before it does."""

from typing import Any

from kangcheng.access import records as scope
from kangcheng.access import segments
from kangcheng.gateway.fhir import people, registered
from kangcheng.gateway.fhir.exchange import Answer, Asked, joined, of_resource, text
from kangcheng.gateway.fhir.outcome import not_found
from kangcheng.gateway.fhir.parts import trimmed
from kangcheng.records.search.types import Sql, Within
from kangcheng.records.store import selectors as store
from kangcheng.records.store.types import Gone, Stored
from kangcheng.records.texts import read as parsed

MOST_VERSIONS = 200


def within(asked: Asked) -> Within:
    """The rows the caller may see: of residents in scope, and of types within the token's scopes."""
    people_in = scope.within(asked.caller.actor, asked.today, segments.categories(asked.today))
    types = asked.caller.scopes.types()
    if types is None:
        return people_in

    def condition(alias: str) -> Sql:
        sql, given = people_in(alias)
        return f"({alias}.type = ANY(%s) AND {sql})", [sorted(types), *given]

    return condition


def read(asked: Asked, kind: str, logical_id: str) -> Answer:
    """GET Type/id"""
    if kind in registered.TYPES:
        return registered.read(asked, kind, logical_id)
    row = store.get(kind, logical_id, within(asked))
    if row is None:
        raise not_found(kind, logical_id)
    if row.deleted:
        raise Gone("资源已删除 (deleted)", where=f"{kind}/{logical_id}", todo="历史版本仍可读取")
    if asked.header("if-none-match") == etag(row):
        return Answer(304, b"", {"ETag": etag(row)})
    look([row], asked, f"fhir:{kind}")
    return shown(row, asked)


def version(asked: Asked, kind: str, logical_id: str, number: str) -> Answer:
    """GET Type/id/_history/n"""
    row = store.get(kind, logical_id, within(asked)) if kind not in registered.TYPES else None
    past = (
        store.version(kind, logical_id, int(number)) if row and number.isdigit() and len(number) < 9 else None
    )
    if past is None:
        raise not_found(kind, f"{logical_id}/_history/{number[:20]}")
    if past.deleted:
        raise Gone("这一版是删除 (deleted in this version)", where=f"{kind}/{logical_id}/_history/{number}")
    look([past], asked, f"fhir:{kind}:history")
    return shown(past, asked)


def history(asked: Asked, kind: str, logical_id: str) -> Answer:
    """GET Type/id/_history"""
    if store.get(kind, logical_id, within(asked)) is None:
        raise not_found(kind, logical_id)
    rows = store.history(kind, logical_id, limit=MOST_VERSIONS)
    look(rows[:1], asked, f"fhir:{kind}:history")
    entries = [_entry(row, asked) for row in rows]
    head = text({"resourceType": "Bundle", "type": "history", "total": len(rows)})
    return Answer(200, head[:-1] + b',"entry":' + joined(entries) + b"}")


def _entry(row: Stored, asked: Asked) -> bytes:
    address = f"{row.type}/{row.logical_id}"
    rest: dict[str, Any] = {
        "request": {"method": row.method, "url": address if row.method != "POST" else row.type},
        "response": {
            "status": "200",
            "etag": etag(row),
            "lastModified": row.written_at.isoformat(timespec="milliseconds"),
        },
    }
    head = text({"fullUrl": asked.base + address} | rest)
    return head[:-1] + b',"resource":' + row.body.encode() + b"}" if row.body else head


def shown(row: Stored, asked: Asked, status: int = 200) -> Answer:
    """A stored version as an answer, with its version and moment in the head."""
    headers = {"ETag": etag(row), "Last-Modified": row.written_at.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    body = (row.body or "").encode()
    if asked.asked_for("_elements") or asked.asked_for("_summary") not in ("", "false"):
        answer = of_resource(trimmed(parsed(row.body or ""), asked), status)
        return Answer(status, answer.body, headers)
    return Answer(status, body, headers)


def etag(row: Stored) -> str:
    """The weak tag of a version: W/"3"."""
    return f'W/"{row.version}"'


def look(rows: list[Stored], asked: Asked, what: str) -> None:
    """Write down whom these rows are about."""
    people.log(asked, [row.subject_id for row in rows if row.subject_id], what)
