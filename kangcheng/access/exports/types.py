"""What crosses the border of exports."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor

STATES = {"requested": "待审批", "approved": "已批准", "refused": "已驳回", "fetched": "已导出"}


@dataclass(frozen=True)
class Request:
    """One export request."""

    id: UUID
    number: str
    asked_by: UUID
    asked_by_name: str
    asked_on: date
    list_name: str
    wanted: dict[str, Any]
    columns: tuple[str, ...]
    reason: str
    state: str
    decided_by_name: str
    decided_on: date | None
    decision: str
    expires_on: date | None
    rows: int | None
    fetches: int

    def open_on(self, on: date) -> bool:
        """True while the approval lets the asker fetch the list."""
        return self.state in ("approved", "fetched") and self.expires_on is not None and on < self.expires_on


@dataclass(frozen=True)
class Export:
    """A list as it leaves the house: rows, and the watermark that goes on every page of it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] = field(repr=False)
    watermark: str
    content: bytes = field(repr=False)  # .xlsx


def watermark(by: Actor, at: datetime, number: str = "") -> str:
    """Who took it, when, on which request: "王审核 2024-05-20 09:30 EX240001"."""
    return " ".join(filter(None, (by.name, f"{at:%Y-%m-%d %H:%M}", number)))
