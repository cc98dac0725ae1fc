"""Whose a resource is: read out of its references, resolved in the registry, and held to the caller's scope."""

from typing import Any
from uuid import UUID

from kangcheng.access import records as scope
from kangcheng.gateway.fhir.exchange import Asked
from kangcheng.gateway.fhir.outcome import FhirError
from kangcheng.records.definitions.selectors import compartment, parameters_of
from kangcheng.records.search.selectors import compiled
from kangcheng.records.store.types import CLINICAL

FIRST = ("subject", "patient", "beneficiary", "individual", "for")


def subject_of(asked: Asked, resource: dict[str, Any]) -> UUID | None:
    """The resident a resource is about; None for what is about nobody.

    Raises FhirError when a clinical resource names none, or one who is unknown or outside the caller's scope.
    """
    kind = resource["resourceType"]
    named = _named(resource)
    if not named:
        if kind in CLINICAL:
            raise FhirError(
                422, "required", "临床资源须写明居民 (a clinical resource needs its patient)", where=f"{kind}.subject",
                rule="居民须先在登记库", todo="先用 Patient/$match 或 POST Patient 取得居民编号",
            )  # fmt: skip
        return None
    return _known(asked, kind, named)


def _named(resource: dict[str, Any]) -> str:
    """The id of the first Patient a resource refers to as its own."""
    for name in FIRST:
        found = _patient(resource.get(name))
        if found:
            return found
    kind = resource["resourceType"]
    for code in compartment("Patient").get(kind, ()) if kind in CLINICAL else ():
        for value in compiled(kind, code)(resource) if code in parameters_of(kind) else ():
            found = _patient(value)
            if found:
                return found
    return ""


def _patient(value: Any) -> str:
    text = value.get("reference") if isinstance(value, dict) else None
    if not isinstance(text, str):
        return ""
    kind, _, logical_id = text.split("/_history/")[0].rpartition("/")
    return logical_id if kind.rpartition("/")[2] == "Patient" else ""


def _known(asked: Asked, kind: str, logical_id: str) -> UUID:
    try:
        reached = scope.may_reach(asked.caller.actor, asked.today, UUID(logical_id))
    except ValueError:
        reached = False
    if not reached:
        raise FhirError(
            422, "not-found", "没有这位居民，或不在您的职责范围内 (no such patient, or outside your scope)", where=f"{kind}.subject",
            rule="居民须先在登记库", todo="先用 Patient/$match 或 POST Patient 取得居民编号",
        )  # fmt: skip
    return UUID(logical_id)
