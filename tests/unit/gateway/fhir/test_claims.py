"""Claims and eligibility spoken in FHIR, settled by the town's rules."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bench import town
from tests.unit.gateway.fhir.conftest import Speaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def emr(db, system, words, monkeypatch):
    """The county hospital's system, in the town."""
    from kangcheng.access.contacts.services import open_contact
    from kangcheng.gateway.fhir.operations import claims
    from kangcheng.gateway.machines import services as machines

    today = timezone.localdate()
    town.build(3)
    monkeypatch.setattr(claims, "_pack", town.pack)
    made = machines.register(
        code="county",
        title="county",
        scopes="system/*.cruds",
        institution_id=town.COUNTY_HOSPITAL,
        by=system,
        on=today,
    )
    open_contact(
        person_id=town.person_id(1),
        institution_id=town.COUNTY_HOSPITAL,
        kind="visit",
        by=system,
        on=today,
        why="到诊",
    )
    return Speaker(machines.issue(machine_id=made, by=system, on=today), made, town.COUNTY_HOSPITAL)


def day(before=0):
    return (timezone.localdate() - timedelta(days=before)).isoformat()


def claim(**more):
    return {
        "resourceType": "Claim", "status": "active", "use": "claim", "priority": {"coding": [{"code": "normal"}]},
        "type": {"coding": [{"code": "institutional"}]}, "patient": {"reference": f"Patient/{town.person_id(1)}"},
        "created": day(), "provider": {"reference": f"Organization/{town.COUNTY_HOSPITAL}"},
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "居民医保"}}],
        "identifier": [{"system": "urn:his", "value": "J-1"}],
        "billablePeriod": {"start": day(10), "end": day()},
        "item": [{"sequence": 1, "productOrService": {"coding": [{"code": "A1"}]}, "quantity": {"value": 30}}], **more,
    }  # fmt: skip


def test_a_claim_is_settled_once(emr):
    answer = emr.post("Claim/$submit", claim())
    assert answer.status_code == 200, answer.content.decode()
    found = answer.parsed
    assert (found["resourceType"], found["outcome"]) == ("ClaimResponse", "complete")
    assert found["total"][0]["amount"]["value"] == 3000.0 and found["payment"]["amount"]["value"] > 0
    again = emr.post("Claim/$submit", claim())
    assert again.status_code == 200 and again.parsed["identifier"] == found["identifier"]


def test_a_predetermination_only_quotes(emr):
    from kangcheng.funds.billing import selectors

    answer = emr.post("Claim/$submit", claim(use="predetermination"))
    assert answer.status_code == 200, answer.content.decode()
    assert answer.parsed["identifier"][0]["value"] == "quote"
    assert selectors.bills_of([town.person_id(1)]) == []


def test_what_cannot_be_claimed_is_refused_with_its_place(emr):
    unknown = claim(item=[{"sequence": 1, "productOrService": {"coding": [{"code": "X9"}]}}])
    assert emr.post("Claim/$submit", unknown).status_code == 422
    assert emr.post("Claim/$submit", claim(item=[])).status_code == 422
    assert emr.post("Claim/$submit", claim(provider={"reference": "Organization/other"})).status_code == 422


def test_eligibility_names_the_coverage_of_the_day(emr):
    asked = {
        "resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": ["validation"], "created": day(),
        "patient": {"reference": f"Patient/{town.person_id(1)}"}, "insurer": {"display": "医保"}, "servicedDate": day(),
    }  # fmt: skip
    found = emr.post("CoverageEligibilityRequest/$submit", asked).parsed
    assert found["insurance"][0]["inforce"] is True
