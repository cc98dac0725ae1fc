"""Types of single values. All are text in the file; the type says how the text must read and how it moves by one step."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from kangcheng.kernel.dates import parse_date, parse_period
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.money import LARGEST_FEN, parse_yuan, rounded, yuan
from kangcheng.kernel.units import parse_number, parse_rate
from kangcheng.policy.schema.place import At, Move, Type, nearest
from kangcheng.policy.source import Node, Scalar

PLACEHOLDERS = frozenset(
    (
        *("n/a", "na", "none", "null", "nil", "~", "todo", "tbd", "fixme", "xxx", "?", "？", "-", "—", "..."),
        *("待定", "待补", "待填", "无", "暂无", "略"),
    )
)
"""What people write instead of an answer. A required field that accepts them rots, so every field refuses them."""

FEN_STEP = 100
RATE_STEP = Fraction(1, 100)


@dataclass(frozen=True)
class Text(Type):
    """Words. `pattern` is a regular expression for the whole text; `empty` lets it be blank (found in sources only)."""

    pattern: str = ""
    hint: str = ""
    empty: bool = False
    longest: int = 20_000
    nothing: tuple[str, ...] = ()
    """Words for "the source does not say" that this one place accepts."""

    @property
    def label(self) -> str:
        return self.hint or "文字 (text)"

    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        if not isinstance(node, Scalar):
            yield at.fault(node.line, f"应为{self.label}，不是{shape(node)} (wrong shape)")
            return
        text = node.text.strip()
        if text in self.accepted():
            return
        if not self.empty and text.lower() in PLACEHOLDERS | {""}:
            yield at.fault(
                node.line,
                f"未填写 (not filled in): {node.text!r}",
                rule="不收空值、n/a、todo",
                todo=f"填{self.label}，或删去这个键",
            )
        elif len(text) > self.longest:
            yield at.fault(node.line, f"文字过长 (too long): {len(text)}", rule=f"不超过 {self.longest} 字")
        elif text or not self.empty:
            yield from self.judge(node.text, node, at)

    def accepted(self) -> tuple[str, ...]:
        """Words that are right although they look like placeholders."""
        return self.nothing

    def judge(self, text: str, node: Scalar, at: At) -> Iterator[Fault]:
        """Faults of text that is filled in."""
        if self.pattern and not re.fullmatch(self.pattern, text):
            yield at.fault(node.line, f"{text!r} 不是{self.label} (wrong form)", rule=self.pattern)


@dataclass(frozen=True)
class Id(Text):
    """Lower-case Latin letters, digits, - and _; what other entries refer to."""

    pattern: str = r"[a-z0-9][a-z0-9_.-]*"
    hint: str = "编号 (id: a-z 0-9 _ - .)"


@dataclass(frozen=True)
class Parsed(Text):
    """Text that one of the kernel's parsers must take."""

    @abstractmethod
    def parse(self, text: str, at: At) -> object:
        """The typed value. Raises KangchengError."""

    def judge(self, text: str, node: Scalar, at: At) -> Iterator[Fault]:
        try:
            value = self.parse(text, at)
        except KangchengError as error:
            yield at.fault(
                node.line, f"{text!r} {error.what}", rule=error.rule or self.label, todo=error.todo
            )
            return
        problem = self.beyond(value)
        if problem:
            yield at.fault(node.line, f"{text!r} {problem}", rule=self.label)

    def beyond(self, value: Any) -> str:
        """Why the value is out of bounds, or nothing."""
        return ""


def _bounds(value: Fraction, least: str, most: str) -> str:
    if least and value < Fraction(least):
        return f"小于下限 {least} (below the least)"
    if most and value > Fraction(most):
        return f"大于上限 {most} (above the most)"
    return ""


@dataclass(frozen=True)
class Money(Parsed):
    """An amount in yuan. Moves by 1%, at least one yuan, both ways."""

    negative: bool = False
    hint: str = "金额，元 (money, yuan)"

    def parse(self, text: str, at: At) -> int:
        return parse_yuan(text)

    def beyond(self, value: Any) -> str:
        return "" if self.negative or value >= 0 else "金额为负 (negative)"

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(node, at, lambda text: [yuan(fen) for fen in money_steps(parse_yuan(text))])


def money_steps(fen: int) -> list[int]:
    """The amount a step up and a step down: one hundredth, whole yuan, at least one yuan, never below nothing or too large."""
    step = max(FEN_STEP, rounded(Fraction(abs(fen), 100), FEN_STEP))
    up = [fen + step] if fen + step <= LARGEST_FEN else []
    return [*up, *([max(0, fen - step)] if fen else [])]


@dataclass(frozen=True)
class Rate(Parsed):
    """An exact ratio: "70%", "0.7", "7/10". Moves by one percentage point."""

    least: str = "0"
    most: str = "1"
    hint: str = "比例 (rate)"

    def parse(self, text: str, at: At) -> Fraction:
        return parse_rate(text)

    def beyond(self, value: Any) -> str:
        return _bounds(value, self.least, self.most)

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(node, at, self._steps)

    def _steps(self, text: str) -> list[str]:
        return [
            str(step) for step in rate_steps(parse_rate(text)) if not _bounds(step, self.least, self.most)
        ]


