"""Expressions of search parameters, compiled once: resource -> the values it is found by. Pure."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from kangcheng.records.definitions.selectors import elements_of, resource_types

Values = Callable[[Any], list[Any]]
STEP = re.compile(
    r"(?P<resolve>where\(resolve\(\) is (?P<target>\w+)\))|(?P<where>where\((?P<name>\w+)\s*=\s*'(?P<value>[^']*)'\))"
    r"|as\((?P<type>\w+)\)|extension\('(?P<url>[^']*)'\)|(?P<element>\w+)(?:\[(?P<at>\d+)\])?"
)
CAST = re.compile(r"\((?P<path>[\w.]+) as (?P<type>\w+)\)(?P<rest>.*)")
LIVING = "Patient.deceased.exists() and Patient.deceased != false"


@lru_cache(maxsize=4096)
def compiled(expression: str) -> Values:
    """The values of `expression`, as a function of a resource (or, for parts of composites, of an element)."""
    if expression == LIVING:
        return _deceased
    ways = [_way(part.strip()) for part in expression.split(" | ")]
    return ways[0] if len(ways) == 1 else lambda given: [value for way in ways for value in way(given)]


def _way(path: str) -> Values:
    cast = CAST.fullmatch(path)
    if cast:
        path = f"{cast['path']}.as({cast['type']}){cast['rest']}"
    steps = _steps(path)

    def values(given: Any) -> list[Any]:
        found = [given]
        for step in steps:
            found = [value for one in found for value in step(one)]
            if not found:
                break
        return found

    return values


def _steps(path: str) -> list[Callable[[Any], Iterable[Any]]]:
    parts = list(STEP.finditer(path))
    if (
        parts
        and parts[0]["element"]
        and parts[0]["element"] in resource_types() | {"Resource", "DomainResource"}
    ):
        parts = parts[1:]
    steps: list[Callable[[Any], Iterable[Any]]] = []
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else None
        if part["element"]:
            steps.append(_element(part["element"], following["type"] if following else None, part["at"]))
        elif part["target"]:
            steps.append(_refers_to(part["target"]))
        elif part["where"]:
            steps.append(_where(part["name"], part["value"]))
        elif part["url"]:
            steps.append(_extension(part["url"]))
    return steps


@lru_cache(maxsize=1)
def _choice_types() -> tuple[str, ...]:
    return tuple(name.removeprefix("value") for name in elements_of("Extension") if name.startswith("value"))


def _element(name: str, cast: str | None, at: str | None) -> Callable[[Any], Iterable[Any]]:
    suffixes = (cast[0].upper() + cast[1:],) if cast else _choice_types()
    choices = tuple(name + suffix for suffix in suffixes)

    def values(given: Any) -> Iterable[Any]:
        if not isinstance(given, dict):
            return ()
        value = given.get(name)
        if value is None:
            value = next((given[choice] for choice in choices if choice in given), None)
        if value is None:
            return ()
        many = value if isinstance(value, list) else (value,)
        return many if at is None else many[int(at) : int(at) + 1]

    return values


def _refers_to(target: str) -> Callable[[Any], Iterable[Any]]:
    def values(given: Any) -> Iterable[Any]:
        return (given,) if isinstance(given, dict) and target_type(given) in (target, None) else ()

    return values


def target_type(reference: dict[str, Any]) -> str | None:
    """The resource type a Reference leads to, read out of its text; None when it does not say."""
    text = reference.get("reference")
    if isinstance(text, str):
        before = text.split("/_history/")[0].rpartition("/")[0].rpartition("/")[2]
        if before in resource_types():
            return before
    kind = reference.get("type")
    return kind if isinstance(kind, str) else None


def _where(name: str, wanted: str) -> Callable[[Any], Iterable[Any]]:
    return lambda given: (given,) if isinstance(given, dict) and given.get(name) == wanted else ()


def _extension(url: str) -> Callable[[Any], Iterable[Any]]:
    def values(given: Any) -> Iterable[Any]:
        rows = given.get("extension", ()) if isinstance(given, dict) else ()
        held = [row for row in rows if isinstance(row, dict) and row.get("url") == url]
        return [value for row in held for name, value in row.items() if name.startswith("value")]

    return values


def _deceased(given: Any) -> list[Any]:
    return [bool(given.get("deceasedBoolean") or given.get("deceasedDateTime"))]
