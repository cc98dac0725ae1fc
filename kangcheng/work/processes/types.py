"""Words of processes: what a case looks like from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

Upload = tuple[str, str, bytes]  # file name, media type, bytes


class ProcessError(KangchengError):
    """A case cannot be opened or moved on as asked."""


class NoSuchCase(ProcessError):
    """There is no such case, or it is not for this actor: both read the same."""


@dataclass(frozen=True)
class Subject:
    """What a case is about: an institution, an area, a person (opaque id) or nothing, and the area it belongs to.

    `own`: the person is the actor or somebody the actor answers for, as whoever asks has found out.
    """

    kind: str = "institution"
    id: str = ""
    institution_id: UUID | None = None
    area_code: str = ""
    own: bool = False


@dataclass(frozen=True)
class StepView:
    """One thing done. `fields` and `files` by field id; identity numbers are masked."""

    seq: int
    kind: str
    do: str
    title: str
    role: str
    role_title: str
    state: str
    actor_id: UUID
    actor: str
    done_on: date
    done_at: datetime
    fields: Mapping[str, Any]
    files: Mapping[str, Any]
    comment: str
    agrees: bool | None
    on_time: bool | None

    @property
    def by_clock(self) -> bool:
        """True for what the timer did: a reminder, a limit that passed, a report upwards."""
        return self.kind in ("remind", "overdue", "escalate")


@dataclass(frozen=True)
class OpenStep:
    """A step that the actor may take now, as `role`, and what its form asks for."""

    do: str
    title: str
    role: str
    role_title: str
    kind: str
    requires: tuple[Mapping[str, Any], ...]
    any_of: tuple[tuple[str, ...], ...]
    fills: tuple[Mapping[str, Any], ...]
    comment: bool
    hindrances: tuple[str, ...]
    clause: str = ""
    confirmed: int = 0
    persons: int = 1


@dataclass(frozen=True)
class CaseView:
    """One case with its timeline. `role_titles` of the process, `waiting_for` the roles that may act now,
    `passed` the states it has been in."""

    id: UUID
    number: str
    process: str
    title: str
    title_en: str
    release_hash: str
    subject: Subject
    label: str
    state: str
    state_title: str
    final: bool
    since: datetime
    due_at: datetime | None
    due_sure: bool
    escalated: tuple[str, ...]
    opened_by: UUID
    opened_name: str
    opened_on: date
    closed_on: date | None
    late_steps: int
    returns: int
    fields: Mapping[str, Any]
    files: Mapping[str, Any]
    steps: tuple[StepView, ...]
    waiting_for: tuple[str, ...]
    passed: tuple[str, ...]
    entry: Any = field(repr=False)

    def overdue(self, now: datetime) -> bool:
        """True when its present state should have been left."""
        return not self.final and self.due_at is not None and self.due_at < now


@dataclass(frozen=True)
class Load:
    """How much of a process lies where: cases open and overdue by state, closed ones, days they took."""

    process: str
    open: int
    overdue: int
    closed: int
    closed_on_time: int
    mean_days: float | None
    by_state: Mapping[str, int]
