"""What crosses the border of institutions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

MOST_LONGITUDE, MOST_LATITUDE = 180, 90  # degrees
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
    functions: str = ""
    equipment: str = ""
    consortium: str = ""
    standardised: bool = False
    longitude: float | None = None
    latitude: float | None = None
    why: str = ""
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
    functions: str = ""
    equipment: str = ""
    consortium: str = ""
    standardised: bool = False
    longitude: float | None = None
    latitude: float | None = None


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
    id: UUID | None = None
    governed_by: str = ""
    parent_id: UUID | None = None
    beds: int = 0
    why: str = ""


ACTS = {"opened": "开业", "converted": "转型", "changed": "变更", "closed": "关闭", "reopened": "复业"}


@dataclass(frozen=True)
class Act:
    """One thing that happened to an institution, and what it was from then on."""

    institution_id: UUID
    act: str
    on: date
    name: str
    type: str
    ownership: str
    area_code: str
    type_before: str = ""
    why: str = ""


@dataclass(frozen=True)
class Branch:
    """An institution in the network with what stands below it."""

    institution: Institution
    children: tuple["Branch", ...]

    @property
    def size(self) -> int:
        """Institutions in the branch."""
        return 1 + sum(child.size for child in self.children)


@dataclass(frozen=True)
class Designation:
    """A period in which the fund pays there, for one scheme or for all ("")."""

    id: UUID
    scheme: str
    valid_from: date
    valid_to: date | None
    why_ended: str
