"""Which elements each FHIR R4 type has, and of which types: made once from the official JSON Schema.

`r4_elements.json` holds it: type → element → type, `*` behind a list; a choice (`value[x]`) is a dict of type → key.
"""

from __future__ import annotations

import gzip
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("r4_elements.json")

Element = str | dict[str, str]

SUBTYPES = {
    "Quantity": ("Age", "Count", "Distance", "Duration"),
    "string": ("code", "id", "markdown"),
    "uri": ("url", "canonical", "uuid", "oid"),
    "integer": ("positiveInt", "unsignedInt"),
}
MOMENTS = frozenset(("date", "dateTime", "instant", "time"))
_TEXTS = (
    "base64Binary",
    "canonical",
    "code",
    "id",
    "markdown",
    "oid",
    "string",
    "uri",
    "url",
    "uuid",
    "xhtml",
)
_NUMBERS = ("decimal", "integer", "integer64", "positiveInt", "unsignedInt")
PRIMITIVES = frozenset(("boolean", *MOMENTS, *_NUMBERS, *_TEXTS))
ANY = frozenset(("Resource", "DomainResource", "ResourceList"))
_RESOURCE = {"id": "id", "meta": "Meta", "implicitRules": "uri", "language": "code"}
_DOMAIN = {
    "text": "Narrative",
    "contained": "Resource*",
    "extension": "Extension*",
    "modifierExtension": "Extension*",
}


@cache
def elements() -> dict[str, dict[str, Element]]:
    """Every R4 type with its elements."""
    return json.loads(DATA.read_text(encoding="utf-8"))


@cache
def resource_types() -> frozenset[str]:
    """Names of the R4 resource types, the abstract `Resource` and `DomainResource` too."""
    named = (name for name, parts in elements().items() if "implicitRules" in parts and "_" not in name)
    return frozenset((*named, "Resource", "DomainResource"))


@cache
def data_types() -> frozenset[str]:
    """Names of every type that `is`, `as` and `ofType` may ask for."""
    return frozenset((*elements(), *PRIMITIVES, *ANY))


def element(type: str, name: str) -> Element | None:
    """The element `name` of `type`; None when R4 knows no such element. The JSON key of a choice counts as an element."""
    parts = elements().get(type, {})
    return parts[name] if name in parts else _keys_of_choices(type).get(name)


@cache
def _keys_of_choices(type: str) -> dict[str, str]:
    choices = (part for part in elements().get(type, {}).values() if isinstance(part, dict))
    return {key: kind for keys in choices for kind, key in keys.items()}


def with_subtypes(type: str) -> tuple[str, ...]:
    """`type` and the types that are a special case of it."""
    return (type, *SUBTYPES.get(type, ()))


def choice_key(name: str, type: str) -> str:
    """The key under which a choice `name[x]` of `type` stands: `value` and `dateTime` give `valueDateTime`."""
    return f"{name}{type[:1].upper()}{type[1:]}"


def from_schema(schema: dict[str, Any]) -> dict[str, dict[str, Element]]:
    """The table made from the official R4 JSON Schema (its `definitions`)."""
    table: dict[str, dict[str, Element]] = {
        "Resource": dict(_RESOURCE),
        "DomainResource": {**_RESOURCE, **_DOMAIN},
    }
    for type, definition in schema["definitions"].items():
        properties = definition.get("properties")
        if properties and type not in PRIMITIVES:
            plain = {
                name: _type_of(name, value)
                for name, value in properties.items()
                if name != "resourceType" and not name.startswith("_")
            }
            table[type] = _with_choices(plain)
    return table


def _type_of(name: str, value: dict[str, Any]) -> str:
    if value.get("type") == "array":
        return f"{_type_of(name, value['items'])}*"
    if "$ref" in value:
        named = value["$ref"].rsplit("/", 1)[1]
        return "Resource" if named == "ResourceList" else named
    if "enum" in value:
        return "code"
    ends = [type for type in PRIMITIVES if name.endswith(choice_key("", type)) and name != type]
    return max(ends, key=len, default="string")


def _with_choices(plain: dict[str, str]) -> dict[str, Element]:
    stems: dict[str, dict[str, str]] = {}
    for name, type in plain.items():
        ending = choice_key("", type)
        if name.endswith(ending) and len(name) > len(ending):
            stems.setdefault(name[: -len(ending)], {})[type] = name
    choices = {stem: keys for stem, keys in stems.items() if len(keys) > 1 and stem not in plain}
    taken = {key for keys in choices.values() for key in keys.values()}
    return {**{name: type for name, type in plain.items() if name not in taken}, **choices}


def main(schema: Path) -> None:
    """Write the table anew from the official schema (`fhir.schema.json`, gzipped or not): one type a line."""
    text = gzip.decompress(schema.read_bytes()) if schema.suffix == ".gz" else schema.read_bytes()
    lines = (
        f"{json.dumps(type)}: {json.dumps(parts, separators=(',', ':'))}"
        for type, parts in sorted(from_schema(json.loads(text)).items())
    )
    DATA.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
