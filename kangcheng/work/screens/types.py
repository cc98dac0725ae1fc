"""What a screen shows, and how its institution stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Price:
    """One item on the price list; `price` in fen."""

    name: str
    unit: str
    price: int


@dataclass(frozen=True)
class Feed:
    """Everything the screens of an institution roll through."""

    institution_id: UUID
    name: str
    prices: tuple[Price, ...]
    answers: tuple[tuple[str, str], ...]  # question, answer


@dataclass(frozen=True)
class Standing:
    """An institution that should have a screen. `fetched_at`: None when nothing was ever fetched."""

    institution_id: UUID
    name: str
    area_code: str
    fetched_at: datetime | None
    times: int
    stale: bool
