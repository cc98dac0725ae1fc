"""Words of enrolment. Amounts in fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kangcheng.kernel.errors import KangchengError


class EnrolmentError(KangchengError):
    """A person cannot be enrolled as asked."""


@dataclass(frozen=True)
class Premium:
    """Who pays a premium: the person's own part and the subsidies by source."""

    premium: int
    own: int
    subsidies: Mapping[str, int]


@dataclass(frozen=True)
class NewEnrolment:
    """An enrolment that was paid already, for a load."""

    person_id: UUID
    scheme: str
    year: int
    own: int
    subsidies: Mapping[str, int]
    paid_on: date
    method: str = "bank"


@dataclass(frozen=True)
class EnrolmentView:
    """One person in one scheme for one year."""

    id: UUID
    person_id: UUID
    scheme: str
    year: int
    premium: int
    own: int
    subsidies: Mapping[str, int]
    paid_on: date
    withdrawn_on: date | None
