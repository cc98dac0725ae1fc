"""Many rows into one of our tables by COPY, with the same constraints and triggers as single rows."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from django.db import IntegrityError, connection, models
from django.utils import timezone
from psycopg.sql import SQL, Identifier


def copy_in(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY `rows` (values in the order of the database columns named; `created_at` is added); returns how many.

    Columns left out take their database default. Run inside a transaction. Raises IntegrityError as an INSERT would.
    """
    now, count = timezone.now(), 0
    names = SQL(", ").join(map(Identifier, [*columns, "created_at"]))
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(model._meta.db_table), names)
    try:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row((*row, now))
                count += 1
    except psycopg.errors.IntegrityError as error:
        raise IntegrityError(*error.args) from error
    return count
