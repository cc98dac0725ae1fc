"""Words of notices, and what a way of sending must be able to do."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

HOW = {
    "visit": "入户",
    "phone": "电话",
    "meeting": "会议",
    "leaflet": "明白纸",
    "sms": "短信",
    "broadcast": "广播",
}


class NoticeError(KangchengError):
    """A notice cannot be sent or recorded as asked."""


class Channel(Protocol):
    """A way out of the application. `send` raises NoticeError when the message was not taken."""

    name: str

    def send(self, *, to: str, title: str, body: str, key: str) -> None:
        """Hand over one message; the same `key` twice is one message."""


@dataclass(frozen=True)
class Received:
    """A notice as its reader sees it."""

    id: UUID
    topic: str
    title: str
    body: str
    source_kind: str
    source: str
    sent_name: str
    sent_on: date
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class ToldUser:
    """Who was told over which way, when, and whether it arrived and was read."""

    user_id: UUID
    channel: str
    state: str
    told_at: datetime | None
    read_at: datetime | None
    problem: str


@dataclass(frozen=True)
class PolicyNotice:
    """A notice that every household is to be told, and how far that has come."""

    id: UUID
    title: str
    clause: str
    area_code: str
    sent_on: date
    households: int
    told: int

    @property
    def left(self) -> int:
        """Households not yet told."""
        return self.households - self.told


@dataclass(frozen=True)
class Preferences:
    """How a user is told. Addresses are masked."""

    by_email: bool = False
    by_sms: bool = False
    email: str = ""
    phone: str = ""
    muted: tuple[str, ...] = ()
