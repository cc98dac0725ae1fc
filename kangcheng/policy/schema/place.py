"""Where a check stands: the tree position and what the rest of the pack offers."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from kangcheng.kernel.errors import Fault
from kangcheng.policy.source import Mapping, Node, Path_, Scalar, show_path


class Context(Protocol):
    """What a check may ask about the world around one entry."""

    @property
    def file(self) -> str:
        """File of the entry, for messages."""

    def ids(self, kind: str) -> Collection[str]:
        """Ids of all entries of that kind that the entry can see."""

    def clauses(self, document: str) -> Collection[str] | None:
        """Clause ids of the document; None when there is no such document."""

    def documents(self) -> Collection[str]:
        """Ids of the documents that can be cited."""

    def neighbours(self, level: str) -> tuple[str, ...]:
        """Levels next to this one in any ordered tier list; empty when the text is no level."""


@dataclass(frozen=True)
class Alone:
    """A file outside any pack: references and citations cannot be resolved, so they are not asked for."""

    file: str = ""

    def ids(self, kind: str) -> Collection[str]:
        """Nothing is known."""
        return ()

    def clauses(self, document: str) -> Collection[str] | None:
        """Nothing is known."""
        return None

    def documents(self) -> Collection[str]:
        """Nothing is known."""
        return ()

    def neighbours(self, level: str) -> tuple[str, ...]:
        """Nothing is known."""
        return ()


@dataclass(frozen=True)
class At:
    """A place in one entry's tree: its context, its path and the mappings above it, nearest last."""

    context: Context
    path: Path_ = ()
    above: tuple[Mapping, ...] = ()

    def into(self, step: str | int, parent: Mapping | None = None) -> At:
        """The place one step down."""
        return At(
            self.context, (*self.path, step), (*self.above, parent) if parent is not None else self.above
        )

    def sibling(self, key: str) -> str | None:
        """The text of `key` in the nearest mapping above that has it."""
        for mapping in reversed(self.above):
            found = mapping.items.get(key)
            if isinstance(found, Scalar):
                return found.text
        return None

    def fault(
        self, line: int, what: str, *, rule: str = "", todo: str = "", near: str | None = None
    ) -> Fault:
        """A fault here, with file and line."""
        return Fault(
            show_path(self.path), what, rule=rule, todo=todo, line=line, file=self.context.file, near=near
        )

    @property
    def alone(self) -> bool:
        """True outside any pack."""
        return isinstance(self.context, Alone)


@dataclass(frozen=True)
class Move:
    """One value moved by one step: what `packs check --mutate` tries. `path` is where, `node` is what stands there instead."""

    path: Path_
    node: Node
    line: int
    what: str


class Type(ABC):
    """What may stand at one place of an entry."""

    @property
    @abstractmethod
    def label(self) -> str:
        """A few words for the generated page."""

    @abstractmethod
    def faults(self, node: Node, at: At) -> Iterator[Fault]:
        """Everything wrong with the node."""

    def fit(self, node: Node) -> int:
        """How well the node's shape suits, without looking inside; 0 is not at all. Alternatives are chosen by it."""
        return int(isinstance(node, Scalar))

    def moves(self, node: Node, at: At) -> Iterator[Move]:
        """The node's values moved by one step each."""
        return iter(())

    def records(self) -> Iterator[Type]:
        """Types inside, for the generated page."""
        return iter(())


def nearest(word: str, words: Collection[str]) -> str | None:
    """The word of the list most like it, None when nothing is."""
    found = difflib.get_close_matches(word[:80], list(words), n=1, cutoff=0.5)
    return found[0] if found else None


@dataclass(frozen=True)
class Field:
    """One key of a record. `about` explains it on the generated page (Chinese, then English in brackets)."""

    type: Type
    about: str = ""
    required: bool = True
    moved: bool = True
    """False keeps `--mutate` away: the value does not decide any case (a label, a planned date)."""
    words: tuple[str, ...] = field(default=())
    """Other spellings people try; named in the error, never accepted."""
