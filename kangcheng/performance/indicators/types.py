"""What an indicator is and what it comes to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from kangcheng.lake.measures import Measure

PeriodKind = Literal["month", "quarter", "year", "none"]


@dataclass(frozen=True)
class Counted:
    """A measure as an indicator states it: `year_to_date` widens the period to its year so far."""

    measure: Measure
    year_to_date: bool = False


@dataclass(frozen=True)
class Indicator:
    """One definition; exactly one of measure, (numerator, denominator), sum_of, difference, share_of is set."""

    id: str
    title: str
    unit: str
    title_en: str = ""
    clauses: tuple[str, ...] = ()
    status: str = "in_force"
    direction: str = "none"
    decimals: int = 1
    period: PeriodKind = "month"
    breakdowns: tuple[str, ...] = ()
    measure: Counted | None = None
    numerator: Counted | None = None
    denominator: Counted | None = None
    times: int = 1  # per how many: 100,000 for a rate per 100,000
    sum_of: tuple[str, ...] = ()
    difference: tuple[str, str] | None = None
    share_of: tuple[str, str] | None = None  # part, whole
    suppress: bool = False
    why: str = ""
    target: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Span:
    """A half-open period with the words officials use for it."""

    kind: PeriodKind
    start: date | None
    below: date | None
    text: str


@dataclass(frozen=True)
class Value:
    """One figure, with all it takes to find its way back: definition, period, scope, moment and release."""

    indicator: Indicator
    span: Span
    scope: str  # area code prefix; "" the whole city
    number: Fraction | None
    as_of: datetime
    release: str
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    by: Mapping[tuple[str, ...], Fraction | None] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The figure as printed: amounts 元/万元/亿元, shares in %, a dash when there is nothing to divide by."""
        return show(self.number, self.indicator)


def show(number: Fraction | None, indicator: Indicator) -> str:
    """`number` in the indicator's unit and decimals."""
    from kangcheng.kernel.money import rounded, show_official, show_yuan

    if number is None:
        return "—"
    if indicator.unit == "CNY":
        return show_official(rounded(number))
    if indicator.unit.startswith("CNY/"):
        return f"{show_yuan(rounded(number))}元"
    if indicator.unit == "%":
        return f"{_fixed(number * 100, indicator.decimals)}%"
    digits = 0 if number.denominator == 1 and indicator.times == 1 else indicator.decimals
    return _fixed(number * indicator.times, digits)


def _fixed(number: Fraction, decimals: int) -> str:
    from kangcheng.kernel.money import rounded

    scaled = rounded(number * 10**decimals)
    sign, digits = ("-" if scaled < 0 else ""), f"{abs(scaled):0{decimals + 1}d}"
    whole = f"{int(digits[:-decimals] if decimals else digits):,}"
    return f"{sign}{whole}.{digits[-decimals:]}" if decimals else f"{sign}{whole}"
