"""Exact numbers as text of whole-number code: a numerator over a denominator known when the code is written.

Every number carries the least and greatest value its numerator can take, so that a product that might not fit is
noticed while the code is written and never while it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from kangcheng.funds.engine.compiled.refusal import TooWide
from kangcheng.funds.engine.definition import RoundMode

MOST = 2**61  # numerators stay below it, so that one doubling and one sum still fit 64 bits
_GRID = (1, 100, 10_000, 1_000_000)


@dataclass(frozen=True)
class Num:
    """`text` is whole-number code for numerator; value = numerator / den, least <= numerator <= most."""

    text: str
    den: int
    least: int
    most: int


def grid(den: int, coarsest: int = 1) -> int:
    """A round denominator that holds `den`, so that 70% and 72.5% make the same code; `den` itself when none does."""
    return next((step for step in _GRID if step >= coarsest and step % den == 0), den)


def fits(place: str, *numbers: int) -> None:
    """Raise TooWide when a numerator could leave the safe range."""
    if any(abs(number) >= MOST for number in numbers):
        raise TooWide(place, f"中间值可达 {max(map(abs, numbers))} (product too wide)")


def scaled(num: Num, den: int, place: str) -> Num:
    """The same number over a multiple of its denominator."""
    factor = den // num.den
    if factor == 1:
        return num
    fits(place, num.least * factor, num.most * factor)
    return Num(f"{_wrap(num.text)} * {factor}", den, num.least * factor, num.most * factor)


def together(nums: list[Num], place: str) -> list[Num]:
    """All numbers over one common denominator."""
    den = lcm(*(num.den for num in nums))
    return [scaled(num, den, place) for num in nums]


def added(a: Num, b: Num, place: str) -> Num:
    """a + b."""
    a, b = together([a, b], place)
    fits(place, a.least + b.least, a.most + b.most)
    return Num(f"{_wrap(a.text)} + {_wrap(b.text)}", a.den, a.least + b.least, a.most + b.most)


def times(a: Num, b: Num, place: str) -> Num:
    """a x b, unrounded."""
    ends = [x * y for x in (a.least, a.most) for y in (b.least, b.most)]
    fits(place, *ends)
    return Num(f"{_wrap(a.text)} * {_wrap(b.text)}", a.den * b.den, min(ends), max(ends))


def picked(how: str, nums: list[Num], place: str) -> Num:
    """`max` or `min` of several numbers."""
    nums = together(nums, place)
    pick = max if how == "max" else min
    text = ", ".join(num.text for num in nums)
    return Num(f"{how}({text})", nums[0].den, pick(n.least for n in nums), pick(n.most for n in nums))


def complement(num: Num, place: str) -> Num:
    """1 - number."""
    fits(place, num.den - num.least, num.den - num.most)
    return Num(f"{num.den} - {_wrap(num.text)}", num.den, num.den - num.most, num.den - num.least)


def clamped(num: Num, least: int | None, most: int | None) -> Num:
    """Numerator held between two whole numbers; no code where the bounds say it already is."""
    text, low, high = num.text, num.least, num.most
    if most is not None and high > most:
        text, low, high = f"min({text}, {most})", min(low, most), most
    if least is not None and low < least:
        text, low, high = f"max({text}, {least})", least, max(high, least)
    return Num(text, num.den, low, high)


def rounded(num: Num, unit: int, mode: RoundMode, place: str) -> tuple[str, int]:
    """Code for the number rounded to a multiple of `unit`, and the most it can be. The number must not be negative.

    `div` of the code is a division of numbers that are not negative. Half even needs the text twice: give a plain name.
    """
    den, text = num.den * unit, num.text
    most = -(-num.most // den) * unit
    if den == 1:
        return text, num.most
    fits(place, 2 * num.most + den)
    tail = "" if unit == 1 else f" * {unit}"
    if mode == "down":
        return f"div({text}, {den}){tail}", most
    if mode == "up":
        return f"div({text} + {den - 1}, {den}){tail}", most
    if mode == "half_even":
        # up when more than half is left, or exactly half and the whole is odd
        odd = f"div({text}, {den}) % 2"
        return f"div({_wrap(text)} * 2 + {den - 1} + {odd}, {2 * den}){tail}", most
    if den % 2 == 0:
        return f"div({text} + {den // 2}, {den}){tail}", most
    return f"div({_wrap(text)} * 2 + {den}, {2 * den}){tail}", most


def numerator(value: Fraction, den: int) -> int:
    """The numerator of a fraction over a denominator that holds it."""
    return value.numerator * (den // value.denominator)


def _wrap(text: str) -> str:
    """Text safe to stand in a product."""
    simple = text.replace("_", "").replace("[", "").replace("]", "").isalnum()
    return text if simple else f"({text})"
