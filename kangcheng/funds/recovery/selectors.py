"""What was paid for care after somebody's death, and what still waits to be paid to the dead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kangcheng.funds.payouts.models import Payout
from kangcheng.funds.settlement.models import Settlement
from kangcheng.registry.people import selectors as people

LIVE = ("settled", "held")


@dataclass(frozen=True)
class Late:
    """A live settlement of care that began after the person's death: to be recovered. Money in fen."""

    settlement_id: UUID
    number: int
    person_id: UUID
    death_on: date
    admitted_on: date
    settled_on: date
    institution_id: UUID
    fund: int


def after_death(*, institutions: Iterable[UUID] | None = None) -> list[Late]:
    """Live settlements whose care began after the day of death, newest first (of `institutions` when given)."""
    died = people.died()
    rows = Settlement.objects.filter(state__in=LIVE, person_id__in=list(died))
    if institutions is not None:
        rows = rows.filter(institution_id__in=list(institutions))
    return [
        Late(
            row.pk, row.number, row.person_id, died[row.person_id], row.admitted_on, row.settled_on, row.institution_id,
            row.fund,
        )
        for row in rows.order_by("-settled_on", "-number")
        if row.admitted_on > died[row.person_id]
    ]  # fmt: skip


def waiting_payouts(person_id: UUID) -> list[UUID]:
    """Payouts to a person that are asked for or approved and not paid."""
    rows = Payout.objects.filter(party_id__in=people.ids_of(person_id), state__in=("asked", "approved"))
    return list(rows.values_list("pk", flat=True))
