"""What a checked view is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.records.paths import Path

Row = tuple[Any, ...]


class InvalidView(Faults):
    """A ViewDefinition that cannot be run, with every fault and its place."""


class UnfitResource(KangchengError):
    """A resource that a view cannot take: several values for one column, a condition that is no truth value."""


@dataclass(frozen=True)
class Column:
    """One column: its FHIR `type` as declared, or as the path tells (None: neither does). `sql` is its `ansi/type` tag."""

    name: str
    path: Path
    type: str | None
    collection: bool = False
    sql: str | None = None


@dataclass(frozen=True)
class Unnest:
    """`forEach` (an item a row), `forEachOrNull` (at least one row) or `repeat` (what is reached again and again)."""

    how: str
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Selection:
    """One `select`: its own columns, then those of its parts, then those of its union."""

    columns: tuple[Column, ...]
    parts: tuple[Selection, ...]
    union: tuple[Selection, ...]
    unnest: Unnest | None

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Every column its rows have, in order."""
        inner = (column for part in self.parts for column in part.all_columns)
        return (*self.columns, *inner, *(self.union[0].all_columns if self.union else ()))


@dataclass(frozen=True)
class View:
    """A checked ViewDefinition."""

    name: str
    resource: str
    top: Selection
    where: tuple[Path, ...]
    constants: Mapping[str, Any]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in order."""
        return self.top.all_columns
