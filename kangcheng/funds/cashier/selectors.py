"""Questions of the counter: what is due on a bill, a day's sheet, sealed sheets."""

import hashlib
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Sum

from kangcheng.funds.cashier.models import DayClose, Payment
from kangcheng.funds.cashier.types import CashierError, Due, PaymentView, Sheet
from kangcheng.funds.ledger.models import Posting
from kangcheng.funds.settlement.models import Settlement
from kangcheng.funds.settlement.types import LIVE

_TAKEN = ("payment", "refund")


def due(bill_id: UUID) -> Due:
    """What is charged, paid and deposited on a bill. Three short queries."""
    live = Settlement.objects.filter(bill_id=bill_id, state__in=LIVE).values_list("pk", "cash").first()
    sums: dict[str, int] = {"paid": 0, "deposit": 0}
    corrected = dict(Payment.objects.filter(bill_id=bill_id).values_list("pk", "kind"))
    for kind, amount, corrects in Payment.objects.filter(bill_id=bill_id).values_list(
        "kind", "amount", "corrects_id"
    ):
        what = corrected[corrects] if kind == "correction" and corrects else kind
        sums["paid" if what in _TAKEN else "deposit"] += amount
    used = -(_used(bill_id) or 0)
    return Due(
        bill_id, live[0] if live else None, live[1] if live else 0, sums["paid"], sums["deposit"] - used, used
    )


def payment(payment_id: UUID) -> PaymentView:
    """One row of the journal. Raises CashierError when there is none."""
    row = Payment.objects.filter(pk=payment_id).first()
    if row is None:
        raise CashierError("没有这笔收退款 (no such payment)", where=f"payment:{payment_id}")
    return view(row)


def payments_of(bill_id: UUID) -> list[PaymentView]:
    """All money that moved for a bill, in order."""
    return [view(row) for row in Payment.objects.filter(bill_id=bill_id).order_by("number")]


def sheet(*, cashier_id: UUID, institution_id: UUID, day: date) -> Sheet:
    """One cashier's day: open or as sealed. A correction counts under its own kind."""
    rows = Payment.objects.filter(cashier_id=cashier_id, institution_id=institution_id, paid_on=day)
    payments = tuple(view(row) for row in rows.order_by("number"))
    closed = DayClose.objects.filter(cashier_id=cashier_id, institution_id=institution_id, day=day).first()
    name = closed.cashier_name if closed else payments[0].cashier if payments else ""
    counts: dict[str, int] = {}
    totals: dict[str, int] = {}
    for one in payments:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        totals[one.method] = totals.get(one.method, 0) + one.amount
    if closed is None:
        return Sheet(cashier_id, name, institution_id, day, counts, totals, payments)
    return Sheet(
        cashier_id, name, institution_id, day, closed.counts, closed.totals, payments, True, closed.counted,
        closed.difference, closed.digest,
    )  # fmt: skip


def sheets(
    *, institution_ids: Sequence[UUID] | None = None, since: date, on: date, limit: int = 200
) -> list[Sheet]:
    """Sealed sheets of a span of days, newest first; of some institutions or of all. Payments are left out."""
    rows = DayClose.objects.filter(day__gte=since, day__lte=on)
    if institution_ids is not None:
        rows = rows.filter(institution_id__in=institution_ids)
    return [
        Sheet(
            row.cashier_id, row.cashier_name, row.institution_id, row.day, row.counts, row.totals, (), True,
            row.counted, row.difference, row.digest,
        )
        for row in rows.order_by("-day", "cashier_name")[:limit]
    ]  # fmt: skip


def days_open(*, institution_id: UUID, before: date) -> list[tuple[UUID, str, date]]:
    """Days before `before` on which a cashier took money and that are not closed yet: (cashier, name, day)."""
    taken = (
        Payment.objects.filter(institution_id=institution_id, paid_on__lt=before)
        .values_list("cashier_id", "cashier_name", "paid_on")
        .distinct()
    )
    closed = set(DayClose.objects.filter(institution_id=institution_id).values_list("cashier_id", "day"))
    return sorted({row for row in taken if (row[0], row[2]) not in closed}, key=lambda row: (row[2], row[1]))


def seal(payments: Sequence[PaymentView]) -> str:
    """Digest over every row of a sheet: a later change of any of them would show."""
    text = "\n".join(
        f"{one.number} {one.kind} {one.method} {one.amount} {one.bill_id} {one.corrects_id}"
        for one in payments
    )
    return hashlib.sha256(text.encode()).hexdigest()


def intact(*, cashier_id: UUID, institution_id: UUID, day: date) -> bool:
    """True when a sealed sheet still matches its rows."""
    found = sheet(cashier_id=cashier_id, institution_id=institution_id, day=day)
    return found.closed and found.digest == seal(found.payments)


def view(row: Payment) -> PaymentView:
    """A payment as callers see it."""
    return PaymentView(
        row.pk, row.number, row.kind, row.method, row.amount, row.paid_on, row.created_at, row.person_id, row.bill_id,
        row.settlement_id, row.institution_id, row.cashier_id, row.cashier_name, row.corrects_id, row.memo,
    )  # fmt: skip


def _used(bill_id: UUID) -> int:
    """Deposit used for settlements of the bill and not given back by a reversal: credit side of the deposit account."""
    found = Posting.objects.filter(
        entry__subject=f"bill:{bill_id}", entry__business="deposit_use", account="deposit:patient"
    )
    return -(found.aggregate(total=Sum("amount"))["total"] or 0)
