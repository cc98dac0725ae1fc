"""kangcheng views: SQL on FHIR views over files of resources."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from kangcheng.records.views.types import View

app = typer.Typer(help="视图：把 FHIR 资源变成行 (SQL on FHIR views)", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """视图：把 FHIR 资源变成行。 SQL on FHIR views."""


@app.command()
def run(
    view: Annotated[Path, typer.Argument(help="ViewDefinition 的 JSON 文件 (the view)")],
    resources: Annotated[
        list[str] | None,
        typer.Option(help="NDJSON 文件，可多个，可 .gz；- 或不写则读标准输入 (files, or stdin)"),
    ] = None,
) -> None:
    """每个资源按视图成行，一行一个 JSON 对象。 One JSON row a line; exit code 2 for an invalid view."""
    import sys

    from kangcheng.cli.main import show
    from kangcheng.records.views.selectors import InvalidView, UnfitResource, row_text, rows

    try:
        read = _view(view)
        for resource in _resources(resources or ["-"]):
            for row in rows(read, resource):
                sys.stdout.write(row_text(read, row) + "\n")
    except (InvalidView, UnfitResource) as error:
        sys.stdout.flush()
        show(error)
        raise typer.Exit(2) from error


@app.command()
def columns(view: Annotated[Path, typer.Argument(help="ViewDefinition 的 JSON 文件 (the view)")]) -> None:
    """检查视图并列出它的列和类型。 Check a view and list its columns and types."""
    from kangcheng.cli.main import show
    from kangcheng.records.views.selectors import InvalidView

    try:
        for column in _view(view).columns:
            typer.echo(
                f"{column.name}\t{column.type or '?'}{'[]' if column.collection else ''}\t{column.path.expression}"
            )
    except InvalidView as error:
        show(error)
        raise typer.Exit(2) from error


def _view(path: Path) -> "View":
    import json

    from kangcheng.kernel.errors import Fault
    from kangcheng.records.views import selectors

    try:
        definition = json.loads(path.read_text(encoding="utf-8"), parse_float=_exact)
    except (ValueError, RecursionError) as error:
        raise selectors.InvalidView([Fault(str(path), f"不是 JSON (not JSON): {error}")]) from error
    return selectors.view(definition)


def _exact(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def _resources(files: list[str]) -> Iterator[dict[str, Any]]:
    for name in files:
        yield from _lines(name)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    """The resources of one NDJSON file, one at a time; a line that is none is an error naming it."""
    import json

    from kangcheng.kernel.errors import KangchengError

    with _opened(name) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                resource = json.loads(line, parse_float=_exact, parse_constant=_refused)
            except (ValueError, RecursionError) as error:
                raise KangchengError(f"不是 JSON (not JSON): {error}", where=f"{name}:{number}") from error
            if not isinstance(resource, dict):
                raise KangchengError("不是资源 (not a resource)", where=f"{name}:{number}")
            yield resource


def _opened(name: str) -> Any:
    import contextlib
    import gzip
    import sys

    if name == "-":
        return contextlib.nullcontext(sys.stdin)
    if name.endswith(".gz"):
        return gzip.open(name, "rt", encoding="utf-8")
    return open(name, encoding="utf-8-sig")


def _refused(word: str) -> None:
    raise ValueError(f"{word} 不是 FHIR 的数 (not a FHIR number)")
