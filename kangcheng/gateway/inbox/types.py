"""What crosses the border of the inbox."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kangcheng.kernel.errors import Fault, KangchengError

STATES = {
    "taken": ("已入库", "taken"),
    "refused": ("有错误", "refused"),
    "waiting": ("待认定居民", "waiting"),
}
CHANNELS = {"hl7v2": ("HL7 v2", "HL7 v2"), "fhir": ("FHIR", "FHIR"), "sheet": ("表格", "spreadsheet")}
MOST_BYTES = 2 * 1024 * 1024  # of one message
PERMISSION = "inbox.work"


class InboxError(KangchengError):
    """A message cannot be received, corrected or played again."""


@dataclass(frozen=True)
class Incoming:
    """A message on its way in; (sender, channel, control_id) is its key."""

    channel: str
    kind: str
    control_id: str
    body: str = field(repr=False)
    mapping: str = ""  # id of the mapping; "" looks one up by kind


@dataclass(frozen=True)
class Outcome:
    """What became of a message. `again`: the same had come before and nothing was done twice."""

    id: UUID
    state: str
    faults: tuple[Fault, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Effect:
    """What applying a message did."""

    state: str
    mapping: str = ""
    faults: tuple[Fault, ...] = ()
    made: tuple[str, ...] = ()
    person_id: UUID | None = None


@dataclass(frozen=True)
class Sender:
    """One row of the monitor: a sending system, its counts of today and of the last days, its open failures."""

    machine_id: UUID
    code: str
    title: str
    institution_id: UUID | None
    institution: str
    today: int
    days: int
    taken: int
    refused: int
    waiting: int
    last: datetime | None
    connected: bool


@dataclass(frozen=True)
class Day:
    """Messages of one day."""

    day: date
    taken: int
    refused: int
    waiting: int


@dataclass(frozen=True)
class Connection:
    """How many institutions of a type send anything: `connected` of `open`."""

    type: str
    open: int
    connected: int


@dataclass(frozen=True)
class Shown:
    """One message as a page shows it; `editable` when its fields may be corrected."""

    id: UUID
    sender: str
    channel: str
    kind: str
    control_id: str
    state: str
    received: datetime
    ended: datetime | None
    tries: int
    mapping: str
    release: str
    faults: tuple[tuple[str, ...], ...]
    made: tuple[str, ...]
    fields: tuple[object, ...] = field(repr=False, default=())
    editable: bool = False
