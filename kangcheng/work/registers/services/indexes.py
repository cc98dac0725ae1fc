"""Indexes for the columns that entries declare `filter`, `unique` or part of a stretch; made by the owner of the tables.

Columns of few values also share one index, newest row first: several of them together are answered by one walk along it.
Without them everything answers the same, slower: a register added today is fast after the next `upgrade`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from django.db import connection, transaction

from kangcheng.policy.pack import Pack
from kangcheng.work.registers.rules import formula
from kangcheng.work.registers.rules.definition import definitions
from kangcheng.work.registers.types import Column, Register

PREFIX = "rgf_"


def prepare(registers: Iterable[Register]) -> list[str]:
    """Make the indexes that are missing and drop those no entry asks for; returns the names made.

    Does nothing on a connection that does not own the table.
    """
    wanted = dict(_wanted(registers))
    with transaction.atomic(), connection.cursor() as cursor:
        if not _owns(cursor):
            return []
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'work_registerrow' AND starts_with(indexname, %s)",
            [PREFIX],
        )
        there = {name for (name,) in cursor.fetchall()}
        for name in sorted(there - wanted.keys()):
            cursor.execute(f'DROP INDEX "{name}"')
        missing = sorted(wanted.keys() - there)
        for name in missing:
            cursor.execute(wanted[name])
        if missing:
            cursor.execute("ANALYZE work_registerrow")
    return missing


def defined(pack: Pack) -> list[Register]:
    """The registers of a pack in hand, for a city that is being made."""
    return list(definitions(pack).values())


def _owns(cursor: object) -> bool:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'work_registerrow'::regclass"
    )
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _wanted(registers: Iterable[Register]) -> Iterator[tuple[str, str]]:
    for register in registers:
        where = f"WHERE register = {formula.quoted(register.id)} AND NOT removed"
        compared = {rule.per[0] for rule in register.no_overlap}
        for column in register.columns:
            if not column.personal and (column.filter or column.unique or column.id in compared):
                yield _index(register, column.id, _columns(column), where)
        if register.combined:
            held = ", ".join(f"(coalesce(data ->> '{column.id}', ''))" for column in register.combined)
            yield _index(register, "", f"(id DESC, {held}, area_code varchar_pattern_ops)", where)


def _columns(column: Column) -> str:
    text = f"(data ->> '{column.id}')"
    if column.several:
        return f"USING gin ((data -> '{column.id}') jsonb_path_ops)"
    if column.type in ("number", "money"):
        return f"(({text}::numeric), id DESC)"
    return f"({text} text_pattern_ops, id DESC)" if column.type in ("text", "area") else f"({text}, id DESC)"


def _index(register: Register, column: str, columns: str, where: str) -> tuple[str, str]:
    """Name and statement. The name follows what the index is made of, so that a changed type makes a new one."""
    what = f"{register.id}\n{column}\n{columns}"
    name = PREFIX + hashlib.blake2b(what.encode(), digest_size=12).hexdigest()
    return name, f'CREATE INDEX "{name}" ON work_registerrow {columns} {where}'
