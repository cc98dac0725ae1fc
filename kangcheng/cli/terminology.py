"""kangcheng terminology: code systems and maps from files, and searching them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

    from kangcheng.base.accounts.types import Actor

app = typer.Typer(help="术语：代码系统、对照与检索 (code systems and maps)", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(help="CSV，UTF-8，首行为列名 (a CSV file)", exists=True, dir_okay=False)
]
KNOWN = {"icd10": ("urn:oid:2.16.156.10011.2.3.3.11", "疾病分类与代码 ICD-10"),
         "icd9cm3": ("urn:oid:2.16.156.10011.2.3.3.12", "手术操作分类代码 ICD-9-CM-3")}  # fmt: skip


@app.command("import")
def import_codes(
    file: File,
    system: Annotated[str, typer.Option(help="icd10、icd9cm3，或代码系统的 URI (its URI)")],
    version: Annotated[str, typer.Option(help="版本 version")] = "",
    title: Annotated[str, typer.Option(help="名称 title")] = "",
    source: Annotated[str, typer.Option(help="来源 where the file comes from")] = "",
    licence: Annotated[str, typer.Option(help="许可 licence")] = "",
) -> None:
    """导入一个代码系统；同一版本整个替换。 Import a code system; the same version is replaced as a whole."""
    by, on = _acting()
    from kangcheng.records.terminology import services
    from kangcheng.records.terminology.types import System

    url, known_title = KNOWN.get(system, (system, system))
    asked = System(url, title or known_title, version, source or file.name)
    done = services.import_codes(
        file.read_bytes(), system=asked, licence=licence, by=by, on=on, file=file.name
    )
    typer.echo(f"{done.url} {done.version}: {done.count:,} 个代码 (codes)")


@app.command("import-map")
def import_map(
    file: File,
    source: Annotated[str, typer.Option(help="自哪个代码系统 (from)")],
    target: Annotated[str, typer.Option(help="到哪个代码系统 (to)")],
) -> None:
    """导入代码对照；两系统间原有对照整个替换。 Import a map between two systems."""
    by, on = _acting()
    from kangcheng.records.terminology import services

    one, two = (KNOWN.get(name, (name, ""))[0] for name in (source, target))
    done = services.import_map(file.read_bytes(), source=one, target=two, by=by, on=on, file=file.name)
    typer.echo(f"{done.url}: {done.count:,} 条对照 (mappings)")


@app.command()
def search(
    system: Annotated[str, typer.Argument(help="icd10、icd9cm3，或 URI")],
    text: Annotated[str, typer.Argument(help="代码、名称或拼音首字母 (code, name or initials)")],
    limit: Annotated[int, typer.Option(help="最多几条 at most")] = 20,
) -> None:
    """按代码、中文名称、拼音首字母检索。 Search by code, Chinese name or pinyin initials."""
    _acting()
    from kangcheng.records.terminology import selectors

    for concept in selectors.search(KNOWN.get(system, (system, ""))[0], text, limit):
        typer.echo(f"{concept.code}\t{concept.title}")


@app.command()
def systems() -> None:
    """列出全部代码系统。 List every code system."""
    _acting()
    from kangcheng.records.terminology import selectors

    for one in selectors.systems():
        typer.echo(f"{one.url}\t{one.version}\t{one.count}\t{one.title}\t{one.source}\t{one.trust}")


def _acting() -> "tuple[Actor, date]":
    """The city's command line as an actor, and today in China."""
    from datetime import datetime

    from kangcheng.config.boot import boot

    boot()
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.kernel.dates import CHINA_TZ

    return system_actor("命令行"), datetime.now(CHINA_TZ).date()
