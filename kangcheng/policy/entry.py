"""One entry of a pack: what one file says, with its place, its period, its citations and its worked cases."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from kangcheng.kernel.citation import Citation
from kangcheng.kernel.dates import Period, parse_date
from kangcheng.kernel.errors import Fault
from kangcheng.policy.source import Mapping, Path_, Scalar, Sequence, line_at, plain, show_path, walk

EARLIEST = date.min


@dataclass(frozen=True)
class Case:
    """A worked case beside a rule. `data` is the case as written: str, list, dict."""

    name: str
    data: dict[str, Any]
    file: str
    line: int


@dataclass(frozen=True)
class CaseResult:
    """What became of a case: passed, or the differences in words (expected, got, where)."""

    name: str
    passed: bool
    differences: tuple[str, ...] = ()
    file: str = ""
    line: int | None = None


def judged(case: Case, differences: list[str] | tuple[str, ...]) -> CaseResult:
    """The result of a case that differs in these points (none: it passed)."""
    return CaseResult(case.name, not differences, tuple(differences), case.file, case.line)


@dataclass(frozen=True)
class Entry:
    """`node` is the tree with lines, `data` the same as str, list and dict. `file` is relative to the packs' root."""

    kind: str
    id: str
    pack: str
    file: str
    node: Mapping
    cases: tuple[Case, ...] = ()
    overrode: tuple[str, ...] = field(default=())
    """Packs whose entry of the same kind and id this one replaced, nearest first."""

    @cached_property
    def data(self) -> dict[str, Any]:
        """The entry as str, list and dict."""
        return dict(plain(self.node))

    @property
    def key(self) -> tuple[str, str]:
        """(kind, id)"""
        return (self.kind, self.id)

    @property
    def title(self) -> str:
        """Chinese title."""
        return str(self.data.get("title", self.id))

    @property
    def title_en(self) -> str:
        """English title, the Chinese one when there is none."""
        return str(self.data.get("title_en") or self.title)

    @property
    def status(self) -> str:
        """in_force, assumed or expected."""
        return str(self.data.get("status", "in_force"))

    @cached_property
    def period(self) -> Period:
        """Days on which it applies; `to` in the file is the last day inside."""
        return period_of(self.data)

    @cached_property
    def citations(self) -> tuple[Citation, ...]:
        """Every clause named anywhere in the entry, worked cases aside, in order of appearance."""
        found = dict.fromkeys(citation for _, citation in self.cited())
        return tuple(found)

    def cited(self) -> list[tuple[int, Citation]]:
        """Line and citation of every `clause` and `clauses` key outside the cases."""
        return [
            (node.line, Citation.parse(node.text))
            for path, node in walk(self.node)
            if isinstance(node, Scalar)
            and path
            and path[0] not in ("cases", "clauses" if self.kind == "document" else "")
            if path[-1] == "clause" or (len(path) > 1 and path[-2] == "clauses")
            if "#" in node.text
        ]

    def get(self, key: str, default: Any = None) -> Any:
        """A key of the entry as str, list or dict."""
        return self.data.get(key, default)

    def line(self, *path: str | int) -> int:
        """Line of the place, or of the nearest thing above it."""
        return line_at(self.node, path)

    def fault(
        self, path: Path_ | str, what: str, *, rule: str = "", todo: str = "", near: str | None = None
    ) -> Fault:
        """A fault at a path of this entry, with its file and line."""
        steps = (path,) if isinstance(path, str) else path
        return Fault(
            f"{self.kind} {self.id} {show_path(steps)}".rstrip(),
            what,
            rule=rule,
            todo=todo,
            line=self.line(*steps),
            file=self.file,
            near=near,
        )

    def with_node(self, node: Mapping) -> Entry:
        """The same entry saying something else: for mutation and what-if. Cases stay as they are."""
        return replace(self, node=node)


def period_of(data: dict[str, Any]) -> Period:
    """The period between `from` and `to` (last day inside); open where a key is missing."""
    start = parse_date(data["from"]) if data.get("from") else EARLIEST
    last = parse_date(data["to"]) if data.get("to") else None
    return Period(start, last + timedelta(days=1) if last is not None and last != date.max else None)


def clauses_of(data: Map[str, Any]) -> tuple[str, ...]:
    """The clauses an entry as a whole rests on, as written: its `clause`, or its `clauses`."""
    several = data.get("clauses", ())
    listed = (several,) if isinstance(several, str) else tuple(several)
    return (str(data["clause"]), *listed) if data.get("clause") else listed


def cases_of(node: object, file: str) -> tuple[Case, ...]:
    """Worked cases of a `cases:` list."""
    if not isinstance(node, Sequence):
        return ()
    return tuple(
        Case(str(plain(item).get("name", f"第{number}例")), plain(item), file, item.line)
        for number, item in enumerate(node.items, 1)
        if isinstance(item, Mapping)
    )
