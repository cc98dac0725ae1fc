"""Kinds that this module runs: `indicator`, checked against the declared lake tables, its cases run on two engines."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
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
from kangcheng.lake.engines import memory
from kangcheng.lake.engines.duck import Lake
from kangcheng.lake.export import ARROW
from kangcheng.lake.tables import Table
from kangcheng.performance.indicators.compute import Ask, Computer
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.spans import span
from kangcheng.performance.indicators.types import Indicator, Span, show
from kangcheng.performance.tables import TABLES
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds import indicator as schema
from kangcheng.policy.pack import Pack

Rows = Mapping[str, list[dict[str, Any]]]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # cases have no export of their own


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Tables, columns and values are ones the lake has; breakdowns are columns of every table counted."""
    try:
        found = indicator(entry.data, TABLES)
        for counted in filter(None, (found.measure, found.numerator, found.denominator)):
            for name in found.breakdowns:
                TABLES[counted.measure.table].column(name)
    except KangchengError as error:
        return [entry.fault((), error.what, rule=error.rule, todo=error.todo)]
    except (KeyError, ValueError) as error:
        return [entry.fault((), f"湖表里没有 (not in the lake): {error.args[0]!s}")]
    return []


def run_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """Compute the case on the loops and on DuckDB; both must give what it expects."""
    definitions = {e.id: indicator(e.data, TABLES) for e in pack.of_kind("indicator")} | {
        entry.id: indicator(entry.data, TABLES)
    }
    rows = {
        name: [_row(TABLES[name], row) for row in given] for name, given in case.data.get("rows", {}).items()
    }
    differences = []
    with ExitStack() as stack:
        for engine, ask in (("memory", _loops(rows)), ("duckdb", _duck(rows, stack))):
            computer = Computer(indicators=definitions, tables=TABLES, ask=ask, as_of=EPOCH, release="")
            got = _got(computer, entry.id, case)
            if got != case.data["expect"]:
                differences.append(f"{engine}: 应为 {case.data['expect']}，得 {got}")
    return judged(case, differences)


def _got(computer: Computer, id: str, case: Case) -> str | dict[str, str]:
    period = span(case.data["period"]) if "period" in case.data else Span("none", None, None, "")
    by = case.data.get("by", ())
    split = tuple([by] if isinstance(by, str) else by)
    value = computer.value(id, period, scope=case.data.get("scope", ""), by=split)
    if not split:
        return plain(value.number, value.indicator)
    return {" + ".join(key): plain(number, value.indicator) for key, number in value.by.items()}


def plain(number: Fraction | None, found: Indicator) -> str:
    """A value as cases write it: as printed, without unit and thousands commas; yuan in full; 分母为零 over nothing."""
    if number is None:
        return "分母为零"
    if found.unit.startswith("CNY"):
        return f"{show(number, replace(found, unit='CNY/person'))}".removesuffix("元").replace(",", "")
    return show(number, found).removesuffix("%").replace(",", "")


def _row(table: Table, given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = given.keys() - {column.name for column in table.columns}
    if unknown:
        table.column(min(unknown))
    return {column.name: _typed(column.type, given.get(column.name)) for column in table.columns}


def _typed(kind: str, text: str | None) -> Any:
    if text is None or text == "":
        return None
    if kind == "fen":
        return parse_yuan(text)
    if kind == "integer":
        return int(text)
    if kind == "date":
        return parse_date(text)
    return {"yes": True, "no": False}[text] if kind == "boolean" else text


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
