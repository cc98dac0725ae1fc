"""Units, rates and quantities. A rate is an exact ratio read from text; a float is never accepted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.money import MoneyError, parse_yuan, show_yuan

Dimension = Literal["money", "rate", "count", "number"]


class UnitError(KangchengError):
    """The text does not fit the unit, or the unit is not known."""


@dataclass(frozen=True)
class Unit:
    """`code` as packs write it; `per` is what follows the first slash. Money is held in fen, counts as whole numbers."""

    code: str
    dimension: Dimension
    per: tuple[str, ...] = ()


_MONEY = ("CNY",)
_RATES = {
    "%": Fraction(1, 100),
    "‰": Fraction(1, 1000),
    "1": Fraction(1),
    "per_100k": Fraction(1, 100_000),
    "per_10k": Fraction(1, 10_000),
}
_COUNTS = (
    *("persons", "households", "children", "women", "doctors", "nurses", "teams", "people"),
    *(
        "cases",
        "visits",
        "admissions",
        "discharges",
        "contacts",
        "deliveries",
        "prescriptions",
        "courses",
        "events",
    ),
    *(
        "institutions",
        "beds",
        "positions",
        "rooms",
        "vehicles",
        "sets",
        "places",
        "units",
        "villages",
        "townships",
        "areas",
    ),
    *("times", "days", "weeks", "months", "quarters", "years", "hours", "minutes", "bed_days"),
    *(
        "items",
        "doses",
        "tests",
        "samples",
        "vouchers",
        "pieces",
        "documents",
        "reports",
        "meetings",
        "rounds",
    ),
    *("points", "levels", "projects", "measures", "indicators", "principles", "tasks", "goals", "actions"),
    *("count", "person-times", "year"),
)
_NUMBERS = (
    *("km", "m", "m2", "kg", "g", "mg", "ml", "L", "cm", "kg/m2", "degC"),
    *("mmol/L", "mmHg", "mg/dL", "g/L", "bpm", "µg", "IU", "mu", "ratio", "score"),
)
_PER = frozenset(_COUNTS) | {
    *("person", "person-time", "household", "child", "woman", "doctor", "team"),
    *(
        "case",
        "visit",
        "admission",
        "discharge",
        "delivery",
        "pregnancy",
        "prescription",
        "course",
        "event",
        "trip",
    ),
    *("institution", "bed", "village", "township", "area", "km", "kg", "m2"),
    *("time", "day", "week", "month", "quarter", "year", "hour", "minute", "bed_day"),
    *("item", "dose", "test", "sample", "point", "piece", "certificate", "project"),
}


def unit(code: str) -> Unit:
    """The unit of that code: "CNY", "CNY/person/year", "%", "days", "persons/year"... Raises UnitError for any other."""
    if code in _NUMBERS:
        return Unit(code, "number")
    head, *per = code.split("/")
    dimension: Dimension | None = None
    if head in _MONEY:
        dimension = "money"
    elif head in _RATES:
        dimension = "rate"
    elif head in _COUNTS:
        dimension = "count"
    if dimension is None or any(part not in _PER for part in per):
        raise UnitError(
            "未知的计量单位 (unknown unit)",
            where=repr(code),
            rule="kernel.units 所列单位",
            todo='例如 "CNY"、"CNY/person/year"、"%"、"days"',
        )
    return Unit(code, dimension, tuple(per))


def known_units() -> tuple[str, ...]:
    """Every head a unit may start with, for error messages and the generated page."""
    return (*_MONEY, *_RATES, *_COUNTS, *_NUMBERS)


def per_words() -> tuple[str, ...]:
    """Every word that may follow a slash."""
    return tuple(sorted(_PER))


_CHINESE = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 10**8}
_DECIMAL = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_SHARES = {"百分之": 100, "千分之": 1000, "万分之": 10_000, "十万分之": 100_000, "百万分之": 10**6}


def parse_number(text: str) -> Fraction:
    """An exact number: "1,234.5", "12万", "三百零五", "7/10", full-width digits. Raises UnitError."""
    plain = _plain(text)
    left, slash, right = plain.partition("/")
    try:
        value = _number(left)
        return value / _number(right) if slash else value
    except (ValueError, ZeroDivisionError):
        raise _refusal(text, "不是数 (not a number)") from None


def parse_rate(text: str) -> Fraction:
    """An exact ratio: "70%", "0.7", "7/10", "7成", "七成", "百分之七十", "千分之三", "3‰", "33/10万". Raises UnitError."""
    plain = _plain(text)
    try:
        for words in sorted(_SHARES, key=len, reverse=True):
            if plain.startswith(words):
                return _number(plain.removeprefix(words)) / _SHARES[words]
        for sign, scale in (("%", 100), ("‰", 1000), ("成", 10)):
            if plain.endswith(sign):
                return _number(plain.removesuffix(sign)) / scale
    except ValueError:
        raise _refusal(text, "不是比例 (not a rate)") from None
    return parse_number(text)


def parse_quantity(text: str, unit_code: str) -> int | Fraction:
    """The value in the unit: fen for money, an exact ratio for rates, whole numbers for counts, exact numbers else.

    Under "%" both "70" and "70%" are seven tenths. Raises UnitError.
    """
    kind = unit(unit_code)
    head = unit_code.split("/")[0]
    if kind.dimension == "money":
        try:
            return parse_yuan(text)
        except MoneyError as error:
            raise UnitError(error.what, where=error.where, rule=error.rule, todo=error.todo) from None
    if kind.dimension == "rate":
        plain = _plain(text)
        marked = plain.endswith(("%", "‰", "成")) or "分之" in plain or "/" in plain
        return parse_rate(text) if marked else parse_number(text) * _RATES[head]
    number = parse_number(text)
    if kind.dimension == "count" and number.denominator != 1 and not kind.per:
        raise _refusal(text, "个数须为整数 (a count must be whole)")
    return number.numerator if kind.dimension == "count" and number.denominator == 1 else number


def show_rate(rate: Fraction) -> str:
    """70% for 7/10; a ratio that has no short decimal stays a fraction: 1/3."""
    per_cent = rate * 100
    decimal = _decimal(per_cent)
    return f"{decimal}%" if decimal is not None else f"{rate.numerator}/{rate.denominator}"


def show_quantity(value: int | Fraction, unit_code: str) -> str:
    """The value with its unit, for people: 30000 fen CNY/person/year -> "300.00 CNY/person/year"."""
    kind = unit(unit_code)
    if kind.dimension == "money":
        return f"{show_yuan(int(value))} {unit_code}"
    exact = Fraction(value)
    if kind.dimension == "rate":
        head = unit_code.split("/")[0]
        return (
            show_rate(exact)
            if head == "%"
            else f"{_decimal(exact / _RATES[head]) or exact / _RATES[head]} {unit_code}"
        )
    return f"{_decimal(exact) or exact} {unit_code}"


def _decimal(value: Fraction) -> str | None:
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 12:
        return None
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def _number(plain: str) -> Fraction:
    """A decimal with an optional Chinese scale, or Chinese numerals. Raises ValueError."""
    if len(plain) > 40:
        raise ValueError(plain)
    match = re.fullmatch(rf"({_DECIMAL})(十|百|千|万|百万|千万|亿)?", plain)
    if match is None:
        return Fraction(_chinese(plain))
    return Fraction(match[1].replace(",", "")) * _scale(match[2] or "")


def _scale(words: str) -> int:
    scale = 1
    for sign in words:
        scale *= _SCALES[sign]
    return scale


def _chinese(plain: str) -> int:
    if not plain or any(sign not in _CHINESE and sign not in _SCALES for sign in plain):
        raise ValueError(plain)
    total, section, digit = 0, 0, 0
    for sign in plain:
        if sign in _CHINESE:
            digit = digit * 10 + _CHINESE[sign]
        elif _SCALES[sign] < 10_000:
            section, digit = section + (digit or 1) * _SCALES[sign], 0
        else:
            total, section, digit = total + (section + digit or 1) * _SCALES[sign], 0, 0
    return total + section + digit


def _plain(text: str) -> str:
    if not isinstance(text, str):
        raise UnitError(
            f"数必须是文本，不是 {type(text).__name__} (a number must be text)",
            where=repr(text),
            rule="不经浮点数",
        )
    return "".join(unicodedata.normalize("NFKC", text).split())


def _refusal(text: str, why: str) -> UnitError:
    return UnitError(
        why, where=repr(text[:60]), rule="按文本精确读入", todo='例如 "70%"、"0.7"、"7/10"、"1200"'
    )
