"""Small resources of our own that the path tests run on."""

from decimal import Decimal
from typing import Any

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "active": True,
    "name": [
        {"use": "official", "family": "王", "given": ["小", "明"], "text": "王小明"},
        {"use": "usual", "given": ["明明"]},
    ],
    "telecom": [
        {"system": "phone", "value": "13800000000", "rank": 2},
        {"system": "email", "value": "a@example.org"},
        {"system": "phone", "value": "0532-1", "rank": 1},
    ],
    "gender": "male",
    "birthDate": "1970-06",
    "_birthDate": {"extension": [{"url": "http://example.org/born", "valueTime": "08:30:00"}]},
    "deceasedDateTime": "2020-05-01T10:00:00+08:00",
    "multipleBirthInteger": 2,
    "contact": [{"name": {"family": "李"}, "telecom": [{"system": "phone", "value": "1"}]}],
    "link": [{"other": {"reference": "Patient/p2"}, "type": "seealso"}],
    "managingOrganization": {"reference": "http://city.example/fhir/Organization/o1/_history/3"},
    "extension": [
        {"url": "http://example.org/nation", "valueCode": "01"},
        {
            "url": "http://example.org/nested",
            "extension": [{"url": "in", "valueCoding": {"code": "x"}}, {"url": "in2", "valueString": "y"}],
        },
    ],
    "contained": [{"resourceType": "Organization", "id": "inside", "name": "卫生院"}],
    "generalPractitioner": [{"reference": "#inside"}, {"reference": "Practitioner/d1"}],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}], "text": "收缩压"},
    "subject": {"reference": "Patient/p1"},
    "effectivePeriod": {"start": "2024-01-02", "end": "2024-01-03"},
    "valueQuantity": {"value": Decimal("132.50"), "unit": "mmHg"},
    "component": [
        {"code": {"text": "a"}, "valueRange": {"low": {"value": 2}, "high": {"value": 3}}},
        {"code": {"text": "b"}, "valueString": "阳性"},
    ],
}
