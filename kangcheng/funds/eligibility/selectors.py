"""Questions about dated facts that change a benefit."""

from datetime import date
from uuid import UUID

from django.db.models import Q

from kangcheng.funds.eligibility.models import EligibilityFact
from kangcheng.funds.eligibility.types import FactView


def facts_of(person_id: UUID, on: date) -> dict[str, str]:
    """Name -> value of the facts that hold on the day; the one that began last wins."""
    holding = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))
    rows = EligibilityFact.objects.filter(holding, person_id=person_id).order_by("valid_from", "id")
    return dict(rows.values_list("name", "value"))


def history(person_id: UUID) -> list[FactView]:
    """All facts of a person, newest first, ended ones included."""
    rows = EligibilityFact.objects.filter(person_id=person_id).order_by("-valid_from", "-id")
    return [
        FactView(
            row.pk, row.person_id, row.name, row.value, row.valid_from, row.valid_to, row.source, row.source_id,
            row.ended_at is not None, row.why_ended,
        )
        for row in rows
    ]  # fmt: skip
