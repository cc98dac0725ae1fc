"""kangcheng trace: every clause of a pack's documents, what runs it, and how much is covered."""

import enum
from typing import Annotated

import typer


class Status(enum.StrEnum):
    """What may be listed alone."""

    open = "open"
    recorded = "recorded"
    executable = "executable"
    served = "served"


def run(
    pack: Annotated[str, typer.Argument(help="包名或文件夹 pack or folder")] = "kangcheng",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 print JSON")] = False,
    status: Annotated[Status | None, typer.Option(help="只列 open、recorded、executable 或 served")] = None,
) -> None:
    """逐条：条款 → 条目 → 算例 → 状态。 Every clause with its entries, cases and status."""
    import json

    from kangcheng.cli.packs import loaded, today
    from kangcheng.policy import trace
    from kangcheng.policy.coverage import cover

    found = cover(loaded(pack), on=today()).clauses
    if as_json:
        print(json.dumps(trace.as_json(found), ensure_ascii=False, indent=1))
        return
    for row in found:
        if status in (None, row.status):
            words = f"{', '.join(row.entries)} ({row.cases} cases)" if row.entries else "-"
            print(f"{row.document}#{row.id:<10} {row.status:<10} {row.module:<12} {words}")
    print()
    for title, by in (("文件 document", "document"), ("模块 module", "module")):
        print(title)
        for name, counts in trace.grouped(found, by).items():  # type: ignore[arg-type]
            print(f"  {name:<20} {_counts(counts)}")
    print(f"总计 total             {_counts(trace.figures(found))}")


def _counts(counts: dict[str, int]) -> str:
    return f"{counts['clauses']:>4} 条 clauses  {counts['executable']:>4} 可执行 executable  {counts['served']:>4} 已服务 served"
