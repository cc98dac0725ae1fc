"""What a receipt shows. Amounts in fen; the page and the paper print the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kangcheng.funds.cashier.types import PaymentView
from kangcheng.funds.settlement.rulebook import Clause
from kangcheng.funds.settlement.types import Answer
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.money import in_words

KINDS = {"settlement": "医疗费用结算单", "payment": "收费票据", "refund": "退费票据", "deposit": "预交金收据"}

PARTS = {
    "deductible": "起付线",
    "copay": "按比例自付",
    "item_first_pay": "先行自付",
    "place_first_pay": "异地先行自付",
    "over_limit": "超限价自费",
    "over_ceiling": "超封顶线",
    "out_of_scope": "目录外自费",
    "in_scope": "范围内未报",
}


class ReceiptError(KangchengError):
    """A receipt cannot be issued or printed."""


@dataclass(frozen=True)
class Printed:
    """One print: which copy, who, when."""

    copy: int
    by: str
    at: datetime


@dataclass(frozen=True)
class ReceiptView:
    """A receipt's number and prints."""

    id: UUID
    kind: str
    number: str
    issued_on: date
    subject_id: UUID
    person_id: UUID
    institution_id: UUID
    prints: tuple[Printed, ...]

    @property
    def copies(self) -> int:
        """How often it was printed."""
        return len(self.prints)


@dataclass(frozen=True)
class Line:
    """One line of the bill as printed."""

    name: str
    quantity: int
    unit_price: int
    amount: int
    insurance_class: str
    entitlement: str


@dataclass(frozen=True)
class ReceiptData:
    """Everything on one settlement sheet."""

    receipt: ReceiptView | None
    settlement: Answer
    person_name: str
    identity_masked: str
    institution: str
    bill_number: int | None
    diagnosis: str
    lines: tuple[Line, ...]
    payer_titles: Mapping[str, str]
    titles: Mapping[str, str]  # layer or entitlement -> its name
    clauses: Mapping[str, Clause]  # citation -> its words
    payments: tuple[PaymentView, ...]

    @property
    def cash_in_words(self) -> str:
        """The patient's part in capital numerals."""
        return in_words(self.settlement.cash)

    @property
    def total_in_words(self) -> str:
        """The whole bill in capital numerals."""
        return in_words(self.settlement.total)
