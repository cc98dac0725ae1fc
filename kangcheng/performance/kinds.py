"""Kinds that this module runs: `indicator`, checked against the declared lake tables, its cases run on two engines."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.money import parse_yuan
from kangcheng.kernel.units import parse_number
from kangcheng.lake.engines import memory
from kangcheng.lake.engines.duck import Lake
from kangcheng.lake.export import ARROW
from kangcheng.lake.tables import Column, Table
from kangcheng.performance.indicators.compute import Ask, Computer
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.spans import span
from kangcheng.performance.indicators.types import Counted, Indicator, Span, show
from kangcheng.performance.tables import TABLES
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds import indicator as schema
from kangcheng.policy.pack import Pack

Rows = Mapping[str, list[dict[str, Any]]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # cases have no export of their own


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Tables, columns and values are ones the lake has; breakdowns are columns of every table counted; sums are of numbers
    in the indicator's unit; no indicator is made of itself."""
    try:
        found = indicator(entry.data, TABLES)
        for counted in filter(None, (found.measure, found.numerator, found.denominator)):
            for name in found.breakdowns:
                TABLES[counted.measure.table].column(name)
        problem = _unsummable(found) or _circle(entry, pack)
        if problem:
            return [entry.fault((), problem)]
    except KangchengError as error:
        return [entry.fault((), error.what, rule=error.rule, todo=error.todo)]
    except (KeyError, ValueError) as error:
        return [entry.fault((), f"湖表里没有 (not in the lake): {error.args[0]!s}")]
    return []


def _unsummable(found: Indicator) -> str:
    """What is wrong with a sum: of a column that is no number, or of another unit than the indicator's."""
    for counted in filter(None, (found.measure, found.numerator, found.denominator)):
        if counted.measure.how == "sum" and _kind(counted) not in ("fen", "integer"):
            return f"{counted.measure.column} 不是数，不能求和 (not a number)"
    money = found.measure is not None and _kind(found.measure) == "fen"
    if found.measure is not None and money != found.unit.startswith("CNY"):
        return f"单位 {found.unit} 与所求的量不符 (unit does not fit)：金额用 CNY，其余不用"
    return ""


def _kind(counted: Counted) -> str:
    measure = counted.measure
    return TABLES[measure.table].column(measure.column).type if measure.how == "sum" else "integer"


def _circle(entry: Entry, pack: Pack) -> str:
    try:
        _made_of(entry, pack)
    except KangchengError as error:
        return error.what
    return ""


def _made_of(entry: Entry, pack: Pack, trail: tuple[str, ...] = ()) -> dict[str, Entry]:
    """The indicator and those it is made of, by id. Raises KangchengError when it is made of itself."""
    if entry.id in trail:
        raise KangchengError(f"指标由自己算出 (made of itself): {' → '.join((*trail, entry.id))}")
    share = entry.get("share_of") or {}
    parts = (*entry.get("sum", ()), *entry.get("difference", ()), *share.values())
    found = {entry.id: entry}
    for id_ in dict.fromkeys(parts):
        found |= _made_of(pack.entries["indicator", id_], pack, (*trail, entry.id))
    return found


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Compute the case on the loops and on DuckDB; both must give what it expects."""
    problems = [fault.what for fault in check(entry, pack)] or _unknown(entry, case)
    if problems:
        return judged(case, problems)
    definitions = {id_: indicator(made.data, TABLES) for id_, made in _made_of(entry, pack).items()}
    rows = {
        name: [_row(TABLES[name], row) for row in given] for name, given in case.data.get("rows", {}).items()
    }
    differences = []
    with ExitStack() as stack:
        for engine, ask in (("memory", _loops(rows)), ("duckdb", _duck(rows, stack))):
            computer = Computer(indicators=definitions, tables=TABLES, ask=ask, as_of=EPOCH, release="")
            got = _got(computer, entry.id, case)
            if not _same(case.data["expect"], got):
                differences.append(f"{engine}: 应为 {case.data['expect']}，得 {got}")
    return judged(case, differences)


def _unknown(entry: Entry, case: Case) -> list[str]:
    """Tables, columns and groups of a case that the lake or the indicator does not have, and a missing `expect`."""
    found = [] if "expect" in case.data else ["没有 expect (nothing is expected)"]
    for name, rows in case.data.get("rows", {}).items():
        if name not in TABLES:
            found.append(f"湖表里没有 {name} (no such table)；有 {', '.join(sorted(TABLES))}")
            continue
        known = {column.name for column in TABLES[name].columns}
        for column in dict.fromkeys(key for row in rows for key in row if key not in known):
            found.append(f"{name} 没有 {column} 列 (no such column)；有 {', '.join(sorted(known))}")
    found += [f"不按 {name} 分组 (no such breakdown)" for name in _by(case) if name not in _by(entry)]
    return found


def _by(given: Case | Entry) -> tuple[str, ...]:
    value = given.data.get("by", ()) if isinstance(given, Case) else given.get("breakdowns", ())
    return (value,) if isinstance(value, str) else tuple(value)


def _got(computer: Computer, id: str, case: Case) -> str | dict[str, str]:
    period = span(case.data["period"]) if "period" in case.data else Span("none", None, None, "")
    split = _by(case)
    value = computer.value(id, period, scope=case.data.get("scope", ""), by=split)
    if not split:
        return plain(value.number, value.indicator)
    return {" + ".join(key): plain(number, value.indicator) for key, number in value.by.items()}


def _same(expected: Any, got: Any) -> bool:
    """Equal, however many zeros stand after the point."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(_same(expected[key], got[key]) for key in got)
    try:
        return expected == got or parse_number(expected) == parse_number(got)
    except KangchengError:
        return False


def plain(number: Fraction | None, found: Indicator) -> str:
    """A value as cases write it: as printed, without unit and thousands commas; yuan in full; 分母为零 over nothing."""
    if number is None:
        return "分母为零"
    if found.unit.startswith("CNY"):
        return f"{show(number, replace(found, unit='CNY/person'))}".removesuffix("元").replace(",", "")
    return show(number, found).removesuffix("%").replace(",", "")


def _row(table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _cell(column, given.get(column.name)) for column in table.columns}


def _cell(column: Column, text: Any) -> Any:
    """A cell of a case by its column's type. Raises KangchengError naming the column."""
    if text is None or text == "":
        return None
    try:
        return _READ.get(column.type, str)(text)
    except (KangchengError, ValueError, KeyError, TypeError):
        raise KangchengError(
            f"{text!r} 不是 {column.type} (wrong form)", where=column.name, rule="按湖表的列类型"
        ) from None


_READ: dict[str, Callable[[Any], Any]] = {
    "fen": parse_yuan,
    "integer": int,
    "date": parse_date,
    "boolean": {"yes": True, "no": False}.__getitem__,
}


def _loops(rows: Rows) -> Ask:
    return lambda question: memory.answer(
        question, TABLES[question.measure.table], rows.get(question.measure.table, [])
    )


def _duck(rows: Rows, stack: ExitStack) -> Ask:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for name, table in TABLES.items():
        schema_ = pa.schema([(column.name, ARROW[column.type]) for column in table.columns])
        pq.write_table(pa.Table.from_pylist(rows.get(name, []), schema=schema_), folder / f"{name}.parquet")
    lake = Lake(folder, TABLES.values())
    stack.callback(lake.close)
    return lake.ask


KINDS = [replace(schema.KIND, check=check, run_case=run_case)]
