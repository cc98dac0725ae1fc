"""The reader's notebook: walks a mapping of plain text, gathers every fault with its path, refuses only at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.money import parse_yuan
from kangcheng.kernel.units import parse_number, parse_rate

MOST_FEN = 10**14
MOST_TEXT = 2_000
MOST_DEPTH = 24
MOST_FAULTS = 200

T = TypeVar("T")


class PackAt(Protocol):
    """What the engine asks of a pack at a date."""

    def get(self, kind: str, id_: str) -> Any:
        """An entry with its mapping as `data`. Raises KangchengError."""

    def dated(self, id_: str) -> Any:
        """A parameter's `value`, `unit` and `clause` on the day. Raises KangchengError."""

    def codes(self, codelist: str) -> Any:
        """The codes of a code list on the day. Raises KangchengError."""


@dataclass(frozen=True)
class Kind:
    """A kind of number: how its text is read and between which bounds it lies."""

    name: str
    read: Callable[[str], Fraction | int]
    least: Fraction
    most: Fraction
    example: str


MONEY = Kind("金额(元)", parse_yuan, Fraction(0), Fraction(MOST_FEN), '"1200" 或 "1234.50"')
RATE = Kind("比例", parse_rate, Fraction(0), Fraction(1), '"70%" 或 "0.7"，在 0 与 1 之间')
CHANGE = Kind("比例增减", parse_rate, Fraction(-1), Fraction(1), '"5%" 或 "-15%"')
FACTOR = Kind("倍数", parse_rate, Fraction(0), Fraction(10**6), '"50%"、"1/30" 或 "98"')
COUNT = Kind("个数", parse_number, Fraction(0), Fraction(10**6), '"3"')


