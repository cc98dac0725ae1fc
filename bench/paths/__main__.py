"""Extractions a second by compiled paths, and by fhirpathpy: `python -m bench.paths [--seconds N] [--json]`.

An extraction is one search expression run on one resource. Uses the official R4 expressions of each type and resources made here.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from kangcheng.records import paths

EXPRESSIONS = {
    "Patient": (
        "Patient.active",
        "Patient.address",
        "Patient.birthDate",
        "Patient.deceased.exists() and Patient.deceased != false",
        "Patient.name.family",
        "Patient.name.given",
        "Patient.gender",
        "Patient.identifier",
        "Patient.name",
        "Patient.telecom",
        "Patient.telecom.where(system='phone')",
        "Patient.managingOrganization",
    ),
    "Observation": (
        "Observation.category",
        "Observation.code",
        "Observation.code | Observation.component.code",
        "(Observation.value as Quantity) | (Observation.value as SampledData)",
        "Observation.component.code",
        "Observation.effective",
        "Observation.encounter",
        "Observation.identifier",
        "Observation.subject",
        "Observation.subject.where(resolve() is Patient)",
        "Observation.status",
        "(Observation.value as CodeableConcept)",
    ),
}
RESOURCES: dict[str, dict[str, Any]] = {
    "Patient": {
        "resourceType": "Patient",
        "id": "p",
        "active": True,
        "identifier": [{"system": "urn:a", "value": str(n)} for n in range(3)],
        "name": [{"use": "official", "family": "王", "given": ["小", "明"], "text": "王小明"}],
        "telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "a@example.org"}],
        "gender": "male",
        "birthDate": "1970-06-01",
        "address": [{"city": "康城市", "line": ["一路 1 号"], "postalCode": "1"}],
        "managingOrganization": {"reference": "Organization/o"},
    },
    "Observation": {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "category": [{"coding": [{"system": "urn:c", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}], "text": "收缩压"},
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"},
        "effectiveDateTime": "2024-01-02T10:00:00+08:00",
        "valueQuantity": {"value": 132.5, "unit": "mmHg", "code": "mm[Hg]"},
    },
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.paths", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure (default 2)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = {
        name: {"ours": rate(ours(name), asked.seconds), "fhirpathpy": rate(theirs(name), asked.seconds)}
        for name in RESOURCES
    }
    if asked.json:
        print(json.dumps(found))
        return
    for name, rates in found.items():
        times = rates["ours"] / rates["fhirpathpy"]
        print(
            f"{name:12} {rates['ours']:>12,.0f}/s  fhirpathpy {rates['fhirpathpy']:>9,.0f}/s  {times:.0f} times"
        )


def ours(name: str) -> list[Callable[[], Any]]:
    """Every expression of the type on its resource, compiled here."""
    resource = RESOURCES[name]
    return [_call(paths.compile(expression, type=name).values, resource) for expression in EXPRESSIONS[name]]


def theirs(name: str) -> list[Callable[[], Any]]:
    """The same in fhirpathpy, which has no resolve()."""
    plain = (expression for expression in EXPRESSIONS[name] if "resolve()" not in expression)
    return [
        _call(fhirpathpy.compile(expression, model=models["r4"]), RESOURCES[name]) for expression in plain
    ]


def _call(work: Callable[[Any], Any], resource: Any) -> Callable[[], Any]:
    return lambda: work(resource)


def rate(calls: list[Callable[[], Any]], seconds: float) -> float:
    """Calls a second over `seconds`, all in turn."""
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for call in calls:
            call()
        done += len(calls)
    return done / spent


if __name__ == "__main__":
    main()
