"""Questions about households."""

from datetime import date
from uuid import UUID

from django.db.models import Q

from kangcheng.registry.households.models import Household as Row
from kangcheng.registry.households.models import Membership
from kangcheng.registry.households.types import Household, Member
from kangcheng.registry.people.selectors import ids_of
from kangcheng.registry.validity import holds


def get(household_id: UUID) -> Household | None:
    """The household with this id."""
    row = Row.objects.filter(pk=household_id).first()
    return _household(row) if row else None


def by_number(number: str) -> Household | None:
    """The household with this number."""
    row = Row.objects.filter(number=number).first()
    return _household(row) if row else None


def of(person_id: UUID, on: date) -> Household | None:
    """The household the person belongs to on the day."""
    row = Row.objects.filter(holds(on, "members__"), members__person_id__in=ids_of(person_id)).first()
    return _household(row) if row else None


def in_area(area: str, on: date) -> list[Household]:
    """Households of the area that are not closed on the day, by area and number."""
    rows = Row.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on), area_code__startswith=area)
    return [_household(row) for row in rows.order_by("area_code", "number")]


def with_category(area: str, category: str, on: date) -> set[UUID]:
    """Households of the area with a member who is in the category on the day. One query."""
    rows = Membership.objects.filter(
        holds(on), holds(on, "person__categories__"), household__area_code__startswith=area,
        person__categories__category=category,
    )  # fmt: skip
    return set(rows.values_list("household_id", flat=True))


def members(household_id: UUID, on: date) -> list[Member]:
    """Who belongs to the household on the day, the head first."""
    rows = Membership.objects.filter(holds(on), household_id=household_id)
    found = [Member(r.person_id, r.household_id, r.role, r.valid_from, r.valid_to) for r in rows]
    return sorted(found, key=lambda member: (member.role != "head", member.valid_from, member.person_id))


def stays(person_id: UUID) -> list[Member]:
    """All households the person ever belonged to, newest first."""
    rows = Membership.objects.filter(person_id__in=ids_of(person_id)).order_by("-valid_from")
    return [Member(r.person_id, r.household_id, r.role, r.valid_from, r.valid_to) for r in rows]


def _household(row: Row) -> Household:
    return Household(row.pk, row.number, row.area_code, row.closed_on)
