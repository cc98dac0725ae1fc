"""Organization, Location, Practitioner, PractitionerRole and Coverage as the registry knows them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from kangcheng.access.scope import visible
from kangcheng.gateway.fhir.exchange import Asked
from kangcheng.records.validation.types import AREA_SYSTEM, ORGANISATION_SYSTEM
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.coverage.types import Coverage
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions.types import Institution
from kangcheng.registry.people import selectors as people
from kangcheng.registry.staff import selectors as staff
from kangcheng.registry.staff.types import Staff

Row = dict[str, Any]
Rows = list[tuple[Row, Any]]
LICENCE_SYSTEM = "urn:kangcheng:licence"


def organizations(asked: Asked, ids: Iterable[str]) -> Rows:
    """Institutions open today."""
    return [(organization(one), None) for one in institutions.get_many(_uuids(ids), asked.today).values()]


def locations(asked: Asked, ids: Iterable[str]) -> Rows:
    """The place of an institution has the institution's own id."""
    return [(location(one), None) for one in institutions.get_many(_uuids(ids), asked.today).values()]


def practitioners(asked: Asked, ids: Iterable[str]) -> Rows:
    """Who holds or held a post, by the post's id."""
    return [(practitioner(one), None) for one in staff.get_many(_uuids(ids)).values()]


def roles(asked: Asked, ids: Iterable[str]) -> Rows:
    """The post itself."""
    return [(role(one, asked), None) for one in staff.get_many(_uuids(ids)).values()]


def coverages(asked: Asked, ids: Iterable[str]) -> Rows:
    """Periods of coverage of residents the caller may see."""
    return of_visible(asked, coverage.get_many(_uuids(ids)).values())


def of_visible(asked: Asked, rows: Iterable[Coverage]) -> Rows:
    """Those of the rows whose resident the caller may see."""
    within, found = visible(asked.caller.actor, asked.today), Rows()
    for one in rows:
        person = people.get_within(one.person_id, asked.today, within)
        if person:
            found.append((cover(one, asked), person.id))
    return found


def organization(one: Institution) -> Row:
    """An institution as Organization."""
    found: Row = {
        "resourceType": "Organization", "id": str(one.id), "meta": {"versionId": "1"},
        "identifier": [{"system": ORGANISATION_SYSTEM, "value": one.code}], "active": True,
        "type": [{"coding": [{"system": "urn:kangcheng:institution-types", "code": one.type}]}], "name": one.name,
        "address": [{"extension": [_area(one.area_code)], "country": "CN"}],
    }  # fmt: skip
    return found | ({"partOf": {"reference": f"Organization/{one.parent_id}"}} if one.parent_id else {})


def location(one: Institution) -> Row:
    """An institution's place."""
    return {
        "resourceType": "Location", "id": str(one.id), "meta": {"versionId": "1"}, "status": "active", "name": one.name,
        "mode": "instance", "address": {"extension": [_area(one.area_code)], "country": "CN"},
        "managingOrganization": {"reference": f"Organization/{one.id}"},
    }  # fmt: skip


def practitioner(one: Staff) -> Row:
    """Somebody who works in an institution; the licence number is public."""
    found: Row = {
        "resourceType": "Practitioner", "id": str(one.id), "meta": {"versionId": "1"}, "active": one.valid_to is None,
        "name": [{"use": "official", "text": one.name}],
    }  # fmt: skip
    if one.licence_number:
        found["identifier"] = [{"system": LICENCE_SYSTEM, "value": one.licence_number}]
    return found | ({"qualification": [{"code": {"text": one.title}}]} if one.title else {})


def role(one: Staff, asked: Asked) -> Row:
    """A post in an institution."""
    period = {"start": one.valid_from.isoformat()} | (
        {"end": one.valid_to.isoformat()} if one.valid_to else {}
    )
    return {
        "resourceType": "PractitionerRole", "id": str(one.id), "meta": {"versionId": "1"},
        "active": one.valid_to is None or one.valid_to > asked.today, "period": period,
        "practitioner": {"reference": f"Practitioner/{one.id}", "display": one.name},
        "organization": {"reference": f"Organization/{one.institution_id}"},
        "code": [{"text": one.post}],
    }  # fmt: skip


def cover(one: Coverage, asked: Asked) -> Row:
    """A resident in a scheme for a period."""
    period = {"start": one.valid_from.isoformat()} | (
        {"end": one.valid_to.isoformat()} if one.valid_to else {}
    )
    current = one.valid_from <= asked.today and (one.valid_to is None or asked.today < one.valid_to)
    return {
        "resourceType": "Coverage", "id": str(one.id), "meta": {"versionId": "1"},
        "status": "active" if current else "cancelled", "period": period,
        "type": {"coding": [{"system": "urn:kangcheng:schemes", "code": one.scheme}]},
        "beneficiary": {"reference": f"Patient/{one.person_id}"}, "payor": [{"display": "医疗保障基金"}],
    }  # fmt: skip


def _area(code: str) -> Row:
    return {"url": "urn:kangcheng:area", "valueCoding": {"system": AREA_SYSTEM, "code": code}}


def _uuids(ids: Iterable[str]) -> list[UUID]:
    found = []
    for one in ids:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
