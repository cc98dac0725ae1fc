"""kangcheng lake: the columnar tables behind indicators."""

from typing import Annotated

import typer

app = typer.Typer(help="数据湖：指标所依据的列式表 (the tables behind indicators)", no_args_is_help=True)


@app.command()
def refresh(why: Annotated[str, typer.Option(help="原因 why")] = "kangcheng lake refresh") -> None:
    """从数据库更新全部列式表。 Bring every table up to date from the database."""
    from kangcheng.config.boot import boot

    boot()
    from django.utils import timezone

    from kangcheng.base.accounts.types import system_actor
    from kangcheng.performance.indicators.services import refresh as fill

    done = fill(
        by=system_actor("lake"),
        on=timezone.localdate(),
        now=timezone.now(),
        why=why,
        progress=lambda name, rows: typer.echo(f"  {name}: {rows:,}"),
    )
    typer.echo(f"{done.folder.name}: {sum(done.rows.values()):,} 行 rows")


@app.command()
def tables() -> None:
    """列出各表各列的含义。 List every table and column with its meaning."""
    from kangcheng.performance.tables import TABLES

    for table in TABLES.values():
        typer.echo(f"{table.name}  {table.title}")
        for column in table.columns:
            typer.echo(f"  {column.name:<24}{column.type:<9}{column.meaning}")
