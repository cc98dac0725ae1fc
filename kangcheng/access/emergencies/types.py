"""What crosses the border of emergencies."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class Opening:
    """One emergency opening of a file."""

    id: UUID
    person_id: UUID
    user_id: UUID
    user_name: str
    reason: str
    opened_at: datetime
    valid_to: date
    reviewed_on: date | None
    justified: bool | None
    finding: str
