"""Questions about coverage."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from kangcheng.registry.coverage.models import Coverage as Row
from kangcheng.registry.coverage.types import Coverage
from kangcheng.registry.history import known
from kangcheng.registry.people.selectors import ids_of
from kangcheng.registry.validity import holds


def scheme_of(person_id: UUID, on: date) -> str | None:
    """The scheme that insures the person on the day; of two, the one joined last."""
    rows = Row.objects.filter(holds(on), person_id__in=ids_of(person_id)).order_by("-valid_from", "scheme")
    return rows.values_list("scheme", flat=True).first()


def scheme_known(person_id: UUID, on: date, *, at: datetime) -> str | None:
    """The scheme of the day `on` as it was known at the moment `at`."""
    rows = [
        row
        for row in known(Row, at, person_id__in=ids_of(person_id))
        if row["valid_from"] <= on and (row["valid_to"] is None or on < row["valid_to"])
    ]
    rows.sort(key=lambda row: (-row["valid_from"].toordinal(), row["scheme"]))
    return rows[0]["scheme"] if rows else None


def rows(person_id: UUID) -> list[Coverage]:
    """All periods of the person, newest first."""
    found = Row.objects.filter(person_id__in=ids_of(person_id)).order_by("-valid_from", "scheme")
    return [coverage(row) for row in found]


def get_many(ids: Iterable[UUID]) -> dict[UUID, Coverage]:
    """Id -> that period of coverage. One query."""
    return {row.pk: coverage(row) for row in Row.objects.filter(pk__in=list(ids))}


def counts(on: date, *, area: str = "") -> dict[str, int]:
    """Scheme -> number of people insured on the day whose residence lies below `area`."""
    held = Row.objects.filter(holds(on), person__area_code__startswith=area).exclude(person__left_why="error")
    return dict(held.values_list("scheme").annotate(Count("person_id", distinct=True)))


def coverage(row: Row) -> Coverage:
    """A row as Coverage."""
    return Coverage(
        row.pk, row.person_id, row.scheme, row.valid_from, row.valid_to, row.premium, row.subsidy, row.source
    )
