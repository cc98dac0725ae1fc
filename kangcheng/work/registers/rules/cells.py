"""One cell: text as people type it to a typed value, a value to JSON and back, a value as people read it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.money import parse_yuan, yuan
from kangcheng.kernel.units import parse_number
from kangcheng.policy.schema import nearest
from kangcheng.work.registers.types import Column

YES = {"是": True, "有": True, "yes": True, "true": True, "1": True, "√": True, "y": True}
NO = {"否": False, "无": False, "no": False, "false": False, "0": False, "×": False, "n": False}
DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
SPLIT = re.compile(r"[、，,;；|/\s]+")
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
MOST_NUMBER = Fraction(10**15)


class CellError(KangchengError):
    """A cell does not hold what its column asks for."""


class Known(Protocol):
    """What a cell may name: each finds an id by what people write, or raises CellError."""

    def institution(self, text: str) -> str:
        """Id of an institution by name, code or id."""

    def area(self, text: str) -> str:
        """Code of an area by code or name."""

    def person(self, text: str) -> str:
        """Opaque id of a resident by identity number or id."""

    def reference(self, register: str, text: str) -> str:
        """Id of a row of another register by its label or id."""

    def file(self, text: str) -> str:
        """Id of a stored file by id or digest."""


def read(column: Column, text: str, known: Known) -> Any:
    """The typed value of a cell that is not blank. Raises CellError or the parser's own KangchengError."""
    return _READ[column.type](column, text.strip(), known)


def _text(column: Column, text: str, known: Known) -> str:
    if len(text) > column.longest:
        raise CellError(f"过长，{len(text)} 字 (too long)", rule=f"至多 {column.longest} 字")
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise CellError(f"{text!r} 格式不对 (wrong form)", rule=column.help or column.pattern)
    if (
        not text.isprintable()
        and not text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable()
    ):
        raise CellError("含不可见字符 (unprintable characters)", todo="删去后重填")
    return text


def _number(column: Column, text: str, known: Known) -> Fraction:
    value = parse_number(text.removesuffix("%") if column.unit == "%" else text)
    if (value * 10**column.decimals).denominator != 1:
        places = f"至多 {column.decimals} 位小数" if column.decimals else "须为整数"
        raise CellError(f"{text!r} 小数过长 (too many decimals)", rule=places)
    if abs(value) > MOST_NUMBER:
        raise CellError(f"{text!r} 过大 (too large)")
    return _within(column, value, text)


def _money(column: Column, text: str, known: Known) -> int:
    fen = parse_yuan(text)
    _within(column, Fraction(fen, 100), text)
    return fen


def _within(column: Column, value: Fraction, text: str) -> Fraction:
    if column.least is not None and value < column.least:
        raise CellError(f"{text} 小于下限 (below the least)", rule=f"不小于 {shown(column.least)}")
    if column.most is not None and value > column.most:
        raise CellError(f"{text} 大于上限 (above the most)", rule=f"不大于 {shown(column.most)}")
    return value


def _day(column: Column, text: str, known: Known) -> date:
    day = parse_date(text)
    if not EARLIEST <= day <= LATEST:
        raise CellError(f"{text} 不在 1900 至 2199 年间 (out of range)")
    return day


def _time(column: Column, text: str, known: Known) -> str:
    found = re.fullmatch(r"([01]?\d|2[0-4])[:：]([0-5]\d)(?::00)?", text)
    if not found or (int(found[1]) == 24 and found[2] != "00"):
        raise CellError(f"{text!r} 不是时刻 (not a time)", rule="如 08:30")
    return f"{int(found[1]):02d}:{found[2]}"


def _code(column: Column, text: str, known: Known) -> Any:
    if not column.several:
        return _one_code(column, text)
    parts = [part for part in SPLIT.split(text) if part]
    return tuple(sorted({_one_code(column, part) for part in parts}))


def _one_code(column: Column, text: str) -> str:
    if text in column.codes:
        return text
    for code, title in column.codes.items():
        if text in (title, title.split("（")[0]):
            return code
    near = nearest(text, [*column.codes.values(), *column.codes])
    raise CellError(
        f"没有这个选项 (not one of the choices) {text!r}",
        rule="可填：" + "、".join(list(column.codes.values())[:30]),
        todo=f"最接近的是 {near}" if near else "",
    )


def _flag(column: Column, text: str, known: Known) -> bool:
    word = text.casefold()
    if word not in YES and word not in NO:
        raise CellError(f"{text!r} 不是“是”或“否” (neither yes nor no)", rule="填 是 或 否")
    return word in YES


def _area(column: Column, text: str, known: Known) -> str:
    code = known.area(text)
    if column.level and len(code) < DIGITS[column.level]:
        raise CellError(
            f"{text} 的级别不够细 (not fine enough)", rule=f"至少到 {DIGITS[column.level]} 位代码"
        )
    return code


_READ: dict[str, Callable[[Column, str, Known], Any]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _day,
    "time": _time,
    "code": _code,
    "flag": _flag,
    "area": _area,
    "person": lambda column, text, known: known.person(text),
    "institution": lambda column, text, known: known.institution(text),
    "file": lambda column, text, known: known.file(text),
    "reference": lambda column, text, known: known.reference(column.register, text),
}


def to_json(type_: str, value: Any) -> Any:
    """The value as kept in a JSON column: numbers and days as text, so that nothing passes through a float."""
    if value is None:
        return None
    if type_ == "number":
        return shown(value)
    if type_ == "date":
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def from_json(type_: str, value: Any) -> Any:
    """The typed value of what is kept."""
    if value is None:
        return None
    if type_ == "number":
        return Fraction(value)
    if type_ == "date":
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def shown(number: Fraction | int) -> str:
    """An exact decimal without needless zeros; a fraction when there is none: "12.5", "3", "1/3"."""
    number = Fraction(number)
    if number.denominator == 1:
        return str(number.numerator)
    for places in range(1, 13):
        scaled = number * 10**places
        if scaled.denominator == 1:
            digits = f"{abs(scaled.numerator):0{places + 1}d}"
            return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    return str(number)


def written(type_: str, value: Any, codes: Mapping[str, str]) -> str:
    """The value as a person types it into a form or a sheet (codes by their titles); "" for nothing."""
    if value is None:
        return ""
    if type_ == "money":
        return yuan(value)
    if type_ == "number":
        return shown(value)
    if type_ == "flag":
        return "是" if value else "否"
    if type_ == "date":
        return str(value.isoformat())
    if type_ == "code":
        return "、".join(codes.get(code, code) for code in (value if isinstance(value, tuple) else (value,)))
    return str(value)
