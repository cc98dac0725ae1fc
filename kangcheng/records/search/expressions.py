"""Expressions of search parameters, compiled once by the one mechanism for paths: resource -> the values it is found by. Pure."""

from collections.abc import Callable
from functools import cache
from typing import Any

from kangcheng.records import paths
from kangcheng.records.definitions.selectors import parameters_of

Values = Callable[[Any], list[Any]]


@cache
def compiled(resource_type: str, code: str) -> Values:
    """The values of a search parameter of a type, as a function of the resource."""
    path = paths.compile(parameters_of(resource_type)[code].expression, type=resource_type)
    if ".extension(" in path.expression:
        return lambda given: [value for row in path.values(given) for value in _carried(row)]
    return path.values


@cache
def parts(resource_type: str, code: str) -> tuple[tuple[str, str, Values], ...]:
    """(code, kind, values) of each part of a composite; values as a function of the element the composite is about."""
    known = parameters_of(resource_type)
    whole = paths.compile(known[code].expression, type=resource_type).types
    return tuple(
        (name, known[name].kind, paths.compile(path, type=whole).values)
        for name, path in known[code].parts
        if name in known
    )


def _carried(extension: Any) -> list[Any]:
    return [value for name, value in extension.items() if name.startswith("value")]
