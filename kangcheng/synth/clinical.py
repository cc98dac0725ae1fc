"""What the city's visits leave in the records of its people: visits, diagnoses, prescriptions, results, allergies, doses. Pure.

Resources are FHIR R4, with ids made of the visit's number, so that the same city gives the same records.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kangcheng.synth.city import City

ICD10 = "urn:oid:2.16.156.10011.2.3.3.11"
ITEMS, RESULTS = "urn:kangcheng:item", "urn:kangcheng:result"
SMALL, EVERY_OF_SMALL, EVERY_OF_LARGE = 5_000, 5, 20
POOR = "registered_poor"
ALLERGIC = (("drug-penicillin", "青霉素"), ("drug-sulfa", "磺胺类"), ("food-seafood", "海鲜"))
ALLERGY_SHARE, LATELY_EVERY = 0.08, 6
VACCINES = (
    (0, "乙肝疫苗（第1剂）"),
    (0, "卡介苗"),
    (60, "脊灰疫苗（第1剂）"),
    (90, "百白破疫苗（第1剂）"),
    (240, "麻疹疫苗"),
)
CHILD, OLD = 7, 65
NORMAL = {
    "fee-ct": "颅脑平扫未见明显异常密度影。",
    "fee-x-ray": "心肺膈未见明显异常。",
    "fee-ultrasound": "肝胆胰脾未见明显异常。",
}
OFF = {
    "fee-ct": "双肺散在条索影，考虑陈旧病灶，建议随诊。",
    "fee-x-ray": "双肺纹理增粗。",
    "fee-ultrasound": "脂肪肝。",
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Made:
    """One resource with the city's ids of its person and of the institution that wrote it ("" for none)."""

    person: str
    institution: str
    resource: Row


@dataclass(frozen=True)
class Context:
    """What the resources need to be told: database ids, titles, the measured quantities of each test."""

    people: Mapping[str, Any]
    institutions: Mapping[str, Any]
    names: Mapping[str, str]
    diagnoses: Mapping[str, str]
    items: Mapping[str, Row]
    panels: Mapping[str, list[Row]]


