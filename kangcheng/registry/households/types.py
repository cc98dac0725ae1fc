"""What crosses the border of households."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

ROLES = {"head": "户主", "spouse": "配偶", "child": "子女", "parent": "父母", "other": "其他"}


@dataclass(frozen=True)
class NewHousehold:
    """A household to be opened."""

    number: str
    area_code: str
    id: UUID | None = None


@dataclass(frozen=True)
class NewMember:
    """A person who joins a household. `role` is one of ROLES."""

    person_id: UUID
    household_id: UUID
    role: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class Household:
    """A household on a day."""

    id: UUID
    number: str
    area_code: str
    closed_on: date | None


@dataclass(frozen=True)
class Member:
    """One person's stay in a household."""

    person_id: UUID
    household_id: UUID
    role: str
    valid_from: date
    valid_to: date | None

    @property
    def role_title(self) -> str:
        """户主, 配偶 ..."""
        return ROLES[self.role]
