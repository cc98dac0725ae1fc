"""The lake table of a register: its own columns with place and validity, filled from the database, or from rows in hand. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from kangcheng.kernel.money import rounded
from kangcheng.lake.tables import Column as LakeColumn
from kangcheng.lake.tables import ColumnType, Table
from kangcheng.policy.pack import Pack
from kangcheng.work.registers.rules import formula, rows
from kangcheng.work.registers.rules.definition import definitions
from kangcheng.work.registers.types import Column, Derived, Register, Values

TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
TYPES = {"number": "integer", "money": "fen", "date": "date", "flag": "boolean"}
IDS = ("person", "institution", "reference", "file")
PLACE = (
    LakeColumn("area_code", "text", "所在区划代码", "area"),
    LakeColumn("county_code", "text", "所在县（区）代码", "county"),
    LakeColumn("city_code", "text", "所在市代码", "city"),
    LakeColumn("institution_id", "uuid", "归属机构", "institution that owns the row"),
)
TIME = (
    LakeColumn("valid_from", "date", "起（含）", "first day"),
    LakeColumn("valid_to", "date", "止（不含），未止为空", "first day after"),
    LakeColumn("kept_until", "date", "保存至，永久为空", "kept until"),
    LakeColumn("recorded", "date", "最近一次写入日期", "day it was last written"),
)
PLACE_SQL = (
    "r.area_code AS area_code, substr(r.area_code, 1, 6) AS county_code, substr(r.area_code, 1, 4) AS city_code, "
    "r.institution_id::text AS institution_id"
)
GOLDEN_SQL = "coalesce((SELECT a.golden_id::text FROM registry_personalias a WHERE a.until IS NULL AND a.person_id = ({0})::uuid), {0})"


def tables(pack: Pack) -> dict[str, Table]:
    """The lake tables of every register of the pack, by name."""
    return {one.table: table(one) for one in definitions(pack).values()}


def table(register: Register) -> Table:
    """The lake table of one register. Sealed columns and file ids stay out."""
    columns, selected = (
        [LakeColumn("row_id", "uuid", "行的内部编号", "opaque id of the row")],
        ["r.id::text AS row_id"],
    )
    columns += PLACE
    selected.append(PLACE_SQL)
    for column in _open(register):
        for lake, expression in _parts(column):
            columns.append(lake)
            selected.append(f"{expression} AS {lake.name}")
    for lake, expression in _derived(register):
        columns.append(lake)
        selected.append(f"{expression} AS {lake.name}")
    columns += TIME
    selected.append(
        f"r.valid_from AS valid_from, r.valid_to AS valid_to, {_kept(register)} AS kept_until, r.on AS recorded"
    )
    return Table(
        register.table,
        f"台账：{register.title}",
        tuple(columns),
        f"SELECT {', '.join(selected)} FROM work_registerrow r "  # noqa: S608  names of checked entries only
        f"WHERE r.register = {formula.quoted(register.id)} AND NOT r.removed",
        when=register.when or None,
        valid=("valid_from", "valid_to") if register.valid_from else None,
    )


def _open(register: Register) -> list[Column]:
    return [column for column in register.columns if not column.personal and column.type != "file"]


def _parts(column: Column) -> Iterator[tuple[LakeColumn, str]]:
    """The lake columns of one column: several codes give one yes/no each."""
    if column.several:
        for code, title in column.codes.items():
            held = f"coalesce(r.data -> '{column.id}' ? {formula.quoted(code)}, false)"
            yield (
                LakeColumn(
                    several_name(column, code), "boolean", f"{column.title}：{title}", column.title_en
                ),
                held,
            )
        return
    kind = cast(ColumnType, TYPES.get(column.type, "uuid" if column.type in IDS else "text"))
    yield (
        LakeColumn(column.id, kind, _meaning(column), column.title_en, scale=column.decimals),
        _kept_sql(column),
    )


def several_name(column: Column, code: str) -> str:
    """Lake column of one code of a column that takes several."""
    return f"{column.id}_{code}".replace("-", "_").replace(".", "_").lower()


def _meaning(column: Column) -> str:
    codes = "、".join(f"{code} {title}" for code, title in list(column.codes.items())[:12])
    return f"{column.title}（{codes}）" if codes and not column.codelist else column.title


def _kept_sql(column: Column) -> str:
    text = f"r.data ->> '{column.id}'"
    if column.type == "number":
        return f"(({text})::numeric * {10**column.decimals})::bigint"
    if column.type == "person":
        return GOLDEN_SQL.format(f"({text})")
    kind = {"money": "bigint", "date": "date", "flag": "boolean"}.get(column.type)
    return f"({text})::{kind}" if kind else text


def formula_sql(register: Register) -> dict[str, str]:
    """The SQL of every name a formula may read, derived columns included."""
    found = {"today": TODAY}
    for column in register.columns:
        text = f"(r.data ->> '{column.id}')"
        casts = {"number": f"{text}::numeric", "money": f"({text}::numeric / 100)", "date": f"{text}::date",
                 "flag": f"{text}::boolean"}  # fmt: skip
        found[column.id] = f"(r.data -> '{column.id}')" if column.several else casts.get(column.type, text)
    for derived in register.derived:
        found[derived.id] = formula.sql(derived.formula, found)
    return found


def _derived(register: Register) -> Iterator[tuple[LakeColumn, str]]:
    known = formula_sql(register)
    for derived in register.derived:
        kind = cast(ColumnType, TYPES.get(derived.type, "text"))
        lake = LakeColumn(
            derived.id,
            kind,
            f"{derived.title}（{derived.formula}）",
            derived.title_en,
            scale=derived.decimals,
        )
        yield lake, derived_sql(derived, known[derived.id])


def derived_sql(derived: Derived, expression: str) -> str:
    """A derived column's SQL in the type the lake keeps."""
    if derived.type == "flag":
        return f"coalesce({expression}, false)"
    if derived.type == "number":
        return f"round({expression} * {10**derived.decimals})::bigint"
    if derived.type == "money":
        return f"round({expression} * 100)::bigint"
    return f"({expression})::{'date' if derived.type == 'date' else 'text'}"


def _kept(register: Register) -> str:
    name = register.valid_to if register.valid_from else register.when
    if register.keep_years is None or not name:
        return "NULL::date"
    return f"((r.data ->> '{name}')::date + make_interval(years => {register.keep_years}))::date"


def lake_row(
    register: Register, values: Values, today: date, *, row_id: str, area: str, institution: str | None
) -> dict[str, Any]:
    """The same line of the lake table from a row in hand."""
    start, after = rows.period(register, values)
    line: dict[str, Any] = {
        "row_id": row_id, "area_code": area, "county_code": area[:6], "city_code": area[:4],
        "institution_id": institution, "valid_from": start, "valid_to": after, "recorded": today,
    }  # fmt: skip
    for column in _open(register):
        value = values.get(column.id)
        if column.several:
            line |= {several_name(column, code): code in (value or ()) for code in column.codes}
        else:
            line[column.id] = _whole(column, value)
    found: Mapping[str, Any] = rows.derive(register, values, today)
    for derived in register.derived:
        line[derived.id] = _whole(derived, found[derived.id])
    line["kept_until"] = found["kept_until"]
    return line


def _whole(column: Column | Derived, value: Any) -> Any:
    """Numbers as the lake keeps them: whole, in units of the last decimal."""
    if column.type == "number" and value is not None:
        return rounded(value * 10**column.decimals)
    return str(value) if isinstance(value, UUID) else value
