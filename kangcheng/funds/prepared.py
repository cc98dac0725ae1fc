"""Statements that the database parses once per connection: the few wide ones that every settlement sends.

Plain SQL `PREPARE` and `EXECUTE`, so that they pass through Django's cursors like any other statement.
"""

import re
from typing import Any

from django.db import connection

_NAMED = re.compile(r"%\((\w+)\)s")


class Prepared:
    """One statement with named parameters (`%(name)s`), whose types follow from columns and casts in its text."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.order = list(dict.fromkeys(_NAMED.findall(text)))
        places = {parameter: f"${place}" for place, parameter in enumerate(self.order, 1)}
        self.definition = (
            f"PREPARE {name} AS {_NAMED.sub(lambda found: places[found[1]], text).replace('%%', '%')}"
        )
        wanted = ", ".join(f"%({parameter})s" for parameter in self.order)
        self.call = f"EXECUTE {name} ({wanted})"

    def ready(self) -> str:
        """The text to execute with the named parameters; makes sure this connection knows the statement."""
        connection.ensure_connection()
        known = connection.connection.__dict__.setdefault("_kangcheng_prepared", set())
        if self.name not in known:
            with connection.cursor() as sql:
                sql.execute(self.definition)
            known.add(self.name)
        return self.call

    def one(self, given: dict[str, Any]) -> tuple[Any, ...] | None:
        """Execute and return the first row."""
        with connection.cursor() as sql:
            sql.execute(self.ready(), {name: given[name] for name in self.order})
            return sql.fetchone()
