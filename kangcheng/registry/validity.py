"""Facts that hold from a day to the day before another: the two columns, and the constraints that keep them in order."""

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db import models
from django.db.models import F, Func, Q

from kangcheng.base.models import Base

VALIDITY = frozenset({"valid_from", "valid_to"})


class DateRange(Func):
    """SQL daterange(from, to, '[)')."""

    function = "daterange"
    output_field = DateRangeField()


class Dated(Base):
    """A row that holds on the days from `valid_from` to the day before `valid_to` (None: until further notice)."""

    valid_from = models.DateField("起")
    valid_to = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        abstract = True


def holds(on: date, prefix: str = "") -> Q:
    """Rows that hold on the day `on`; `prefix` reaches them over a relation ("members__")."""
    still = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    return Q(**{f"{prefix}valid_from__lte": on}) & still


def in_order(name: str) -> models.CheckConstraint:
    """The end is not before the start."""
    return models.CheckConstraint(
        condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
        name=name,
        violation_error_message="止期早于起期",
    )


def no_overlap(name: str, *keys: str, condition: Q | None = None) -> ExclusionConstraint:
    """Two rows with equal `keys` never hold on one day."""
    period = DateRange("valid_from", "valid_to", RangeBoundary())
    expressions: list[tuple[Any, str]] = [*((key, "=") for key in keys), (period, "&&")]
    return ExclusionConstraint(
        name=name, expressions=expressions, condition=condition, violation_error_message="同一事项的期间重叠"
    )


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """True when two half-open periods share a day."""
    start = max(a[0], b[0])
    ends = [end for end in (a[1], b[1]) if end is not None]
    return not ends or start < min(ends)
