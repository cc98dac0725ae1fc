"""What crosses the border of contacts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

KINDS = {"visit": "到诊", "stay": "住院", "contract": "签约", "referral": "转诊", "consent": "本人同意"}


@dataclass(frozen=True)
class Tie:
    """One contact of a person."""

    id: UUID
    institution_id: UUID
    kind: str
    purpose: str
    valid_from: date
    valid_to: date | None
    withdrawn_on: date | None
