"""What crosses the border of staff."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class NewStaff:
    """A person to work in a post of an institution. `person_id` and `user_id` link the resident and the account."""

    institution_id: UUID
    name: str
    post: str
    valid_from: date
    person_id: UUID | None = None
    user_id: UUID | None = None
    department: str = ""
    licence_kind: str = ""
    licence_number: str = ""
    title: str = ""
    contract: str = ""
    main: bool = True
    managing_id: UUID | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Staff:
    """A post held."""

    id: UUID
    institution_id: UUID
    person_id: UUID | None
    user_id: UUID | None
    name: str
    post: str
    department: str
    licence_kind: str
    licence_number: str
    title: str
    valid_from: date
    valid_to: date | None
