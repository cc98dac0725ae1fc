"""Questions about entitlements used: a person's, and what an award would come to."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.funds.entitlements.models import EntitlementUse
from kangcheng.funds.entitlements.types import EntitlementError, UseView
from kangcheng.funds.settlement import releases
from kangcheng.funds.settlement.facts import UNINSURED
from kangcheng.policy.pack import Pack
from kangcheng.registry.people import selectors as people

AWARD = "award"  # setting of the stacks whose entitlements are paid to a person without a bill


def of_people(person_ids: Iterable[UUID], *, limit: int = 100) -> list[UseView]:
    """A person's uses, newest first, cancelled ones included."""
    rows = EntitlementUse.objects.filter(person_id__in=list(person_ids)).order_by("-used_on", "-pk")
    return [view(row) for row in rows[:limit]]


def of_settlement(settlement_id: UUID) -> list[UseView]:
    """Uses of one settlement."""
    return [view(row) for row in EntitlementUse.objects.filter(settlement_id=settlement_id).order_by("pk")]


def use(use_id: UUID) -> UseView:
    """One use. Raises EntitlementError when there is none."""
    row = EntitlementUse.objects.filter(pk=use_id).first()
    if row is None:
        raise EntitlementError("没有这笔待遇使用 (no such use)", where=f"use:{use_id}")
    return view(row)


def awards(*, person_id: UUID, pack: Pack, on: date) -> list[tuple[str, str]]:
    """(id, title) of the entitlements that the pack pays to a person of this scheme without a bill."""
    facts = people.facts(person_id, on)
    book = releases.book_of(pack)
    scheme = (facts.scheme if facts else None) or UNINSURED
    if not book.has_stack(scheme, AWARD, on):
        return []
    return [(place.id, getattr(place, "title", "")) for place in book.stack_for(scheme, AWARD, on).order]


def view(row: EntitlementUse) -> UseView:
    """A use as callers see it."""
    return UseView(
        row.pk, row.person_id, row.entitlement, row.kind, row.source, row.case_key, row.amount, row.used_on,
        row.settlement_id, row.payout_id, row.evidence, row.cancelled_on,
    )  # fmt: skip
