"""What crosses the border of registers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import Fault

Values = Mapping[str, Any]
"""A row by column: text str, number Fraction, money int fen, date date, time "HH:MM", code str (several: tuple of them),
flag bool, area its code, person, institution, file and reference an id as text; None where nothing stands."""

Condition = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Column:
    """One column that is filled in. Bounds of money are yuan."""

    id: str
    title: str
    type: str
    title_en: str = ""
    help: str = ""
    section: str = ""
    clause: str = ""
    unit: str = ""
    decimals: int = 0
    least: Fraction | None = None
    most: Fraction | None = None
    pattern: str = ""
    longest: int = 200
    codes: Mapping[str, str] = field(default_factory=dict)
    codelist: str = ""
    several: bool = False
    level: str = ""
    register: str = ""
    required: bool = False
    required_if: Condition = field(default_factory=dict)
    unique: bool = False
    filter: bool = False
    personal: bool = False
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    sample: Any = None


@dataclass(frozen=True)
class Derived:
    """One column that follows from the others."""

    id: str
    title: str
    type: str
    formula: str
    title_en: str = ""
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class Rule:
    """What every row must fulfil; `say` is told to who breaks it."""

    must: str
    say: str
    clause: str = ""


@dataclass(frozen=True)
class NoOverlap:
    """Rows equal in `per` never share a moment between `start` and `end`."""

    per: tuple[str, ...]
    start: str
    end: str
    say: str = ""


@dataclass(frozen=True)
class Payable:
    """Which rows are to be paid: the columns of amount, payee and day, and when a row is approved."""

    amount: str
    payee: str
    on: str
    when: Condition


MOST_COMBINED = 12


@dataclass(frozen=True)
class Covers:
    """What should each have a row: `each` institution (of the types `of`), county, township, village, or row of register `of`."""

    each: str
    column: str
    of: tuple[str, ...] = ()
    where: Condition = field(default_factory=dict)
    within: str = ""
    title: str = ""
    title_en: str = ""


@dataclass(frozen=True)
class Register:
    """One register as its entry defines it."""

    id: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    title_en: str = ""
    about: str = ""
    module: str = ""
    clauses: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    owner: str = ""
    valid_from: str = ""
    valid_to: str = ""
    when: str = ""
    derived: tuple[Derived, ...] = ()
    rules: tuple[Rule, ...] = ()
    no_overlap: tuple[NoOverlap, ...] = ()
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    closes: int | None = None
    payable: Payable | None = None
    covers: Covers | None = None
    keep_years: int | None = None
    sample: Mapping[str, Any] = field(default_factory=dict)

    def column(self, id: str) -> Column | None:
        """The column called `id`, None when there is none."""
        return next((column for column in self.columns if column.id == id), None)

    @property
    def table(self) -> str:
        """Name of its lake table."""
        return table_name(self.id)

    @property
    def sealed(self) -> frozenset[str]:
        """Columns that are kept sealed."""
        return frozenset(column.id for column in self.columns if column.personal)

    @property
    def indexed(self) -> tuple[Column, ...]:
        """Columns with an index: those to filter by."""
        return tuple(column for column in self.columns if column.filter and not column.personal)

    @property
    def combined(self) -> tuple[Column, ...]:
        """Columns of few values that are filtered by together: they share one index; none when there is but one of them."""
        found = tuple(one for one in self.indexed if one.type in ("code", "flag") and not one.several)
        return found[:MOST_COMBINED] if len(found) > 1 else ()


def table_name(register: str) -> str:
    """Lake table of a register: register_<id> with underscores."""
    return "register_" + register.replace("-", "_").replace(".", "_")


@dataclass(frozen=True)
class Row:
    """A row as it stands (or stood). `number` is its version, from 1."""

    id: UUID
    register: str
    number: int
    values: Values
    area_code: str
    institution_id: UUID | None
    valid_from: date | None
    valid_to: date | None
    removed: bool
    action: str
    by_name: str
    on: date
    why: str
    at: datetime


@dataclass(frozen=True)
class Difference:
    """One column that another person changed meanwhile: what it was when you began, is now, and would become."""

    column: Column
    before: Any
    theirs: Any
    yours: Any


@dataclass(frozen=True)
class Due:
    """One approved amount to be paid."""

    register: str
    row_id: UUID
    number: int
    amount: int
    payee: str
    on: date


@dataclass(frozen=True)
class Asked:
    """What a list is asked for. `filters`: column -> value, or -> (from, to) for dates, numbers and money (each may be None).

    `as_of`: only rows that hold on the day. `known`: as the register was known at that moment. `sort`: a column, with "-" down.
    """

    filters: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    after: str = ""
    as_of: date | None = None
    known: datetime | None = None
    area: str = ""


@dataclass(frozen=True)
class BadRow:
    """A row of a file that was not taken: its line, its texts by column, and what is wrong with it."""

    line: int
    texts: Mapping[str, str]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Report:
    """What an import does, or did: rows of the file, how many are new, change a row, are there already, and the bad ones."""

    rows: int
    created: int
    changed: int
    unchanged: int
    bad: tuple[BadRow, ...] = ()
    import_id: UUID | None = None
