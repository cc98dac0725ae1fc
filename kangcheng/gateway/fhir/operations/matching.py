"""Patient/$match: who is meant by a Patient, without keeping it. Only people who are certain to be meant are shown."""

from kangcheng.access.contacts.services import open_contact
from kangcheng.gateway.fhir import newcomers, people, routes, searching
from kangcheng.gateway.fhir.exchange import Answer, Asked, joined, text
from kangcheng.gateway.fhir.operations.records import parameter
from kangcheng.gateway.fhir.outcome import FhirError
from kangcheng.kernel.errors import Faults
from kangcheng.records.validation.services import faults_of
from kangcheng.registry.people import selectors as residents
from kangcheng.registry.people.types import Person

CERTAIN = {"mode": "match", "score": 1, "extension": [
    {"url": "http://hl7.org/fhir/StructureDefinition/match-grade", "valueCode": "certain"}]}  # fmt: skip


def match(asked: Asked, kind: str) -> Answer:
    """POST Patient/$match with Parameters (resource, onlyCertainMatches, count) or a Patient.

    Whole identity number with the same name: certain, and the institution that has the card before it sees the resident from
    now on. Anything less tells nobody that somebody is registered: it is answered with nobody, and POST Patient queues it.
    """
    routes.may(asked, "Patient", "s")
    given = asked.json()
    patient = (
        parameter(given, "resource")
        if isinstance(given, dict) and given.get("resourceType") == "Parameters"
        else given
    )
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        raise FhirError(
            400, "required", "须给出 Patient (a Patient is needed)", where="Parameters.parameter:resource"
        )
    faults = faults_of(patient)
    if faults:
        raise Faults(faults, where="Patient")
    found = [one for one in [_certain(asked, patient)] if one]
    people.log(asked, [one.id for one in found], "fhir:$match")
    entries = [searching.rendered(people.rendered(one), asked, "match") for one in found]
    entries = [
        entry.replace(b'"search":{"mode":"match"}', b'"search":' + text(CERTAIN), 1) for entry in entries
    ]
    head = text({"resourceType": "Bundle", "type": "searchset", "total": len(found)})
    return Answer(200, head[:-1] + b',"entry":' + joined(entries) + b"}" if entries else head)


def _certain(asked: Asked, patient: dict[str, object]) -> Person | None:
    number = newcomers.identity(patient)
    held = residents.find_by_identity(number) if number else None
    if held is None or newcomers.full_name(patient).replace(" ", "") != held.name.replace(" ", ""):
        return None
    seen = people.read(asked, str(held.id))
    if seen is None and asked.caller.institution is not None:
        open_contact(
            person_id=held.id, institution_id=asked.caller.institution, kind="visit", by=asked.caller.actor, on=asked.today,
            why="FHIR $match",
        )  # fmt: skip
        seen = people.read(asked, str(held.id))
    return seen
