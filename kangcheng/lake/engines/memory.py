"""The oracle: the same questions answered by plain loops over lists of dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kangcheng.lake.measures import Answer, Between, Question
from kangcheng.lake.tables import Table

Row = Mapping[str, Any]


def answer(question: Question, table: Table, rows: Iterable[Row]) -> Answer:
    """Answer `question` over `rows` of `table`."""
    kept = [row for row in rows if _passes(row, question, table)]
    groups: dict[tuple[str, ...], list[Row]] = {} if question.by else {(): []}
    for row in kept:
        groups.setdefault(tuple(_text(row[name]) for name in question.by), []).append(row)
    return {key: _measured(question, group) for key, group in groups.items()}


def _passes(row: Row, question: Question, table: Table) -> bool:
    dated = question.measure.dated or table.when
    if dated:
        if not _within(row[dated], Between(question.start, question.below)):
            return False
    elif (
        table.valid is not None and question.below is not None and not _held(row, table.valid, question.below)
    ):
        return False
    if any(not str(row[name] or "").startswith(prefix) for name, prefix in question.scope.items()):
        return False
    return all(_test(row[name], test) for name, test in question.measure.where.items())


def _held(row: Row, valid: tuple[str, str], below: date) -> bool:
    """The row's state held on the last day before `below`."""
    start, end = row[valid[0]], row[valid[1]]
    return start is not None and start < below and (end is None or end >= below)


def _test(value: Any, test: tuple[Any, ...] | Between) -> bool:
    return _within(value, test) if isinstance(test, Between) else value in test


def _within(value: Any, span: Between) -> bool:
    if span.start is None and span.below is None:
        return True
    if value is None:
        return False
    return not (
        (span.start is not None and value < span.start) or (span.below is not None and value >= span.below)
    )


def _measured(question: Question, rows: list[Row]) -> int:
    measure = question.measure
    if measure.how == "count":
        return len(rows)
    values = [row[measure.column] for row in rows if row[measure.column] is not None]
    return len(set(values)) if measure.how == "distinct" else sum(values)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
