"""Words of payouts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kangcheng.kernel.errors import KangchengError

STATES = {"asked": "待审批", "approved": "已批准", "paid": "已拨付", "refused": "已退回"}
INSTITUTION, PERSON = "institution", "person"
APPROVALS = 2  # two different authorised persons, neither of whom asked


class PayoutError(KangchengError):
    """A payout cannot be asked, approved or paid."""


@dataclass(frozen=True)
class Approval:
    """One verdict."""

    by: UUID
    name: str
    verdict: str
    reason: str
    on: date


@dataclass(frozen=True)
class PayoutView:
    """Money the fund owes, and how far it has come. Amount in fen."""

    id: UUID
    number: int
    register: str
    subject: str
    source: str
    party_id: UUID | None
    payee: str
    amount: int
    asked_on: date
    asked_by: UUID
    memo: str
    state: str
    reason: str
    paid_on: date | None
    approvals: tuple[Approval, ...]
