"""What crosses the border of matching."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from kangcheng.kernel.errors import Fault

STATES = {"linked": "已归并", "waiting": "待认定"}
STATES_EN = {"linked": "linked", "waiting": "waiting"}
HOWS = {
    "given": ("直接登记", "given"),
    "number": ("身份证号相同", "identity number"),
    "weight": ("比对权重达到标准", "weight of agreement"),
    "hand": ("人工认定", "decided by hand"),
    "mother": ("母亲与出生日期", "mother and day of birth"),
    "new": ("据此新建档案", "new person"),
}  # code -> Chinese, English
PAIR_STATES = {"open": "待认定", "same": "同一人", "different": "不是同一人", "closed": "已由其他认定了结"}
PAIR_STATES_EN = {
    "open": "waiting",
    "same": "same person",
    "different": "not the same",
    "closed": "settled otherwise",
}


@dataclass(frozen=True)
class NewRecord:
    """A record of an institution about somebody: its system and the number there are the key.

    `mother_identity` and `birth_order` (1 for a single child) for a newborn without a number.
    """

    system: str
    number: str
    name: str = field(repr=False)
    area_code: str
    sex: str = ""
    birth_on: date | None = None
    identity: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    household: str = ""
    institution_id: UUID | None = None
    mother_identity: str = field(default="", repr=False)
    birth_order: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a record. `changed` is False when the same facts had come before."""

    record_id: UUID
    state: str
    how: str
    person_id: UUID | None
    doubts: tuple[str, ...] = ()
    notes: tuple[Fault, ...] = ()
    changed: bool = True


@dataclass(frozen=True)
class Side:
    """One side of a pair as a page shows it: numbers masked, the address without its house."""

    title: str
    name: str
    sex: str
    birth_on: date | None
    identity_masked: str
    phone_masked: str
    area_code: str
    house_known: bool
    household: str
    source: str = ""


@dataclass(frozen=True)
class Part:
    """One line of the explanation: field, level, weight in doublings, and both in words."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """A pair in the queue, or decided."""

    id: UUID
    person_id: UUID
    record_id: UUID | None
    other_id: UUID | None
    state: str
    weight: float
    chance: float
    doubts: tuple[str, ...]
    parts: tuple[Part, ...]
    opinions: tuple[dict[str, str], ...]
    asked_on: date
    decided_on: date | None
    why: str
    person_name: str
    other_name: str
    area_code: str
    source: str
    institution_id: UUID | None = None


@dataclass(frozen=True)
class Source:
    """A source record as a page shows it."""

    id: UUID
    person_id: UUID | None
    system: str
    number: str
    institution_id: UUID | None
    seen_on: date
    state: str
    how: str
    name: str
    sex: str
    birth_on: date | None
    identity_masked: str
    phone_masked: str
    area_code: str
    doubts: tuple[str, ...]
    filled: tuple[str, ...]


@dataclass(frozen=True)
class Merge:
    """One merge of the history: `until` is empty while it holds."""

    person_id: UUID
    golden_id: UUID
    name: str
    since: date
    until: date | None
    why: str


@dataclass(frozen=True)
class Listed:
    """A row of somebody else's list: `state` is matched, waiting (somebody is likely) or unknown."""

    number: int
    state: str
    person_id: UUID | None
    likely: tuple[tuple[UUID, float], ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class ListReport:
    """How a list matched: the rows in order, and how many of each state."""

    rows: tuple[Listed, ...]

    def count(self, state: str) -> int:
        """Rows in a state."""
        return sum(row.state == state for row in self.rows)
