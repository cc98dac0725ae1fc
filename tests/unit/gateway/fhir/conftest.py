"""Two hospitals of the little county, each with a system of its own that speaks FHIR."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from kangcheng.gateway.machines import services as machines
from kangcheng.registry import vocabulary
from tests.unit.registry.conftest import CODES, county, hospital, someone

__all__ = ["county", "hospital", "someone"]
SENSITIVE = {"sensitive-categories": {"hiv:B20": "艾滋病", "mental:F20": "精神障碍"}}
IDENTITY = "urn:oid:2.16.156.10011.1.3"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


@dataclass
class Speaker:
    """A system with its token, speaking to the endpoint."""

    token: str
    machine: UUID
    institution: UUID | None
    client: Client = field(default_factory=Client)

    def __call__(
        self, method: str, path: str, body: Any = None, type: str = "application/fhir+json", **headers: str
    ) -> Any:
        data = body if isinstance(body, bytes | str) or body is None else json.dumps(body, ensure_ascii=False)
        answer = self.client.generic(
            method, f"/fhir/{path}", data or b"", content_type=type,
            headers={"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}},
        )  # fmt: skip
        answer.parsed = json.loads(answer.content) if answer.content else None
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self("PUT", path, body, **headers)

    def found(self, path: str) -> list[str]:
        """Ids of the matches of a search."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return [e["resource"]["id"] for e in answer.parsed.get("entry", ()) if e["search"]["mode"] == "match"]


@pytest.fixture
def words() -> Any:
    """The code lists of the tests, with two sensitive categories."""
    before = vocabulary.use(lambda name, on: (CODES | SENSITIVE)[name])
    yield CODES
    vocabulary.use(before)


@pytest.fixture
def speaker(system: Any) -> Any:
    """Makes machines with a token."""

    def make(code: str, institution: UUID | None, scopes: str = "system/*.cruds") -> Speaker:
        today = timezone.localdate()
        made = machines.register(
            code=code, title=code, scopes=scopes, institution_id=institution, by=system, on=today
        )
        return Speaker(machines.issue(machine_id=made, by=system, on=today), made, institution)

    return make


@pytest.fixture
def city(hospital: Any, speaker: Any) -> Speaker:
    """The system of the first hospital."""
    return speaker("city-emr", hospital(1))


@pytest.fixture
def county_emr(hospital: Any, speaker: Any) -> Speaker:
    """The system of another hospital, which has to do with nobody yet."""
    return speaker("county-emr", hospital(2))


@pytest.fixture
def platform(county: Any, words: Any, speaker: Any) -> Speaker:
    """The platform of the whole city."""
    return speaker("platform", None)


def phone_of(identity: str) -> str:
    """A phone of one's own for everybody."""
    return f"1380000{identity[-5:-1] or '1234'}"


def patient(name: str = "张小明", identity: str = "", **more: Any) -> dict[str, Any]:
    """A Patient as a hospital sends one."""
    return {
        "resourceType": "Patient", "identifier": [{"system": IDENTITY, "value": identity}], "name": [{"text": name}],
        "address": [{"text": f"某路{identity[-5:-1]}号", "extension": [
            {"url": "urn:kangcheng:area", "valueCoding": {"code": "150302001002"}}]}],
        "telecom": [{"system": "phone", "value": phone_of(identity)}], **more,
    }  # fmt: skip


def observation(
    patient_id: str,
    value: str = "6.30",
    code: str = "15074-8",
    at: str = "2024-05-01T09:00:00+08:00",
    **more: Any,
) -> dict:
    """A laboratory result; the value's digits count."""
    return {
        "resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code, "display": "葡萄糖"}], "text": "血糖"},
        "subject": {"reference": f"Patient/{patient_id}"}, "effectiveDateTime": at,
        "valueQuantity": {"value": float(value), "unit": "mmol/L", "system": UCUM, "code": "mmol/L"}, **more,
    }  # fmt: skip
