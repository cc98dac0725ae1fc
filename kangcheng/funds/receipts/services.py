"""Verbs of receipts: issue one number without a gap, count every print, write the PDF."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kangcheng.base import audit
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.receipts import pdf, selectors
from kangcheng.funds.receipts.models import Receipt, ReceiptPrint
from kangcheng.funds.receipts.types import ReceiptView
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.kernel.ids import new_id

# One statement: the series row is locked until the transaction ends, so a rolled-back number is used again.
NEXT = """
    INSERT INTO funds_receiptseries (id, created_at, institution_id, year, last)
    VALUES (gen_random_uuid(), now(), %s, %s, 1)
    ON CONFLICT (institution_id, year) DO UPDATE SET last = funds_receiptseries.last + 1
    RETURNING last
"""


def issue(
    *, kind: str, subject_id: UUID, person_id: UUID, institution_id: UUID, by: Actor, on: date
) -> ReceiptView:
    """Give a settlement or payment its receipt number; a second call gives the one that is there."""
    with audit.acting(by=by, on=on, why="", action="receipt.issue"):
        known = selectors.of_subject(kind, subject_id)
        if known is not None:
            return known
        try:
            with transaction.atomic():
                row = _numbered(kind, subject_id, person_id, institution_id, by=by, on=on)
        except IntegrityError:
            other = selectors.of_subject(kind, subject_id)  # issued at another counter meanwhile
            if other is None:
                raise
            return other
        audit.record(
            action="receipt.issue", subject=f"receipt:{row.pk}", by=by, on=on, detail={"number": row.number}
        )
    return selectors.receipt(row.pk)


def print_settlement(*, settlement_id: UUID, by: Actor, on: date, now: datetime) -> tuple[bytes, ReceiptView]:
    """The settlement sheet as PDF, with its number, which copy it is, and who printed it when as watermark.

    Issues the number at the first print; every print is counted and audited, the look logged.
    """
    answer = settlements.by_id(settlement_id)
    issued = issue(
        kind="settlement", subject_id=settlement_id, person_id=answer.person_id, institution_id=answer.institution_id,
        by=by, on=on,
    )  # fmt: skip
    with audit.acting(by=by, on=on, why="", action="receipt.print"):
        _take_turns(issued.id)  # two prints at once are two copies
        copy = ReceiptPrint.objects.filter(receipt_id=issued.id).count() + 1
        ReceiptPrint.objects.create(
            receipt_id=issued.id, copy=copy, printed_by=by.user_id, printed_name=by.name, created_at=now
        )
        audit.record(
            action="receipt.print", subject=f"receipt:{issued.id}", by=by, on=on, detail={"copy": copy}
        )
        audit.look(by=by, person_id=answer.person_id, what=f"receipt:{issued.id}", why="打印结算单")
        content = pdf.settlement(
            selectors.data(settlement_id), watermark=f"{by.name} {now:%Y-%m-%d %H:%M}", copy=copy
        )
    return content, selectors.receipt(issued.id)


def _take_turns(receipt_id: UUID) -> None:
    """A receipt only grows, so nobody who serves may lock its row."""
    with connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('receipt'), hashtext(%s))", [str(receipt_id)])


def _numbered(
    kind: str, subject_id: UUID, person_id: UUID, institution_id: UUID, *, by: Actor, on: date
) -> Receipt:
    with connection.cursor() as sql:
        sql.execute(NEXT, [institution_id, on.year])
        number = sql.fetchone()[0]
    return Receipt.objects.create(
        id=new_id(), institution_id=institution_id, year=on.year, number=number, kind=kind, subject_id=subject_id,
        person_id=person_id, issued_on=on, issued_by=by.user_id,
    )  # fmt: skip
