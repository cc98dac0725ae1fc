"""Going from an element to its parts, with choices (`value[x]`) and what is known of types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from kangcheng.records.paths import moments, shapes

Items = list[Any]
Types = frozenset[str] | None
Step = Callable[[Items], Items]

BOOLEAN: Types = frozenset(("boolean",))
STRING: Types = frozenset(("string",))
INTEGER: Types = frozenset(("integer",))
DECIMAL: Types = frozenset(("decimal",))
_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]+)?$")


def member(types: Types, name: str) -> tuple[Step, Types]:
    """The step from items of `types` to their element `name`, and the types it leads to."""
    keys, found = _keys(types, name)
    if keys is None:
        return _by_any_key(name), None
    if len(keys) == 1:
        return _by_key(keys[0]), found
    return _by_keys(keys), found


def choice(types: Types, name: str, type: str) -> tuple[Step, Types] | None:
    """The step to the element `name` where it is of `type`; None when the types say nothing about the element."""
    wanted = shapes.with_subtypes(type)
    keys, _ = _keys(types, name)
    if keys is None:
        step = _by_keys([shapes.choice_key(name, kind) for kind in wanted])
        return step, frozenset((type,))
    if len(keys) == 1 and keys[0] == name:
        return None
    chosen = {kind: key for kind, key in _choices(types, name).items() if kind in wanted}
    return _by_keys(list(chosen.values())), frozenset((type,))


def is_choice(types: Types, name: str) -> bool:
    """Whether an element is a choice, or nothing is known about it."""
    keys, _ = _keys(types, name)
    return keys is None or keys != [name]


def resources(name: str) -> Step:
    """Items that are resources of the type called `name`."""
    if name in shapes.ANY:
        return lambda items: [item for item in items if isinstance(item, dict) and "resourceType" in item]
    return lambda items: [
        item for item in items if isinstance(item, dict) and item.get("resourceType") == name
    ]


def of_type(types: Types, type: str) -> Callable[[Any], bool]:
    """Whether an item that is known to be of `types` is of `type`."""
    if type in shapes.ANY:
        return lambda item: isinstance(item, dict) and (types is None or "resourceType" in item)
    wanted = frozenset(shapes.with_subtypes(type))
    if type in shapes.resource_types():
        return lambda item: isinstance(item, dict) and item.get("resourceType") == type
    if types and types <= wanted:
        return lambda item: True
    if types and not types & wanted:
        return lambda item: False
    return lambda item: _looks(item, type)


def type_of_reference(item: Any) -> str | None:
    """The resource type that a Reference (or the text of one) points at, from `type` or from its address."""
    if isinstance(item, dict):
        named = item.get("type")
        text = item.get("reference")
        found = _REFERENCE.search(text) if isinstance(text, str) else None
        return found.group(1) if found else named
    found = _REFERENCE.search(item) if isinstance(item, str) else None
    return found.group(1) if found else None


def reference_key(item: Any, type: str | None) -> str | None:
    """The id that a literal reference points at; None when it points at another type than `type` or at none."""
    text = item.get("reference") if isinstance(item, dict) else None
    found = _REFERENCE.search(text) if isinstance(text, str) else None
    if found is None or (type is not None and found.group(1) != type):
        return None
    return found.group(2)


def _keys(types: Types, name: str) -> tuple[list[str] | None, Types]:
    """JSON keys that may hold the element, and its types; None for the keys when R4 does not know it for `types`."""
    if types is None:
        return None, None
    keys: list[str] = []
    found: set[str] = set()
    for type in types:
        part = shapes.element(type, name)
        if part is None:
            continue
        options = part.items() if isinstance(part, dict) else [(part.rstrip("*"), name)]
        for kind, key in options:
            found.add(kind)
            if key not in keys:
                keys.append(key)
    if not keys:
        return None, None
    return keys, None if found & shapes.ANY else frozenset(found)


def _choices(types: Types, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for type in types or ():
        part = shapes.element(type, name)
        if isinstance(part, dict):
            found.update(part)
    return found


def _by_key(key: str) -> Step:
    def step(items: Items) -> Items:
        found: Items = []
        for item in items:
            if type(item) is dict:
                value = item.get(key)
                if type(value) is list:
                    found += value
                elif value is not None:
                    found.append(value)
        return [item for item in found if item is not None] if None in found else found

    return step


def _by_keys(keys: list[str]) -> Step:
    steps = [_by_key(key) for key in keys]
    if len(steps) == 1:
        return steps[0]

    def step(items: Items) -> Items:
        found: Items = []
        for item in items:
            for one in steps:
                found += one([item])
        return found

    return step


def _by_any_key(name: str) -> Step:
    """For an element of unknown type: the key itself, else `name` followed by the name of a type."""
    plain = _by_key(name)

    def step(items: Items) -> Items:
        found = plain(items)
        return found or [value for item in items if isinstance(item, dict) for value in _chosen(item, name)]

    return step


def _chosen(item: dict[str, Any], name: str) -> Iterable[Any]:
    for key, value in item.items():
        if key.startswith(name) and key != name and value is not None:
            ending = key[len(name) :]
            if ending in shapes.data_types() or f"{ending[:1].lower()}{ending[1:]}" in shapes.PRIMITIVES:
                yield from value if isinstance(value, list) else (value,)


def _looks(item: Any, type: str) -> bool:
    """Whether an item of unknown type can be of `type`, from its form alone."""
    if isinstance(item, dict):
        parts = shapes.elements().get(type)
        known = parts is not None and "resourceType" not in item
        return known and all(shapes.element(type, key.lstrip("_")) is not None for key in item)
    if isinstance(item, bool):
        return type == "boolean"
    if isinstance(item, int):
        return type in ("integer", "positiveInt", "unsignedInt", "integer64")
    if isinstance(item, Decimal | float):
        return type == "decimal"
    return isinstance(item, str) and _text_looks(item, type)


def _text_looks(text: str, type: str) -> bool:
    moment = moments.read(text)
    if type == "time":
        return moment is not None and moment.clock
    if type in ("date", "dateTime", "instant"):
        timed = moment is not None and not moment.clock and len(moment.parts) > 3
        return moment is not None and not moment.clock and (type != "date" or not timed)
    return type in shapes.PRIMITIVES and type not in ("boolean", "decimal", *shapes.with_subtypes("integer"))
