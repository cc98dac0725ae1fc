"""Figures asked of the database itself instead of the last export: for pages that show what was written a moment ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from kangcheng.lake.engines.duck import statement
from kangcheng.lake.measures import Answer, Question
from kangcheng.performance.indicators.compute import Computer
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.spans import span
from kangcheng.performance.indicators.types import Indicator, Span
from kangcheng.performance.tables import tables
from kangcheng.policy.pack import Pack


def live(pack: Pack) -> Computer:
    """The indicators of `pack` over the database as it stands now."""
    known = tables(pack)

    def ask(question: Question) -> Answer:
        table = known[question.measure.table]
        sql, values = statement(question, table)
        sql = sql.replace("%", "%%").replace("?", "%s")
        inner = table.select.replace("%", "%%")
        sql = sql.replace(f" FROM {table.name}", f" FROM ({inner}) AS {table.name}", 1)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            width = len(question.by)
            return {tuple(row[:width]): int(row[width] or 0) for row in cursor.fetchall()}

    made = {entry.id: indicator(entry.data, known) for entry in pack.of_kind("indicator")}
    return Computer(indicators=made, tables=known, ask=ask, as_of=timezone.now(), release=pack.release_hash)


def counting(computer: Computer, table: str) -> list[Indicator]:
    """The indicators that count rows of a table themselves, in the order of the pack."""
    return [
        one
        for one in computer.indicators.values()
        if any(part and part.measure.table == table for part in (one.measure, one.numerator, one.denominator))
    ]


def period_of(found: Indicator, today: date) -> Span:
    """The indicator's own period that holds today, up to today: what holds at its end is what holds today."""
    if found.period == "none":
        return Span("none", None, None, "")
    quarter = (today.month + 2) // 3
    text = {"month": f"{today:%Y-%m}", "quarter": f"{today.year}Q{quarter}", "year": str(today.year)}[
        found.period
    ]
    return replace(span(text), below=today + timedelta(days=1))
