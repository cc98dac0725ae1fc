"""What crosses the border of reviews: the rule as read from its entry, what it found, and the finding as it is handled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

Row = Mapping[str, Any]  # column -> str, int, date, bool or None
Codes = Mapping[str, frozenset[str]]  # codelist -> its codes
SEVERITIES = {"high": "重", "middle": "中", "low": "轻"}
SEVERITIES_EN = {"high": "high", "middle": "middle", "low": "low"}
STATES = {
    "open": "待处理",
    "asked": "待单位答复",
    "replied": "已答复待复核",
    "confirmed": "属实",
    "cleared": "排除",
    "closed": "已办结",
}
STATES_EN = {
    "open": "open",
    "asked": "waiting for a reply",
    "replied": "replied, to be decided",
    "confirmed": "confirmed",
    "cleared": "cleared",
    "closed": "closed",
}


class ReviewError(KangchengError):
    """A review cannot be run, or a finding not be handled as asked."""


@dataclass(frozen=True)
class Test:
    """A condition on one column. `values` (`negated`: none of them), a span from `start` to before `below`, or a code list."""

    column: str
    values: tuple[Any, ...] | None = None
    negated: bool = False
    start: Any = None
    below: Any = None
    codelist: str = ""


@dataclass(frozen=True)
class Gap:
    """Days from a date of the first row to a date of the second lie between `least` and `most`."""

    start: str
    end: str
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Review:
    """A review as read from its entry. `form` names the rule; `body` is that rule with its values typed."""

    id: str
    title: str
    form: str
    columns: Mapping[str, str]
    key: str
    severity: str
    table: str = ""
    unit: str = ""
    on: str = ""
    amount: str = ""
    where: tuple[Test, ...] = ()
    column: str = ""
    above: Any = None
    below: Any = None
    above_column: str = ""
    times: Fraction = Fraction(1)
    codelist: str = ""
    same: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    first: tuple[Test, ...] = ()
    second: tuple[Test, ...] = ()
    gaps: tuple[Gap, ...] = ()
    date: str = ""
    within_days: int = 0
    by: tuple[str, ...] = ()
    part: tuple[Test, ...] = ()
    sum: str = ""
    least: int = 1
    per: str = ""
    draw: str = ""
    share: Fraction = Fraction(1)
    sample_least: int = 0
    sample_most: int | None = None
    reply_days: int | None = None
    calendar: str = "working-days"
    reviewer: tuple[str, ...] = ("inspector", "fund_auditor")
    notice: str = ""
    planted: str = ""
    title_en: str = ""
    clause: str = ""

    @property
    def grouped(self) -> bool:
        """True when a finding is about a group (an institution, a doctor in a month) and not about named rows."""
        return self.form in ("share", "totals")


@dataclass(frozen=True, order=True)
class Found:
    """One finding. `keys`: rows concerned, sorted; `group`: values of the group; `numbers`: names and values that went in.

    `amount` is money at stake in fen.
    """

    group: tuple[str, ...]
    keys: tuple[str, ...]
    amount: int | None = None
    numbers: tuple[tuple[str, str], ...] = ()
    unit: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from other findings of the same rule."""
        return self.group or self.keys


@dataclass(frozen=True)
class RunView:
    """One run of a review: which rows, how many findings, how many drawn."""

    id: UUID
    review: str
    title: str
    start: date | None
    below: date | None
    rows: int
    found: int
    drawn: int
    seed: str
    release: str
    run_on: date
    source: str
    recall: Fraction | None = None
    precision: Fraction | None = None


@dataclass(frozen=True)
class StepView:
    """One step of a finding: what was done, by whom, when, with which words and files."""

    do: str
    by_name: str
    on: date
    at: datetime
    words: str
    files: tuple[tuple[UUID, str], ...] = ()


@dataclass(frozen=True)
class FindingView:
    """A finding as it is handled."""

    id: UUID
    run_id: UUID
    review: str
    title: str
    severity: str
    state: str
    identity: tuple[str, ...]
    keys: tuple[str, ...]
    group: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    explanation: str
    clause: str
    amount: int | None
    unit_id: UUID | None
    found_on: date
    reply_by: date | None
    drawn: bool
    recovered: int | None = None
    notice: str = ""
    steps: tuple[StepView, ...] = ()
    rows: tuple[Mapping[str, str], ...] = field(default_factory=tuple)
