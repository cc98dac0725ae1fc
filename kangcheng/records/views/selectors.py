"""Reading a view and running it on resources: `view(definition)`, `rows(view, resource)`, `row_text(view, row)`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import product
from typing import Any

from kangcheng.records.paths import Path, PathError
from kangcheng.records.paths.calls import spread
from kangcheng.records.views.reading import read
from kangcheng.records.views.types import Column, InvalidView, Row, Selection, UnfitResource, Unnest, View

__all__ = ["InvalidView", "UnfitResource", "View", "row_text", "rows", "rows_of_all", "view"]


def view(definition: Any) -> View:
    """The view that a ViewDefinition (parsed JSON) describes; raises InvalidView with every fault."""
    return read(definition)


def rows_of_all(view: View, resources: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """The rows of every resource in turn, one resource in memory at a time."""
    for resource in resources:
        yield from rows(view, resource)


def rows(view: View, resource: dict[str, Any]) -> list[Row]:
    """The rows one resource yields, values in the order of `view.columns`; none when it is not for the view.

    Raises UnfitResource when a column without `collection` has several values or a condition is no truth value.
    """
    if resource.get("resourceType") != view.resource:
        return []
    try:
        if not all(_holds(path, resource, view) for path in view.where):
            return []
        return _emitted(view.top, resource, resource, {**view.constants, "rowIndex": 0})
    except (PathError, UnfitResource) as error:
        where = f"{view.resource}/{resource.get('id', '?')}"
        raise UnfitResource(str(error), where=where) from error


def row_text(view: View, row: Row) -> str:
    """One row as a line of JSON; decimals with every digit they came with."""
    pairs = (
        f"{json.dumps(column.name)}: {_json(value)}" for column, value in zip(view.columns, row, strict=True)
    )
    return "{" + ", ".join(pairs) + "}"


def _holds(path: Path, resource: dict[str, Any], view: View) -> bool:
    found = path.values(resource, env={**view.constants, "rowIndex": 0})
    if len(found) > 1 or (found and not isinstance(found[0], bool)):
        raise UnfitResource(f"条件不是真假值 (the condition is no boolean): {path.expression}")
    return found == [True]


def _emitted(selection: Selection, item: Any, root: Any, env: dict[str, Any]) -> list[Row]:
    if selection.unnest is None:
        return _of_item(selection, item, root, env)
    foci = _foci(selection.unnest, item, root, env)
    if not foci and selection.unnest.how == "forEachOrNull":
        return [tuple(0 if c.path.expression == "%rowIndex" else None for c in selection.all_columns)]
    return [
        row
        for place, inner in enumerate(foci)
        for row in _of_item(selection, inner, root, {**env, "rowIndex": place})
    ]


def _foci(unnest: Unnest, item: Any, root: Any, env: dict[str, Any]) -> list[Any]:
    if unnest.how != "repeat":
        return unnest.paths[0].values(item, env=env, root=root)

    def below(one: Any) -> list[Any]:
        return [child for path in unnest.paths for child in path.values(one, env=env, root=root)]

    return spread([item], below)


def _of_item(selection: Selection, item: Any, root: Any, env: dict[str, Any]) -> list[Row]:
    own = tuple(_value(column, item, root, env) for column in selection.columns)
    if not selection.parts and not selection.union:
        return [own]
    several = [_emitted(part, item, root, env) for part in selection.parts]
    if selection.union:
        several.append([row for branch in selection.union for row in _emitted(branch, item, root, env)])
    return [own + tuple(value for part in parts for value in part) for parts in product(*several)]


def _value(column: Column, item: Any, root: Any, env: dict[str, Any]) -> Any:
    found = column.path.values(item, env=env, root=root)
    if column.collection:
        return found
    if len(found) > 1:
        raise UnfitResource(
            f"列 {column.name} 有 {len(found)} 个值 (several values for one column)",
            todo="写 collection: true，或在路径里取其一 (first())",
        )
    return found[0] if found else None


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return "[" + ", ".join(_json(one) for one in value) + "]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_json(v)}" for k, v in value.items())
            + "}"
        )
    return json.dumps(value, ensure_ascii=False)
