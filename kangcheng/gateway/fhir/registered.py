"""Types rendered from the registry: Patient, Practitioner, Organization, Location, Coverage."""

from collections.abc import Callable, Iterable
from typing import Any

from kangcheng.gateway.fhir import people, places
from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.fhir.outcome import not_found
from kangcheng.gateway.fhir.parts import trimmed, wanted

TYPES = frozenset({"Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "Coverage"})
Row = dict[str, Any]


def read(asked: Asked, kind: str, logical_id: str) -> Answer:
    """One of them, if the caller may see it; a look at a resident is written down."""
    found = fetch(asked, kind, [logical_id])
    if not found:
        raise not_found(kind, logical_id)
    row, person_id = found[0]
    if person_id:
        people.log(asked, [person_id], f"fhir:{kind}")
    return of_resource(trimmed(row, asked) if wanted(asked) else row, ETag=f'W/"{row["meta"]["versionId"]}"')


def fetch(asked: Asked, kind: str, ids: Iterable[str]) -> list[tuple[Row, Any]]:
    """(resource, resident or None) of those of the ids the caller may see."""
    if kind == "Patient":
        return [(people.rendered(one), one.id) for one in people.fetch(asked, ids)]
    return _READERS[kind](asked, ids) if kind in _READERS else []


_READERS: dict[str, Callable[[Asked, Iterable[str]], list[tuple[Row, Any]]]] = {
    "Organization": places.organizations,
    "Location": places.locations,
    "Practitioner": places.practitioners,
    "PractitionerRole": places.roles,
    "Coverage": places.coverages,
}