def rate_steps(rate: Fraction) -> list[Fraction]:
    """The rate a percentage point up and down (a tenth of itself when it is smaller than a point)."""
    step = RATE_STEP if abs(rate) >= RATE_STEP or rate == 0 else abs(rate) / 10
    return [rate + step, rate - step]


@dataclass(frozen=True)
class Number(Parsed):
    """An exact number; `whole` for counts and days. Moves by one (by a hundredth when not whole)."""

    least: str = ""
    most: str = ""
    whole: bool = False
    hint: str = "数 (number)"

    def parse(self, text: str, at: At) -> Fraction:
        return parse_number(text)

    def beyond(self, value: Any) -> str:
        if self.whole and value.denominator != 1:
            return "应为整数 (must be whole)"
        return _bounds(value, self.least, self.most)

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(node, at, self._steps)

    def _steps(self, text: str) -> list[str]:
        value = parse_number(text)
        step = Fraction(1) if self.whole or value.denominator == 1 else RATE_STEP
        return [
            str(near) for near in (value + step, value - step) if not _bounds(near, self.least, self.most)
        ]


def whole(least: str = "0", most: str = "") -> Number:
    """A whole number."""
    return Number(least=least, most=most, whole=True, hint="整数 (whole number)")


@dataclass(frozen=True)
class Amount(Parsed):
    """Money in yuan or a rate, as the place demands. Up to 1 or with a % it moves as a rate, else as money."""

    hint: str = "金额或比例 (yuan or rate)"

    def parse(self, text: str, at: At) -> Fraction:
        return parse_rate(text) if _is_rate(text) else Fraction(parse_yuan(text), FEN_STEP)

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(node, at, _amount_steps)


def _is_rate(text: str) -> bool:
    try:
        return abs(parse_rate(text)) <= 1 or parse_rate(text) != parse_number(text)
    except KangchengError:
        return "元" not in text and any(sign in text for sign in "%‰成/分")


def _amount_steps(text: str) -> list[str]:
    if _is_rate(text):
        steps = [step for step in rate_steps(parse_rate(text)) if step >= 0]
        above = [
            step for step in steps if step > 1 and (step * 100).denominator == 1
        ]  # as a %, or it reads as yuan
        return [*(f"{step * 100}%" for step in above), *(str(step) for step in steps if step <= 1)]
    return [yuan(fen) for fen in money_steps(parse_yuan(text))]


@dataclass(frozen=True)
class Day(Parsed):
    """A calendar day. Moves by one day."""

    hint: str = "日期 (date, 2012-03-01)"

    def parse(self, text: str, at: At) -> object:
        return parse_date(text)

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(
            node, at, lambda text: [str(parse_date(text) + timedelta(days=step)) for step in (1, -1)]
        )


@dataclass(frozen=True)
class Span(Parsed):
    """A year, quarter, month, day, or a stretch written with two dots."""

    hint: str = "期间 (period: 2012, 2012Q3, 2012-03, 2012-03-01..2012-06-30)"

    def parse(self, text: str, at: At) -> object:
        return parse_period(text)


@dataclass(frozen=True)
class YearDay(Text):
    """A day of every year: 07-01."""

    pattern: str = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    hint: str = "月-日 (month-day, 07-01)"

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        yield from moved(node, at, lambda text: [f"{int(text[:2]) % 12 + 1:02d}-{text[3:]}"])


@dataclass(frozen=True)
class Choice(Text):
    """One of a closed list of words. Moves to every other word, or, when they are `ordered`, to its neighbours."""

    options: tuple[str, ...] = ()
    moved: bool = True
    ordered: bool = False

    @property
    def label(self) -> str:
        return " | ".join(self.options)

    def accepted(self) -> tuple[str, ...]:
        return self.options

    def judge(self, text: str, node: Scalar, at: At) -> Iterator[Fault]:
        # Only what is none of the options comes here: see `accepted`.
        near = nearest(text, self.options)
        yield at.fault(
            node.line, f"{text!r} 不在可选之列 (not one of the choices)", rule=self.label, near=near
        )

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        if self.moved:
            yield from moved(node, at, self._steps)

    def _steps(self, text: str) -> list[str]:
        place = self.options.index(text)
        reach = 1 if self.ordered else len(self.options)
        return [option for n, option in enumerate(self.options) if 0 < abs(n - place) <= reach]


def choice(*options: str, moved: bool = True, ordered: bool = False) -> Choice:
    """One of these words; `ordered` when a step is to the word before or after."""
    return Choice(options=options, moved=moved, ordered=ordered)


FLAG = choice("yes", "no")


def shape(node: Node) -> str:
    """A word for the node's shape, for messages."""
    return {"Scalar": "单个值 (a value)", "Sequence": "列表 (a list)", "Mapping": "键值表 (a mapping)"}[
        type(node).__name__
    ]


def moved(node: Node, at: At, steps: Callable[[str], list[str]]) -> Iterator[Move]:
    """A move to each text that `steps` makes of the node's own; none when the text cannot be read."""
    if not isinstance(node, Scalar):
        return
    try:
        others = steps(node.text)
    except (KangchengError, ValueError, OverflowError):
        return
    for text in others:
        yield Move(at.path, Scalar(text, node.line), node.line, f"{node.text} → {text}")
