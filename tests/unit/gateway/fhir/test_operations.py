"""Operations on a resident's record, and on codes."""

import pytest

from tests.unit.gateway.fhir.conftest import IDENTITY, observation, patient
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident(city):
    return city.post("Patient", patient("张小明", identity(1))).parsed["id"]


def kinds(answer):
    return [entry["resource"]["resourceType"] for entry in answer.parsed.get("entry", ())]


def test_everything_comes_in_pages(city, county_emr, resident):
    for _ in range(3):
        assert city.post("Observation", observation(resident)).status_code == 201
    first = city.get(f"Patient/{resident}/$everything?_count=2")
    assert kinds(first) == ["Patient", "Observation", "Observation"]
    following = next(link["url"] for link in first.parsed["link"] if link["relation"] == "next")
    assert kinds(city.get(following.partition("/fhir/")[2])) == ["Observation"]
    assert county_emr.get(f"Patient/{resident}/$everything").status_code == 404


def test_the_newest_of_each_code(city, resident):
    for code, day in (("a", "01"), ("a", "03"), ("b", "02")):
        city.post("Observation", observation(resident, code=code, at=f"2024-05-{day}T08:00:00+08:00"))
    found = city.get(f"Observation/$lastn?patient={resident}").parsed["entry"]
    days = [entry["resource"]["effectiveDateTime"][:10] for entry in found]
    assert days == ["2024-05-03", "2024-05-02"]
    assert city.get("Observation/$lastn").status_code == 400


def test_a_summary_is_a_document(city, resident):
    city.post("Observation", observation(resident))
    found = city.get(f"Patient/{resident}/$summary").parsed
    assert found["type"] == "document" and found["entry"][0]["resource"]["resourceType"] == "Composition"
    assert found["entry"][0]["resource"]["section"][0]["title"] == "检查检验结果"
    assert city.post("Bundle/$validate", found).parsed["issue"][0]["severity"] == "information"


def test_match_is_certain_or_nobody(city, county_emr, resident):
    asked = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": patient("张小明", identity(1))}],
    }
    assert county_emr.get(f"Patient/{resident}").status_code == 404
    found = county_emr.post("Patient/$match", asked).parsed
    assert found["total"] == 1 and found["entry"][0]["search"]["score"] == 1
    assert county_emr.get(f"Patient/{resident}").status_code == 200
    asked["parameter"][0]["resource"] = patient("李小明", identity(1))
    assert county_emr.post("Patient/$match", asked).parsed["total"] == 0


def test_codes_are_looked_up_and_expanded(city):
    gender = "http://hl7.org/fhir/administrative-gender"
    assert city.get(f"CodeSystem/$lookup?system={gender}&code=male").status_code == 200
    assert city.get(f"CodeSystem/$lookup?system={gender}&code=nobody").status_code == 404
    assert city.get("ValueSet/$expand?url=urn:nothing").status_code == 404
    assert city.get(f"ValueSet/$expand?url={gender}").parsed["expansion"]["total"] == 4
    checked = city.get(f"CodeSystem/$validate-code?url={gender}&code=nobody").parsed
    assert checked["parameter"][0] == {"name": "result", "valueBoolean": False}


def test_validation_keeps_nothing(city, resident):
    bad = observation(resident) | {"status": "nonsense"}
    told = city.post("Observation/$validate", bad).parsed["issue"]
    assert [one["expression"] for one in told] == [["Observation.status"]]
    assert city.found(f"Observation?patient={resident}") == []


def test_an_identity_number_is_kept_nowhere_in_clear(city, resident):
    from kangcheng.records.store.models import Resource

    sent = observation(
        resident,
        note=[{"text": f"患者证号 {identity(2)}"}],
        identifier=[{"system": IDENTITY, "value": identity(2)}],
    )
    assert city.post("Observation", sent).status_code == 201
    assert identity(2) not in str(list(Resource.objects.values_list("body", flat=True)))
