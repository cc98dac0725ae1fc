"""Verbs: keep what was decided about ordered tests."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import Faults
from kangcheng.records.recognition import rules
from kangcheng.records.recognition.models import TestOrder
from kangcheng.records.recognition.types import Decision


def keep(
    decisions: Sequence[Decision], *, subject: UUID, encounter: str, institution: UUID, by: Actor, on: date
) -> None:  # fmt: skip
    """Write one row a test, in the transaction of the visit. Raises Faults where a decision or its reason is missing."""
    wrong = rules.faults(decisions)
    if wrong:
        raise Faults(wrong, where="检查检验")
    TestOrder.objects.bulk_create([
        TestOrder(
            subject_id=subject, encounter=encounter, item=one.item, institution_id=institution, decision=one.decision,
            price=one.price, reason=one.reason, ordered_on=on, ordered_by=by.user_id, **_earlier(one),
        )
        for one in decisions
    ])  # fmt: skip


def _earlier(one: Decision) -> dict[str, object]:
    if one.earlier is None:
        return {}
    return {"earlier_type": one.earlier.type, "earlier_id": one.earlier.id, "earlier_on": one.earlier.on,
            "earlier_institution_id": UUID(one.earlier.institution_id)}  # fmt: skip
