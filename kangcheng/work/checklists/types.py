"""What crosses the border of checklists: the standard as read from its entry, answers, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

NOT_APPLICABLE = "na"
SELF, ON_SITE, RECHECK = "self", "on_site", "recheck"
STAGES = {SELF: "自查", ON_SITE: "现场评审", RECHECK: "复查"}
STAGES_EN = {SELF: "self-check", ON_SITE: "on-site verdict", RECHECK: "re-check"}
Value = int | Fraction


class ChecklistError(KangchengError):
    """A checklist cannot be filled or a round not be run as asked."""


@dataclass(frozen=True)
class Level:
    """One answer of an item in levels."""

    id: str
    title: str
    points: Fraction
    title_en: str = ""


@dataclass(frozen=True)
class Step:
    """Points for a measured value not below `at_least`, or not above `at_most`."""

    points: Fraction
    at_least: Value | None = None
    at_most: Value | None = None


@dataclass(frozen=True)
class Measure:
    """How a measured value becomes points: one bound or two, steps, or a line from none to full."""

    unit: str
    at_least: Value | None = None
    at_most: Value | None = None
    steps: tuple[Step, ...] = ()
    linear: tuple[Value, Value] | None = None  # value of no points, value of all points


@dataclass(frozen=True)
class Item:
    """One item. `how` is yes_no, levels, measure or deduct; `days` are working days for rectification (None: not set)."""

    id: str
    section: str
    title: str
    score: Fraction
    how: str
    title_en: str = ""
    levels: tuple[Level, ...] = ()
    measure: Measure | None = None
    each: Fraction = Fraction(0)
    each_unit: str = ""
    met_at: Fraction = Fraction(1)
    veto: bool = False
    key: bool = False
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: bool = False
    evidence: tuple[str, ...] = ()
    evidence_required: bool = False
    method: str = ""
    days: int | None = None
    clause: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the standard. `weight`: what its share of points is scaled to; None when points count as they are."""

    id: str
    title: str
    weight: Fraction | None
    items: tuple[Item, ...]
    title_en: str = ""


@dataclass(frozen=True)
class Reached:
    """At least `share` of the items (all, or the key ones) got at least `at` of their score."""

    at: Fraction
    share: Fraction
    key_only: bool = False


@dataclass(frozen=True)
class Grade:
    """A grade and what it asks for."""

    id: str
    title: str
    met: bool
    at_least: Fraction | None = None
    sections: Mapping[str, Fraction] = field(default_factory=dict)
    reached: tuple[Reached, ...] = ()
    title_en: str = ""
    valid_years: int | None = None


@dataclass(frozen=True)
class Standard:
    """A checklist as read from one entry of a pack."""

    id: str
    title: str
    sections: tuple[Section, ...]
    grades: tuple[Grade, ...]
    full: Fraction
    decimals: int = 1
    not_applicable: str = "drop"
    days: int | None = None
    calendar: str = "working-days"
    subject: str = "institution"
    types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    self_check: tuple[str, ...] = ("institution_manager",)
    verdict: tuple[str, ...] = ("inspector",)
    notice: str = ""
    title_en: str = ""
    clause: str = ""

    @property
    def items(self) -> dict[str, Item]:
        """Every item by id, in order."""
        return {item.id: item for section in self.sections for item in section.items}


@dataclass(frozen=True)
class ItemResult:
    """What one item came to. `applies` is False when it was answered as not applicable."""

    id: str
    answer: str
    points: Fraction
    score: Fraction
    applies: bool
    met: bool
    days: int | None  # working days for rectification, None when met


@dataclass(frozen=True)
class Result:
    """What the answers come to. `sections`: points by section, scaled when weighted."""

    score: Fraction
    full: Fraction
    grade: str
    met: bool
    items: tuple[ItemResult, ...]
    sections: Mapping[str, Fraction]
    failed: tuple[str, ...]
    vetoed: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """One unit of a round: which institution (or area, or register row), and what it is like on the round's day."""

    id: str
    name: str
    area_code: str = ""
    institution_id: UUID | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RoundView:
    """One round: a standard checked at its units in a year or campaign."""

    id: UUID
    checklist: str
    title: str
    year: int
    opened_on: date
    due_on: date
    closed_on: date | None
    release: str
    units: int = 0
    self_checked: int = 0
    verdicts: int = 0
    met: int = 0


@dataclass(frozen=True)
class CheckView:
    """One sheet filled at one unit: the self-check, the on-site verdict, or a re-check."""

    id: UUID
    stage: str
    answers: Mapping[str, str]
    remarks: Mapping[str, str]
    score: Fraction
    full: Fraction
    grade: str
    met: bool
    failed: tuple[str, ...]
    vetoed: tuple[str, ...]
    by: UUID
    by_name: str
    on: date
    at: datetime
    reversed_on: date | None = None
    reversed_why: str = ""


@dataclass(frozen=True)
class Difference:
    """An item on which self-check and verdict disagree (`None`: that side has no answer)."""

    item: str
    self_answer: str | None
    verdict_answer: str | None
    self_points: Fraction
    verdict_points: Fraction


@dataclass(frozen=True)
class RectificationView:
    """One item to be put right by a day."""

    id: UUID
    round_id: UUID
    unit_row: UUID
    unit: str
    unit_name: str
    checklist: str
    item: str
    title: str
    due_on: date | None
    state: str  # open, reported, done, cancelled
    reported_on: date | None
    report: str
    closed_on: date | None
    clause: str = ""
