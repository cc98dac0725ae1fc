"""Words of tasks."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

STATES = {"open": "待办", "done": "已办", "dropped": "已撤销"}


class TaskError(KangchengError):
    """A task cannot be made or ended as asked; one out of reach reads as one that is not there."""


@dataclass(frozen=True)
class Owner:
    """Who has to do it: a user, or whoever holds `role` at the institution or over the area ("" with no institution: the city)."""

    role: str = ""
    user_id: UUID | None = None
    institution_id: UUID | None = None
    area_code: str = ""


@dataclass(frozen=True)
class NewTask:
    """A task to be made. `source_kind` and `source` name what it comes from ("case", "register_row", "checklist_item" ...).

    `key` makes it once: the same key again is the same task.
    """

    title: str
    due_on: date
    owner: Owner
    key: str
    detail: str = ""
    source_kind: str = ""
    source: str = ""
    remind_days: int = 1
    escalate_to: str = ""
    escalate_days: int = 0


@dataclass(frozen=True)
class TaskView:
    """A task as it stands."""

    id: UUID
    title: str
    detail: str
    owner: Owner
    source_kind: str
    source: str
    due_on: date
    state: str
    escalated_on: date | None
    made_on: date
    done_on: date | None
    done_name: str
    result: str

    def overdue(self, today: date) -> bool:
        """True when it should have been done."""
        return self.state == "open" and self.due_on < today
