"""The same evaluation set by set in DuckDB, over an Arrow table or a Parquet file of the lake: for a city's rows.

`rules.evaluate` says what a rule means; a property test holds both equal. Names come from the checked entry, values travel
as parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kangcheng.kernel.dates import parse_date
from kangcheng.work.reviews.rules import period_of, text_of
from kangcheng.work.reviews.types import Codes, Found, Gap, Review, ReviewError, Row, Test

TYPES = {
    "text": "VARCHAR",
    "id": "VARCHAR",
    "money": "BIGINT",
    "integer": "BIGINT",
    "date": "DATE",
    "flag": "BOOLEAN",
}
ARROW = {
    "text": pa.string(),
    "id": pa.string(),
    "money": pa.int64(),
    "integer": pa.int64(),
    "date": pa.date32(),
    "flag": pa.bool_(),
}
MEMORY = "1GB"
THREADS = 2


@dataclass
class Query:
    """SQL being written: text and the values that go with its question marks, in order."""

    codes: Codes
    values: list[Any] = field(default_factory=list)

    def put(self, value: Any) -> str:
        """A question mark for `value`."""
        self.values.append(value)
        return "?"


def arrow(rule: Review, rows: Iterable[Row]) -> pa.Table:
    """Typed rows as an Arrow table with exactly the rule's columns."""
    given = list(rows)
    return pa.table(
        {name: pa.array([row[name] for row in given], ARROW[kind]) for name, kind in rule.columns.items()}
    )


def evaluate(rule: Review, source: pa.Table | Path, codes: Codes) -> list[Found]:
    """Every finding of the rule over the source, in order. Raises ReviewError when a column or list is not there."""
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": THREADS}) as connection:
        if isinstance(source, Path):
            connection.read_parquet(str(source)).create_view("given")
        else:
            connection.register("given", source)
        _complete(rule, connection)
        query = Query(codes)
        base = _base(rule, query)
        sql = f"WITH r AS ({base}) {_FORMS[rule.form](rule, query)}"
        rows = connection.execute(sql, query.values).fetchall()
    return sorted(_found(rule, row) for row in rows)


def count(source: pa.Table | Path) -> int:
    """Rows of the source."""
    return int(source.num_rows) if isinstance(source, pa.Table) else int(pq.read_metadata(source).num_rows)


def within(rule: Review, source: pa.Table | Path, start: Any, below: Any) -> pa.Table:
    """The rows whose `on` lies in the period, with the rule's columns."""
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": THREADS}) as connection:
        if isinstance(source, Path):
            connection.read_parquet(str(source)).create_view("given")
        else:
            connection.register("given", source)
        _complete(rule, connection)
        names = ", ".join(f'"{name}"' for name in rule.columns)
        tests, values = [], []
        for sign, value in ((">=", start), ("<", below)):
            if value is not None and rule.on:
                tests.append(f'"{rule.on}" {sign} ?')
                values.append(value)
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        query = f"SELECT {names} FROM given{where}"  # noqa: S608  names of a checked entry
        return connection.sql(query, params=values).to_arrow_table()


def _complete(rule: Review, connection: duckdb.DuckDBPyConnection) -> None:
    there = {row[0] for row in connection.execute("DESCRIBE given").fetchall()}
    missing = sorted(set(rule.columns) - there)
    if missing:
        raise ReviewError(
            f"没有这些列 (columns missing): {', '.join(missing)}", where=rule.table or rule.title
        )


def _base(rule: Review, query: Query) -> str:
    columns = ", ".join(_cast(name, kind) for name, kind in rule.columns.items())
    tests = " AND ".join(_tests(rule.where, query)) or "TRUE"
    return f"SELECT * FROM (SELECT {columns} FROM given) AS g WHERE {tests}"  # noqa: S608


def _cast(name: str, kind: str) -> str:
    cast = f'CAST("{name}" AS {TYPES[kind]})'
    return f"""{f"coalesce({cast}, '')" if kind in ("text", "id") else cast} AS "{name}\""""


def _tests(tests: Iterable[Test], query: Query, prefix: str = "") -> list[str]:
    return [_one_test(test, f'{prefix}"{test.column}"', query) for test in tests]


def _one_test(test: Test, name: str, query: Query) -> str:
    if test.codelist:
        return f"{name} = ANY({query.put(_codes(test.codelist, query.codes))})"
    if test.values is not None:
        parts = [
            f"{name} IS NULL" if value is None else f"coalesce({name} = {query.put(value)}, FALSE)"
            for value in test.values
        ]
        return f"{'NOT ' if test.negated else ''}({' OR '.join(parts) or 'FALSE'})"
    parts = [f"{name} >= {query.put(test.start)}"] if test.start is not None else []
    parts += [f"{name} < {query.put(test.below)}"] if test.below is not None else []
    return f"coalesce({' AND '.join(parts)}, FALSE)" if parts else f"{name} IS NOT NULL"


def _codes(name: str, codes: Codes) -> list[str]:
    if name not in codes:
        raise ReviewError(f"没有代码表 (no such list) {name!r}")
    return sorted(codes[name])


