"""Parts of a resource: `_summary` and `_elements`. What is cut is tagged SUBSETTED, so that nobody writes it back as whole."""

from functools import cache
from typing import Any

from kangcheng.gateway.fhir.exchange import Asked
from kangcheng.gateway.fhir.outcome import FhirError
from kangcheng.records.definitions.selectors import elements_of, parameters_of

KEPT = ("resourceType", "id", "meta")
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
SUMMARIES = ("true", "text", "data", "count", "false")


def wanted(asked: Asked) -> bool:
    """True when the client asks for less than whole resources."""
    return bool(asked.asked_for("_elements")) or asked.asked_for("_summary") not in ("", "false", "count")


def trimmed(resource: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """The parts of `resource` the client asks for."""
    summary, names = asked.asked_for("_summary"), asked.asked_for("_elements")
    if summary and summary not in SUMMARIES:
        raise FhirError(400, "invalid", "_summary 为 true、text、data、count 或 false", where="_summary")
    if names:
        chosen = {name.strip().rpartition(".")[2] for name in names.split(",")}
        return _cut(resource, chosen | _required(resource["resourceType"]))
    if summary == "text":
        return _cut(resource, {"text"} | _required(resource["resourceType"]))
    if summary == "data":
        return _cut(resource, set(resource) - {"text"})
    if summary == "true":
        return _cut(resource, _summary(resource["resourceType"]))
    return resource


def _cut(resource: dict[str, Any], names: set[str] | frozenset[str]) -> dict[str, Any]:
    found = {
        name: value for name, value in resource.items() if name in KEPT or name.removeprefix("_") in names
    }
    meta = dict(found.get("meta", {}))
    found["meta"] = meta | {"tag": [*meta.get("tag", []), SUBSETTED]}
    return found


@cache
def _required(kind: str) -> frozenset[str]:
    return frozenset(name for name, one in elements_of(kind).items() if one.required)


@cache
def _summary(kind: str) -> frozenset[str]:
    """What a list shows: the required elements and those that searches ask for."""
    roots = {
        part.split(f"{kind}.", 1)[1].split(".")[0].split(" ")[0].rstrip(")")
        for one in parameters_of(kind).values()
        for part in one.expression.split(" | ")
        if f"{kind}." in part
    }
    chosen = {name for name, one in elements_of(kind).items() if name in roots or one.choice in roots}
    return frozenset(chosen) | _required(kind)
