"""The official JSON schema, one resource type at a time. Resources inside (contained, bundled) are checked apart.

Compiled at the first resource of a type: all types together would take seconds and 150 MB nobody may need.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from kangcheng.kernel.errors import Fault
from kangcheng.records.definitions.selectors import Element, elements_of, primitives, resource_types

INTEGERS = {"integer": None, "unsignedInt": 0, "positiveInt": 1}
MOST_FAULTS = 200  # of one resource; a body of rubbish is told no more


@cache
def _validator(resource_type: str) -> Any:
    wanted, defined = [resource_type, "Element"], {}
    while wanted:
        name = wanted.pop()
        if name in defined:
            continue
        elements = elements_of(name)
        defined[name] = _object(name, elements)
        wanted += [one.type for one in elements.values() if elements_of(one.type)]
    wanted_id = f"#/definitions/{resource_type}"
    defined |= {name: _primitive(name) for name in primitives()}
    return jsonschema_rs.validator_for(
        {"$ref": wanted_id, "definitions": {**defined, "xhtml": {"type": "string"}}}
    )


def shape_faults(resource: dict[str, Any]) -> Iterator[Fault]:
    """What the schema says against one resource, the resources inside left out. The type must be a known one."""
    kind = resource["resourceType"]
    validator = _validator(kind)
    if validator.is_valid(resource):
        return
    for count, error in enumerate(validator.iter_errors(resource)):
        if count == MOST_FAULTS:
            return
        yield from _told(kind, error)


def _told(kind: str, error: Any) -> Iterator[Fault]:
    path = fhir_path(kind, error.instance_path)
    strange = getattr(error.kind, "unexpected", None)
    if strange:
        for name in strange:
            yield Fault(f"{path}.{name}", "没有这个元素 (unknown element)", "FHIR R4", "删去或改正元素名")
        return
    options = getattr(error.kind, "options", None)
    if options is not None:
        yield Fault(
            path, "代码不在必须采用的值集内 (code not in the required value set)", f"取值：{_few(options)}"
        )
        return
    wanted = getattr(error.kind, "types", None)
    what = f"类型不符 (must be {', '.join(wanted)})" if wanted else "格式不符 (wrong form)"
    yield Fault(path, what, "FHIR R4 JSON", "改正后重发")


def _few(options: Any) -> str:
    words = [str(one) for one in options]
    return "、".join(words[:20]) + ("…" if len(words) > 20 else "")


def fhir_path(kind: str, steps: Any) -> str:
    """["component", 0, "valueQuantity"] -> Observation.component[0].valueQuantity"""
    return kind + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _object(name: str, elements: dict[str, Element]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for element, one in elements.items():
        properties[element] = _many(one, _single(one))
        if not elements_of(one.type) and one.type != "xhtml":
            properties[f"_{element}"] = _many(
                one, {"anyOf": [{"$ref": "#/definitions/Element"}, {"type": "null"}]}
            )
    if name in resource_types():
        properties["resourceType"] = {"const": name}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _many(one: Element, single: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": single} if one.many else single


def _single(one: Element) -> dict[str, Any]:
    if one.type == "ResourceList":
        return {"type": "object"}
    # in a list of primitives, null holds the place of one that has only an extension; the walk says whether it may
    nothing = [None] if one.many and one.type in primitives() else []
    if one.codes:
        return {"enum": [*one.codes, *nothing]}
    if nothing:
        given = _primitive(one.type)
        return given | {"type": [given["type"], "null"]}
    return {"$ref": f"#/definitions/{one.type}"}


def _primitive(name: str) -> dict[str, Any]:
    if name in INTEGERS:
        least = INTEGERS[name]
        return {"type": "integer"} | ({} if least is None else {"minimum": least})
    one = primitives()[name]
    return {
        key: one[key] for key in (("type", "pattern") if one["type"] == "string" else ("type",)) if key in one
    }
