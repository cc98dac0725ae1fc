"""Words of settlement: what is asked, what is answered, and how it can be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

STATES = {
    "held": "预结算",
    "settled": "已结算",
    "reversed": "已冲正",
    "expired": "超时冲正",
    "replaced": "已调整",
}
LIVE = ("held", "settled")


class SettlementError(KangchengError):
    """A claim cannot be settled as asked."""


class AlreadySettled(SettlementError):
    """The bill has a live settlement; `settlement_id` says which."""

    def __init__(self, settlement_id: UUID, number: int) -> None:
        super().__init__(
            f"该账单已结算，结算号 {number} (already settled)",
            where=f"settlement:{settlement_id}",
            rule="一张账单只有一笔有效结算",
            todo="查看该结算；需要重算时先冲正",
        )
        self.settlement_id = settlement_id


class KeyReused(SettlementError):
    """A client key came again with another request."""

    def __init__(self, key: str) -> None:
        super().__init__(
            "幂等键已用于另一请求 (key used for another request)",
            where=f"key {key}",
            rule="同一键只对应同一请求",
            todo="新的请求使用新的键",
        )


@dataclass(frozen=True)
class DraftLine:
    """One line as typed at the counter: the hospital's own code and how many."""

    hospital_code: str
    quantity: int = 1


@dataclass(frozen=True)
class Draft:
    """A bill that is not saved: for a quote while typing. Everything else about the person comes from the registry."""

    person_id: UUID
    institution_id: UUID
    setting: str
    admitted_on: date
    lines: Sequence[DraftLine]
    discharged_on: date | None = None
    diagnosis: str = ""
    disease: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """One payer's step, in fen; `skipped` says why it did not apply."""

    id: str
    title: str
    payer: str
    clause: str
    base: int
    deductible: int
    expense: int
    over_ceiling: int
    copay: int
    paid: int
    given: bool
    skipped: str


@dataclass(frozen=True)
class Reason:
    """One line of the explanation."""

    layer: str
    clause: str
    formula: str
    inputs: tuple[tuple[str, str], ...]
    output: str
    rounding: str = ""


@dataclass(frozen=True)
class Answer:
    """A quote or a settlement. Amounts in fen. `id` and `number` are None for a quote."""

    id: UUID | None
    number: int | None
    state: str
    person_id: UUID
    institution_id: UUID
    bill_id: UUID | None
    scheme: str
    setting: str
    level: str
    categories: tuple[str, ...]
    stack: str
    pack: str
    release_hash: str
    settled_on: date
    admitted_on: date
    discharged_on: date
    hold_until: datetime | None
    total: int
    payers: Mapping[str, int]
    accounts: Mapping[str, int]
    waived: Mapping[str, int]
    institution: int
    parts: Mapping[str, int]
    allowances: Mapping[str, int]
    accumulators: Mapping[str, int]
    balances: Mapping[str, int]
    layers: tuple[Layer, ...]
    reasons: tuple[Reason, ...] | None
    claim: Mapping[str, Any]
    why: str = ""
    replaces_id: UUID | None = None

    @property
    def cash(self) -> int:
        """What the patient pays at the counter, fen."""
        return sum(self.parts.values())

    @property
    def fund(self) -> int:
        """What all payers pay together, fen."""
        return sum(self.payers.values())


@dataclass(frozen=True)
class Change:
    """What one later settlement becomes when an earlier one is reversed or settled again; `now_id` once that is done."""

    settlement_id: UUID
    number: int
    settled_on: date
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    now_id: UUID | None = None

    @property
    def cash(self) -> int:
        """Change of what the patient pays, fen."""
        return sum(self.after["parts"].values()) - sum(self.before["parts"].values())


@dataclass(frozen=True)
class Reversal:
    """A reversed settlement and what it means for later ones."""

    settlement_id: UUID
    number: int
    cash: int  # what the patient had been charged and is now owed back, fen
    later: tuple[Change, ...]
