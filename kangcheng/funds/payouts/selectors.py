"""Questions about payouts: one, those that wait, what institutions are owed."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum

from kangcheng.funds.ledger.models import Posting
from kangcheng.funds.payouts.models import Payout
from kangcheng.funds.payouts.types import INSTITUTION, Approval, PayoutError, PayoutView
from kangcheng.work.registers import selectors as registers
from kangcheng.work.registers.types import Due, Register


def payout(payout_id: UUID) -> PayoutView:
    """One payout with its verdicts. Raises PayoutError when there is none."""
    row = Payout.objects.filter(pk=payout_id).prefetch_related("approvals").first()
    if row is None:
        raise PayoutError("没有这笔拨付 (no such payout)", where=f"payout:{payout_id}")
    return view(row)


def listed(*, states: tuple[str, ...] = ("asked", "approved"), limit: int = 200) -> list[PayoutView]:
    """Payouts in these states, oldest first."""
    rows = (
        Payout.objects.filter(state__in=states).prefetch_related("approvals").order_by("asked_on", "number")
    )
    return [view(row) for row in rows[:limit]]


def owed_to_institutions() -> list[tuple[UUID, str, int]]:
    """(institution, fund, fen) settled and neither paid nor asked for yet, only what is above zero."""
    rows = (
        Posting.objects.filter(account__startswith="fund:")
        .values_list("party", "account")
        .annotate(fen=Sum("amount"))
    )
    owed = {(party, account.partition(":")[2]): fen for party, account, fen in rows}
    asked = Payout.objects.filter(register=INSTITUTION).exclude(state="refused")
    for party, source, fen in asked.values_list("party_id", "source").annotate(fen=Sum("amount")):
        owed[party, source] = owed.get((party, source), 0) - fen
    return sorted((party, source, fen) for (party, source), fen in owed.items() if fen > 0 and party)


def asked_of(register: str) -> set[str]:
    """The rows (subjects) of a register that were asked for and not sent back."""
    asked = Payout.objects.filter(register=register).exclude(state="refused")
    return set(asked.values_list("subject", flat=True))


def due_of(register: Register, until: date) -> list[Due]:
    """The approved amounts of a register due up to a day and not asked for yet, oldest first."""
    asked = asked_of(register.id)
    found = registers.payables(register, date.min, until + timedelta(days=1))
    return sorted(
        (due for due in found if str(due.row_id) not in asked), key=lambda due: (due.on, due.row_id)
    )


def view(row: Payout) -> PayoutView:
    """A payout as callers see it."""
    approvals = sorted(row.approvals.all(), key=lambda one: one.created_at)
    return PayoutView(
        row.pk, row.number, row.register, row.subject, row.source, row.party_id, row.payee, row.amount, row.asked_on,
        row.asked_by, row.memo, row.state, row.reason, row.paid_on,
        tuple(Approval(one.approver_id, one.approver_name, one.verdict, one.reason, one.given_on) for one in approvals),
    )  # fmt: skip
