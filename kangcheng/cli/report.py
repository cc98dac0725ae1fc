"""kangcheng report: a report of the pack, computed now."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    name: Annotated[str, typer.Argument(help="报告代码 report id, e.g. fund-monthly")],
    period: Annotated[str, typer.Option(help="时期 period: 2024, 2024Q2, 2024-05")],
    out: Annotated[Path, typer.Option(help="写到 .docx 或 .html file to write")],
    scope: Annotated[str, typer.Option(help="范围：city 或区划代码 city or an area code")] = "city",
    fresh: Annotated[bool, typer.Option("--fresh", help="先更新数据湖 refresh the lake first")] = False,
) -> None:
    """写出一份报告，每个数字可追溯到指标与条款。 Write a report whose every figure is traced."""
    from kangcheng.config.boot import boot

    boot()
    from django.utils import timezone

    from kangcheng.base.accounts.types import system_actor
    from kangcheng.performance.indicators.selectors import newest
    from kangcheng.performance.indicators.services import refresh
    from kangcheng.performance.reports import services
    from kangcheng.performance.reports.types import Document

    if fresh or newest() is None:
        refresh(
            by=system_actor("report"), on=timezone.localdate(), now=timezone.now(), why="kangcheng report"
        )
    area = "" if scope == "city" else scope
    document: Document = services.write(name=name, period=period, scope=area)
    out.write_bytes(services.as_file(document, out.suffix))
    typer.echo(f"{out}: {document.title} {document.span.text}, {len(document.figures)} 个数字 figures")
