"""Words of settlement procedures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

DIRECT = "direct-inpatient-settlement"  # process entry of the direct inpatient settlement (住院直补)


class ProcedureError(KangchengError):
    """A procedure cannot be opened or moved on."""


@dataclass(frozen=True)
class StepView:
    """One step taken. Identity numbers are masked; evidence is name -> hash of the stored file."""

    step: str
    title: str
    state: str
    actor_id: UUID
    actor: str
    role: str
    done_on: date
    fields: Mapping[str, Any]
    evidence: Mapping[str, Any]
    payee_name: str


@dataclass(frozen=True)
class OpenStep:
    """A step the actor may take now and what has to be filled in for it."""

    step: str
    title: str
    role: str
    fields: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ProcedureView:
    """One run of a process over a bill."""

    id: UUID
    bill_id: UUID
    person_id: UUID
    process: str
    title: str
    state: str
    state_title: str
    final: bool
    opened_on: date
    finished_on: date | None
    steps: tuple[StepView, ...]
    not_asked: tuple[str, ...]
