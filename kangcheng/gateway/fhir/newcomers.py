"""A Patient sent in: the resident with this identity number, or a new one. Nothing of what is sealed stays in clear."""

import unicodedata
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.access.contacts.services import open_contact
from kangcheng.gateway.fhir import people as patients
from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.fhir.outcome import FhirError
from kangcheng.kernel.ids import identity_valid
from kangcheng.records.validation.types import IDENTITY_SYSTEM
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people import services
from kangcheng.registry.people.types import NewPerson, Person

LONGEST_NUMBER = 64


def take(asked: Asked, resource: dict[str, Any]) -> Answer:
    """POST Patient: 201 with a new resident, 200 with the one there is. The caller's institution has to do with both."""
    number = identity(resource)
    held = people.find_by_identity(number) if number else None
    if held is not None:
        _agrees(held, resource)
        person_id, status = held.id, 200
    else:
        person_id, status = _register(asked, resource, number), 201
    _source(asked, person_id, resource)
    person = meet(asked, person_id)
    patients.log(asked, [person.id], "fhir:Patient")
    headers = {"Location": f"{asked.base}Patient/{person.id}/_history/1", "ETag": 'W/"1"'}
    return of_resource(patients.rendered(person), status, **headers)


def meet(asked: Asked, person_id: UUID) -> Person:
    """The caller's institution has the person before it: it may see them from now on, for as long as a visit counts."""
    actor, place = asked.caller.actor, asked.caller.institution
    person = patients.read(asked, str(person_id))
    if person is None and place is not None:
        open_contact(
            person_id=person_id,
            institution_id=place,
            kind="visit",
            by=actor,
            on=asked.today,
            why="FHIR Patient",
        )
        person = patients.read(asked, str(person_id))
    if person is None:
        raise FhirError(403, "forbidden", "该居民不在您的职责范围内 (outside your scope)", where="Patient")
    return person


def identity(resource: dict[str, Any]) -> str:
    """The identity number a Patient carries, "" for none."""
    for one in resource.get("identifier", ()):
        if one.get("system") == IDENTITY_SYSTEM and identity_valid(str(one.get("value", ""))):
            return str(one["value"])
    return ""


def full_name(resource: dict[str, Any]) -> str:
    """The official name, or the first: its text, or family and given names joined."""
    rows = resource.get("name", [])
    best = next((one for one in rows if one.get("use") == "official"), rows[0] if rows else {})
    joined = [best.get("family", ""), *best.get("given", [])]
    together = "".join(joined) if not "".join(joined).isascii() else " ".join(part for part in joined if part)
    return best.get("text") or together


def _register(asked: Asked, resource: dict[str, Any], number: str) -> UUID:
    new = NewPerson(
        name=full_name(resource), area_code=_area(asked, resource), identity=number,
        sex=patients.SEXES.get(resource.get("gender", ""), ""), birth_on=_day(resource.get("birthDate")),
        phone=_phone(resource), address=_address(resource), source=asked.caller.actor.name[:32],
    )  # fmt: skip
    return services.register(new=new, by=asked.caller.actor, on=asked.today, why="FHIR Patient")


def _agrees(held: Person, resource: dict[str, Any]) -> None:
    """One number, one person: another name or day of birth under it is for people to look into."""
    birth = _day(resource.get("birthDate"))
    if _plain(held.name) != _plain(full_name(resource)) or (birth and birth != held.birth_on):
        raise FhirError(
            409, "conflict", "该身份证号已登记，但姓名或出生日期不同 (number known under another name or day of birth)",
            where="Patient.identifier", rule="一个身份证号一人", todo="对照证件改正，或由登记部门核实",
        )  # fmt: skip


def _source(asked: Asked, person_id: UUID, resource: dict[str, Any]) -> None:
    """The sender's own numbers for the person."""
    system = asked.caller.actor.user_id.hex
    for one in resource.get("identifier", ()):
        value = str(one.get("value", ""))[:LONGEST_NUMBER]
        if (
            value
            and one.get("system") not in (IDENTITY_SYSTEM, patients.OWN_SYSTEM)
            and not identity_valid(value)
        ):
            services.add_source(
                person_id=person_id, system=system, number=value, by=asked.caller.actor, on=asked.today
            )


def _area(asked: Asked, resource: dict[str, Any]) -> str:
    for address in resource.get("address", ()):
        for one in address.get("extension", ()):
            if one.get("url") == "urn:kangcheng:area":
                return str(one.get("valueCoding", {}).get("code", ""))
    place = institutions.get(asked.caller.institution, asked.today) if asked.caller.institution else None
    return place.area_code if place else ""


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None


def _phone(resource: dict[str, Any]) -> str:
    return next(
        (str(one.get("value", "")) for one in resource.get("telecom", ()) if one.get("system") == "phone"), ""
    )


def _address(resource: dict[str, Any]) -> str:
    first: dict[str, Any] = next(iter(resource.get("address", ())), {})
    return str(first.get("text") or "".join(first.get("line", ())))


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
