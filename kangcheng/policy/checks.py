"""What a pack that reads well can still have wrong: what its kinds find, cases that fail, rules without cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault
from kangcheng.policy import kinds as kinds_
from kangcheng.policy.entry import CaseResult, Entry
from kangcheng.policy.kinds import Kind
from kangcheng.policy.pack import Key, Pack
from kangcheng.policy.source import Path_, Scalar, walk
from kangcheng.policy.store import folder_of


@dataclass
class Checked:
    """What became of a pack. `notices` do not fail it: overdue checks, one pack overriding a stranger, levels left out."""

    pack: Pack
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    results: dict[Key, list[CaseResult]] = field(default_factory=dict)
    assumed: int = 0

    @property
    def failed(self) -> list[tuple[Key, CaseResult]]:
        """Cases that did not give what they expect."""
        return [
            (key, result) for key, results in self.results.items() for result in results if not result.passed
        ]

    @property
    def cases(self) -> int:
        """Number of cases run."""
        return sum(len(results) for results in self.results.values())

    @property
    def passed(self) -> bool:
        """No fault and no failing case."""
        return not self.faults and not self.failed


def check_pack(
    pack: Pack,
    *,
    on: date,
    entries: Iterable[Entry] | None = None,
    kinds: Mapping[str, Kind] | None = None,
) -> Checked:
    """Run every check and case of these entries (all by default). `on` decides which re-checks are overdue."""
    known = kinds_.known() if kinds is None else kinds
    checked = Checked(pack)
    for entry in pack.all() if entries is None else entries:
        kind = known[entry.kind]
        checked.faults += kind.check(entry, pack)
        checked.results.setdefault(entry.key, []).extend(
            kind.try_case(entry, case, pack) for case in entry.cases
        )
        if kind.proven and not entry.cases:
            checked.faults.append(
                entry.fault(
                    (),
                    "没有算例 (no worked case)",
                    rule=f"{entry.kind} 的每个条目都有算例",
                    todo="在旁边写 cases",
                )
            )
        checked.notices += kind.notices(entry, pack)
        checked.notices += _overdue(entry, on)
        checked.notices += _stranger(entry, pack)
        checked.assumed += sum(
            path[-1:] == ("status",) and node.text == "assumed" for path, node in _scalars(entry)
        )
    return checked


def own_entries(pack: Pack) -> list[Entry]:
    """Entries to check when the packs it extends are checked by themselves: its own, and all when it overrides any."""
    if any(entry.overrode for entry in pack.all()):
        return list(pack.all())
    return [entry for entry in pack.all() if entry.pack == pack.name]


def check_sources(pack: Pack, root: Path) -> list[Fault]:
    """Every document's source file is there and has the hash the document states."""
    faults = []
    for entry in pack.documents.values():
        source, wanted = entry.get("source"), entry.get("sha256")
        if not source:
            continue
        path = (folder_of(entry.pack, root).parent / entry.file).parent / source
        if not path.is_file():
            faults.append(entry.fault("source", f"没有原文文件 (no such file) {source!r}"))
        elif sha256(path.read_bytes()).hexdigest() != wanted:
            faults.append(
                entry.fault(
                    "sha256", f"原文文件已变 (source file changed) {source!r}", rule="散列须与文件一致"
                )
            )
    return faults


def _overdue(entry: Entry, on: date) -> list[Fault]:
    return [
        entry.fault(path, f"应于 {node.text} 前复核 (check is overdue)", todo="重读条款后改 checked")
        for path, node in _scalars(entry)
        if path[-2:] == ("checked", "next") and parse_date(node.text) < on
    ]


def _stranger(entry: Entry, pack: Pack) -> list[Fault]:
    strangers = [name for name in entry.overrode if name not in pack.visible.get(entry.pack, ())]
    return [
        entry.fault(
            "id", f"{entry.pack} 与 {name} 都有此条目，前者在后、取前者 (both define it; the later wins)"
        )
        for name in strangers
    ]


def _scalars(entry: Entry) -> list[tuple[Path_, Scalar]]:
    return [
        (path, node)
        for path, node in walk(entry.node)
        if isinstance(node, Scalar) and path and path[0] != "cases"
    ]