# Every form yields: keys (list), group (list or NULL), amount, unit, numbers...


def _head(rule: Review, prefix: str = "") -> str:
    """Key, amount and unit of one row."""
    amount = f'coalesce({prefix}"{rule.amount}", 0)' if rule.amount else "NULL"
    unit = f"nullif(CAST({prefix}\"{rule.unit}\" AS VARCHAR), '')" if rule.unit else "NULL"
    return f'[{prefix}"{rule.key}"], NULL, {amount}, {unit}'


def _gathered(rule: Review, group: str, where: str = "") -> str:
    """Keys, group, amount and unit of the rows of a group; `where` keeps some of them."""
    kept = f" FILTER (WHERE {where})" if where else ""
    amount = f'coalesce(sum("{rule.amount}"){kept}, 0)' if rule.amount else "NULL"
    unit = f"min(nullif(CAST(\"{rule.unit}\" AS VARCHAR), '')){kept}" if rule.unit else "NULL"
    return f'list("{rule.key}"){kept}, {group}, {amount}, {unit}'


def _limit(rule: Review, query: Query) -> str:
    column = f'"{rule.column}"'
    if rule.above_column:
        other, times = f'"{rule.above_column}"', rule.times
        test = f"CAST({column} AS HUGEINT) * {query.put(times.denominator)} > CAST({other} AS HUGEINT) * {query.put(times.numerator)}"
        return f"SELECT {_head(rule)}, {column}, {other} FROM r WHERE {test}"  # noqa: S608
    test = (
        f"{column} > {query.put(rule.above)}"
        if rule.above is not None
        else f"{column} < {query.put(rule.below)}"
    )
    return f"SELECT {_head(rule)}, {column} FROM r WHERE {test}"  # noqa: S608


def _outside(rule: Review, query: Query) -> str:
    column, known = f'"{rule.column}"', query.put(_codes(rule.codelist, query.codes))
    test = (
        f"{column} = ANY({known})"
        if rule.form == "inside"
        else f"NOT coalesce({column} = ANY({known}), FALSE)"
    )
    return f"SELECT {_head(rule)}, {column} FROM r WHERE {column} <> '' AND {test}"  # noqa: S608


def _empty(name: str, rule: Review, prefix: str = "") -> str:
    text = rule.columns[name] in ("text", "id")
    return f"{prefix}\"{name}\" = ''" if text else f'{prefix}"{name}" IS NULL'


def _missing(rule: Review, query: Query) -> str:
    named = [f"CASE WHEN {_empty(name, rule)} THEN '{name}' END" for name in rule.missing]
    tests = " OR ".join(_empty(name, rule) for name in rule.missing)
    return f"SELECT {_head(rule)}, concat_ws(',', {', '.join(named)}) FROM r WHERE {tests}"  # noqa: S608


def _present(names: Iterable[str], rule: Review, prefix: str = "") -> str:
    return " AND ".join(f"NOT ({_empty(name, rule, prefix)})" for name in names)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _duplicates(rule: Review, query: Query) -> str:
    return (
        f"SELECT {_gathered(rule, 'NULL')}, count(*) FROM r WHERE {_present(rule.same, rule)} "  # noqa: S608
        f"GROUP BY {_names(rule.same)} HAVING count(*) > 1"
    )


def _pairs(rule: Review, query: Query) -> str:
    key = f'"{rule.key}"'
    tests = [f'a."{name}" = b."{name}"' for name in rule.same]
    tests += [_present(rule.same, rule, "a."), f"a.{key} <> b.{key}"]
    tests += [f'a."{name}" <> b."{name}"' for name in rule.differs]
    if rule.differs:
        tests += [_present(rule.differs, rule, "a."), _present(rule.differs, rule, "b.")]
    tests += _tests(rule.first, query, "a.") + _tests(rule.second, query, "b.")
    for gap in rule.gaps:
        tests += _gap_tests(gap, query)
    days = [f'CAST(b."{gap.end}" - a."{gap.start}" AS BIGINT)' for gap in rule.gaps]
    amount = f'coalesce(a."{rule.amount}", 0) + coalesce(b."{rule.amount}", 0)' if rule.amount else "NULL"
    units = [f"nullif(CAST({side}.\"{rule.unit}\" AS VARCHAR), '')" for side in "ab"]
    unit = f"least({', '.join(units)})" if rule.unit else "NULL"
    return (
        f"SELECT [a.{key}, b.{key}], NULL, {amount}, {unit}, {', '.join(days)} "  # noqa: S608
        f"FROM r a JOIN r b ON {' AND '.join(tests)} "
        f"QUALIFY row_number() OVER (PARTITION BY least(a.{key}, b.{key}), greatest(a.{key}, b.{key}) ORDER BY a.{key}) = 1"
    )


def _gap_tests(gap: Gap, query: Query) -> list[str]:
    days = f'(b."{gap.end}" - a."{gap.start}")'
    tests = [f"{days} >= {query.put(gap.least)}"] if gap.least is not None else []
    return [*tests, f"{days} <= {query.put(gap.most)}"] if gap.most is not None else tests


