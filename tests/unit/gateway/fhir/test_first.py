"""A resident sent in, a result written, read, changed and found."""

import pytest

from kangcheng.records.store.models import Resource
from kangcheng.registry.people.models import SourceRecord
from tests.unit.gateway.fhir.conftest import observation, patient, phone_of
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident(city):
    answer = city.post("Patient", patient("张小明", identity(1)))
    assert answer.status_code == 201, answer.content
    return answer.parsed["id"]


def test_a_patient_goes_out_masked(city, resident):
    found = city.get(f"Patient/{resident}").parsed
    assert (found["name"][0]["text"] == "张小明" and found["gender"] == "male") or found["gender"] == "female"
    assert identity(1) not in str(found) and phone_of(identity(1)) not in str(found)


def test_the_same_number_is_the_same_person(city, resident):
    again = city.post("Patient", patient("张小明", identity(1)))
    assert (again.status_code, again.parsed["id"]) == (200, resident)


def test_a_result_is_written_read_changed_and_found(city, resident):
    made = city.post("Observation", observation(resident))
    assert made.status_code == 201, made.content
    one = made.parsed
    assert city.get(f"Observation/{one['id']}").parsed == one
    one["valueQuantity"]["value"] = 7
    changed = city.put(f"Observation/{one['id']}", one, If_Match='W/"1"')
    assert changed.status_code == 200 and changed["ETag"] == 'W/"2"'
    assert city.put(f"Observation/{one['id']}", one, If_Match='W/"1"').status_code == 412
    first = city.get(f"Observation/{one['id']}/_history/1").parsed
    assert first["valueQuantity"]["value"] == 6.3
    assert city.get(f"Observation/{one['id']}/_history").parsed["total"] == 2
    assert city.found(f"Observation?patient={resident}&code=http://loinc.org|15074-8&date=ge2024") == [
        one["id"]
    ]
    assert city.found(f"Observation?patient={resident}&code=15074-8&date=lt2024") == []
    assert city.found("Observation?patient.name=张&value-quantity=gt6") == [one["id"]]
    assert city.found("Patient?_has:Observation:patient:code=15074-8&name=zhangxm") == []
    assert city.found("Patient?_has:Observation:patient:code=15074-8&name=zxm") == [resident]


def test_digits_are_kept(city, resident):
    body = __import__("json").dumps(observation(resident)).replace("6.3", "6.30")
    made = city.post("Observation", body)
    assert b"6.30" in made.content
    assert b"6.30" in city.get(f"Observation/{made.parsed['id']}").content


def test_what_is_deleted_is_gone_but_not_its_past(city, resident):
    made = city.post("Observation", observation(resident)).parsed["id"]
    assert city("DELETE", f"Observation/{made}").status_code == 204
    assert city.get(f"Observation/{made}").status_code == 410
    assert city.get(f"Observation/{made}/_history/1").status_code == 200
    assert city.found(f"Observation?patient={resident}") == []


def test_another_hospital_sees_nothing(city, county_emr, resident):
    made = city.post("Observation", observation(resident)).parsed["id"]
    assert county_emr.get(f"Observation/{made}").status_code == 404
    assert county_emr.get(f"Patient/{resident}").status_code == 404
    assert county_emr.found("Observation?code=15074-8") == []
    assert county_emr.post("Observation", observation(resident)).status_code == 422
    counted = county_emr.get("Observation?_summary=count").parsed
    assert counted["total"] == 0


def test_looks_are_written_down(city, resident, django_assert_max_num_queries):
    from kangcheng.base.models import LookLog

    made = city.post("Observation", observation(resident)).parsed["id"]
    before = LookLog.objects.count()
    city.get(f"Observation/{made}")
    city.found(f"Observation?patient={resident}")
    assert LookLog.objects.count() == before + 2


def test_strangers_are_refused(client):
    assert client.get("/fhir/Observation").status_code == 401
    assert client.get("/fhir/metadata").status_code == 200


def test_a_transaction_is_one(city):
    bundle = {
        "resourceType": "Bundle", "type": "transaction",
        "entry": [
            {"fullUrl": "urn:uuid:8b5a1b02-0000-4000-8000-000000000001", "resource": patient("李四", identity(2)),
             "request": {"method": "POST", "url": "Patient"}},
            {"fullUrl": "urn:uuid:8b5a1b02-0000-4000-8000-000000000002",
             "resource": observation("x") | {"subject": {"reference": "urn:uuid:8b5a1b02-0000-4000-8000-000000000001"}},
             "request": {"method": "POST", "url": "Observation"}},
        ],
    }  # fmt: skip
    answer = city.post("", bundle)
    assert answer.status_code == 200, answer.content
    assert [entry["response"]["status"] for entry in answer.parsed["entry"]] == ["201", "201"]
    bundle["entry"][1]["resource"]["status"] = "nonsense"
    broken = city.post("", bundle)
    assert broken.status_code == 422
    assert broken.parsed["issue"][0]["expression"] == ["Bundle.entry[1].resource.status"]


def test_a_transaction_whose_patient_waits_keeps_only_the_record_to_decide(city, resident):
    """The same phone and street under a name much alike, and no number: people decide first who it is."""
    alike = patient("张小亮", identity(1))
    alike["identifier"] = [{"system": "urn:hospital:number", "value": "MR-7"}]
    name = "urn:uuid:8b5a1b02-0000-4000-8000-000000000003"
    bundle = {
        "resourceType": "Bundle", "type": "transaction",
        "entry": [
            {"fullUrl": name, "resource": alike, "request": {"method": "POST", "url": "Patient"}},
            {"resource": observation("x") | {"subject": {"reference": name}},
             "request": {"method": "POST", "url": "Observation"}},
        ],
    }  # fmt: skip
    for _ in range(2):
        answer = city.post("", bundle)
        assert answer.status_code == 409, answer.content
        assert "Bundle.entry[0].resource" in answer.parsed["issue"][0]["expression"]
    assert SourceRecord.objects.filter(state="waiting").count() == 1
    assert Resource.objects.count() == 0
