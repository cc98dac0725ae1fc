"""What crosses the border of life events."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

KINDS = {
    "birth": "出生", "death": "死亡", "move": "市内迁移", "depart": "迁出", "marriage": "结婚", "poverty_in": "纳入贫困",
    "poverty_out": "退出贫困",
}  # fmt: skip
KINDS_EN = {
    "birth": "Birth", "death": "Death", "move": "Move within the city", "depart": "Moved away", "marriage": "Marriage",
    "poverty_in": "Registered as poor", "poverty_out": "No longer registered as poor",
}  # fmt: skip
TABLES = {
    "resident": "居民登记", "coverage": "参保", "category": "人员类别", "membership": "家庭成员", "person": "新居民",
}  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """One row that an event changed: what it is about, and its columns before and after (None before: a new row)."""

    table: str
    id: UUID
    about: str
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(frozen=True)
class Event:
    """A recorded event."""

    id: UUID
    person_id: UUID
    kind: str
    happened_on: date
    recorded_at: datetime
    why: str
    state: str
    effects: tuple[Effect, ...] = ()
    reversed_on: date | None = None
    reversed_why: str = ""


@dataclass(frozen=True)
class NewEvent:
    """An event to record. `area_code`: where one moves to, `other_id`: the spouse, `newborn`: name and sex of the child."""

    person_id: UUID
    kind: str
    happened_on: date
    why: str
    area_code: str = ""
    other_id: UUID | None = None
    newborn_name: str = field(default="", repr=False)
    newborn_sex: str = ""
    source: str = ""
