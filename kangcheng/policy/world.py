"""What an entry sees around it: ids of entries, documents with their clauses, neighbours of a level."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from kangcheng.policy.entry import Entry
from kangcheng.policy.source import Mapping, Node, Scalar, Sequence


class World:
    """The entries an entry sees. They may still be full of faults: nothing is assumed about their insides."""

    def __init__(self, entries: Iterable[Entry], file: str = "") -> None:
        self.file = file
        self._by_kind: dict[str, dict[str, Entry]] = {}
        self._clauses: dict[str, frozenset[str]] = {}
        self._levels: dict[str, tuple[str, ...]] | None = None
        for entry in entries:
            self._by_kind.setdefault(entry.kind, {})[entry.id] = entry

    def of(self, file: str) -> World:
        """The same world seen from a file."""
        self.file = file
        return self

    def ids(self, kind: str) -> Collection[str]:
        """Ids of the entries of a kind."""
        return self._by_kind.get(kind, {})

    def documents(self) -> Collection[str]:
        """Ids of the documents."""
        return self.ids("document")

    def clauses(self, document: str) -> Collection[str] | None:
        """Clause ids of a document; None when there is none of that name."""
        entry = self._by_kind.get("document", {}).get(document)
        if entry is None:
            return None
        if document not in self._clauses:
            self._clauses[document] = frozenset(_ids_in(entry.node.items.get("clauses")))
        return self._clauses[document]

    def neighbours(self, level: str) -> tuple[str, ...]:
        """Levels just below and above in every tier list that has this one."""
        if self._levels is None:
            self._levels = _neighbours(self._by_kind.get("tiers", {}).values())
        return self._levels.get(level, ())


def _neighbours(tiers: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in tiers:
        levels = _ids_in(entry.node.items.get("levels"))
        for place, level in enumerate(levels):
            beside = (*levels[max(0, place - 1) : place], *levels[place + 1 : place + 2])
            found[level] = tuple(dict.fromkeys((*found.get(level, ()), *beside)))
    return found


def _ids_in(node: Node | None) -> list[str]:
    rows: list[Any] = node.items if isinstance(node, Sequence) else []
    ids = [row.items.get("id") for row in rows if isinstance(row, Mapping)]
    return [id_.text for id_ in ids if isinstance(id_, Scalar)]
