"""kangcheng report: a report of the pack, computed now."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kangcheng.performance.reports.types import Document


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
    from kangcheng.portal.performance.selectors import in_words

    area = _area(scope)
    if fresh or newest() is None:
        refresh(
            by=system_actor("report"), on=timezone.localdate(), now=timezone.now(), why="kangcheng report"
        )
    document = services.write(name=name, period=period, scope=area)
    _begun(document, timezone.localdate())
    document = in_words(document)
    out.write_bytes(services.as_file(document, out.suffix))
    typer.echo(f"{out}: {document.title} {document.span.text}, {len(document.figures)} 个数字 figures")


def _area(scope: str) -> str:
    """The code to keep to, "" for the whole city. Raises KangchengError for a code that is no area."""
    from kangcheng.kernel.errors import KangchengError
    from kangcheng.registry.areas import selectors

    unknown = selectors.unknown([scope])
    if scope == "city":
        return ""
    if unknown:
        raise KangchengError(
            "没有这个区划 (unknown area)",
            where=scope[:40],
            rule="city 为全市，或区划代码",
            todo="改正 --scope",
        )
    return scope


def _begun(document: Document, today: date) -> None:
    """A report says what happened: its period has begun. Raises KangchengError."""
    from kangcheng.kernel.errors import KangchengError

    if document.span.start is not None and document.span.start > today:
        raise KangchengError(
            "这个时期还没有开始 (the period has not begun)",
            where=document.span.text,
            rule=f"今天是 {today}",
            todo="改正 --period",
        )
