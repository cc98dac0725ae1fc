"""Questions to the store. The caller decides who may ask: rows come with the resident and the segment they belong to."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from kangcheng.records import statements
from kangcheng.records.search.types import Within
from kangcheng.records.store.types import Stored

COLUMNS = "id, type, logical_id, version, written_at, subject_id, segment, deleted, body::text, institution_id, method"
EVERYTHING = f"""
    SELECT {COLUMNS} FROM records_resource WHERE type = %s AND logical_id = %s
    UNION ALL
    SELECT {COLUMNS} FROM records_version WHERE type = %s AND logical_id = %s
"""  # noqa: S608


def get(resource_type: str, logical_id: str, within: Within | None = None) -> Stored | None:
    """The resource as it is now, deleted or not; None when there never was one, or it is not one of those `within`."""
    seen, given = within("a") if within else ("TRUE", [])
    statement = f"SELECT {COLUMNS} FROM records_resource a WHERE type = %s AND logical_id = %s AND {seen}"  # noqa: S608
    found = _rows(statement, [resource_type, logical_id, *given])
    return found[0] if found else None


def get_many(wanted: Iterable[tuple[str, str]]) -> list[Stored]:
    """Those of the (type, id) that exist, deleted ones too. One query."""
    pairs = list(wanted)
    statement = (
        f"SELECT {COLUMNS} FROM records_resource WHERE (type, logical_id) IN "  # noqa: S608
        "(SELECT * FROM unnest(%s::text[], %s::text[]))"
    )
    return _rows(statement, [[kind for kind, _ in pairs], [one for _, one in pairs]])


def version(resource_type: str, logical_id: str, number: int) -> Stored | None:
    """One version of a resource, the present one included."""
    found = _rows(
        f"SELECT * FROM ({EVERYTHING}) v WHERE version = %s",  # noqa: S608
        [resource_type, logical_id, resource_type, logical_id, number],
    )
    return found[0] if found else None


def history(resource_type: str, logical_id: str, *, offset: int = 0, limit: int = 50) -> list[Stored]:
    """All versions, newest first."""
    return _rows(
        f"SELECT * FROM ({EVERYTHING}) v ORDER BY version DESC LIMIT %s OFFSET %s",  # noqa: S608
        [resource_type, logical_id, resource_type, logical_id, limit, offset],
    )


def of_subjects(
    subjects: Sequence[UUID], *, types: Sequence[str] = (), after: UUID | None = None, limit: int = 1000,
    newest: bool = False, within: Within | None = None,
) -> list[Stored]:  # fmt: skip
    """What is kept about these residents, deleted left out, in the order it was first written (or the `newest` first).

    `after`: the id of the last row had.
    """
    seen, allowed = within("a") if within else ("TRUE", [])
    found, given = f"a.subject_id = ANY(%s) AND NOT a.deleted AND {seen}", [list(subjects), *allowed]
    if types:
        found, given = f"{found} AND a.type = ANY(%s)", [*given, list(types)]
    if after:
        found, given = f"{found} AND a.id > %s", [*given, after]
    order = "a.starts DESC NULLS LAST, a.id DESC" if newest else "a.id"
    statement = f"SELECT {COLUMNS} FROM records_resource a WHERE {found} ORDER BY {order} LIMIT %s"  # noqa: S608
    return _rows(statement, [*given, limit])


def of_type(
    resource_type: str, *, after: UUID | None = None, since: str | None = None, limit: int = 1000, within: Within | None = None
) -> list[Stored]:  # fmt: skip
    """Resources of a type in the order they were first written, deleted left out; `since`: written at or after this moment."""
    seen, allowed = within("a") if within else ("TRUE", [])
    found, given = f"a.type = %s AND NOT a.deleted AND {seen}", [resource_type, *allowed]
    if after:
        found, given = f"{found} AND a.id > %s", [*given, after]
    if since:
        found, given = f"{found} AND a.written_at >= %s::timestamptz", [*given, since]
    statement = f"SELECT {COLUMNS} FROM records_resource a WHERE {found} ORDER BY a.id LIMIT %s"  # noqa: S608
    return _rows(statement, [*given, limit])


def types_kept() -> list[str]:
    """The types of which there is anything."""
    with connection.cursor() as sql:
        sql.execute("SELECT DISTINCT type FROM records_resource ORDER BY type")
        return [row[0] for row in sql.fetchall()]


def _rows(statement: str, given: Sequence[Any]) -> list[Stored]:
    return [Stored(*row) for row in statements.rows(statement, given)]
