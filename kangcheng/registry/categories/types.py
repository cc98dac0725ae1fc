"""What crosses the border of categories."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

REGISTERED_POOR = "registered_poor"


@dataclass(frozen=True)
class NewCategory:
    """A person is to count as `category` (a code of the list person-categories) from a day to the day before another."""

    person_id: UUID
    category: str
    valid_from: date
    valid_to: date | None = None
    source: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Category:
    """A person in a category for a period."""

    id: UUID
    person_id: UUID
    category: str
    valid_from: date
    valid_to: date | None
    source: str
    evidence: str
    batch_id: UUID | None = None
