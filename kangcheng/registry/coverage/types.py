"""What crosses the border of coverage."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class NewCoverage:
    """A person is to be insured in `scheme` (a code of the list schemes) for a period. Premium and subsidy in fen."""

    person_id: UUID
    scheme: str
    valid_from: date
    valid_to: date | None = None
    premium: int = 0
    subsidy: int = 0
    source: str = ""


@dataclass(frozen=True)
class Coverage:
    """A person in a scheme for a period; amounts in fen."""

    id: UUID
    person_id: UUID
    scheme: str
    valid_from: date
    valid_to: date | None
    premium: int
    subsidy: int
    source: str
