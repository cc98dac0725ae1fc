"""A Patient sent in: the sender's record of somebody, which finds its resident, makes a new one, or waits for people to decide.

The record is kept by `registry.matching` with number, phone and address sealed; what goes back is the resident as registered.
"""

from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.access.contacts.services import open_contact
from kangcheng.gateway.fhir import people as patients
from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.fhir.outcome import FhirError, outcome
from kangcheng.kernel.ids import identity_valid
from kangcheng.records.validation.types import AREA_SYSTEM, IDENTITY_SYSTEM
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.matching import services as matching
from kangcheng.registry.matching.types import NewRecord, Outcome
from kangcheng.registry.people.types import Person

LONGEST_NUMBER = 64
AREA_EXTENSION = "urn:kangcheng:area"
WHY = "FHIR Patient"
WAITS = 202
Row = dict[str, Any]


def take(asked: Asked, resource: Row) -> Answer:
    """POST Patient: 201 with a new resident, 200 with one there was, 202 when people must decide who it is."""
    found = matching.receive(new=record_of(asked, resource), by=asked.caller.actor, on=asked.today, why=WHY)
    if found.person_id is None:
        return _waits(found)
    person = meet(asked, found.person_id)
    patients.log(asked, [person.id], "fhir:Patient")
    headers = {"Location": f"{asked.base}Patient/{person.id}/_history/1", "ETag": 'W/"1"'}
    status = 201 if found.how == "new" and found.changed else 200
    return of_resource(patients.rendered(person), status, **headers)


def _waits(found: Outcome) -> Answer:
    words = "已收到，须人工认定是哪位居民，认定前不能写入其健康档案 (received; people must decide who it is)"
    row = {"severity": "warning", "code": "incomplete", "diagnostics": words}
    told = [row | {"details": {"text": f"来源记录 {found.record_id}：{'、'.join(found.doubts) or '待认定'}"}}]
    return of_resource(outcome(told), WAITS)


def meet(asked: Asked, person_id: UUID) -> Person:
    """The caller's institution has the person before it: it may see them from now on, for as long as a visit counts."""
    actor, place = asked.caller.actor, asked.caller.institution
    person = patients.read(asked, str(person_id))
    if person is None and place is not None:
        open_contact(
            person_id=person_id, institution_id=place, kind="visit", by=actor, on=asked.today, why=WHY
        )
        person = patients.read(asked, str(person_id))
    if person is None:
        raise FhirError(403, "forbidden", "该居民不在您的职责范围内 (outside your scope)", where="Patient")
    return person


def record_of(asked: Asked, resource: Row) -> NewRecord:
    """What a Patient says, as a record of the sender; its key is the sender's own number, else its id, else the identity."""
    number = identity(resource)
    return NewRecord(
        system=_system(asked), number=_key(asked, resource, number), name=full_name(resource),
        area_code=_area(asked, resource), sex=patients.SEXES.get(resource.get("gender", ""), ""),
        birth_on=_day(resource.get("birthDate")), identity=number, phone=_phone(resource), address=_address(resource),
        institution_id=asked.caller.institution,
    )  # fmt: skip


def identity(resource: Row) -> str:
    """The identity number a Patient carries, "" for none."""
    for one in resource.get("identifier", ()):
        if one.get("system") == IDENTITY_SYSTEM and identity_valid(str(one.get("value", ""))):
            return str(one["value"])
    return ""


def full_name(resource: Row) -> str:
    """The official name, or the first: its text, or family and given names joined."""
    rows = resource.get("name", [])
    best = next((one for one in rows if one.get("use") == "official"), rows[0] if rows else {})
    joined = [best.get("family", ""), *best.get("given", [])]
    together = "".join(joined) if not "".join(joined).isascii() else " ".join(part for part in joined if part)
    return best.get("text") or together


def _system(asked: Asked) -> str:
    return asked.caller.actor.user_id.hex


def _key(asked: Asked, resource: Row, number: str) -> str:
    for one in resource.get("identifier", ()):
        value = str(one.get("value", ""))
        if (
            value
            and one.get("system") not in (IDENTITY_SYSTEM, patients.OWN_SYSTEM)
            and not identity_valid(value)
        ):
            return value[:LONGEST_NUMBER]
    if resource.get("id"):
        return str(resource["id"])
    if number:
        return matching.sender_number(_system(asked), number)
    raise FhirError(
        422, "required", "须有本系统的编号或居民身份证号 (an identifier is needed)", where="Patient.identifier",
        rule="居民经登记匹配写入", todo="补上 identifier",
    )  # fmt: skip


def _area(asked: Asked, resource: Row) -> str:
    for address in resource.get("address", ()):
        for one in address.get("extension", ()):
            if one.get("url") == AREA_EXTENSION:
                return str(one.get("valueCoding", {}).get("code", ""))
    place = institutions.get(asked.caller.institution, asked.today) if asked.caller.institution else None
    if place is None:
        raise FhirError(
            422, "required", "须写明居住区划 (area of residence is needed)", where="Patient.address.extension",
            rule=f"{AREA_EXTENSION}: valueCoding {AREA_SYSTEM}",
        )  # fmt: skip
    return place.area_code


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None


def _phone(resource: Row) -> str:
    return next(
        (str(one.get("value", "")) for one in resource.get("telecom", ()) if one.get("system") == "phone"), ""
    )


def _address(resource: Row) -> str:
    first: Row = next(iter(resource.get("address", ())), {})
    return str(first.get("text") or "".join(first.get("line", ())))
