"""Who sees what: out of scope never appears, in rows, totals, chains, includes, bundles or error texts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.base.models import LookLog
from tests.unit.gateway.fhir.conftest import observation, patient
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db
SECRET = "zzsecretzz"


@pytest.fixture
def hidden(city):
    """A resident, an encounter and a result of the first hospital, full of words that must not come out elsewhere."""
    who = city.post("Patient", patient("钟离甲寅", identity(5))).parsed["id"]
    encounter = city.post("Encounter", {
        "resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": {"reference": f"Patient/{who}"},
        "reasonCode": [{"text": SECRET}]}).parsed["id"]  # fmt: skip
    result = city.post("Observation", observation(
        who, code=SECRET, encounter={"reference": f"Encounter/{encounter}"}, note=[{"text": SECRET}])).parsed["id"]  # fmt: skip
    return {"Patient": who, "Encounter": encounter, "Observation": result}


def leaks(answer, hidden, asked):
    """Words of the hidden ones in an answer, but for those that were asked with."""
    text = answer.content.decode().replace("\\/", "/")
    return [word for word in [SECRET, "钟离", *hidden.values()] if word in text and word not in asked]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_of_another_hospital_appears(city, county_emr, hidden, data):
    shapes = [
        "Observation", "Observation?_total=accurate", "Observation?_summary=count", "Encounter?_revinclude=Observation:encounter",
        "Observation?_include=*&_include=Observation:patient", "Observation?patient.name=钟离", "Observation?_id={Observation}",
        "Observation?encounter={Encounter}", "Observation?subject=Patient/{Patient}", "Patient?name=钟离", "Patient/{Patient}",
        "Observation/{Observation}", "Observation/{Observation}/_history", "Observation/{Observation}/_history/1",
        "Patient/{Patient}/$everything", "Patient/{Patient}/$summary", "Observation/$lastn?patient={Patient}",
        "Patient?_has:Observation:patient:status=final", "Encounter?_has:Observation:encounter:status=final",
        "Observation?encounter.status=finished", "Coverage?patient={Patient}", "Observation?_sort=-date&_count=1",
    ]  # fmt: skip
    asked = data.draw(st.sampled_from(shapes)).format(**hidden)
    answer = county_emr.get(asked)
    assert answer.status_code < 500
    assert leaks(answer, hidden, asked) == []
    parsed = answer.parsed or {}
    assert parsed.get("total", 0) == 0 and all(
        e["search"]["mode"] == "outcome" for e in parsed.get("entry", ()) if "search" in e
    )


def test_what_is_out_of_reach_is_not_written_to(city, county_emr, hidden):
    taken = observation(hidden["Patient"]) | {"id": hidden["Observation"]}
    for answer in (
        county_emr.put(f"Observation/{hidden['Observation']}", taken), county_emr("DELETE", f"Observation/{hidden['Observation']}"),
        county_emr.post("Observation", observation(hidden["Patient"])),
    ):  # fmt: skip
        assert (
            answer.status_code in (204, 404, 422)
            and leaks(answer, hidden, hidden["Observation"] + hidden["Patient"]) == []
        )
    assert city.get(f"Observation/{hidden['Observation']}")["ETag"] == 'W/"1"'


def test_the_same_answer_for_what_is_hidden_and_what_is_not_there(county_emr, hidden):
    there = county_emr.get(f"Observation/{hidden['Observation']}")
    nowhere = county_emr.get("Observation/01a20f09-0000-7000-8000-000000000000")
    assert there.status_code == nowhere.status_code == 404
    assert there.parsed["issue"][0]["diagnostics"] == nowhere.parsed["issue"][0]["diagnostics"]


def test_a_sensitive_result_stays_with_its_hospital(city, county_emr):
    who = city.post("Patient", patient("李四", identity(6))).parsed["id"]
    assert county_emr.post("Patient", patient("李四", identity(6))).status_code == 200
    made = city.post("Observation", observation(who, code="B20.1")).parsed["id"]
    open_ = city.post("Observation", observation(who)).parsed["id"]
    assert county_emr.found(f"Observation?patient={who}") == [open_]
    assert set(city.found(f"Observation?patient={who}")) == {open_, made}
    assert county_emr.get(f"Observation/{made}").status_code == 404


def test_one_hospital_does_not_rewrite_what_another_wrote(city, county_emr):
    who = city.post("Patient", patient("李四", identity(6))).parsed["id"]
    county_emr.post("Patient", patient("李四", identity(6)))
    made = city.post("Observation", observation(who)).parsed
    assert county_emr.get(f"Observation/{made['id']}").status_code == 200
    assert county_emr.put(f"Observation/{made['id']}", made).status_code == 403


def test_scopes_hold(speaker, hospital, city, hidden):
    reader = speaker("reader", city.institution, "system/Observation.rs")
    assert reader.get(f"Observation/{hidden['Observation']}").status_code == 200
    assert reader.get(f"Encounter/{hidden['Encounter']}").status_code == 403
    assert reader.post("Observation", observation(hidden["Patient"])).status_code == 403


def test_an_include_asks_for_its_own_scope(speaker, city, hidden):
    reader = speaker("reader", city.institution, "system/Observation.rs")
    found = reader.get(
        f"Observation?_id={hidden['Observation']}&_include=Observation:encounter&_include=Observation:patient"
    )
    assert {entry["resource"]["resourceType"] for entry in found.parsed["entry"]} == {"Observation"}


def test_a_revoked_token_is_worth_nothing(city, system, today):
    from kangcheng.gateway.machines import services

    assert city.get("Observation").status_code == 200
    services.revoke(machine_id=city.machine, by=system, on=today, why="更换令牌")
    assert city.get("Observation").status_code == 401


def test_every_resident_shown_is_a_look(city, hidden):
    other = city.post("Patient", patient("李四", identity(6))).parsed["id"]
    city.post("Observation", observation(other))
    before = LookLog.objects.count()
    assert len(city.found("Observation?status=final")) == 2
    assert LookLog.objects.count() == before + 2


def test_a_resident_sees_the_own_record_in_a_session(city, hidden, client, system, today):
    from kangcheng.base.accounts.services import create_user, grant_role

    user = create_user(login="me", display_name="钟离甲寅", password="Lotus-Bridge-48", by=system, on=today,
                       must_change_password=False, person_id=hidden["Patient"])  # fmt: skip
    grant_role(user=user, role="resident", by=system, on=today)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/fhir/Observation/{hidden['Observation']}").status_code == 200
    other = city.post("Patient", patient("李四", identity(6))).parsed["id"]
    theirs = city.post("Observation", observation(other)).parsed["id"]
    assert client.get(f"/fhir/Observation/{theirs}").status_code == 404
    assert client.post("/fhir/Observation", b"{}", content_type="application/fhir+json").status_code == 401
