"""The columns of each list, and the empty form to fill in: headings, examples, and what belongs where."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kangcheng.base.sheets import Column
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import IdentityNumber
from kangcheng.registry import vocabulary
from kangcheng.registry.households.types import ROLES
from kangcheng.registry.people.types import SEXES


class CellError(KangchengError):
    """A cell does not hold what its column asks for."""


@dataclass(frozen=True)
class Asked:
    """One column of a list and its help."""

    column: Column
    help: str


def columns(kind: str, on: date) -> list[Asked]:
    """The columns of the list `kind` ("residents", "categories"); categories are those of the day."""
    return {"residents": _residents, "categories": _categories}[kind](on)


def template(kind: str, on: date) -> bytes:
    """The empty form as .xlsx: headings in the first sheet, help and examples in the second."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    form, helps = book.add_worksheet("名单"), book.add_worksheet("填写说明")
    bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    for place, asked in enumerate(columns(kind, on)):
        form.write_string(0, place, asked.column.heading + ("*" if asked.column.required else ""), bold)
        form.set_column(place, place, max(12, 2 * len(asked.column.heading)), text)
    form.freeze_panes(1, 0)
    for place, heading in enumerate(("列名", "是否必填", "说明", "示例")):
        helps.write_string(0, place, heading, bold)
    for line, asked in enumerate(columns(kind, on), 1):
        must = "必填" if asked.column.required else "选填"
        for place, cell in enumerate((asked.column.heading, must, asked.help, asked.column.example)):
            helps.write_string(line, place, cell)
    helps.set_column(0, 3, 40)
    book.close()
    return buffer.getvalue()


def _residents(on: date) -> list[Asked]:
    return [
        Asked(Column("name", "姓名", str, True, ("姓名（必填）",), "张小明"), "与身份证一致"),
        Asked(_identity_column(), "18 位，末位可为 X；15 位旧证自动换算。请将列设为文本"),
        Asked(Column("sex", "性别", _one_of("性别", _letters(SEXES)), also=(), example="男"), "可不填，由身份证号得出"),
        Asked(Column("birth_on", "出生日期", parse_date, example="1980-01-01"), "可不填，由身份证号得出"),
        Asked(Column("area", "居住村（社区）", str, True, ("区划", "村"), "150302001002"), "区划代码，或不重名的村名"),
        Asked(Column("phone", "电话", str, also=("手机", "联系电话"), example="13800001234"), "手机 11 位或区号加号码"),
        Asked(Column("address", "住址", _short(200), also=("地址",), example="和平社区1号楼"), "门牌"),
        Asked(Column("ethnicity", "民族", _short(16), example="汉族"), ""),
        Asked(Column("household", "户号", _short(32), also=("家庭编号",), example="H000001"), "同一户填同一户号"),
        Asked(Column("role", "与户主关系", _one_of("与户主关系", _letters(ROLES)), example="户主"), "填户号时须填"),
    ]  # fmt: skip


def _categories(on: date) -> list[Asked]:
    return [
        Asked(_identity_column(), "18 位，末位可为 X。请将列设为文本"),
        Asked(Column("name", "姓名", _short(64), True, example="张小明"), "与登记的姓名不符的行列入未匹配名单"),
        Asked(Column("village", "村（社区）", str, also=("村", "行政村"), example="和平社区居委会"), "核对用"),
        Asked(Column("category", "类别", _category(on), True, ("人员类别",), "建档立卡贫困人口"),
              "类别名称或代码：" + "、".join(vocabulary.codes(vocabulary.CATEGORIES, on).values())),
        Asked(Column("valid_from", "有效期起", parse_date, True, ("起始日期", "认定日期"), "2024-01-01"), "当天起有效"),
        Asked(Column("last_day", "有效期止", parse_date, also=("截止日期",), example="2024-12-31"), "含当天；长期的不填"),
        Asked(Column("evidence", "依据", _short(200), also=("文号",), example="乡村振兴局2024年第1批"), ""),
    ]  # fmt: skip


def after(last_day: date | None) -> date | None:
    """The first day outside a period whose last day is written in the list."""
    return None if last_day is None else last_day + timedelta(days=1)


def _identity_column() -> Column:
    return Column(
        "identity",
        "身份证号",
        lambda text: IdentityNumber.parse(text).text,
        True,
        ("身份证", "公民身份号码", "证件号码"),
    )


def _category(on: date) -> Callable[[str], str]:
    def read(text: str) -> str:
        code = vocabulary.code_of(vocabulary.CATEGORIES, text, on)
        if code is None:
            known = vocabulary.codes(vocabulary.CATEGORIES, on)
            raise CellError(
                f"没有这个类别 (unknown category) {text!r}",
                rule="代码表 person-categories",
                todo="可填：" + "、".join(known.values()),
            )
        return code

    return read


def _one_of(name: str, words: dict[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            shown = "、".join(dict.fromkeys(words))
            raise CellError(f"{name}无法识别 (not understood) {text!r}", todo=f"可填：{shown}")
        return words[text]

    return read


def _short(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > most:
            raise CellError(f"内容过长，{len(text)} 字 (too long)", rule=f"至多 {most} 字", todo="缩短")
        return text

    return read


def _letters(titles: dict[str, Any]) -> dict[str, str]:
    """Both the title and the code lead to the code."""
    return {title: code for code, title in titles.items()} | {code: code for code in titles}
