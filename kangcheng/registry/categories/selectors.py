"""Questions about categories."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.categories.types import Category
from kangcheng.registry.history import known
from kangcheng.registry.people.selectors import facts_many, ids_of
from kangcheng.registry.validity import holds


def of(person_id: UUID, on: date) -> frozenset[str]:
    """The categories the person is in on the day, those of merged rows included."""
    rows = PersonCategory.objects.filter(holds(on), person_id__in=ids_of(person_id))
    return frozenset(rows.values_list("category", flat=True))


def of_many(person_ids: Iterable[UUID], on: date) -> dict[UUID, frozenset[str]]:
    """Person (golden id) -> categories on the day, for those who have any. One query."""
    return {key: facts.categories for key, facts in facts_many(person_ids, on).items() if facts.categories}


def of_known(person_id: UUID, on: date, *, at: datetime) -> frozenset[str]:
    """The categories of the day `on` as they were known at the moment `at`: later corrections left out."""
    rows = known(PersonCategory, at, person_id__in=ids_of(person_id))
    return frozenset(row["category"] for row in rows if _holds(row, on))


def rows(person_id: UUID) -> list[Category]:
    """Everything ever granted to the person and not withdrawn, newest first."""
    found = PersonCategory.objects.filter(person_id__in=ids_of(person_id)).order_by("-valid_from", "category")
    return [category(row) for row in found]


def counts(on: date, *, area: str = "") -> dict[str, int]:
    """Category -> number of people in it on the day whose residence lies below `area`."""
    held = PersonCategory.objects.filter(holds(on), person__area_code__startswith=area)
    return dict(
        held.exclude(person__left_why="error")
        .values_list("category")
        .annotate(Count("person_id", distinct=True))
    )


def holders(person_ids: Iterable[UUID], code: str, on: date) -> set[UUID]:
    """Those of `person_ids` who are in the category on the day. One query."""
    held = PersonCategory.objects.filter(holds(on), category=code, person_id__in=list(person_ids))
    return set(held.values_list("person_id", flat=True))


def category(row: PersonCategory) -> Category:
    """A row as Category."""
    return Category(
        row.pk,
        row.person_id,
        row.category,
        row.valid_from,
        row.valid_to,
        row.source,
        row.evidence,
        row.batch_id,
    )


def _holds(row: dict[str, Any], on: date) -> bool:
    return row["valid_from"] <= on and (row["valid_to"] is None or on < row["valid_to"])
