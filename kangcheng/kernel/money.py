"""Money is integer fen. Text becomes fen exactly or not at all; a float is never accepted."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Literal

from kangcheng.kernel.errors import KangchengError

FEN_PER_YUAN = 100
LARGEST_FEN = 10**17
"""One quadrillion yuan: more than any budget, and far inside a 64-bit integer."""

Mode = Literal["half_up", "down", "up", "half_even"]

_SCALE = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "万亿": 10**12,
}
_PLAIN = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,2}))?")
_AMOUNT = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(百万|千万|万亿|百|千|万|亿)?(元|圆)?")


class MoneyError(KangchengError):
    """The text or value is not an exact amount of money."""


def parse_yuan(text: str) -> int:
    """Fen of an amount written in yuan: "1,234.5", "1234.50元", "3.5万元", "2亿元", full-width digits too.

    Refuses floats, blanks, anything below one fen and anything that is not one number. Raises MoneyError.
    """
    if not isinstance(text, str):
        raise MoneyError(
            f"金额必须是文本，不是 {type(text).__name__} (an amount must be text)",
            where=repr(text),
            rule="金额按文本读入，不经浮点数",
            todo='写成 "1234.50"',
        )
    if match := _PLAIN.fullmatch(
        text
    ):  # what data holds most of the time; the rest is read below, with the same meaning
        return int(match[1]) * FEN_PER_YUAN + int((match[2] or "").ljust(2, "0"))
    plain = "".join(unicodedata.normalize("NFKC", text).split()).removeprefix("¥").removeprefix("CNY")
    match = _AMOUNT.fullmatch(plain)
    if match is None or len(plain) > 40 or not plain.isprintable():
        raise MoneyError(
            "不是金额 (not an amount)",
            where=repr(text[:60]),
            rule="以元为单位的一个数",
            todo='写成 "1234.50"、"3.5万元" 或 "2亿元"',
        )
    sign, whole, part, scale, _ = match.groups()
    part = part or ""
    fen = Fraction(int(whole.replace(",", "") + part), 10 ** len(part)) * _SCALE[scale or ""] * FEN_PER_YUAN
    if fen.denominator != 1:
        raise MoneyError(
            "金额小于一分 (finer than one fen)", where=repr(text), rule="最小单位是分", todo="最多写两位小数"
        )
    if fen > LARGEST_FEN:
        raise MoneyError(
            "金额过大 (amount too large)", where=repr(text), rule="不超过一千万亿元", todo="检查单位"
        )
    return -fen.numerator if sign == "-" else fen.numerator


def yuan(fen: int) -> str:
    """Plain yuan for data: 123450 -> "1234.50"."""
    sign, value = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{value // FEN_PER_YUAN}.{value % FEN_PER_YUAN:02d}"


def show_yuan(fen: int) -> str:
    """Yuan for people, thousands separated: 123450 -> "1,234.50"."""
    sign, value = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{value // FEN_PER_YUAN:,}.{value % FEN_PER_YUAN:02d}"


def show_official(fen: int) -> str:
    """As official papers write: "1,234.50元", from ten thousand yuan on "12.35万元", from a hundred million on "3.20亿元"."""
    sign, size = ("-", -fen) if fen < 0 else ("", fen)
    wan, yi = 10_000 * FEN_PER_YUAN, 100_000_000 * FEN_PER_YUAN
    if size < wan:
        return f"{show_yuan(fen)}元"
    hundredths = rounded(Fraction(size * 100, wan))
    if hundredths < 1_000_000:
        return f"{sign}{show_yuan(hundredths)}万元"
    return f"{sign}{show_yuan(rounded(Fraction(size * 100, yi)))}亿元"


def rounded(x: Fraction | int, unit: int = 1, mode: Mode = "half_up") -> int:
    """`x` rounded to a multiple of `unit`. Works on the size and keeps the sign, so halves go away from zero.

    "down" is towards zero, "up" away from it, "half_even" to the even multiple.
    """
    if isinstance(x, float):
        raise MoneyError(
            "不能对浮点数取整 (cannot round a float)",
            where=repr(x),
            rule="金额与比例都是精确数",
            todo="用 Fraction",
        )
    numerator, denominator = abs(x.numerator), x.denominator * unit
    whole, rest = divmod(numerator, denominator)
    if mode == "half_up":
        whole += 2 * rest >= denominator
    elif mode == "up":
        whole += rest > 0
    elif mode == "half_even":
        whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    elif mode != "down":
        raise MoneyError(
            f"未知的舍入方式 {mode!r} (unknown rounding mode)", rule="half_up、down、up、half_even 之一"
        )
    return (-whole if x < 0 else whole) * unit


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万")  # the fourth is read "万" before a following "亿"


def in_words(fen: int) -> str:
    """Amount in capital Chinese numerals, as receipts demand: 123450 -> 壹仟贰佰叁拾肆元伍角整."""
    size = abs(fen)
    if size > LARGEST_FEN:
        raise MoneyError("金额过大 (amount too large)", where=str(fen), rule="大写不超过一千万亿元")
    jiao, cents = divmod(size % FEN_PER_YUAN, 10)
    words = _integer_in_words(size // FEN_PER_YUAN)
    words = f"{words}元" if words else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif cents and words:
        words += "零"
    words = words + f"{_DIGITS[cents]}分" if cents else f"{words or '零元'}整"
    return f"负{words}" if fen < 0 else words


def _integer_in_words(value: int) -> str:
    groups = []
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    words, gap = "", False
    for index in reversed(range(len(groups))):
        group = groups[index]
        if group:
            words += "零" if words and (gap or group < 1000) else ""
            words += _group_in_words(group) + _GROUPS[index]
        elif index == 2:
            words += "亿"  # 壹万 + 亿: the four digits of 亿 are all zero
        gap = not group
    return words


def _group_in_words(group: int) -> str:
    words, gap = "", False
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit:
            words += ("零" if words and gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return words
