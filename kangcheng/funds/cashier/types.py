"""Words of the counter: what is due, what was taken, a day's sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

METHODS = {"cash": "现金", "card": "银行卡", "mobile": "移动支付"}
KINDS = {
    "payment": "收款",
    "refund": "退款",
    "deposit": "收预交金",
    "deposit_back": "退预交金",
    "correction": "更正",
}


class CashierError(KangchengError):
    """Money cannot be taken or given back as asked."""


@dataclass(frozen=True)
class Due:
    """Where a bill stands at the counter, fen. `due` below zero is owed to the patient."""

    bill_id: UUID
    settlement_id: UUID | None
    charged: int  # cash part of the live settlement, 0 without one
    paid: int  # payments less refunds
    deposit: int  # deposits taken less given back or used
    used: int  # deposit used for the settlement

    @property
    def due(self) -> int:
        """Still to pay, deposits not counted."""
        return self.charged - self.paid - self.used


@dataclass(frozen=True)
class PaymentView:
    """One row of the counter's journal."""

    id: UUID
    number: int
    kind: str
    method: str
    amount: int
    paid_on: date
    at: datetime
    person_id: UUID
    bill_id: UUID | None
    settlement_id: UUID | None
    institution_id: UUID
    cashier_id: UUID
    cashier: str
    corrects_id: UUID | None
    memo: str


@dataclass(frozen=True)
class Sheet:
    """One cashier's day at one institution: counts by kind, totals by method, and the seal once closed."""

    cashier_id: UUID
    cashier: str
    institution_id: UUID
    day: date
    counts: Mapping[str, int]
    totals: Mapping[str, int]
    payments: tuple[PaymentView, ...]
    closed: bool = False
    counted: Mapping[str, int] | None = None
    difference: int = 0
    digest: str = ""

    @property
    def total(self) -> int:
        """All methods together, fen."""
        return sum(self.totals.values())
