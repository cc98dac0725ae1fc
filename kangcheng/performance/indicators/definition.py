"""A pack entry's mapping to an Indicator, checked against the declared lake tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.money import parse_yuan
from kangcheng.lake.measures import Between, Measure, Scalar
from kangcheng.lake.tables import Column, Table
from kangcheng.performance.indicators.types import Counted, Indicator

Raw = Mapping[str, Any]


def indicator(entry: Raw, tables: Mapping[str, Table]) -> Indicator:
    """Build the indicator of `entry`; KeyError or ValueError says which table, column or value is unknown."""
    ratio = entry.get("ratio") or {}
    difference = tuple(entry.get("difference", ()))
    share = entry.get("share_of")
    clauses = entry.get("clauses") or ([entry["clause"]] if entry.get("clause") else [])
    return Indicator(
        id=entry["id"],
        title=entry["title"],
        title_en=entry.get("title_en", ""),
        unit=entry["unit"],
        clauses=tuple(clauses),
        status=entry.get("status", "in_force"),
        direction=entry.get("direction", "none"),
        decimals=int(entry.get("decimals", "1")),
        period=entry.get("period", "month"),
        breakdowns=_listed(entry.get("breakdowns", ())),
        measure=_counted(entry.get("measure"), tables),
        numerator=_counted(ratio.get("numerator"), tables),
        denominator=_counted(ratio.get("denominator"), tables),
        times=int(ratio.get("times", "1")),
        sum_of=tuple(entry.get("sum", ())),
        difference=(difference[0], difference[1]) if difference else None,
        share_of=(share["part"], share["whole"]) if share else None,
        suppress=entry.get("suppress") == "yes",
        why=entry.get("why", ""),
        target=entry.get("target"),
    )


def _counted(raw: Raw | None, tables: Mapping[str, Table]) -> Counted | None:
    if raw is None:
        return None
    if raw["table"] not in tables:
        raise KeyError(f"no lake table {raw['table']}; there are {', '.join(sorted(tables))}")
    table = tables[raw["table"]]
    how = "sum" if "sum" in raw else "distinct" if "distinct" in raw else "count"
    column = raw.get(how, "") if how != "count" else ""
    if column:
        table.column(column)
    where = {name: _test(table, name, value) for name, value in (raw.get("where") or {}).items()}
    dated = raw.get("dated", "")
    if dated and table.column(dated).type != "date":
        raise ValueError(f"{dated} is not a date")
    return Counted(Measure(table.name, how, column, where, dated), raw.get("whole_year") == "yes")  # type: ignore[arg-type]


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _test(table: Table, name: str, value: Any) -> tuple[Scalar, ...] | Between:
    column = table.column(name)
    if isinstance(value, Mapping):
        return Between(*(_typed(column, value[key]) if key in value else None for key in ("from", "below")))  # type: ignore[arg-type]
    texts = value if isinstance(value, list) else [value]
    return tuple(_typed(column, text) for text in texts)


def _typed(column: Column, text: str) -> Scalar:
    kind = column.type
    if kind == "fen":
        return parse_yuan(text)
    if kind == "integer":
        return scaled(text, column.scale)
    if kind == "date":
        return parse_date(text)
    if kind == "boolean":
        return {"yes": True, "no": False}[text]
    return text


def scaled(text: str, scale: int) -> int:
    """A number as an integer column keeps it. Raises ValueError for more decimals than it has."""
    value = Fraction(text) * 10**scale
    if value.denominator != 1:
        raise ValueError(f"{text!r} has more than {scale} decimals")
    return value.numerator
