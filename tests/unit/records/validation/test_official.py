"""The official examples are accepted, broken ones refused at the right place, and a second validator has its say."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from kangcheng.records import texts
from kangcheng.records.validation.services import faults_of

SHARED = Path(__file__).resolve().parents[5] / "shared" / "fhir"
here = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the developers' FHIR examples in ../shared/fhir")
PLACES = {
    "patient-unknown-element.json": "Patient.foo", "patient-bad-gender.json": "Patient.gender",
    "patient-bad-birthdate-format.json": "Patient.birthDate", "patient-impossible-birthdate.json": "Patient.birthDate",
    "patient-null.json": "Patient.active", "patient-empty-array.json": "Patient.name",
    "patient-name-not-array.json": "Patient.name", "patient-two-deceased.json": "Patient.deceased[x]",
    "observation-no-status.json": "Observation.status", "observation-no-code.json": "Observation.code",
    "observation-two-values.json": "Observation.value[x]", "observation-bad-status.json": "Observation.status",
    "observation-bad-instant.json": "Observation.issued", "encounter-no-class.json": "Encounter.class",
    "encounter-period-bad-datetime.json": "Encounter.period.start", "immunization-no-vaccine.json": "Immunization.vaccineCode",
    "immunization-no-occurrence.json": "Immunization.occurrence[x]", "condition-subject-missing.json": "Condition.subject",
    "claim-money-string.json": "Claim.total.value", "claim-use-missing.json": "Claim.use",
    "resource-type-unknown.json": "resourceType", "id-too-long.json": "Patient.id",
}  # fmt: skip


def read(path: Path):
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return texts.read(raw)


@here
def test_every_broken_one_is_refused_at_its_place_and_nowhere_else():
    found = {
        path.name: [fault.where for fault in faults_of(read(path))]
        for path in (SHARED / "invalid").glob("*-*.json")
    }
    assert found == {name: [place] for name, place in PLACES.items()}


@here
@pytest.mark.slow
def test_all_official_examples_are_accepted():
    wrong = {path.name: faults_of(read(path))[:2] for path in (SHARED / "hl7-r4-examples").glob("*.json")}
    assert len(wrong) > 290 and {name: faults for name, faults in wrong.items() if faults} == {}


@here
@pytest.mark.slow
def test_whole_synthetic_lives_are_accepted():
    for path in (SHARED / "synthetic-bundles").glob("*.gz"):
        assert faults_of(read(path)) == [], path.name


@here
@pytest.mark.slow
def test_a_second_validator_refuses_nothing_we_accept():
    """fhirkit knows required elements and choices by itself; what it does not know (codes, lengths) only we refuse."""
    import fhirkit

    for path in list((SHARED / "hl7-r4-examples").glob("Observation*.json"))[:20]:
        given = json.loads(path.read_text("utf-8"))
        assert bool(list(fhirkit.validate(given) or [])) <= bool(faults_of(texts.read(path.read_bytes()))), (
            path.name
        )


def resource(**more):
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}} | more


def places(given):
    return [fault.where for fault in faults_of(given)]


def test_all_faults_are_told_at_once_with_their_paths():
    found = places(resource(status="x", foo=1, component=[{"code": {"text": "a"}}, {"valueString": ""}]))
    assert sorted(found) == [
        "Observation.component[1].code", "Observation.component[1].valueString", "Observation.foo", "Observation.status",
    ]  # fmt: skip


def test_resources_inside_are_checked():
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource(status="x")}]}
    assert places(bundle) == ["Bundle.entry[0].resource.status"]
    contained = resource(contained=[{"resourceType": "Nothing"}])
    assert places(contained) == ["Observation.contained[0].resourceType"]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (resource(issued="2024-02-30T10:00:00Z"), "Observation.issued"),
        (resource(valueQuantity={"value": Decimal("1e-90")}), "Observation.valueQuantity.value"),
        (resource(valueInteger=1.5), "Observation.valueInteger"),
        (resource(code={}), "Observation.code"),
        (resource(note=[{"text": "\x00"}]), "Observation.note[0].text"),
        (resource(identifier=[{"system": "urn:oid:2.16.156.10011.1.3", "value": "110101199001010000"}]),
         "Observation.identifier[0].value"),
        (resource(code={"coding": [{"system": "urn:oid:2.16.156.10011.2.3.3.11", "code": "感冒"}]}),
         "Observation.code.coding[0].code"),
    ],
)  # fmt: skip
def test_what_the_schema_cannot_see(given, place):
    assert places(given) == [place]


@pytest.mark.parametrize(
    "given", [None, 3, "x", [], {}, {"resourceType": 7}, {"resourceType": None}, {"resourceType": ["a"]}]
)
def test_what_is_no_resource(given):
    assert len(faults_of(given)) == 1


def test_full_width_spaces_are_text():
    assert faults_of(resource(code={"text": "血糖　空腹"})) == []


def test_an_extension_stands_for_a_missing_primitive():
    given = resource() | {"_status": {"extension": [{"url": "urn:x", "valueCode": "unknown"}]}}
    del given["status"]
    assert faults_of(given) == []


def test_depth_ends_somewhere():
    value = {"url": "urn:x", "valueString": "y"}
    for _ in range(100):
        value = {"url": "urn:x", "extension": [value]}
    assert any("nested" in fault.what for fault in faults_of(resource(extension=[value])))
