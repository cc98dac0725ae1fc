"""Questions about guardians and agents."""

from datetime import date
from uuid import UUID

from django.db.models import Q

from kangcheng.registry.people.selectors import ids_of
from kangcheng.registry.relations.models import PersonRelation
from kangcheng.registry.relations.types import Relation
from kangcheng.registry.validity import holds


def of(person_id: UUID, on: date) -> list[Relation]:
    """Who acts for the person, and for whom the person acts, on the day."""
    ids = ids_of(person_id)
    rows = PersonRelation.objects.filter(holds(on)).filter(Q(person_id__in=ids) | Q(holder_id__in=ids))
    return [_relation(row) for row in rows.order_by("valid_from", "pk")]


def acts_for(holder_id: UUID, person_id: UUID, on: date) -> bool:
    """True when `holder_id` is guardian or agent of `person_id` on the day."""
    rows = PersonRelation.objects.filter(holds(on), holder_id__in=ids_of(holder_id))
    return rows.filter(person_id__in=ids_of(person_id)).exists()


def dependants(holder_id: UUID, on: date) -> list[UUID]:
    """Ids (as written) of those the holder may act for on the day."""
    rows = PersonRelation.objects.filter(holds(on), holder_id__in=ids_of(holder_id))
    return list(rows.values_list("person_id", flat=True).distinct())


def _relation(row: PersonRelation) -> Relation:
    return Relation(
        row.pk, row.person_id, row.holder_id, row.kind, row.valid_from, row.valid_to, row.evidence
    )
