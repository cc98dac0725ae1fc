"""Both directions of coverage at once: every clause with its status, every system row with what is proven about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kangcheng.policy.checks import check_pack
from kangcheng.policy.pack import Pack
from kangcheng.policy.systems import SystemRow, rows
from kangcheng.policy.trace import ClauseTrace, running, trace

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Coverage:
    """`clauses` in document order, `systems` in the order of the list."""

    clauses: list[ClauseTrace]
    systems: list[SystemRow]


def cover(
    pack: Pack, *, on: date, tests: Path = REPOSITORY, counted: Mapping[str, int] | None = None
) -> Coverage:
    """Run the pack's checks and cases, then say what is executable and served. `counted`: data rows behind each row's page.

    `tests` is the folder that holds `tests/`; an installation without its tests proves no journey, so nothing is served.
    """
    checked = check_pack(pack, on=on)
    found = rows(pack, running(pack, checked), tests, counted)
    return Coverage(trace(pack, checked, (row.id for row in found if row.status == "served")), found)
