"""An indicator's value for a period and a scope, asked of any lake engine. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from kangcheng.lake.measures import Answer, Question
from kangcheng.lake.tables import Table
from kangcheng.performance.indicators.spans import shifted
from kangcheng.performance.indicators.types import Counted, Indicator, Span, Value

Ask = Callable[[Question], Answer]
Split = Mapping[tuple[str, ...], Fraction | None]
AREA = "area_code"


class Computer:
    """Values of a pack's indicators from one export. Repeated questions are asked once."""

    def __init__(
        self,
        *,
        indicators: Mapping[str, Indicator],
        tables: Mapping[str, Table],
        ask: Ask,
        as_of: datetime,
        release: str,
    ) -> None:
        self.indicators = indicators
        self.tables = tables
        self.as_of = as_of
        self.release = release
        self._ask = ask
        self._asked: dict[str, Answer] = {}

    def value(self, id: str, period: Span, *, scope: str = "", by: tuple[str, ...] = ()) -> Value:
        """The value of indicator `id` in `period` under area `scope`, split `by` columns when given."""
        indicator = self.indicators[id]
        split = self._split(indicator, period, scope, by)
        whole = self._split(indicator, period, scope, ()) if by else split
        top, bottom = self._parts(indicator, period, scope)
        return Value(
            indicator=indicator,
            span=period,
            scope=scope,
            number=whole.get(()),
            as_of=self.as_of,
            release=self.release,
            numerator=top,
            denominator=bottom,
            by=split if by else {},
        )

    def series(self, id: str, periods: list[Span], *, scope: str = "") -> list[Value]:
        """The value in each of several periods."""
        return [self.value(id, period, scope=scope) for period in periods]

    def _parts(
        self, indicator: Indicator, period: Span, scope: str
    ) -> tuple[Fraction | None, Fraction | None]:
        if indicator.numerator and indicator.denominator:
            top = self._count(indicator.numerator, period, scope, ())
            bottom = self._count(indicator.denominator, period, scope, ())
            return top.get(()), bottom.get(())
        return None, None

    def _split(self, indicator: Indicator, period: Span, scope: str, by: tuple[str, ...]) -> Split:
        if indicator.measure:
            return self._count(indicator.measure, period, scope, by)
        if indicator.numerator and indicator.denominator:
            top = self._count(indicator.numerator, period, scope, by)
            return _quotients(top, self._count(indicator.denominator, period, scope, by))
        ids = indicator.sum_of or indicator.difference or indicator.share_of or ()
        parts = [self._split(self.indicators[id], period, scope, by) for id in ids]
        if indicator.share_of:
            return _quotients(parts[0], parts[1])
        signs = (1, -1) if indicator.difference else (1,) * len(parts)
        return _added(parts, signs)

    def _count(self, counted: Counted, period: Span, scope: str, by: tuple[str, ...]) -> Split:
        span = shifted(period, "year_to_date") if counted.year_to_date else period
        table = self.tables[counted.measure.table]
        scoped = {AREA: scope} if scope and any(c.name == AREA for c in table.columns) else {}
        question = Question(counted.measure, span.start, span.below, by, scoped)
        unit = 10 ** table.column(counted.measure.column).scale if counted.measure.how == "sum" else 1
        return {key: Fraction(number, unit) for key, number in self._once(question).items()}

    def _once(self, question: Question) -> Answer:
        key = repr(question)
        if key not in self._asked:
            self._asked[key] = self._ask(question)
        return self._asked[key]


def _quotients(top: Split, bottom: Split) -> Split:
    return {key: _quotient(top.get(key, Fraction(0)), below) for key, below in bottom.items()}


def _quotient(top: Fraction | None, bottom: Fraction | None) -> Fraction | None:
    return top / bottom if top is not None and bottom else None


def _added(parts: list[Split], signs: tuple[int, ...]) -> Split:
    total: dict[tuple[str, ...], Fraction | None] = {}
    for part, sign in zip(parts, signs, strict=True):
        for key, number in part.items():
            total[key] = (total.get(key) or Fraction(0)) + sign * (number or Fraction(0))
    return total


def within(period: Span, kind: str) -> list[Span]:
    """The periods of the year of `period`, month by month up to it (for trends)."""
    from kangcheng.performance.indicators.spans import span

    if period.start is None or period.below is None:
        return [period]
    last = (period.below.month - 2) % 12 + 1
    return [replace(span(f"{period.start.year}-{month:02d}")) for month in range(1, last + 1)]