def _split(rule: Review, query: Query) -> str:
    same, day, key = _names(rule.same), f'"{rule.date}"', f'"{rule.key}"'
    order = f"OVER (PARTITION BY {same} ORDER BY {day}, {key})"
    small = (
        f'SELECT * FROM r WHERE {day} IS NOT NULL AND "{rule.column}" < {query.put(rule.below)} '  # noqa: S608
        f"AND {_present(rule.same, rule)}"
    )
    starts = f"SELECT *, CASE WHEN {day} - lag({day}) {order} <= {query.put(rule.within_days)} THEN 0 ELSE 1 END AS begins_ FROM s"  # noqa: S608
    chains = f"SELECT *, sum(begins_) {order} AS chain_ FROM t"  # noqa: S608
    return (
        f'SELECT {_gathered(rule, "NULL")}, count(*), sum("{rule.column}") FROM '  # noqa: S608
        f"(WITH s AS ({small}), t AS ({starts}) {chains}) AS c GROUP BY {same}, chain_ "
        f'HAVING count(*) > 1 AND sum("{rule.column}") >= {query.put(rule.above)}'
    )


def _share(rule: Review, query: Query) -> str:
    part = " AND ".join(_tests(rule.part, query)) or "TRUE"
    measure = f'coalesce(sum("{rule.sum}"), 0)' if rule.sum else "count(*)"
    had = (
        f'coalesce(sum("{rule.sum}") FILTER (WHERE part_), 0)'
        if rule.sum
        else "count(*) FILTER (WHERE part_)"
    )
    bound, sign = (rule.above, ">") if rule.above is not None else (rule.below, "<")
    group = f"list_value({', '.join(f'any_value({_text(name, rule)})' for name in rule.by)})"
    return (
        f"SELECT {_gathered(rule, group, 'part_')}, {had}, {measure} FROM (SELECT *, ({part}) AS part_ FROM r) AS p "  # noqa: S608
        f"GROUP BY {_names(rule.by)} HAVING count(*) >= {query.put(rule.least)} AND {measure} > 0 "
        f"AND CAST({had} AS HUGEINT) * {query.put(bound.denominator)} {sign} "
        f"CAST({measure} AS HUGEINT) * {query.put(bound.numerator)}"
    )


def _text(name: str, rule: Review) -> str:
    if rule.columns[name] == "flag":
        return f"CASE \"{name}\" WHEN TRUE THEN 'yes' WHEN FALSE THEN 'no' ELSE '' END"
    return f"coalesce(CAST(\"{name}\" AS VARCHAR), '')"


def _totals(rule: Review, query: Query) -> str:
    by, period = (
        _names(rule.by),
        {"day": "day", "month": "month", "quarter": "quarter", "year": "year"}.get(rule.per),
    )
    start = f"date_trunc('{period}', \"{rule.on}\")" if period else "NULL"
    measure = f'coalesce(sum("{rule.sum}"), 0)' if rule.sum else "count(*)"
    texts = [f"any_value({_text(name, rule)})" for name in rule.by]
    texts += ["CAST(CAST(any_value(start_) AS DATE) AS VARCHAR)"] if period else []
    where = f' WHERE "{rule.on}" IS NOT NULL' if period else ""
    group = f"list_value({', '.join(texts)})"
    return (
        f"SELECT {_gathered(rule, group)}, {measure} "  # noqa: S608
        f"FROM (SELECT *, {start} AS start_ FROM r{where}) AS p GROUP BY {by}, start_ HAVING {measure} > {query.put(rule.above)}"
    )


_FORMS: dict[str, Callable[[Review, Query], str]] = {
    "limit": _limit,
    "outside": _outside,
    "inside": _outside,
    "missing": _missing,
    "duplicates": _duplicates,
    "pairs": _pairs,
    "split": _split,
    "share": _share,
    "totals": _totals,
}

_NUMBERS: Mapping[str, Callable[[Review], list[str]]] = {
    "limit": lambda rule: [rule.column, rule.above_column] if rule.above_column else [rule.column],
    "outside": lambda rule: [rule.column],
    "inside": lambda rule: [rule.column],
    "missing": lambda rule: ["missing"],
    "duplicates": lambda rule: ["rows"],
    "pairs": lambda rule: [f"{gap.start}→{gap.end}" for gap in rule.gaps],
    "split": lambda rule: ["rows", rule.column],
    "share": lambda rule: ["part", "whole"],
    "totals": lambda rule: [rule.sum or "rows"],
}


def _found(rule: Review, row: tuple[Any, ...]) -> Found:
    keys, group, amount, unit, *numbers = row
    named = tuple(zip(_NUMBERS[rule.form](rule), (text_of(value) for value in numbers), strict=True))
    return Found(
        _group(rule, group),
        tuple(sorted(keys or ())),
        None if amount is None else int(amount),
        named,
        unit or "",
    )


def _group(rule: Review, group: list[str] | None) -> tuple[str, ...]:
    """The group as `rules` writes it: the period by its name, not by its first day."""
    if group is None:
        return ()
    if not rule.per:
        return tuple(group)
    return (*group[:-1], period_of(parse_date(group[-1]), rule.per))
