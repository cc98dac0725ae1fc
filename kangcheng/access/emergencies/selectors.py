"""Questions about emergencies."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kangcheng.access.emergencies.models import Emergency
from kangcheng.access.emergencies.types import Opening


def opened_by(user_id: UUID, on: date) -> QuerySet[Emergency, Any]:
    """Ids of the people whose files the user has opened in an emergency that still holds, as a subquery."""
    rows = Emergency.objects.filter(user_id=user_id, valid_from__lte=on, valid_to__gt=on)
    return rows.values("person_id")


def waiting() -> list[Opening]:
    """Openings nobody has looked into yet, oldest first."""
    return [_opening(row) for row in Emergency.objects.filter(reviewed_by=None).order_by("created_at")]


def openings(limit: int = 200) -> list[Opening]:
    """All openings, newest first."""
    return [_opening(row) for row in Emergency.objects.order_by("-created_at")[:limit]]


def _opening(row: Emergency) -> Opening:
    return Opening(
        row.pk, row.person_id, row.user_id, row.user_name, row.reason, row.created_at, row.valid_to, row.reviewed_on,
        row.justified, row.finding,
    )  # fmt: skip
