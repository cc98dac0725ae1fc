"""What crosses the border of relations."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

KINDS = {"guardian": "监护人", "agent": "代理人"}


@dataclass(frozen=True)
class NewRelation:
    """`holder_id` is to be guardian or agent of `person_id` for a period."""

    person_id: UUID
    holder_id: UUID
    kind: str
    valid_from: date
    valid_to: date | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Relation:
    """Who may act for whom, when."""

    id: UUID
    person_id: UUID
    holder_id: UUID
    kind: str
    valid_from: date
    valid_to: date | None
    evidence: str
