"""What crosses the border of cards."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

KINDS = {"evoucher": "医保电子凭证", "social_card": "社会保障卡"}


@dataclass(frozen=True)
class NewCard:
    """A card or code to be given to a person. `kind` is one of KINDS."""

    person_id: UUID
    kind: str
    number: str = field(repr=False)
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class Card:
    """A person's card, its number masked to the last four."""

    id: UUID
    kind: str
    number_masked: str
    valid_from: date
    valid_to: date | None
