"""What crosses the border of `life`."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

KINDS = {
    "Encounter": "就诊", "Condition": "诊断", "AllergyIntolerance": "过敏", "MedicationRequest": "处方", "Observation": "检验",
    "DiagnosticReport": "检查", "Immunization": "接种", "ServiceRequest": "开单", "QuestionnaireResponse": "表单",
    "Procedure": "操作", "Composition": "病历",
}  # fmt: skip
KINDS_EN = {
    "Encounter": "Visit", "Condition": "Diagnosis", "AllergyIntolerance": "Allergy", "MedicationRequest": "Prescription",
    "Observation": "Result", "DiagnosticReport": "Report", "Immunization": "Dose", "ServiceRequest": "Order",
    "QuestionnaireResponse": "Form", "Procedure": "Procedure", "Composition": "Note",
}  # fmt: skip
NOW = frozenset({"active", "recurrence", "relapse", ""})
"""States of a condition that is still there."""


@dataclass(frozen=True)
class Line:
    """One thing in a record. `on` is when it happened, None when nobody said; `institution` who wrote it, as it is named there.

    `encounter`: the id of the visit it belongs to; `end`, `state` and `detail` mean what the kind makes of them.
    """

    kind: str
    id: str
    version: int
    title: str
    code: str
    on: date | None
    institution: str
    institution_id: str
    encounter: str = ""
    state: str = ""
    detail: str = ""
    end: date | None = None
    segment: str = ""


@dataclass(frozen=True)
class Result(Line):
    """A measured value. `flag`: H, L, N or "" when nobody said."""

    value: Decimal | None = None
    text: str = ""
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    flag: str = ""
    panel: str = ""


@dataclass(frozen=True)
class Trend:
    """All values of one quantity, the newest first."""

    code: str
    title: str
    results: tuple[Result, ...]

    @property
    def latest(self) -> Result:
        """The newest value."""
        return self.results[0]


@dataclass(frozen=True)
class Life:
    """A record: every line newest first, and how much was left out because there was more than `most`."""

    lines: tuple[Line, ...] = ()
    more: bool = False
    trends: tuple[Trend, ...] = field(default=())

    def of(self, *kinds: str) -> list[Line]:
        """Lines of these kinds."""
        return [line for line in self.lines if line.kind in kinds]