class Reading:
    """Faults of one input, with the file they are in and the pack its references go to."""

    def __init__(self, *, file: str = "", pack_at: PackAt | None = None) -> None:
        self.file = file or None
        self.pack_at = pack_at
        self.faults: list[Fault] = []

    def fault(
        self,
        path: str,
        what: str,
        *,
        rule: str = "",
        todo: str = "",
        word: str = "",
        words: Iterable[str] = (),
    ) -> None:
        """Note one fault at `path`; `word` was written where one of `words` was meant."""
        near = get_close_matches(word[:60], [str(one) for one in words], n=1, cutoff=0.5) if word else []
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(
                Fault(path or "(entry)", what, rule, todo, None, self.file, near[0] if near else None)
            )

    def close(self, what: str) -> None:
        """Raise all faults at once, when there are any."""
        if self.faults:
            raise Faults(
                self.faults, what=f"{what}: {len(self.faults)} 处错误 (faults)", where=self.file or ""
            )

    # --- shapes

    def mapping(self, node: object, path: str, keys: Iterable[str] | None = None) -> Mapping[str, Any]:
        """`node` when it is a mapping with text keys, all among `keys`; an empty one after a fault."""
        if not isinstance(node, Mapping):
            self.fault(path, f"应为键值对，得到 {show(node)} (a mapping is expected)")
            return {}
        if path.count(".") + path.count("[") > MOST_DEPTH:
            self.fault(path[:120], f"嵌套超过 {MOST_DEPTH} 层 (nested too deep)")
            return {}
        allowed = None if keys is None else tuple(keys)
        kept: dict[str, Any] = {}
        for key, value in node.items():
            if not isinstance(key, str) or len(key) > MOST_TEXT or not whole_characters(key):
                self.fault(path, f"键必须是短文本，得到 {show(key)} (keys are short text)")
            elif allowed is not None and key not in allowed:
                self.fault(
                    join(path, key),
                    f"未知的键 {show(key)} (unknown key)",
                    todo=f"可用: {', '.join(allowed)}",
                    word=key,
                    words=allowed,
                )
            else:
                kept[key] = value
        return kept

    def items(self, node: object, path: str, *, most: int = 10_000) -> Sequence[Any]:
        """`node` when it is a list of at most `most` elements."""
        if not isinstance(node, (list, tuple)):
            self.fault(path, f"应为列表，得到 {show(node)} (a list is expected)")
            return ()
        if len(node) > most:
            self.fault(path, f"列表多于 {most} 项 (list too long)")
            return ()
        return node

    def need(self, body: Mapping[str, Any], key: str, path: str) -> Any:
        """The value under `key`, or a fault when it is missing or empty."""
        if body.get(key) in (None, ""):
            self.fault(join(path, key), "缺少此项 (missing)", rule=f"{key} 必填")
            return None
        return body[key]

    # --- scalars

    def text(self, node: object, path: str, default: str = "") -> str:
        """Short text; None is the default."""
        if node is None:
            return default
        if not isinstance(node, str):
            self.fault(path, f"应为文本，得到 {show(node)} (text is expected)", todo="加引号写成文本")
            return default
        if len(node) > MOST_TEXT:
            self.fault(path, f"文本长于 {MOST_TEXT} 字 (text too long)")
            return default
        if not whole_characters(node):
            self.fault(path, "含有不成字符的代码 (broken characters)", todo="另存为UTF-8")
            return default
        return node

    def name(self, node: object, path: str) -> str:
        """What something is called: text, or a plain integer of JSON or Parquet, as people number rows and persons."""
        return self.text(str(node) if type(node) is int else node, path)

    def texts(self, node: object, path: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        if node is None:
            return ()
        if isinstance(node, str):
            node = [node]
        return tuple(self.text(one, f"{path}[{i}]") for i, one in enumerate(self.items(node, path)))

    def choice(self, node: object, path: str, options: Iterable[str], default: str) -> Any:
        """One of a few words."""
        word, words = self.text(node, path, default), tuple(options)
        if word not in words:
            self.fault(
                path,
                f"{show(word)} 不在可选值中 (not one of)",
                todo=" | ".join(words),
                word=word,
                words=words,
            )
            return default
        return word

    def yes(self, node: object, path: str, default: bool = False) -> bool:
        """yes or no, as text."""
        return self.choice(node, path, ("yes", "no"), "yes" if default else "no") == "yes"

    def number(self, node: object, path: str, kind: Kind) -> Fraction:
        """A number of that kind, exactly; zero after a fault."""
        if not isinstance(node, str):
            self.fault(path, f"{kind.name}应为文本，得到 {show(node)} (text is expected)", todo=kind.example)
            return Fraction(0)
        value = self.attempt(lambda: Fraction(kind.read(node)), path, todo=kind.example)
        if value is None:
            return Fraction(0)
        if not kind.least <= value <= kind.most:
            self.fault(path, f"{kind.name} {show(node)} 超出范围 (out of range)", todo=kind.example)
            return Fraction(0)
        return value

    def fen(self, node: object, path: str) -> int:
        """An amount of yuan as fen; zero after a fault. What `number` reads, without the fraction: claims have many."""
        if isinstance(node, str):
            try:
                fen = parse_yuan(node)
            except KangchengError:
                return int(self.number(node, path, MONEY))
            if 0 <= fen <= MOST_FEN:
                return fen
        return int(self.number(node, path, MONEY))

    def whole(self, node: object, path: str, *, least: int = 0, most: int = 10**6) -> int:
        """A whole number between two bounds; also a plain integer of JSON."""
        if isinstance(node, int) and not isinstance(node, bool):
            node = str(node)
        value = self.number(node, path, COUNT)
        if value.denominator != 1 or not least <= value <= most:
            self.fault(path, f"应为 {least} 到 {most} 的整数，得到 {show(node)} (whole number expected)")
            return least
        return int(value)

    def day(self, node: object, path: str) -> date | None:
        """A date written as text."""
        if node is None:
            return None
        if isinstance(node, date):
            return node
        text = self.text(node, path)
        return self.attempt(lambda: parse_date(text), path) if text else None

    def attempt(self, read: Callable[[], T], path: str, *, todo: str = "") -> T | None:
        """What `read` returns, or a noted fault instead of its error."""
        try:
            return read()
        except KangchengError as error:
            self.fault(
                path, f"{error.what} {error.where[:80]}".strip(), rule=error.rule, todo=todo or error.todo
            )
            return None


def join(path: str, key: str) -> str:
    """Path of a key below a path."""
    return f"{path}.{key[:60]}" if path else key[:60]


def whole_characters(text: str) -> bool:
    """False for text that no file can hold: half a surrogate pair, or the character with the number zero."""
    return not re.search("[\0\ud800-\udfff]", text)


def show(node: object) -> str:
    """A short picture of whatever was written, safe for any input."""
    if isinstance(node, str):
        return repr(node if len(node) <= 40 else node[:40] + "…")
    return (
        f"{type(node).__name__} {str(node)[:40]!r}"
        if isinstance(node, (int, float, bool))
        else type(node).__name__
    )
