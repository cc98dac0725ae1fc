"""Kinds that this module runs: `indicator`, checked against the declared lake tables, its cases run on two engines; and the
figures in the cases of `register`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
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
from kangcheng.performance.indicators.definition import indicator, scaled
from kangcheng.performance.indicators.spans import span
from kangcheng.performance.indicators.types import Counted, Indicator, Span, show
from kangcheng.performance.tables import tables
from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds import indicator as schema
from kangcheng.policy.pack import Pack
from kangcheng.work.registers import kinds as registers

Rows = Mapping[str, list[dict[str, Any]]]
Tables = Mapping[str, Table]
REPEAT = "repeat"  # in a row of a case: so many equal rows
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # cases have no export of their own


def check(entry: Entry, pack: Pack) -> list[Fault]:
    """Tables, columns and values are ones the lake has; breakdowns are columns of every table counted; sums are of numbers
    in the indicator's unit; no indicator is made of itself."""
    known = tables(pack)
    try:
        found = indicator(entry.data, known)
        for counted in filter(None, (found.measure, found.numerator, found.denominator)):
            for name in found.breakdowns:
                known[counted.measure.table].column(name)
        problem = _unsummable(found, known) or _circle(entry, pack)
        if problem:
            return [entry.fault((), problem)]
    except KangchengError as error:
        return [entry.fault((), error.what, rule=error.rule, todo=error.todo)]
    except (KeyError, ValueError) as error:
        return [entry.fault((), f"湖表里没有 (not in the lake): {error.args[0]!s}")]
    return []


def _unsummable(found: Indicator, known: Tables) -> str:
    """What is wrong with a sum: of a column that is no number, or of another unit than the indicator's."""
    for counted in filter(None, (found.measure, found.numerator, found.denominator)):
        if counted.measure.how == "sum" and _kind(counted, known) not in ("fen", "integer"):
            return f"{counted.measure.column} 不是数，不能求和 (not a number)"
    money = found.measure is not None and _kind(found.measure, known) == "fen"
    if found.measure is not None and money != found.unit.startswith("CNY"):
        return f"单位 {found.unit} 与所求的量不符 (unit does not fit)：金额用 CNY，其余不用"
    return ""


def _kind(counted: Counted, known: Tables) -> str:
    measure = counted.measure
    return known[measure.table].column(measure.column).type if measure.how == "sum" else "integer"


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
    problems = [fault.what for fault in check(entry, pack)] or _unknown(entry, case, pack)
    if problems:
        return judged(case, problems)
    known = tables(pack)
    rows = {
        name: [_row(known[name], row) for row in given for _ in range(int(row.get(REPEAT, "1")))]
        for name, given in case.data.get("rows", {}).items()
    }
    return judged(case, _both(entry, case.data, rows, pack))


def _both(entry: Entry, asked: Mapping[str, Any], rows: Rows, pack: Pack) -> list[str]:
    """Compute over `rows` on both engines; what differs from `asked["expect"]`, in words."""
    known, differences = tables(pack), []
    definitions = {id_: indicator(made.data, known) for id_, made in _made_of(entry, pack).items()}
    used = {one.measure.table for made in definitions.values() for one in _counted_by(made)}
    with ExitStack() as stack:
        few = {name: known[name] for name in used}
        for engine, ask in (("memory", _loops(rows, known)), ("duckdb", _duck(rows, few, stack))):
            computer = Computer(indicators=definitions, tables=known, ask=ask, as_of=EPOCH, release="")
            got = _got(computer, entry.id, asked)
            if not _same(asked["expect"], got):
                differences.append(f"{engine}: 应为 {asked['expect']}，得 {got}")
    return differences


def _counted_by(found: Indicator) -> Iterator[Counted]:
    yield from filter(None, (found.measure, found.numerator, found.denominator))


def run_register_case(entry: Entry, case: Case, pack: Pack) -> CaseResult:
    """A case of a register, whose figures are computed from the rows it keeps."""
    return registers.run_case(entry, case, pack, _figures)


def _figures(entry: Entry, case: Case, pack: Pack, rows: Rows) -> list[str]:
    """What the indicators of a register's case give otherwise than it expects."""
    differences = []
    for id_, wanted in case.data["expect"]["figures"].items():
        made = pack.entries.get(("indicator", id_))
        if made is None:
            differences.append(f"没有这个指标 (no such indicator) {id_!r}")
            continue
        asked = {**case.data, **(wanted if isinstance(wanted, dict) else {"value": wanted})}
        differences += [
            f"{id_}: {word}" for word in _both(made, {**asked, "expect": asked["value"]}, rows, pack)
        ]
    return differences


def _unknown(entry: Entry, case: Case, pack: Pack) -> list[str]:
    """Tables, columns and groups of a case that the lake or the indicator does not have, and a missing `expect`."""
    known_tables = tables(pack)
    found = [] if "expect" in case.data else ["没有 expect (nothing is expected)"]
    for name, rows in case.data.get("rows", {}).items():
        if name not in known_tables:
            found.append(f"湖表里没有 {name} (no such table)；有 {', '.join(sorted(known_tables))}")
            continue
        known = {column.name for column in known_tables[name].columns}
        for column in dict.fromkeys(key for row in rows for key in row if key not in known | {REPEAT}):
            found.append(f"{name} 没有 {column} 列 (no such column)；有 {', '.join(sorted(known))}")
    found += [
        f"不按 {name} 分组 (no such breakdown)"
        for name in _by(case.data)
        if name not in _by(entry.data, "breakdowns")
    ]
    return found


def _by(given: Mapping[str, Any], key: str = "by") -> tuple[str, ...]:
    value = given.get(key, ())
    return (value,) if isinstance(value, str) else tuple(value)


def _got(computer: Computer, id: str, asked: Mapping[str, Any]) -> str | dict[str, str]:
    period = span(asked["period"]) if "period" in asked else Span("none", None, None, "")
    split = _by(asked)
    value = computer.value(id, period, scope=asked.get("scope", ""), by=split)
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
        return scaled(text, column.scale) if column.type == "integer" else _READ.get(column.type, str)(text)
    except (KangchengError, ValueError, KeyError, TypeError):
        raise KangchengError(
            f"{text!r} 不是 {column.type} (wrong form)", where=column.name, rule="按湖表的列类型"
        ) from None


_READ: dict[str, Callable[[Any], Any]] = {
    "fen": parse_yuan,
    "date": parse_date,
    "boolean": {"yes": True, "no": False}.__getitem__,
}


def _loops(rows: Rows, known: Tables) -> Ask:
    return lambda question: memory.answer(
        question, known[question.measure.table], rows.get(question.measure.table, [])
    )


def _duck(rows: Rows, known: Tables, stack: ExitStack) -> Ask:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for name, table in known.items():
        schema_ = pa.schema([(column.name, ARROW[column.type]) for column in table.columns])
        pq.write_table(pa.Table.from_pylist(rows.get(name, []), schema=schema_), folder / f"{name}.parquet")
    lake = Lake(folder, known.values())
    stack.callback(lake.close)
    return lake.ask


KINDS = [
    replace(schema.KIND, check=check, run_case=run_case),
    replace(registers.KIND, run_case=run_register_case),
]
