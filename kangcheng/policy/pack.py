"""A pack with everything it extends: entries by kind and id, dated values, citations, and the hash of what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from kangcheng.kernel.citation import Citation
from kangcheng.kernel.dates import Period
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.units import parse_quantity
from kangcheng.policy.entry import Entry, period_of
from kangcheng.policy.schema import nearest

Key = tuple[str, str]


class PackError(KangchengError):
    """The pack holds no such entry, value or clause on that day."""


@dataclass(frozen=True)
class Head:
    """What `pack.yaml` says."""

    name: str
    title: str
    title_en: str
    jurisdiction: str
    extends: tuple[str, ...]
    version: str


@dataclass(frozen=True)
class ClauseText:
    """One clause of a document, for quoting."""

    document: str
    id: str
    quote: str
    en: str
    kind: str
    module: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Dated:
    """One dated value of a parameter. Money is fen, rates are fractions, counts whole numbers."""

    value: int | Fraction
    unit: str
    clause: str
    status: str
    period: Period
    text: str


@dataclass(frozen=True)
class Pack:
    """`order`: the packs it is made of, the deepest first, itself last; later ones override earlier ones.

    `versions`: per (kind, id) the entries of the winning pack, in order of their first day.
    """

    name: str
    order: tuple[str, ...]
    heads: dict[str, Head]
    versions: dict[Key, tuple[Entry, ...]]
    visible: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For every pack of `order`, the packs it sees itself."""

    @cached_property
    def entries(self) -> dict[Key, Entry]:
        """Per (kind, id) the latest version."""
        return {key: versions[-1] for key, versions in self.versions.items()}

    def all(self) -> Iterable[Entry]:
        """Every version of every entry."""
        return (entry for versions in self.versions.values() for entry in versions)

    def of_kind(self, kind: str) -> list[Entry]:
        """Latest versions of one kind, in reading order."""
        return [entry for (name, _), entry in self.entries.items() if name == kind]

    @cached_property
    def documents(self) -> dict[str, Entry]:
        """Documents by id."""
        return {entry.id: entry for entry in self.of_kind("document")}

    @cached_property
    def clauses(self) -> dict[Citation, ClauseText]:
        """Every clause of every document, in document order."""
        found = {}
        for name, entry in self.documents.items():
            for row in entry.get("clauses", []):
                found[Citation(name, row["id"])] = ClauseText(
                    name,
                    row["id"],
                    row["quote"],
                    row.get("en", ""),
                    row.get("kind", ""),
                    row.get("module", ""),
                    row,
                )
        return found

    def clause(self, citation: Citation | str) -> ClauseText:
        """The clause cited. Raises PackError with the nearest id."""
        cited = Citation.parse(citation) if isinstance(citation, str) else citation
        try:
            return self.clauses[cited]
        except KeyError:
            near = nearest(str(cited), [str(known) for known in self.clauses])
            raise PackError(
                f"没有这一条 (no such clause) {cited}",
                where=self.name,
                todo=f"最接近的是 {near}" if near else "",
            ) from None

    def at(self, on: date, *, expected: bool = False) -> PackAt:
        """The pack as it applies on a day; `expected=True` includes what is announced but not in force."""
        return PackAt(self, on, expected)

    def with_entry(self, entry: Entry) -> Pack:
        """The same pack with one entry saying something else (same file); for mutation and what-if."""
        versions = tuple(
            entry if known.file == entry.file and known.pack == entry.pack else known
            for known in self.versions.get(entry.key, ())
        )
        return replace(self, versions={**self.versions, entry.key: versions or (entry,)})

    @cached_property
    def release_hash(self) -> str:
        """SHA-256 of what the pack says: independent of comments, order of keys, layout and file names."""
        return hashlib.sha256(canonical(self).encode()).hexdigest()


