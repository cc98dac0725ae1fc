"""From clause to entries to cases to status; figures of coverage per document, per module and in total.

A clause is `executable` when an entry with passing cases runs it, `served` when besides a row of the system list that
stands for it is served, `recorded` when something only writes it down (a plan), `open` when nothing does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kangcheng.kernel.citation import Citation
from kangcheng.policy import kinds as kinds_
from kangcheng.policy.checks import Checked
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds import Kind
from kangcheng.policy.mutate import dependents
from kangcheng.policy.pack import Key, Pack

Status = Literal["open", "recorded", "executable", "served"]
RECORDS_ONLY = frozenset({"document", "plan", "systems"})
"""Kinds that name a clause without running it."""


@dataclass(frozen=True)
class ClauseTrace:
    """`entries` as kind/id; `cases`: worked cases of the entries that run the clause."""

    id: str
    document: str
    module: str
    kind: str
    quote: str
    status: Status
    entries: tuple[str, ...]
    cases: int


def running(pack: Pack, checked: Checked, kinds: Mapping[str, Kind] | None = None) -> dict[Key, int]:
    """Entries that run with passing cases, each with the number of its cases.

    A parameter or list without cases of its own runs when something that uses it does; it then counts that one's cases.
    """
    known = kinds_.known() if kinds is None else kinds
    broken = {fault.file for fault in checked.faults}
    good: dict[Key, int] = {}
    for key, entry in pack.entries.items():
        results = checked.results.get(key, [])
        runs = known[key[0]].run_case is not None and key[0] not in RECORDS_ONLY
        if runs and results and all(result.passed for result in results) and entry.file not in broken:
            good[key] = len(results)
    for key, users in dependents(pack).items():
        if key not in good and not checked.results.get(key) and key[0] not in RECORDS_ONLY:
            used_by = [good[user.key] for user in users if user.key in good and known[user.kind].proven]
            if used_by:
                good[key] = max(used_by)
    return good


def trace(
    pack: Pack, checked: Checked, served_rows: Iterable[str] = (), kinds: Mapping[str, Kind] | None = None
) -> list[ClauseTrace]:
    """Every clause of every document of the pack, in document order. `served_rows`: ids of rows proven to be served."""
    good = running(pack, checked, kinds)
    citing: dict[Citation, list[Entry]] = {}
    for entry in pack.entries.values():
        if entry.kind != "document":
            for citation in entry.citations:
                citing.setdefault(citation, []).append(entry)
    served = set(served_rows)
    served_clauses = {clause for row in system_rows(pack) if row["id"] in served for clause in row["clauses"]}
    return [
        _trace(citation, pack, citing.get(citation, []), good, citation.clause in served_clauses)
        for citation in pack.clauses
    ]


def _trace(
    citation: Citation, pack: Pack, entries: list[Entry], good: Mapping[Key, int], row_served: bool
) -> ClauseTrace:
    clause = pack.clauses[citation]
    runs = [entry for entry in entries if entry.key in good]
    status: Status = "recorded" if entries else "open"
    if runs:
        status = "served" if row_served else "executable"
    return ClauseTrace(
        id=clause.id,
        document=clause.document,
        module=clause.module,
        kind=clause.kind,
        quote=clause.quote,
        status=status,
        entries=tuple(f"{entry.kind}/{entry.id}" for entry in entries),
        cases=sum(good[entry.key] for entry in runs),
    )


def system_rows(pack: Pack) -> list[dict[str, Any]]:
    """Rows of the pack's system list, none when it has no such list."""
    return [row for entry in pack.of_kind("systems") for row in entry.get("systems")]


def figures(traces: Iterable[ClauseTrace]) -> dict[str, int]:
    """Clauses, how many of them are executable (served ones are), how many served."""
    rows = list(traces)
    return {
        "clauses": len(rows),
        "executable": sum(row.status in ("executable", "served") for row in rows),
        "served": sum(row.status == "served" for row in rows),
    }


def grouped(traces: Iterable[ClauseTrace], by: Literal["document", "module"]) -> dict[str, dict[str, int]]:
    """Figures per document or per module, in order of appearance."""
    groups: dict[str, list[ClauseTrace]] = {}
    for row in traces:
        groups.setdefault(str(getattr(row, by)), []).append(row)
    return {name: figures(rows) for name, rows in groups.items()}


def as_json(traces: list[ClauseTrace]) -> dict[str, Any]:
    """The stable JSON of `kangcheng trace --json`."""
    return {
        "documents": grouped(traces, "document"),
        "modules": grouped(traces, "module"),
        "total": figures(traces),
        "clauses": [
            {
                "id": row.id,
                "module": row.module,
                "kind": row.kind,
                "status": row.status,
                "entries": list(row.entries),
                "cases": row.cases,
            }
            for row in traces
        ],
    }
