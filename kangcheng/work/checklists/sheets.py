"""Answers as spreadsheets: the empty form of a round, answers read back, results as .xlsx."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from kangcheng.base import sheets
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.work.checklists import rules
from kangcheng.work.checklists.models import RoundUnit
from kangcheng.work.checklists.types import Item, Standard

YES = {
    "是": "yes",
    "否": "no",
    "有": "yes",
    "无": "no",
    "√": "yes",
    "×": "no",
    "yes": "yes",
    "no": "no",
    "不适用": "na",
}


def how(item: Item) -> str:
    """How to answer an item, in words."""
    if item.how == "yes_no":
        return "是 / 否"
    if item.how == "levels":
        return " / ".join(level.title for level in item.levels)
    if item.how == "deduct":
        return f"发现几{item.each_unit}"
    assert item.measure is not None
    return f"数值（{item.measure.unit}）"


def read(item: Item, text: str) -> str:
    """An answer as people write it in a sheet, as the item takes it. Raises KangchengError."""
    text = text.strip()
    if text in ("不适用", "na"):
        return "na"
    if item.how == "yes_no":
        return YES.get(text.lower(), text)
    if item.how == "levels":
        return {level.title: level.id for level in item.levels}.get(text, text)
    return text


def blank_sheet(standard: Standard, units: Iterable[RoundUnit]) -> bytes:
    """The form of a round: one row per unit and item."""
    rows = [
        [unit.name, str(unit.pk), item.id, item.title, how(item), "", ""]
        for unit in units
        for item in rules.applicable(standard, unit.attributes)
    ]
    return sheets.write_sheet(rows, [column.heading for column in _columns(standard)], title="评审表")


def read_sheet(
    content: bytes, name: str, standard: Standard, units: Iterable[RoundUnit]
) -> dict[UUID, dict[str, dict[str, str]]]:
    """Unit -> answers and remarks read from a filled form. Raises Faults with row and column of every wrong cell."""
    known: Mapping[str, RoundUnit] = {str(unit.pk): unit for unit in units}
    reading = sheets.read_rows(content, _columns(standard), name=name)
    faults = list(reading.faults)
    found: dict[UUID, dict[str, dict[str, str]]] = {}
    for row in reading.rows:
        unit, item = known.get(row.values["unit_id"]), standard.items.get(row.values["item"])
        if unit is None or item is None:
            where = "单位编号" if unit is None else "项目编号"
            faults.append(
                Fault(f"列 {where}", "不在本轮之内 (not in this round)", line=row.number, file=name)
            )
            continue
        given = found.setdefault(unit.pk, {"answers": {}, "remarks": {}})
        faults += _take(given, item, row, name, standard)
    if faults:
        raise Faults(faults, where=name, todo="改正后重传；没有写入任何内容")
    return found


def _take(
    given: dict[str, dict[str, str]], item: Item, row: Any, name: str, standard: Standard
) -> list[Fault]:
    if item.id in given["answers"]:
        return [Fault("列 项目编号", "同一单位同一项出现两次 (twice)", line=row.number, file=name)]
    text = row.values["answer"]
    if row.values["remark"]:
        given["remarks"][item.id] = row.values["remark"]
    if not text:
        return []
    try:
        given["answers"][item.id] = read(item, text)
        rules.item_result(standard, item, given["answers"][item.id])
    except KangchengError as error:
        return [Fault("列 答案", error.what, error.rule or how(item), line=row.number, file=name)]
    return []


def _columns(standard: Standard) -> tuple[sheets.Column, ...]:
    return (
        sheets.Column("name", "单位"),
        sheets.Column("unit_id", "单位编号", required=True),
        sheets.Column("item", "项目编号", required=True),
        sheets.Column("title", "内容"),
        sheets.Column("how", "怎样作答"),
        sheets.Column("answer", "答案"),
        sheets.Column("remark", "凭据或说明"),
    )