def canonical(pack: Pack) -> str:
    """The content of the pack as one JSON text with sorted keys."""
    entries = [
        {
            "kind": entry.kind,
            "id": entry.id,
            "pack": entry.pack,
            "says": {key: value for key, value in entry.data.items() if key != "cases"},
            "cases": [case.data for case in entry.cases],
        }
        for key in sorted(pack.versions)
        for entry in pack.versions[key]
    ]
    heads = [[head.name, head.title, head.jurisdiction, list(head.extends)] for head in pack.heads.values()]
    content = {"pack": pack.name, "order": list(pack.order), "heads": heads, "entries": entries}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class PackAt:
    """A pack on one day."""

    pack: Pack
    on: date
    expected: bool = False

    def get(self, kind: str, id_: str) -> Entry:
        """The version of the entry that applies on the day. Raises PackError."""
        versions = self.pack.versions.get((kind, id_))
        if versions is None:
            near = nearest(id_, [known for name, known in self.pack.versions if name == kind])
            raise PackError(
                f"没有这个条目 (no such entry) {kind} {id_}",
                where=self.pack.name,
                todo=f"最接近的是 {near}" if near else "",
            )
        for entry in reversed(versions):
            if self._holds(entry):
                return entry
        raise PackError(
            f"{kind} {id_} 在 {self.on} 不适用 (does not apply on that day)",
            where=self.pack.name,
            rule="；".join(f"{entry.period} {entry.status}" for entry in versions),
        )

    def find(self, kind: str, id_: str) -> Entry | None:
        """Like `get`, None instead of an error."""
        try:
            return self.get(kind, id_)
        except PackError:
            return None

    def all(self, kind: str) -> list[Entry]:
        """Every entry of the kind that applies on the day."""
        found = (self.find(name, id_) for name, id_ in self.pack.versions if name == kind)
        return [entry for entry in found if entry is not None]

    def parameter(self, id_: str) -> int | Fraction:
        """The typed value on the day: fen, exact ratio, or whole number. Raises PackError."""
        return self.dated(id_).value

    def dated(self, id_: str) -> Dated:
        """The value with its unit, clause, status and period. Raises PackError."""
        entry = self.get("parameter", id_)
        for value in reversed(values_of(entry)):
            if value.period.contains(self.on) and (self.expected or value.status != "expected"):
                return value
        raise PackError(
            f"参数 {id_} 在 {self.on} 没有值 (no value on that day)",
            where=entry.file,
            rule="values 中 from 不晚于该日的一项",
        )

    def levels(self, tiers: str) -> tuple[str, ...]:
        """Ids of the levels of a tier list, lowest first."""
        return tuple(level["id"] for level in self.get("tiers", tiers).get("levels"))

    def codes(self, codelist: str) -> dict[str, str]:
        """Code to Chinese title of the version of the list that applies on the day. Raises PackError."""
        entry = self.get("codelist", codelist)
        for version in reversed(entry.get("versions")):
            if period_of(version).contains(self.on):
                return {row["code"]: row["title"] for row in version["codes"]}
        raise PackError(f"代码表 {codelist} 在 {self.on} 没有版本 (no version on that day)", where=entry.file)

    def _holds(self, entry: Entry) -> bool:
        return entry.period.contains(self.on) and (self.expected or entry.status != "expected")


def values_of(entry: Entry) -> tuple[Dated, ...]:
    """Every dated value of a parameter entry, by first day; a value ends where the next begins."""
    unit = entry.get("unit")
    rows = sorted(entry.get("values", []), key=lambda row: period_of(row).start)
    found: list[Dated] = []
    follows: date | None = None  # first day of the next value that is sure to come
    for row in reversed(rows):
        period = period_of(row)
        if period.end is None and follows is not None:
            period = Period(period.start, follows)
        found.append(_dated(row, unit, period, entry))
        if row.get("status") != "expected":
            follows = period.start
    return tuple(reversed(found))


def _dated(row: Mapping[str, Any], unit: str, period: Period, entry: Entry) -> Dated:
    return Dated(
        value=parse_quantity(row["value"], unit),
        unit=unit,
        clause=row.get("clause") or entry.get("clause", ""),
        status=row.get("status") or entry.status,
        period=period,
        text=row["value"],
    )
