"""What a lake table is: columns with type and meaning, and the SELECT that fills it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "integer", "fen", "date", "boolean", "uuid"]


@dataclass(frozen=True)
class Column:
    """One column. `fen` is money in integer fen. `meaning` is Chinese, `meaning_en` English.

    `scale`: an integer column counts in units of the last of so many decimals (1234 is 12.34 at scale 2).
    """

    name: str
    type: ColumnType
    meaning: str
    meaning_en: str = ""
    scale: int = 0


@dataclass(frozen=True)
class Table:
    """One lake table: `select` runs on PostgreSQL and yields exactly `columns`, in that order.

    `when` names the date column that puts a row into a month or a year. A table of states names `valid` instead, its first
    day and the first day after: a period then counts what held at its end. A table with neither is as of the export.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    select: str
    when: str | None = None
    valid: tuple[str, str] | None = None

    def column(self, name: str) -> Column:
        """The column called `name`; raises KeyError naming the columns there are."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}; it has {', '.join(c.name for c in self.columns)}")
