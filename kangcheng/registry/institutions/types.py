"""What crosses the border of institutions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

OWNERSHIPS = {"public": "公立", "private": "民营"}


@dataclass(frozen=True)
class NewInstitution:
    """An institution to be registered. `code`: unified social credit code, or the 22-character practice licence.

    `type` is a code of institution-types, `level` a tier of hospital-levels or "". `designated_from`: the fund pays there.
    """

    code: str
    name: str
    type: str
    ownership: str
    area_code: str
    valid_from: date
    level: str = ""
    parent_id: UUID | None = None
    governed_by: str = ""
    beds: int = 0
    valid_to: date | None = None
    designated_from: date | None = None
    id: UUID | None = None


@dataclass(frozen=True)
class Institution:
    """An institution as it is on the day asked for."""

    id: UUID
    code: str
    name: str
    level: str
    type: str
    ownership: str
    area_code: str
    parent_id: UUID | None
    governed_by: str
    beds: int
    valid_from: date
    valid_to: date | None
    designated: bool


@dataclass(frozen=True)
class Stretch:
    """One stretch of an institution's past: what it was from a day to the day before another."""

    name: str
    level: str
    type: str
    ownership: str
    area_code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Designation:
    """A period in which the fund pays there, for one scheme or for all ("")."""

    id: UUID
    scheme: str
    valid_from: date
    valid_to: date | None
    why_ended: str
