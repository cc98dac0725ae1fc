"""What crosses the border of staff."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

HOUR, DAY, WEEK = 60, 1440, 7  # minutes, minutes, days
CONTRACTS = {
    "established": "在编", "quota": "备案制（控制数）", "contract": "合同聘用", "integrated": "乡村一体化聘用", "temporary": "临时聘用",
}  # fmt: skip
CONTRACTS_EN = {
    "established": "established post", "quota": "quota post", "contract": "contract", "integrated": "integrated rural contract",
    "temporary": "temporary",
}  # fmt: skip


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
    contract: str = ""
    main: bool = True
    managing_id: UUID | None = None


@dataclass(frozen=True)
class Hours:
    """A weekly slot at a post: weekday 1 (Monday) to 7, minutes after midnight."""

    weekday: int
    starts: int
    ends: int
    valid_from: date
    valid_to: date | None

    @property
    def minutes(self) -> int:
        """Length."""
        return self.ends - self.starts


@dataclass(frozen=True)
class Training:
    """A course taken."""

    course: str
    hours: int
    on: date
    passed: bool
