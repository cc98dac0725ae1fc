"""What crosses the border of the mapping."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from kangcheng.kernel.errors import Fault, KangchengError

RESIDENT = "urn:kangcheng:resident"  # stands for the resident until matching has said who it is


class MessageError(KangchengError):
    """The message cannot be read at all."""


class Scope(Protocol):
    """Where a part takes its values from."""

    def text(self, place: str, repeat: "Repeat | None" = None) -> str:
        """The text at a place, "" for none."""


@dataclass(frozen=True)
class Repeat:
    """Which repetition of a field: the first whose component is one of these."""

    component: int
    among: frozenset[str]


@dataclass(frozen=True)
class Condition:
    """A place that is one of, is none of, or is (not) filled."""

    place: str
    among: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()
    filled: bool | None = None


@dataclass(frozen=True)
class Value:
    """Where one value comes from, and what it becomes."""

    literal: str = ""
    place: str = ""
    ref: str = ""
    every: str = ""
    to: tuple[str, tuple[str, ...]] | None = None  # type, and the places of its key
    repeat: Repeat | None = None
    when: tuple[Condition, ...] = ()
    becomes: str = "text"
    table: str = ""
    otherwise: str = ""
    required: bool = False


@dataclass(frozen=True)
class Part:
    """One resource, or one for each segment: `set` leads elements to where their values come from, first filled wins."""

    id: str
    type: str
    each: str
    key: tuple[str, ...]
    when: tuple[Condition, ...]
    set: tuple[tuple[str, tuple[Value, ...]], ...]


@dataclass(frozen=True)
class Heading:
    """A column of a sheet."""

    heading: str
    also: tuple[str, ...] = ()
    required: bool = False
    example: str = ""


@dataclass(frozen=True)
class Mapping:
    """A mapping entry, read."""

    id: str
    title: str
    title_en: str
    format: str
    messages: tuple[str, ...]
    sender: str
    columns: tuple[Heading, ...]
    key: tuple[str, ...]
    tables: dict[str, dict[str, str]] = field(hash=False)
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Made:
    """A resource that came out: its part, and the id it always has for this sender and key."""

    part: str
    type: str
    logical_id: str
    resource: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Result:
    """What a message came to. With faults nothing of it is to be kept."""

    patient: dict[str, Any] | None = field(repr=False)
    made: tuple[Made, ...] = ()
    faults: tuple[Fault, ...] = ()
