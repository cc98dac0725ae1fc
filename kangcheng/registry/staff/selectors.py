"""Questions about staff."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.registry.staff.models import Staff as Row
from kangcheng.registry.staff.types import Staff
from kangcheng.registry.validity import holds


def get_many(ids: Iterable[UUID]) -> dict[UUID, Staff]:
    """Id of the post -> who holds or held it. One query."""
    return {row.pk: _staff(row) for row in Row.objects.filter(pk__in=list(ids))}


def of_institution(institution_id: UUID, on: date, *, post: str = "") -> list[Staff]:
    """Who works there on the day, by post and name."""
    rows = Row.objects.filter(holds(on), institution_id=institution_id)
    return [_staff(row) for row in (rows.filter(post=post) if post else rows).order_by("post", "name", "pk")]


def of_user(user_id: UUID, on: date) -> list[Staff]:
    """The posts of the holder of an account on the day."""
    return [_staff(row) for row in Row.objects.filter(holds(on), user_id=user_id).order_by("valid_from")]


def of_person(person_id: UUID) -> list[Staff]:
    """All posts of a resident, newest first."""
    return [_staff(row) for row in Row.objects.filter(person_id=person_id).order_by("-valid_from")]


def _staff(row: Row) -> Staff:
    return Staff(
        row.pk, row.institution_id, row.person_id, row.user_id, row.name, row.post, row.department,
        row.licence_kind, row.licence_number, row.title, row.valid_from, row.valid_to,
    )  # fmt: skip
