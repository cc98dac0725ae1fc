"""Words of eligibility."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kangcheng.kernel.errors import KangchengError


class EligibilityError(KangchengError):
    """A fact cannot be recorded or ended as asked."""


@dataclass(frozen=True)
class NewFact:
    """A fact to record: `name` and `value` as the packs' conditions read them ("referral", "given")."""

    person_id: UUID
    name: str
    value: str
    valid_from: date
    valid_to: date | None = None
    source_id: str = ""


@dataclass(frozen=True)
class FactView:
    """One recorded fact; `valid_to` is the first day outside."""

    id: UUID
    person_id: UUID
    name: str
    value: str
    valid_from: date
    valid_to: date | None
    source: str
    source_id: str
    ended: bool
    why_ended: str
