"""Questions of billing: prices, one bill, a person's bills, bills that wait, debts."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Protocol
from uuid import UUID

from django.db.models import Q, Sum

from kangcheng.funds.billing.models import Bill, BillLine, Debt
from kangcheng.funds.billing.types import BillingError, BillView, DebtView, LineView, Priced
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.registry.catalogues import selectors as catalogues


class Asked(Protocol):
    """A line as asked for: the hospital's own code and how many."""

    @property
    def hospital_code(self) -> str: ...

    @property
    def quantity(self) -> int: ...


def price(institution_id: UUID, lines: Sequence[Asked], *, on: date) -> list[Priced]:
    """Price lines by the institution's catalogue and its approved mapping on the day.

    Raises Faults naming every line without one: an unmapped line is never charged.
    """
    found = catalogues.prices(institution_id, [line.hospital_code for line in lines], on)
    faults = [
        Fault(
            f"lines[{place}].hospital_code",
            f"院内编码 {line.hospital_code!r} 未对照或不在目录期内 (not mapped)",
            rule="明细须有审核通过的国家编码对照",
            todo="在目录对照页提交并审核后再计费",
        )
        for place, line in enumerate(lines)
        if line.hospital_code not in found
    ]
    if faults:
        raise Faults(faults, what=f"{len(faults)} 条明细不能计费 (lines refused)")
    priced = []
    for line in lines:
        one = found[line.hospital_code]
        priced.append(
            Priced(
                line.hospital_code, one.national_code, one.name, one.group or one.insurance_class, one.insurance_class,
                line.quantity, one.price, one.price_limit, rate_text(one.first_pay),
            )
        )  # fmt: skip
    return priced


def rate_text(rate: Fraction | None) -> str:
    """An item's own first-pay share as exact text, "" when the group's share applies."""
    return f"{rate.numerator}/{rate.denominator}" if rate else ""


def disease_of(diagnosis: str) -> str:
    """The code that packs name diseases by: the ICD category before the dot."""
    return diagnosis.strip().partition(".")[0]


def bill(bill_id: UUID) -> BillView:
    """One bill with its lines. Raises BillingError when there is none."""
    row = Bill.objects.filter(pk=bill_id).first()
    if row is None:
        raise BillingError("没有这张账单 (no such bill)", where=f"bill:{bill_id}")
    lines = tuple(
        _line(line) for line in BillLine.objects.filter(bill_id=bill_id).order_by("created_at", "pk")
    )
    return _view(row, sum(line.amount for line in lines if not line.struck), lines)


def bills_of(person_ids: Iterable[UUID], *, limit: int = 50) -> list[BillView]:
    """A person's bills, newest first, without lines."""
    return _without_lines(
        Bill.objects.filter(person_id__in=list(person_ids)).order_by("-admitted_on", "-number")[:limit]
    )


def waiting(*, institution_ids: Iterable[UUID], limit: int = 100) -> list[BillView]:
    """Open bills and those discharged and not settled, oldest first: the counter's work."""
    rows = Bill.objects.filter(institution_id__in=list(institution_ids), state__in=["open", "discharged"])
    return _without_lines(rows.order_by("-state", "admitted_on", "number")[:limit])


def numbered(number: int) -> BillView | None:
    """The bill with this number."""
    found = Bill.objects.filter(number=number).values_list("pk", flat=True).first()
    return bill(found) if found else None


def debts(*, person_ids: Iterable[UUID] | None = None, limit: int = 200) -> list[DebtView]:
    """Debts of treat first, pay later that are not paid off, oldest first."""
    rows = Debt.objects.filter(closed_on=None)
    if person_ids is not None:
        rows = rows.filter(person_id__in=list(person_ids))
    return [
        DebtView(
            row.bill_id,
            row.person_id,
            row.entitlement,
            row.opened_on,
            row.amount,
            row.settled_on,
            row.closed_on,
        )
        for row in rows.order_by("opened_on")[:limit]
    ]


def debt(bill_id: UUID) -> DebtView | None:
    """The debt of a bill, None without one."""
    row = Debt.objects.filter(bill_id=bill_id).first()
    if row is None:
        return None
    return DebtView(
        row.bill_id, row.person_id, row.entitlement, row.opened_on, row.amount, row.settled_on, row.closed_on
    )


def _without_lines(rows: Iterable[Bill]) -> list[BillView]:
    found = list(rows)
    sums = dict(
        BillLine.objects.filter(Q(bill_id__in=[row.pk for row in found]), struck_at=None)
        .values_list("bill_id")
        .annotate(total=Sum("amount"))
    )
    return [_view(row, sums.get(row.pk, 0), ()) for row in found]


def _view(row: Bill, total: int, lines: tuple[LineView, ...]) -> BillView:
    return BillView(
        row.pk, row.number, row.person_id, row.institution_id, row.setting, row.admitted_on, row.discharged_on,
        row.diagnosis, row.disease, row.attributes, row.state, row.version, row.no_deposit, total, lines,
    )  # fmt: skip


def _line(row: BillLine) -> LineView:
    return LineView(
        row.pk, row.hospital_code, row.item_code, row.name, row.group, row.insurance_class, row.quantity,
        row.unit_price, row.amount, row.price_limit, row.first_pay, row.charged_on, row.entitlement, row.source,
        row.struck_at is not None, row.struck_why,
    )  # fmt: skip
