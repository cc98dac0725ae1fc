"""A view as one SELECT over the store, for the lake: only plain columns (no unnesting, no conditions), which PostgreSQL's
jsonpath follows as FHIRPath does. Anything else is refused, never approximated. Pure."""

from __future__ import annotations

from kangcheng.records.paths import members, shapes
from kangcheng.records.paths import syntax as tree
from kangcheng.records.views.reading import family
from kangcheng.records.views.types import Column, UnfitResource, View

_DAY = r"^\d{4}-\d\d-\d\d"


def select(view: View) -> str:
    """The SELECT whose columns are the view's, in order, after `person_id` and `resource_id`; one row a resource.

    A `date` column is a day (the first ten signs of a FHIR date or dateTime; nothing when it is vaguer). Raises
    UnfitResource for a view that needs more than plain columns.
    """
    top = view.top.parts
    if view.where or any(part.unnest or part.parts or part.union for part in top):
        raise UnfitResource(
            "这个视图不能写成一条 SELECT (only plain columns can become one SELECT)", where=view.name
        )
    columns = ", ".join(f"{_column(one, view)} AS {one.name}" for one in view.columns)
    return (
        f"SELECT r.subject_id::text AS person_id, r.logical_id AS resource_id, {columns} "  # noqa: S608
        f"FROM records_resource r WHERE r.type = '{view.resource}' AND NOT r.deleted AND r.segment = ''"
    )


def _column(column: Column, view: View) -> str:
    path = _quoted(_jsonpath(tree.parse(column.path.expression), frozenset((view.resource,)))[0])
    text = f"(jsonb_path_query_first(r.body, {path}) #>> '{{}}')"
    if column.collection:
        raise UnfitResource("列表不能成列 (a list is no column here)", where=column.name)
    if _reference(column):
        return f"substring({text} from '([^/]+)(?:/_history/[^/]+)?$')"
    kind = column.sql or family(column.type or "string")
    if kind == "DATE":
        return f"CASE WHEN {text} ~ '{_DAY}' THEN left({text}, 10)::date END"
    return {"boolean": f"({text})::boolean", "integer": f"({text})::bigint"}.get(kind, text)


def _reference(column: Column) -> bool:
    node = tree.parse(column.path.expression)
    return isinstance(node, tree.Call) and node.name == "getReferenceKey"


def _jsonpath(node: tree.Node, types: members.Types) -> tuple[str, members.Types]:
    """The jsonpath of a chain of elements, and the types it leads to."""
    if isinstance(node, tree.This):
        return "$", types
    if isinstance(node, tree.Call) and node.name == "first" and not node.args:
        before, found = _jsonpath(node.of, types)
        return before, found
    if isinstance(node, tree.Call) and node.name == "getReferenceKey" and not node.args:
        before, _ = _jsonpath(node.of, types)
        return f"{before}.reference", members.STRING
    if isinstance(node, tree.Index) and isinstance(node.at, tree.Literal) and node.at.value == 0:
        return _jsonpath(node.of, types)
    if isinstance(node, tree.Typed) and node.how == "as" and isinstance(node.of, tree.Member):
        before, _ = _jsonpath(node.of.of, types)
        return f"{before}.{shapes.choice_key(node.of.name, node.type)}", frozenset((node.type,))
    if isinstance(node, tree.Member):
        before, found = _jsonpath(node.of, types)
        step, reached = members.member(found, node.name)
        del step
        if members.is_choice(found, node.name):
            raise UnfitResource(f"须写明类型 (say which type): {node.name}.ofType(...)")
        return f"{before}.{node.name}", reached
    raise UnfitResource("这个路径不能写成 jsonpath (only chains of elements can)")


def _quoted(path: str) -> str:
    return f"'{path}'"
