"""What crosses the border of search."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import Fault, KangchengError

Mark = int
Sql = tuple[str, list[Any]]  # a condition or subquery with its parameters
Within = Callable[[str], Sql]  # alias of a row of records_resource -> the condition that it may be seen
Outside = Callable[
    [str, str], "list[str] | None"
]  # parameter with modifier, value -> ids (None: no such parameter)


class SearchError(KangchengError):
    """A search cannot be run as asked; `where` names the parameter."""


@dataclass
class Index:
    """Everything one resource is found by."""

    tokens: set[Mark] = field(default_factory=set)
    texts: list[tuple[Mark, str, str, str]] = field(default_factory=list)  # key, plain, exact, pinyin
    spans: list[tuple[Mark, datetime | None, datetime | None, list[Mark] | None]] = field(
        default_factory=list
    )
    numbers: list[tuple[Mark, Decimal, Decimal, Decimal, list[Mark], list[Mark] | None]] = field(
        default_factory=list
    )
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Found:
    """One row of an answer. `body` is the stored JSON; `mode` says why it is here: match or include."""

    id: UUID
    type: str
    logical_id: str
    version: int
    subject_id: UUID | None
    segment: str
    body: str
    mode: str = "match"
    institution_id: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """A page of a search: the rows, the total if it was asked for or is known, and the mark the next page begins after."""

    rows: tuple[Found, ...]
    total: int | None
    after: str | None
    ignored: tuple[Fault, ...] = ()
    fields: Sequence[str] = ()
