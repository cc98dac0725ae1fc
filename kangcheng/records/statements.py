"""Statements with their parameters bound on the server, so that it plans a repeated one only once.

Django binds parameters in the client, which makes every statement a new one: for conditions as long as those of access
control, planning costs more than running. It is Django's own connection and transaction all the same.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on Django's connection. Raises Django's own database errors."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as sql:
        yield sql


def rows(statement: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a SELECT."""
    with cursor() as sql:
        return sql.execute(statement, given).fetchall()  # type: ignore[call-overload]
