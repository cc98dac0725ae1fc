"""Rows of the store as SQL: one statement for many resources, so that a bundle costs little more than one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.ids import new_id
from kangcheng.records import statements
from kangcheng.records.search.types import Index
from kangcheng.records.store.types import Stored

INSERT = """
    INSERT INTO records_resource (id, created_at, type, logical_id, version, subject_id, institution_id, segment, deleted,
        method, written_at, written_by, written_by_name, why, body, mark, tokens, starts, ends)
    VALUES (%s, %s, %s, %s, 1, %s, %s, %s, false, %s, %s, %s, %s, %s, %s::jsonb, %s, %s::bigint[], %s, %s)
"""
REPLACE = """
    UPDATE records_resource SET version = %s, subject_id = %s, institution_id = %s, segment = %s, deleted = %s, method = %s,
        written_at = %s, written_by = %s, written_by_name = %s, why = %s, body = %s::jsonb, tokens = %s::bigint[],
        starts = %s, ends = %s
    WHERE id = %s
"""
TEXTS = """
    INSERT INTO records_textvalue (id, created_at, resource_id, key, plain_text, exact, pinyin)
    VALUES (%s, now(), %s, %s, %s, %s, %s)
"""
SPANS = """
    INSERT INTO records_spanvalue (id, created_at, resource_id, key, starts, ends, firsts)
    VALUES (%s, now(), %s, %s, %s, %s, %s::bigint[])
"""
NUMBERS = """
    INSERT INTO records_numbervalue (id, created_at, resource_id, key, value, low, high, units, firsts)
    VALUES (%s, now(), %s, %s, %s, %s, %s, %s::bigint[], %s::bigint[])
"""
VALUE_TABLES = ("records_textvalue", "records_spanvalue", "records_numbervalue")


@dataclass(frozen=True)
class Held:
    """What is there already."""

    id: UUID
    version: int
    subject_id: UUID | None
    institution_id: UUID | None
    segment: str
    deleted: bool


@dataclass(frozen=True)
class Row:
    """One version about to be written."""

    id: UUID
    type: str
    logical_id: str
    version: int
    subject_id: UUID | None
    institution_id: UUID | None
    segment: str
    deleted: bool
    method: str
    written_at: datetime
    by: Actor
    why: str
    body: str | None
    mark: int
    index: Index = field(default_factory=Index)
    created: bool = False

    def stored(self) -> Stored:
        """As the store gives it."""
        return Stored(
            self.id, self.type, self.logical_id, self.version, self.written_at, self.subject_id, self.segment,
            self.deleted, self.body, self.institution_id, self.method, self.created,
        )  # fmt: skip

    def news(self) -> dict[str, Any]:
        """Ids and codes only."""
        subject = str(self.subject_id) if self.subject_id else None
        return {
            "type": self.type, "id": self.logical_id, "version": self.version, "subject": subject,
            "deleted": self.deleted, "institution": str(self.institution_id) if self.institution_id else None,
        }  # fmt: skip


def locked(wanted: Sequence[tuple[str, str | None]]) -> dict[tuple[str, str], Held]:
    """(type, id) -> what is there, locked until the transaction ends, always in the same order."""
    if not wanted:
        return {}
    with statements.cursor() as sql:
        sql.execute(
            "SELECT type, logical_id, id, version, subject_id, institution_id, segment, deleted FROM records_resource "
            "WHERE (type, logical_id) IN (SELECT * FROM unnest(%s::text[], %s::text[])) ORDER BY type, logical_id FOR UPDATE",
            [[kind for kind, _ in wanted], [logical_id for _, logical_id in wanted]],
        )
        return {(kind, logical_id): Held(*rest) for kind, logical_id, *rest in sql.fetchall()}


def insert(made: Sequence[Row]) -> None:
    """Write new resources and what they are found by."""
    if not made:
        return
    with statements.cursor() as sql:
        _all(sql, INSERT, (
            [row.id, row.written_at, row.type, row.logical_id, row.subject_id, row.institution_id, row.segment, row.method,
             row.written_at, row.by.user_id, row.by.name, row.why, row.body, row.mark, sorted(row.index.tokens),
             row.index.starts, row.index.ends]
            for row in made
        ))  # fmt: skip
        _values(sql, made)


def replace(made: Sequence[Row]) -> None:
    """Write new versions over present ones (the trigger keeps what was) and find them by their new values only."""
    if not made:
        return
    with statements.cursor() as sql:
        _all(sql, REPLACE, (
            [row.version, row.subject_id, row.institution_id, row.segment, row.deleted, row.method, row.written_at,
             row.by.user_id, row.by.name, row.why, row.body, sorted(row.index.tokens), row.index.starts, row.index.ends,
             row.id]
            for row in made
        ))  # fmt: skip
        for table in VALUE_TABLES:
            sql.execute(f"DELETE FROM {table} WHERE resource_id = ANY(%s)", [[row.id for row in made]])  # noqa: S608
        _values(sql, made)


def _values(sql: Any, made: Sequence[Row]) -> None:
    _all(sql, TEXTS, ([new_id(), row.id, *text] for row in made for text in row.index.texts))
    _all(sql, SPANS, ([new_id(), row.id, *span] for row in made for span in row.index.spans))
    _all(sql, NUMBERS, ([new_id(), row.id, *number] for row in made for number in row.index.numbers))


def _all(sql: Any, statement: str, parameters: Iterable[list[Any]]) -> None:
    given = list(parameters)
    if len(given) == 1:
        sql.execute(statement, given[0])
    elif given:
        sql.executemany(statement, given)
