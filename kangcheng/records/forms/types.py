"""What a form is made of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kangcheng.kernel.errors import Fault
from kangcheng.records.paths import Path

LONGEST = 2_000  # characters of an answer where the form says nothing

Answer = str | list[str]
"""As it was given: a code, a number as text, a day, yes or no; a list of codes where several may be chosen."""


@dataclass(frozen=True)
class Option:
    """One possible answer; `score` where it counts."""

    code: str
    title: str
    score: Fraction | None = None
    title_en: str = ""


@dataclass(frozen=True)
class Coded:
    """The code an answer, score or result has as an Observation."""

    system: str
    code: str
    title: str


@dataclass(frozen=True)
class Limit:
    """One comparison: how (is, not, answered, at_least, above, at_most, below) and with what."""

    how: str
    value: Any


@dataclass(frozen=True)
class Condition:
    """Limits that the answer to an item must meet."""

    item: str
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class Item:
    """One question, or a group of them."""

    id: str
    text: str
    type: str
    text_en: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    codes: str = ""
    unit: str = ""
    least: Fraction | None = None
    most: Fraction | None = None
    longest: int = 0
    required: bool = False
    when: tuple[Condition, ...] = ()
    any_of: bool = False
    formula: Path | None = None
    graded: tuple[tuple[Fraction | None, Fraction], ...] = ()
    element: str = ""
    code: Coded | None = None
    items: tuple[Item, ...] = ()

    def option(self, code: str) -> Option | None:
        """The option with that code."""
        return next((one for one in self.options if one.code == code), None)


@dataclass(frozen=True)
class Score:
    """A sum over items; `bands` from the lowest: (from, conclusion)."""

    id: str
    title: str
    items: tuple[str, ...]
    reversed: frozenset[str]
    hundred: bool
    skip_missing: bool
    bands: tuple[tuple[Fraction | None, str], ...]
    code: Coded | None = None
    title_en: str = ""


@dataclass(frozen=True)
class Test:
    """Limits that every named score, or every named item, must meet."""

    names: tuple[str, ...]
    of_scores: bool
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class Rule:
    """A conclusion and what it needs."""

    result: str
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Result:
    """A conclusion drawn from scores and answers: the first rule that holds, or `otherwise`."""

    id: str
    title: str
    rules: tuple[Rule, ...]
    otherwise: str
    code: Coded | None = None
    title_en: str = ""


@dataclass(frozen=True)
class Form:
    """One version of a form."""

    id: str
    title: str
    title_en: str
    version: str
    about: str
    source: str
    items: tuple[Item, ...]
    scores: tuple[Score, ...]
    results: tuple[Result, ...]

    @property
    def url(self) -> str:
        """The canonical of its Questionnaire."""
        return f"urn:kangcheng:form:{self.id}"

    def every_item(self) -> list[Item]:
        """All items in order, groups before what they hold."""
        found: list[Item] = []
        waiting = list(reversed(self.items))
        while waiting:
            item = waiting.pop()
            found.append(item)
            waiting.extend(reversed(item.items))
        return found


@dataclass(frozen=True)
class Outcome:
    """What a set of answers comes to. `asked`: ids of the items that are asked. A None score or result cannot be judged."""

    answers: Mapping[str, Answer]
    asked: frozenset[str]
    faults: tuple[Fault, ...] = ()
    scores: Mapping[str, Fraction | None] = field(default_factory=dict)
    bands: Mapping[str, str | None] = field(default_factory=dict)
    results: Mapping[str, str | None] = field(default_factory=dict)
