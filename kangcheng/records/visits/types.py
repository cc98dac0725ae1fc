"""What crosses the border of `visits`."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kangcheng.records.recognition.types import Decision


@dataclass(frozen=True)
class Coded:
    """A code with its title: a diagnosis, a medicine."""

    code: str
    title: str
    said: str = ""


@dataclass(frozen=True)
class Measured:
    """A value measured at the visit, with the bounds that were usual then."""

    code: str
    title: str
    value: Decimal
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    panel: str = ""


@dataclass(frozen=True)
class Place:
    """The institution where it is written."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Note:
    """A visit: what was complained of, found and planned, with diagnoses, tests, medicines and values."""

    complaint: str
    findings: str = ""
    plan: str = ""
    diagnoses: tuple[Coded, ...] = ()
    tests: tuple[Decision, ...] = ()
    medicines: tuple[Coded, ...] = ()
    results: tuple[Measured, ...] = ()
