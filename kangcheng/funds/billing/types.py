"""Words of billing: a bill with its lines, a price, a debt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

STATES = {"open": "在院（就诊中）", "discharged": "已出院待结算", "settled": "已结算", "cancelled": "已取消"}


class BillingError(KangchengError):
    """A bill cannot be changed as asked."""


@dataclass(frozen=True)
class NewLine:
    """One line to charge: the hospital's own code and how many units."""

    hospital_code: str
    quantity: int = 1


@dataclass(frozen=True)
class Priced:
    """One line with the catalogue's facts of its day. Amounts in fen, `first_pay` a rate as text or ""."""

    hospital_code: str
    item_code: str
    name: str
    group: str
    insurance_class: str
    quantity: int
    unit_price: int
    price_limit: int | None
    first_pay: str

    @property
    def amount(self) -> int:
        """Quantity times price, fen."""
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class LineView:
    """A line of a bill; `entitlement` and `source` say who waives it."""

    id: UUID
    hospital_code: str
    item_code: str
    name: str
    group: str
    insurance_class: str
    quantity: int
    unit_price: int
    amount: int
    price_limit: int | None
    first_pay: str
    charged_on: date
    entitlement: str
    source: str
    struck: bool
    struck_why: str


@dataclass(frozen=True)
class BillView:
    """A bill as pages show it. `total` counts the lines that are not struck out."""

    id: UUID
    number: int
    person_id: UUID
    institution_id: UUID
    setting: str
    admitted_on: date
    discharged_on: date | None
    diagnosis: str
    disease: str
    attributes: Mapping[str, str]
    state: str
    version: int
    no_deposit: str
    total: int
    lines: tuple[LineView, ...] = field(default=())


@dataclass(frozen=True)
class DebtView:
    """A debt of treat first, pay later."""

    bill_id: UUID
    person_id: UUID
    entitlement: str
    opened_on: date
    amount: int | None
    settled_on: date | None
    closed_on: date | None