def panels(codes: list[Row]) -> dict[str, list[Row]]:
    """Test -> its measured quantities, out of the rows of the code list `result-items`."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in codes:
        found[row["attributes"]["panel"]].append(
            {"code": row["code"], "title": row["title"], **row["attributes"]}
        )
    return dict(found)


def chosen(city: City) -> list[Row]:
    """The people with a record: every registered poor person, and every fifth (of a large city: twentieth) of the others."""
    poor = {row["person"] for row in city.categories.to_pylist() if row["category"] == POOR}
    step = EVERY_OF_SMALL if city.residents <= SMALL else EVERY_OF_LARGE
    return [
        row for row in city.people.to_pylist() if row["person"] in poor or int(row["person"][1:]) % step == 0
    ]


def records(city: City, context: Context, on: date) -> Iterator[Made]:
    """Every resource of every person chosen, in the order of people."""
    visits, lines = defaultdict(list), _lines(city)
    for row in city.encounters.to_pylist():
        visits[row["person"]].append(row)
    lasting = defaultdict(list)
    for row in city.conditions.to_pylist():
        lasting[row["person"]].append(row)
    hospital = city.institutions["code"][0].as_py()
    for number, person in enumerate(chosen(city)):
        maker = _Maker(person, context, random.Random(f"{city.seed}:{person['person']}"))
        yield from maker.standing(lasting[person["person"]], on)
        for visit in visits[person["person"]]:
            yield from maker.visit(visit, lines.get(visit["encounter"], []))
        if number % LATELY_EVERY == 0 and person["died_on"] is None:
            yield from maker.lately(hospital, on)


def _lines(city: City) -> dict[str, list[str]]:
    """Encounter -> items billed."""
    episode = dict(zip(city.claims["id"].to_pylist(), city.claims["episode"].to_pylist(), strict=True))
    found: dict[str, list[str]] = defaultdict(list)
    for claim, code in zip(
        city.claim_lines["claim"].to_pylist(), city.claim_lines["code"].to_pylist(), strict=True
    ):
        if code not in found[episode[claim]]:
            found[episode[claim]].append(code)
    return found


class _Maker:
    """Resources of one person."""

    def __init__(self, person: Row, context: Context, rng: random.Random) -> None:
        self.person, self.context, self.rng = person, context, rng
        self.subject = {"reference": f"Patient/{context.people[person['person']]}"}
        self.ill: set[str] = set()

    def made(self, institution: str, resource: Row) -> Made:
        return Made(self.person["person"], institution, resource)

    def standing(self, lasting: list[Row], on: date) -> Iterator[Made]:
        """Long-term conditions, allergies, doses."""
        self.ill = {row["code"] for row in lasting}
        key = self.person["person"].lower()
        for row in lasting:
            yield self.made(
                "", self._condition(f"{key}-{row['code'].lower()}", row["code"], row["since"], "active")
            )
        if self.rng.random() < ALLERGY_SHARE:
            code, title = self.rng.choice(ALLERGIC)
            yield self.made("", {
                "resourceType": "AllergyIntolerance", "id": f"{key}-allergy", "patient": self.subject, "criticality": "high",
                "clinicalStatus": _coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
                "code": {"coding": [{"system": "urn:kangcheng:allergen", "code": code}], "text": title},
                "recordedDate": (on - timedelta(days=400)).isoformat(), "reaction": [{"manifestation": [{"text": "皮疹"}]}],
            })  # fmt: skip
        born = self.person["birth_on"]
        if (on - born).days < CHILD * 365:
            for number, (after, title) in enumerate(VACCINES):
                if born + timedelta(days=after) <= on:
                    yield self.made(
                        "", self._dose(f"{key}-dose-{number}", title, born + timedelta(days=after))
                    )
        elif (on - born).days > OLD * 365 and self.rng.random() < 0.5:
            yield self.made("", self._dose(f"{key}-flu", "流感疫苗", date(on.year - 1, 10, 20)))

    def visit(self, visit: Row, items: list[str]) -> Iterator[Made]:
        """One visit or stay with what was found, ordered and prescribed."""
        place, day, key = visit["institution"], visit["started_on"], visit["encounter"].lower()
        yield self.made(place, self._encounter(key, visit))
        if visit["diagnosis"] not in self.ill:
            status = "active" if (visit["ended_on"] - day).days > 60 else "resolved"
            yield self.made(place, self._condition(f"{key}-dx", visit["diagnosis"], day, status, key))
        for item in items:
            known = self.context.items[item]
            if known["kind"] == "drug":
                yield self.made(place, self._prescription(key, item, known["name"], day))
            elif item in NORMAL:
                yield self.made(place, self._report(key, item, known["name"], day, place))
            for one in self.context.panels.get(item, ()):
                yield self.made(place, self._result(key, one, day, place))
        if "I10" in self.ill or visit["diagnosis"] == "I10":
            for one in self.context.panels.get("vital", ()):
                yield self.made(place, self._result(key, one, day, place))

    def lately(self, place: str, on: date) -> Iterator[Made]:
        """A visit to the city hospital some days ago with a CT."""
        day = on - timedelta(days=self.rng.randint(3, 8))
        visit = {"encounter": f"{self.person['person']}-lately", "institution": place, "setting": "outpatient", "started_on": day,
                 "ended_on": day, "diagnosis": "G43"}  # fmt: skip
        yield from self.visit(visit, ["fee-ct", "fee-blood-routine"])

    def _encounter(self, key: str, visit: Row) -> Row:
        kind = ("AMB", "门诊") if visit["setting"] == "outpatient" else ("IMP", "住院")
        return {
            "resourceType": "Encounter", "id": key, "status": "finished", "subject": self.subject,
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": kind[0], "display": kind[1]},
            "reasonCode": [self._diagnosis(visit["diagnosis"])],
            "period": {"start": visit["started_on"].isoformat(), "end": visit["ended_on"].isoformat()},
            "serviceProvider": self._place(visit["institution"]),
        }  # fmt: skip

    def _condition(self, key: str, code: str, since: date, status: str, encounter: str = "") -> Row:
        found = {
            "resourceType": "Condition", "id": key, "subject": self.subject, "code": self._diagnosis(code),
            "clinicalStatus": _coded("http://terminology.hl7.org/CodeSystem/condition-clinical", status),
            "onsetDateTime": since.isoformat(), "recordedDate": since.isoformat(),
        }  # fmt: skip
        return found | ({"encounter": {"reference": f"Encounter/{encounter}"}} if encounter else {})

    def _diagnosis(self, code: str) -> Row:
        title = self.context.diagnoses.get(code, code)
        return {"coding": [{"system": ICD10, "code": code, "display": title}], "text": title}

    def _place(self, code: str) -> Row:
        return {
            "reference": f"Organization/{self.context.institutions[code]}",
            "display": self.context.names[code],
        }

    def _dose(self, key: str, title: str, day: date) -> Row:
        return {"resourceType": "Immunization", "id": key, "status": "completed", "patient": self.subject,
                "vaccineCode": {"text": title}, "occurrenceDateTime": day.isoformat()}  # fmt: skip

    def _prescription(self, key: str, item: str, title: str, day: date) -> Row:
        return {
            "resourceType": "MedicationRequest", "id": f"{key}-{item}", "status": "completed", "intent": "order",
            "subject": self.subject, "encounter": {"reference": f"Encounter/{key}"}, "authoredOn": day.isoformat(),
            "medicationCodeableConcept": {"coding": [{"system": ITEMS, "code": item, "display": title}], "text": title},
            "dosageInstruction": [{"text": "按说明书"}],
        }  # fmt: skip

    def _report(self, key: str, item: str, title: str, day: date, place: str) -> Row:
        said = (OFF if self.rng.random() < 0.25 else NORMAL)[item]
        return {
            "resourceType": "DiagnosticReport", "id": f"{key}-{item}", "status": "final", "subject": self.subject,
            "encounter": {"reference": f"Encounter/{key}"}, "effectiveDateTime": day.isoformat(), "conclusion": said,
            "code": {"coding": [{"system": ITEMS, "code": item, "display": title}], "text": title},
            "performer": [self._place(place)],
        }  # fmt: skip

    def _result(self, key: str, one: Row, day: date, place: str) -> Row:
        low, high = float(one["low"]), float(one["high"])
        shift = 1.6 if one["code"] in ("glu", "hba1c") and "E11" in self.ill else 1.0
        value = round(self.rng.gauss((low + high) / 2 * shift, (high - low) / 4), int(one["digits"]) or None)
        flag = "L" if value < low else "H" if value > high else "N"
        unit = {"unit": one["unit"]}
        return {
            "resourceType": "Observation", "id": f"{key}-{one['code']}", "status": "final", "subject": self.subject,
            "encounter": {"reference": f"Encounter/{key}"}, "effectiveDateTime": day.isoformat(),
            "category": [_coded("http://terminology.hl7.org/CodeSystem/observation-category",
                                "vital-signs" if one["panel"] == "vital" else "laboratory")],
            "code": {"coding": [{"system": RESULTS, "code": one["code"], "display": one["title"]},
                                {"system": ITEMS, "code": one["panel"]}], "text": one["title"]},
            "valueQuantity": {"value": max(value, 0), **unit}, "performer": [self._place(place)],
            "referenceRange": [{"low": {"value": low, **unit}, "high": {"value": high, **unit}}],
            "interpretation": [_coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", flag)],
        }  # fmt: skip


def _coded(system: str, code: str) -> Row:
    return {"coding": [{"system": system, "code": code}]}
