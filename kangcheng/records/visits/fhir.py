"""A visit as FHIR resources: the note (Composition) and what it speaks of. Pure."""

from typing import Any
from uuid import UUID

from kangcheng.records.validation.types import ICD10_SYSTEM
from kangcheng.records.visits.types import Coded, Measured, Note, Place

ITEMS, RESULTS = "urn:kangcheng:item", "urn:kangcheng:result"
HL7 = "http://terminology.hl7.org/CodeSystem/"
SECTIONS = (("complaint", "主诉"), ("findings", "查体与所见"), ("plan", "处置"))
Row = dict[str, Any]


def resources(note: Note, *, key: str, subject: UUID, place: Place, author: str, when: str) -> list[Row]:
    """Everything the visit leaves: Encounter, Composition, Conditions, ServiceRequests, MedicationRequests, Observations."""
    whose, visit = {"reference": f"Patient/{subject}"}, {"reference": f"Encounter/{key}"}
    own: Row = {"subject": whose, "encounter": visit}
    where = {"reference": f"Organization/{place.id}", "display": place.name}
    found = [_encounter(note, key, whose, where, when), composition(note, key, whose, where, author, when)]
    for at, one in enumerate(note.diagnoses, 1):
        found.append({"resourceType": "Condition", "id": f"{key}-dx{at}", **own, "code": _diagnosis(one), "recordedDate": when,
                      "onsetDateTime": when, "clinicalStatus": _coded(HL7 + "condition-clinical", "active")})  # fmt: skip
    for at, test in enumerate(note.tests, 1):
        found.append({
            "resourceType": "ServiceRequest", "id": f"{key}-rx{at}", "intent": "order", "authoredOn": when, **own,
            "status": "completed" if test.decision == "reused" else "active", "requester": {"display": author},
            "code": _item(test.item, test.title), **_reused(test),
        })  # fmt: skip
    for at, one in enumerate(note.medicines, 1):
        found.append({"resourceType": "MedicationRequest", "id": f"{key}-rp{at}", "status": "active", "intent": "order",
                      "authoredOn": when, **own, "medicationCodeableConcept": _item(one.code, one.title),
                      "dosageInstruction": [{"text": one.said or "遵医嘱"}]})  # fmt: skip
    return found + [
        _observation(one, f"{key}-ob{at}", own, where, when) for at, one in enumerate(note.results, 1)
    ]


def composition(
    note: Note, key: str, whose: Row, where: Row, author: str, when: str, *, status: str = "final"
) -> Row:
    """The note itself: signed by its author."""
    sections = [{"title": title, "text": {"status": "generated", "div": _div(said)}}
                for name, title in SECTIONS if (said := getattr(note, name))]  # fmt: skip
    return {
        "resourceType": "Composition", "id": key, "status": status, "title": "门诊病历", "date": when, "subject": whose,
        "type": {"coding": [{"system": "http://loinc.org", "code": "34131-3"}], "text": "门诊病历"},
        "encounter": {"reference": f"Encounter/{key}"}, "author": [{"display": author}], "custodian": where,
        "attester": [{"mode": "legal", "time": when, "party": {"display": author}}],
        **({"section": sections} if sections else {}),
    }  # fmt: skip


def _encounter(note: Note, key: str, whose: Row, where: Row, when: str) -> Row:
    reasons = [_diagnosis(one) for one in note.diagnoses] or [{"text": note.complaint}]
    return {"resourceType": "Encounter", "id": key, "status": "finished", "subject": whose, "serviceProvider": where,
            "class": {"system": HL7 + "v3-ActCode", "code": "AMB", "display": "门诊"}, "reasonCode": reasons,
            "period": {"start": when, "end": when}}  # fmt: skip


def _observation(one: Measured, key: str, own: Row, where: Row, when: str) -> Row:
    unit = {"unit": one.unit}
    bounds = {
        name: {"value": value, **unit}
        for name, value in (("low", one.low), ("high", one.high))
        if value is not None
    }
    low, high = one.low is not None and one.value < one.low, one.high is not None and one.value > one.high
    codings = [{"system": RESULTS, "code": one.code, "display": one.title}]
    codings += [{"system": ITEMS, "code": one.panel}] if one.panel else []
    return {
        "resourceType": "Observation", "id": key, "status": "final", **own, "effectiveDateTime": when, "performer": [where],
        "code": {"coding": codings, "text": one.title}, "valueQuantity": {"value": one.value, **unit},
        "interpretation": [_coded(HL7 + "v3-ObservationInterpretation", "L" if low else "H" if high else "N")],
        **({"referenceRange": [bounds]} if bounds else {}),
    }  # fmt: skip


def _reused(test: Any) -> Row:
    if test.decision == "reused" and test.earlier:
        said = f"采用 {test.earlier.institution} {test.earlier.on.isoformat()} 的结果：{test.earlier.said}"
        return {
            "note": [{"text": said}],
            "supportingInfo": [{"reference": f"{test.earlier.type}/{test.earlier.id}"}],
        }
    return {"reasonCode": [{"text": f"重做理由：{test.reason}"}]} if test.reason else {}


def _diagnosis(one: Coded) -> Row:
    return {"coding": [{"system": ICD10_SYSTEM, "code": one.code, "display": one.title}], "text": one.title}


def _item(code: str, title: str) -> Row:
    return {"coding": [{"system": ITEMS, "code": code, "display": title}], "text": title}


def _coded(system: str, code: str) -> Row:
    return {"coding": [{"system": system, "code": code}]}


def _div(said: str) -> str:
    safe = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{safe}</div>'
