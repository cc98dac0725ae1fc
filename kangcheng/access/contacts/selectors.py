"""Questions about contacts."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from kangcheng.access.contacts.models import Contact
from kangcheng.access.contacts.types import Tie


def seen_by(
    institutions: Iterable[UUID], purpose: str, on: date, *, consent_only: bool = False
) -> QuerySet[Contact, Any]:
    """Ids of the people whom these institutions have to do with on the day, as a subquery. A consent counts for its purpose."""
    holds = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on)) & Q(withdrawn_on=None)
    agreed = Q(kind="consent", purpose=purpose)
    kinds = agreed if consent_only else agreed | ~Q(kind="consent")
    return Contact.objects.filter(holds, kinds, institution_id__in=list(institutions)).values("person_id")


def of(person_id: UUID) -> list[Tie]:
    """Who may see the person because of what, newest first; what was withdrawn included."""
    rows = Contact.objects.filter(person_id=person_id).order_by("-valid_from", "-created_at")
    return [
        Tie(row.pk, row.institution_id, row.kind, row.purpose, row.valid_from, row.valid_to, row.withdrawn_on)
        for row in rows
    ]
