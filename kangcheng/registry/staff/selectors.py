"""Questions about staff."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.registry.history import versions
from kangcheng.registry.institutions.models import Term
from kangcheng.registry.staff.models import Staff as Row
from kangcheng.registry.staff.models import StaffHours, StaffTraining
from kangcheng.registry.staff.types import Hours, Staff, Training
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


def every(on: date, *, area: str = "", institutions: Iterable[UUID] | None = None) -> list[Staff]:
    """All who hold a post on the day, of institutions below `area` (and only `institutions` when given)."""
    rows = Row.objects.filter(holds(on))
    if area:
        rows = rows.filter(
            institution__in=Term.objects.filter(holds(on), area_code__startswith=area).values("institution")
        )
    if institutions is not None:
        rows = rows.filter(institution_id__in=list(institutions))
    return [_staff(row) for row in rows.order_by("institution_id", "post", "name", "pk")]


def get(staff_id: UUID) -> Staff | None:
    """The post."""
    row = Row.objects.filter(pk=staff_id).first()
    return _staff(row) if row else None


def sites(licence_number: str) -> list[Staff]:
    """Every post under a licence, the main one first."""
    if not licence_number:
        return []
    rows = Row.objects.filter(licence_number=licence_number)
    return [_staff(row) for row in rows.order_by("-main", "valid_from")]


def hours(ids: Iterable[UUID], on: date) -> dict[UUID, list[Hours]]:
    """Post -> its weekly slots on the day, Monday first. One query."""
    found: dict[UUID, list[Hours]] = {}
    rows = StaffHours.objects.filter(holds(on), staff_id__in=list(ids)).order_by("weekday", "starts")
    for row in rows:
        found.setdefault(row.staff_id, []).append(
            Hours(row.weekday, row.starts, row.ends, row.valid_from, row.valid_to)
        )
    return found


def trainings(staff_id: UUID) -> list[Training]:
    """Courses, newest first."""
    rows = StaffTraining.objects.filter(staff_id=staff_id).order_by("-on")
    return [Training(row.course, row.hours, row.on, row.passed) for row in rows]


def earlier(staff_id: UUID) -> list[dict[str, object]]:
    """What the post's row said before, newest first: moment, title, contract, managing unit."""
    rows = versions(Row).filter(pgh_obj_id=staff_id).order_by("-pgh_created_at")
    return list(rows.values("pgh_created_at", "title", "contract", "managing_id", "valid_to"))


def _staff(row: Row) -> Staff:
    return Staff(
        row.pk, row.institution_id, row.person_id, row.user_id, row.name, row.post, row.department,
        row.licence_kind, row.licence_number, row.title, row.valid_from, row.valid_to, row.contract, row.main, row.managing_id,
    )  # fmt: skip
