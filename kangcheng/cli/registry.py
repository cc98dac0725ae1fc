"""kangcheng registry: divisions, and lists of residents and of person categories from spreadsheets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

if TYPE_CHECKING:
    from kangcheng.registry.imports.types import Report

app = typer.Typer(help="人口与机构：区划、名单导入。 Divisions and imports of lists.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="名单文件 the list (.xlsx, .csv)", exists=True, dir_okay=False)]
Source = Annotated[str, typer.Option("--source", help="名单来源 whose list, e.g. 乡村振兴局")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入 check only")]
Errors = Annotated[Path | None, typer.Option("--errors", help="错误清单另存为 .xlsx write the errors there")]


@app.command()
def areas(
    folder: Annotated[Path, typer.Argument(help="区划表所在目录 folder of the division tables", exists=True)],
) -> None:
    """载入省市县乡村五级区划。 Load the five levels of divisions."""
    from kangcheng.config.boot import boot

    boot()
    from kangcheng.registry.areas import services

    by, on = _acting()
    print(f"新增区划 {services.load(folder=folder, by=by, on=on)} 个 (new areas)")


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="residents 或 or categories")],
    target: Annotated[Path, typer.Argument(help="写到 file to write, .xlsx")],
) -> None:
    """空表：列名与填写说明。 The empty form of a list, with help."""
    from kangcheng.config.boot import boot

    boot()
    from kangcheng.registry.imports import selectors

    _known(kind)
    target.write_bytes(selectors.template(kind, _acting()[1]))
    print(f"已写入 {target} (written)")


@app.command()
def residents(file: File, source: Source, dry_run: DryRun = False, errors: Errors = None) -> None:
    """导入居民名册。 Import a list of residents: all of it or nothing."""
    _take("residents", file, source, dry_run, errors)


@app.command()
def categories(file: File, source: Source, dry_run: DryRun = False, errors: Errors = None) -> None:
    """导入人员类别名单（建档立卡、低保等）。 Import a list of registered poor and the like."""
    _take("categories", file, source, dry_run, errors)


@app.command()
def match(
    why: Annotated[str, typer.Option("--why", help="原因 reason")] = "复核未匹配名单",
) -> None:
    """给后来登记的人补上标识。 Mark people of earlier lists who have been registered since."""
    from kangcheng.config.boot import boot

    boot()
    from kangcheng.registry.imports import services

    by, on = _acting()
    print(f"新匹配 {services.match_again(by=by, on=on, why=why)} 行 (rows matched)")


@app.command()
def undo(
    batch: Annotated[UUID, typer.Argument(help="批次号 id of the import")],
    why: Annotated[str, typer.Option("--why", help="原因 reason")],
) -> None:
    """撤销一次导入。 Take an import back."""
    from kangcheng.config.boot import boot

    boot()
    from kangcheng.registry.imports import services

    by, on = _acting()
    services.undo(batch_id=batch, by=by, on=on, why=why)
    print("已撤销 (taken back)")


def _take(kind: str, file: Path, source: str, dry_run: bool, errors: Path | None) -> None:
    from kangcheng.config.boot import boot

    boot()
    from kangcheng.registry.imports import services

    by, on = _acting()
    given = {"kind": kind, "content": file.read_bytes(), "file_name": file.name, "by": by, "on": on}
    report = services.check(**given)
    if report.faults or dry_run:
        _show(report)
        if errors and report.faults:
            errors.write_bytes(report.error_sheet())
            print(f"错误清单已写入 {errors} (errors written)")
        raise typer.Exit(1 if report.faults else 0)
    _show(services.apply(**given, source=source, why="命令行导入"))


def _show(report: Report) -> None:
    """Counts, then faults, then unmatched rows: masked, since a terminal keeps what it shows."""
    print(f"{report.file_name}: {report.rows} 行，新增 {report.created}，已有 {report.unchanged}，"
          f"未匹配 {len(report.unmatched)}，错误 {len(report.faults)} (rows, new, known, unmatched, faults)")  # fmt: skip
    for fault in report.faults:
        print(f"  {fault}")
    for row in report.unmatched:
        print(f"  第 {row.number} 行 {row.identity_masked} {row.village} {row.reason_title}")
    for note in report.notes:
        print(f"  第 {note.number} 行 {note.text}")
    if report.matched_rate is not None:
        print(f"匹配率 {float(report.matched_rate):.1%} (matched)")
    if report.batch_id:
        print(f"批次 {report.batch_id} (import id, for undo)")


def _acting():  # type: ignore[no-untyped-def]
    """The city's command line as an actor, and today in China."""
    from datetime import datetime

    from kangcheng.base.accounts.types import system_actor
    from kangcheng.kernel.dates import CHINA_TZ

    return system_actor("命令行"), datetime.now(CHINA_TZ).date()


def _known(kind: str) -> None:
    from kangcheng.registry.imports.types import KINDS

    if kind not in KINDS:
        raise typer.BadParameter(f"{kind}: {', '.join(KINDS)}")
