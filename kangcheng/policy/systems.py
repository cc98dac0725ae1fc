"""The rows of the system list with what is proven about each: entries that run, page, role, journey test.

A row is `executable` when an entry it names runs with passing cases; a row marked R is never satisfied by a register alone.
It is `served` when besides its page, role and journey are named, the journey is a browser test that exists and plays the
role, every phrase of what the row must do is mapped to an output, and, where it was counted, there is data behind it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kangcheng.policy.pack import Key, Pack
from kangcheng.policy.trace import system_rows


@dataclass(frozen=True)
class SystemRow:
    """`lacking`: what keeps the row from being served, in words. `rows` behind it: None when not counted."""

    id: str
    module: str
    mark: str
    title: str
    title_en: str
    clauses: tuple[str, ...]
    status: Literal["open", "recorded", "executable", "served"]
    entries: tuple[str, ...]
    page: str
    role: str
    outputs: tuple[dict[str, str], ...]
    journey: str
    rows: int | None
    lacking: tuple[str, ...]


def rows(
    pack: Pack, good: Mapping[Key, int], root: Path, counted: Mapping[str, int] | None = None
) -> list[SystemRow]:
    """Every row. `good`: entries that run (`trace.running`); `root`: where the tests are; `counted`: data rows per row id."""
    return [_row(row, good, root, (counted or {}).get(row["id"])) for row in system_rows(pack)]


def _row(row: Mapping[str, Any], good: Mapping[Key, int], root: Path, counted: int | None) -> SystemRow:
    running = [name for name in row["entries"] if tuple(name.split("/", 1)) in good]
    executable = (
        any(not name.startswith("register/") for name in running) if "R" in row["mark"] else bool(running)
    )
    lacking = list(_lacking(row, root, counted))
    if not executable:
        lacking.insert(0, "没有可执行的条目 (no entry runs it)")
    status: Literal["open", "recorded", "executable", "served"] = "recorded" if row["entries"] else "open"
    if executable:
        status = "executable" if lacking else "served"
    return SystemRow(
        id=row["id"],
        module=row["module"],
        mark=row["mark"],
        title=row["title"],
        title_en=row["title_en"],
        clauses=tuple(row["clauses"]),
        status=status,
        entries=tuple(row["entries"]),
        page=row.get("page", ""),
        role=row.get("role", ""),
        outputs=tuple(output for output in row.get("outputs", []) if isinstance(output, dict)),
        journey=row.get("journey", ""),
        rows=counted,
        lacking=tuple(lacking),
    )


def _lacking(row: Mapping[str, Any], root: Path, counted: int | None) -> list[str]:
    lacking = [f"没有 {key}" for key in ("page", "role", "outputs", "journey") if not row.get(key)]
    loose = [output for output in row.get("outputs", []) if not isinstance(output, dict)]
    if loose:
        lacking.append(f"{len(loose)} 句没有对到产出 (phrases without output)")
    if row.get("journey"):
        lacking += journey_faults(row["journey"], row.get("role", ""), root)
    for output in row.get("outputs", []):
        if isinstance(output, dict) and "::" in output.get("journey", ""):
            lacking += journey_faults(output["journey"], "", root)
    if counted == 0:
        lacking.append("页面背后没有数据 (no data behind the page)")
    return lacking


def journey_faults(journey: str, role: str, root: Path) -> list[str]:
    """Why the journey does not prove anything; empty when the browser test exists, is not skipped and names the role."""
    name, _, function = journey.partition("::")
    file = root / name
    if not file.is_file():
        return [f"没有这个测试文件 (no such test file) {name}"]
    text = file.read_text("utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return [f"测试文件读不懂 (cannot parse) {name}"]
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    if not found:
        return [f"没有这个测试 (no such test) {journey}"]
    faults = []
    marks = " ".join(ast.unparse(mark) for mark in found[0].decorator_list)
    if "skip" in marks or "xfail" in marks:
        faults.append(f"测试被跳过 (test is skipped) {journey}")
    if "browser" not in marks and "pytest.mark.browser" not in text:
        faults.append(f"不是浏览器测试 (not a browser test) {journey}")
    if role and role not in text:
        faults.append(f"测试里没有角色 {role} (role not in the test) {journey}")
    return faults


def as_json(found: list[SystemRow]) -> dict[str, Any]:
    """The stable JSON of `kangcheng systems --json`."""
    modules: dict[str, list[SystemRow]] = {}
    for row in found:
        modules.setdefault(row.module, []).append(row)
    return {
        "modules": {name: figures(rows_) for name, rows_ in modules.items()},
        "total": figures(found),
        "systems": [
            {
                "id": row.id,
                "module": row.module,
                "mark": row.mark,
                "status": row.status,
                "clauses": list(row.clauses),
                "entries": list(row.entries),
                "page": row.page,
                "role": row.role,
                "outputs": list(row.outputs),
                "journey": row.journey,
                "rows": row.rows,
                "lacking": list(row.lacking),
            }
            for row in found
        ],
    }


def figures(found: list[SystemRow]) -> dict[str, int]:
    """Rows, executable ones (served ones are), served ones."""
    return {
        "rows": len(found),
        "executable": sum(row.status in ("executable", "served") for row in found),
        "served": sum(row.status == "served" for row in found),
    }
