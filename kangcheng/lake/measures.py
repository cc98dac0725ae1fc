"""What can be asked of a lake table: one measure over the rows that pass a filter, within a period, split by columns.

Deliberately small: count, distinct count and sum. Everything an indicator needs is made of these and of quotients, so
that two engines can answer them and be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

Scalar = str | int | bool | date


@dataclass(frozen=True)
class Between:
    """`start` inside, `below` outside; None is open."""

    start: int | date | None = None
    below: int | date | None = None


@dataclass(frozen=True)
class Measure:
    """`how` over `column` of `table` where every test of `where` holds (a tuple: any of these values).

    `dated` names another date column than the table's own that puts a row into the period: what began or ended in it.
    """

    table: str
    how: Literal["count", "distinct", "sum"]
    column: str = ""
    where: Mapping[str, tuple[Scalar, ...] | Between] = field(default_factory=dict)
    dated: str = ""


@dataclass(frozen=True)
class Question:
    """A measure in a period (half-open, on the table's `when` column), split by columns of the table."""

    measure: Measure
    start: date | None = None
    below: date | None = None
    by: tuple[str, ...] = ()
    scope: Mapping[str, str] = field(default_factory=dict)  # column -> prefix, e.g. area_code -> "3301"


Answer = dict[tuple[str, ...], int]  # split values -> number; the key () when not split


def ratio(numerator: int, denominator: int) -> Fraction | None:
    """An exact quotient; nothing over nothing is not a number."""
    return Fraction(numerator, denominator) if denominator else None
