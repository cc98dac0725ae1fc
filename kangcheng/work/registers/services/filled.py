"""What people fill in, read: a form's texts to typed values, a word to the id it names; and the empty sheet to fill in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.work.registers.names import Names
from kangcheng.work.registers.rules import cells, rows
from kangcheng.work.registers.services.imports import sheet_columns
from kangcheng.work.registers.types import Column, Register

EXAMPLES = {
    "date": "2024-01-31", "time": "08:30", "flag": "是", "area": "150302001002", "person": "身份证号18位", "number": "10",
    "money": "1234.50",
}  # fmt: skip


def filled(
    *, register: Register, texts: Mapping[str, str], on: date, blank: bool = True
) -> tuple[dict[str, Any], list[Fault]]:
    """Typed values of the texts of a form and every fault; with `blank=False` required cells that are blank are no fault yet."""
    values, faults = rows.read_row(register, texts, Names(on))
    if blank:
        return values, faults or rows.row_faults(register, values, on)
    empty = {column.title for column in register.columns if values.get(column.id) is None}
    found = [*faults, *rows.row_faults(register, values, on)]
    return values, [fault for fault in found if fault in faults or fault.where not in empty]


def named(column: Column, text: str, on: date) -> str:
    """The id or code of what `text` names. Raises CellError."""
    return str(cells.read(column, text, Names(on)))


def blank_sheet(*, register: Register) -> bytes:
    """The empty form as .xlsx: headings and pick-lists in the first sheet, help in the second."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    form, helps = book.add_worksheet("台账"), book.add_worksheet("填写说明")
    bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    for place, heading in enumerate(("列名", "是否必填", "类型", "说明", "可填", "示例")):
        helps.write_string(0, place, heading, bold)
    for place, one in enumerate(sheet_columns(register)):
        column = register.column(one.name)
        if column is None:
            continue
        form.write_string(0, place, column.title + ("*" if column.required else ""), bold)
        form.set_column(place, place, max(12, 2 * len(column.title)), text)
        _pick_list(form, place, column)
        for cell, word in enumerate(_help(column)):
            helps.write_string(place + 1, cell, word)
    form.freeze_panes(1, 0)
    helps.set_column(0, 5, 30)
    book.close()
    return buffer.getvalue()


def _pick_list(form: Any, place: int, column: Column) -> None:
    words = ["是", "否"] if column.type == "flag" else list(column.codes.values())
    if words and not column.several and len(",".join(words)) <= 255:
        form.data_validation(1, place, 20000, place, {"validate": "list", "source": words})


def _help(column: Column) -> tuple[str, ...]:
    must = "必填" if column.required else ("有时必填" if column.required_if else "选填")
    words = {"text": "文字", "number": "数", "money": "金额（元）", "date": "日期", "time": "时刻", "code": "选项", "flag": "是/否",
             "area": "区划", "person": "居民", "institution": "机构", "reference": "引用"}  # fmt: skip
    several = "，可填多项，用顿号分开" if column.several else ""
    can = "、".join(list(column.codes.values())[:40])
    return column.title, must, words[column.type] + several, column.help, can, EXAMPLES.get(column.type, "")
