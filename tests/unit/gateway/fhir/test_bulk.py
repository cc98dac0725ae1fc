"""Much at once: exports page by page, imports line by line, both in the background."""

import json
from uuid import UUID

import pytest

from tests.unit.gateway.fhir.conftest import observation, patient
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident(city):
    return city.post("Patient", patient("张小明", identity(1))).parsed["id"]


def run(answer):
    """The job of an answer, done; its address below the endpoint."""
    from django.utils import timezone

    from kangcheng.gateway.fhir.bulk_parts import run as parts

    assert answer.status_code == 202, answer.content
    address = answer["Content-Location"].partition("/fhir/")[2]
    parts(UUID(address.rpartition("/")[2]), timezone.localdate())
    return address


def test_an_export_holds_what_the_machine_may_see(city, county_emr, resident, monkeypatch):
    monkeypatch.setattr("kangcheng.gateway.fhir.bulk_parts.PART", 2)
    made = {city.post("Observation", observation(resident)).parsed["id"] for _ in range(3)}
    begun = city.get("$export?_type=Patient,Observation")
    address = begun["Content-Location"].partition("/fhir/")[2]
    assert city.get(address).status_code == 202
    run(begun)
    manifest = city.get(address).parsed
    files = [(one["type"], one["count"]) for one in manifest["output"]]
    assert files == [("Patient", 1), ("Observation", 2), ("Observation", 1)]
    found = set()
    for one in manifest["output"][1:]:
        lines = city.client.get(
            one["url"], headers={"Authorization": f"Bearer {city.token}"}
        ).content.splitlines()
        found |= {json.loads(line)["id"] for line in lines}
    assert found == made
    assert county_emr.get(address).status_code == 404
    assert county_emr.get(run(county_emr.get("$export"))).parsed["output"] == []


def test_an_import_writes_good_lines_and_names_bad_ones(city, resident):
    good = [json.dumps(observation(resident, value=str(n))) for n in range(3)]
    bad = [json.dumps(observation(resident) | {"status": "x"}), "{no json", json.dumps(patient("李四"))]
    body = "\n".join([good[0], bad[0], good[1], bad[1], bad[2], good[2]])
    answer = city("POST", "$import", body, type="application/fhir+ndjson")
    manifest = city.get(run(answer)).parsed
    assert manifest["written"] == 3
    assert [one["line"] for one in manifest["refused"]] == [2, 4, 5]
    assert len(city.found(f"Observation?patient={resident}")) == 3


def test_odd_requests_are_refused(city):
    assert city.get("$export?_type=Nothing").status_code == 400
    assert city.get("$export?_since=soon").status_code == 400
    assert city("POST", "$import", "x", type="text/plain").status_code == 415
    assert city.get("$bulk/nonsense").status_code == 404
    assert city.get("$bulk/00000000-0000-0000-0000-000000000007/9").status_code == 404
