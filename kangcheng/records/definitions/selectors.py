"""The official FHIR R4 definitions, as far as the store needs them (HL7, CC0). Made by `generate`; read once per process."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_FOLDER = Path(__file__).parent
FHIR_VERSION = "4.0.1"


ABSENT: list[Any] = ["", "", None, ""]


class Element(NamedTuple):
    """One element of a type. `codes`: the required binding; `choice`: the name before [x] ("" for none)."""

    type: str
    many: bool
    required: bool
    codes: tuple[str, ...]
    choice: str


class Parameter(NamedTuple):
    """One search parameter for one resource type. `parts`: (code, expression) of each component of a composite."""

    code: str
    kind: str  # string, token, date, number, quantity, reference, composite, uri, special
    expression: str
    targets: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def _elements() -> dict[str, Any]:
    return json.loads((_FOLDER / "elements.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def resource_types() -> frozenset[str]:
    """Every resource type of R4."""
    return frozenset(_elements()["resources"])


@lru_cache(maxsize=1)
def primitives() -> dict[str, dict[str, str]]:
    """Primitive type -> {"type", "pattern"} of its JSON form."""
    return _elements()["primitives"]


@cache
def elements_of(type_name: str) -> dict[str, Element]:
    """Element name -> Element, for a resource or data type; empty for an unknown one."""
    table = _elements()
    found: dict[str, Element] = {}
    rows: dict[str, list[Any]] = table["types"].get(type_name, {})
    for name, row in rows.items():
        kind, flags, enum, choice = (row + ABSENT[len(row) :])[:4]
        codes = tuple(table["enums"][enum]) if enum is not None else ()
        found[name] = Element(kind, "*" in flags, "!" in flags, codes, choice)
    return found


@lru_cache(maxsize=1)
def _parameters() -> list[list[Any]]:
    return json.loads((_FOLDER / "parameters.json").read_text("utf-8"))


@cache
def parameters_of(resource_type: str) -> dict[str, Parameter]:
    """Code -> Parameter of every search parameter of the type, those of all resources included."""
    found = {}
    for code, kind, bases, expression, targets, parts in _parameters():
        if {resource_type, "Resource", "DomainResource"} & set(bases):
            own = _own(expression, resource_type, len(bases) > 1 or kind != "composite")
            found[code] = Parameter(code, kind, own, tuple(targets), tuple(map(tuple, parts)))
    return found


def compartment(name: str) -> dict[str, list[str]]:
    """Resource type -> the search parameters that lead into the compartment ("Patient", "Encounter" ...)."""
    return _compartments()[name]


@lru_cache(maxsize=1)
def _compartments() -> dict[str, dict[str, list[str]]]:
    return json.loads((_FOLDER / "compartments.json").read_text("utf-8"))


def _own(expression: str, resource_type: str, shared: bool) -> str:
    """Of an expression for many types, the alternatives of this one: "A.x | B.x" -> "B.x"."""
    if not shared:
        return expression
    parts = [part.strip() for part in expression.split(" | ")]
    own = [
        part for part in parts if part.lstrip("(").split(".")[0].split(" ")[0] in (resource_type, "Resource")
    ]
    return " | ".join(own) or expression
