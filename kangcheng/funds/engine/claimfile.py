"""Claims from a file: JSON (a list of claims), CSV or Parquet (one claim a row, columns as docs/modules/engine.md lists)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kangcheng.funds.engine import parse
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.parse.claims import KEYS
from kangcheng.kernel.errors import Fault, Faults

MOST_BYTES = 1 << 30
_PLACE = re.compile(r"\[\d+\]")
PLAIN = tuple(
    key for key in KEYS if key not in ("groups", "paid", "facts", "money", "accounts", "accumulators")
)
DOTTED = {
    "group": "groups",
    "paid": "paid",
    "account": "accounts",
    "accumulator": "accumulators",
    "fact": "facts",
    "money": "money",
    "attribute": "attributes",
}


def read_claims(file: Path) -> list[Claim]:
    """All claims of the file. Raises Faults with every fault of every row; nothing is returned in part."""
    if file.stat().st_size > MOST_BYTES:
        raise _broken(file, f"文件大于 {MOST_BYTES >> 20} MB (file too large)", "分成几个文件")
    ending = file.suffix.lower()
    if ending == ".json":
        return parse.claims_of(_from_json(file), file=file.name, once=True)
    if ending == ".csv":
        return _by_row(file, _from_csv(file))
    if ending == ".parquet":
        return _by_row(file, _from_parquet(file))
    raise _broken(file, f"不认识的文件类型 {ending!r} (unknown file type)", "用 .json、.csv 或 .parquet")


def located(error: Faults, file: Path) -> Faults:
    """Faults found while settling the claims of a file, with the file and, for tables, the line."""
    faults = [replace(fault, file=file.name) for fault in error.faults]
    if file.suffix.lower() != ".json":
        faults = [_at_row(fault) for fault in faults]
    return Faults(faults, what=error.what, where=error.where, todo=error.todo)


def _by_row(file: Path, rows: list[dict[str, Any]]) -> list[Claim]:
    try:
        return parse.claims_of(rows, file=file.name, once=True)
    except Faults as error:
        raise Faults([_at_row(fault) for fault in error.faults], what=error.what, where=error.where) from None


def _at_row(fault: Fault) -> Fault:
    """A fault at "[3].total" is on line 5 of the table: one line of headings, rows from zero."""
    place, _, field = fault.where.partition(".")
    if not _PLACE.fullmatch(place):
        return fault
    line = int(place[1:-1]) + 2
    return Fault(field, fault.what, fault.rule, fault.todo, line, fault.file, fault.near)


def _broken(file: Path, what: str, todo: str = "", line: int | None = None) -> Faults:
    return Faults(
        [Fault("", what, todo=todo, line=line, file=file.name)], what="读不出单据 (cannot read claims)"
    )


# --- JSON


def _from_json(file: Path) -> list[Any]:
    try:
        data = json.loads(
            file.read_bytes().decode("utf-8-sig"),
            object_pairs_hook=lambda pairs: _once(file, pairs),
        )
    except UnicodeDecodeError:
        raise _broken(file, "不是UTF-8文本 (not UTF-8)", "另存为UTF-8") from None
    except RecursionError:
        raise _broken(file, "嵌套过深 (nested too deep)") from None
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise _broken(file, f"不是JSON (not JSON): {error}", "检查括号、逗号和引号", line) from None
    if isinstance(data, dict):
        data = data["claims"] if set(data) == {"claims"} else [data]
    if not isinstance(data, list):
        raise _broken(file, "应为单据的列表 (a list of claims is expected)", "[{...}, {...}]")
    return data


def _once(file: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise _broken(file, f"键写了两次 (key twice): {', '.join(twice[:5])}", "每个键只写一次")
    return found


# --- tables


def _from_csv(file: Path) -> list[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return list(_csv_rows(file, csv.reader(stream, strict=True)))
    except UnicodeDecodeError:
        raise _broken(file, "不是UTF-8文本 (not UTF-8)", "另存为UTF-8") from None
    except csv.Error as error:
        raise _broken(file, f"不是CSV (not CSV): {error}") from None


def _csv_rows(file: Path, reader: Any) -> Iterator[dict[str, Any]]:
    header = [name.strip() for name in next(reader, [])]
    if not header:
        raise _broken(file, "没有表头 (no headings)", "第一行写列名: id,person,on,...", 1)
    _known_columns(file, header)
    blank = 0
    for number, cells in enumerate(reader, 2):
        blank = blank or (0 if cells else number)
        if blank and cells:
            raise _broken(file, "空行之后还有单据 (rows after a blank line)", "删去空行", blank)
        if blank:
            continue
        if len(cells) != len(header):
            what = f"有 {len(cells)} 格，表头有 {len(header)} 格 (cells and headings differ)"
            raise _broken(file, what, "检查逗号和引号", number)
        pairs = zip(header, cells, strict=True)
        yield _row({name: cell.strip() for name, cell in pairs if cell.strip()}, file, number)


def _from_parquet(file: Path) -> list[dict[str, Any]]:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(file)
    except (pyarrow.ArrowException, OSError) as error:
        raise _broken(file, f"不是Parquet (not Parquet): {str(error)[:120]}") from None
    _known_columns(file, table.column_names)
    rows = enumerate(table.to_pylist(), 2)
    return [
        _row({name: _text(value) for name, value in row.items() if value is not None}, file, number)
        for number, row in rows
    ]


def _text(value: Any) -> Any:
    """Exact cells become the text a claim wants; floats stay what they are and are refused by field."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(
        value, date
    ):  # a timestamp is a day when it is midnight; with an hour it is not, and is refused
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, dict):
        return {key: _text(one) for key, one in value.items() if one is not None}
    return [_text(one) for one in value] if isinstance(value, list) else value


def _known_columns(file: Path, names: list[str]) -> None:
    faults = []
    for name in names:
        head, dot, rest = name.partition(".")
        if name not in PLAIN and not (dot and rest and head in DOTTED):
            near = get_close_matches(name[:60], [*PLAIN, *(f"{one}.NAME" for one in DOTTED)], n=1)
            what = f"未知的列 {name[:60]!r} (unknown column)"
            faults.append(Fault(name[:60], what, line=1, file=file.name, near=near[0] if near else None))
    if len(set(names)) != len(names):
        faults.append(Fault("", "列名重复 (column twice)", line=1, file=file.name))
    if faults:
        raise Faults(faults, what="读不出单据 (cannot read claims)")


def _row(cells: dict[str, Any], file: Path, number: int) -> dict[str, Any]:
    """One row as a claim mapping: dotted columns gathered, lists split, item lines read."""
    claim: dict[str, Any] = {}
    for name, cell in cells.items():
        head, dot, rest = name.partition(".")
        if dot:
            claim.setdefault(DOTTED[head], {})[rest] = cell
        elif name == "categories" and isinstance(cell, str):
            claim[name] = [one.strip() for one in cell.replace("；", ";").split(";") if one.strip()]
        elif name in ("lines", "attributes") and isinstance(cell, str):
            claim[name] = _inner(cell, file, number, name)
        else:
            claim[name] = cell
    return claim


def _inner(cell: str, file: Path, number: int, name: str) -> Any:
    try:
        return json.loads(cell, object_pairs_hook=lambda pairs: _once(file, pairs))
    except (ValueError, RecursionError):
        raise _broken(file, f"{name} 不是JSON (not JSON)", line=number) from None


COLUMNS = (*PLAIN, *(f"{head}.NAME" for head in DOTTED))
