"""Files of codes and of maps: CSV with a header, UTF-8, every code read as text. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from kangcheng.kernel.errors import Fault, Faults
from kangcheng.records.terminology.types import Concept, TerminologyError

CODE = ("code", "代码", "编码")
TITLE = ("name_zh", "title", "名称", "含义")
DISPLAY = ("display", "name_en", "英文名称")
PARENT = ("parent", "上级代码")
ALIAS = ("alias", "source_code", "原代码")
TARGET = ("code", "target_code", "对应代码")
EQUIVALENCE = ("equivalence", "对照关系")
EQUIVALENCES = ("equivalent", "equal", "wider", "narrower", "inexact", "relatedto")
LONGEST = {"code": 64, "title": 500}


def codes(content: bytes, *, system: str, file: str = "") -> list[Concept]:
    """The codes of a file; raises Faults naming every line without code or name, too long, or twice."""
    rows, faults = _rows(content, file), []
    seen: set[str] = set()
    code, title = _column(rows, CODE, file), _column(rows, TITLE, file)
    display, parent = _optional(rows, DISPLAY), _optional(rows, PARENT)
    found = []
    for line, row in enumerate(rows, 2):
        one = Concept(system, _text(row, code), _text(row, title), _text(row, display), _text(row, parent))
        what = _wrong(one, seen)
        if what:
            faults.append(Fault(one.code or "code", what, line=line, file=file))
        seen.add(one.code)
        found.append(one)
    if faults:
        raise Faults(faults, where=file)
    return found


def mappings(content: bytes, *, file: str = "") -> list[tuple[str, str, str]]:
    """(source code, target code, equivalence) of a file; raises Faults naming every line that is none."""
    rows = _rows(content, file)
    source, target = _column(rows, ALIAS, file), _column(rows, TARGET, file)
    equivalence = _optional(rows, EQUIVALENCE)
    found, faults = [], []
    for line, row in enumerate(rows, 2):
        one = (_text(row, source), _text(row, target), _text(row, equivalence) or "equivalent")
        if not one[0] or not one[1] or one[2] not in EQUIVALENCES:
            faults.append(
                Fault(
                    one[0] or "code",
                    "缺代码或对照关系不对 (code missing, or wrong equivalence)",
                    line=line,
                    file=file,
                )
            )
        found.append(one)
    if faults:
        raise Faults(faults, where=file)
    return list(dict.fromkeys(found))


def _wrong(one: Concept, seen: set[str]) -> str:
    if not one.code or not one.title:
        return "缺代码或名称 (code or name missing)"
    if len(one.code) > LONGEST["code"] or max(len(one.title), len(one.display)) > LONGEST["title"]:
        return "代码或名称过长 (code or name too long)"
    return "代码重复 (code twice)" if one.code in seen else ""


def _rows(content: bytes, file: str) -> Sequence[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TerminologyError(
            "不是 UTF-8 文字 (not UTF-8 text)", where=file, todo="另存为 UTF-8 CSV"
        ) from error
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if not rows:
        raise TerminologyError("没有行 (no rows)", where=file)
    return rows


def _optional(rows: Sequence[dict[str, str]], names: Iterable[str]) -> str | None:
    return next((name for name in names if name in rows[0]), None)


def _column(rows: Sequence[dict[str, str]], names: Sequence[str], file: str) -> str:
    found = _optional(rows, names)
    if found is None:
        there = "、".join(str(name) for name in rows[0])
        raise TerminologyError(
            f"缺列 (column missing): {' / '.join(names)}", where=file, todo=f"现有列：{there}"
        )
    return found


def _text(row: dict[str, str], column: str | None) -> str:
    return (row.get(column) or "").strip() if column else ""
