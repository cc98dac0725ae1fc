"""All official R4 search expressions, and a second opinion: fhirpathpy must yield the same from the official examples."""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import fhirpathpy
import pytest
from fhirpathpy.models import models

from kangcheng.records import paths
from kangcheng.records.paths import shapes

SHARED = Path(__file__).resolve().parents[5] / "shared"
PARAMETERS = SHARED / "data/fhir-definitions/search-parameters.json"
EXAMPLES = SHARED / "fhir/hl7-r4-examples"
needs_definitions = pytest.mark.skipif(
    not PARAMETERS.exists(), reason="no search parameters in ../shared/data"
)
needs_examples = pytest.mark.skipif(not EXAMPLES.exists(), reason="no official examples in ../shared/fhir")


@cache
def expressions() -> dict[str, list[str]]:
    """Resource type → expressions of its own search parameters."""
    found: dict[str, list[str]] = {}
    for parameter in json.loads(PARAMETERS.read_text(encoding="utf-8")):
        for base in parameter["base"] if parameter.get("expression") else ():
            found.setdefault(base, []).append(parameter["expression"])
    return found


@needs_definitions
def test_every_official_expression_compiles_and_its_types_are_known() -> None:
    unknown = [
        (base, expression)
        for base, several in expressions().items()
        for expression in several
        if paths.compile(expression, type=base).types is None and "entry[0].resource" not in expression
    ]
    assert sum(len(several) for several in expressions().values()) > 1600
    assert unknown == []


@needs_definitions
@needs_examples
@pytest.mark.slow
def test_the_examples_yield_what_another_program_finds() -> None:
    compared = 0
    for file in sorted(EXAMPLES.rglob("*.json")):
        text = file.read_text(encoding="utf-8")
        ours, theirs = json.loads(text, parse_float=Decimal), json.loads(text)
        for expression in expressions().get(ours["resourceType"], []):
            if "resolve()" in expression:
                continue  # the other program does not know it
            found = paths.compile(expression, type=ours["resourceType"]).values(ours)
            try:
                wanted = other(expression)(theirs)
            except ValueError:
                continue  # it refuses `as` on several items, which the official expressions need
            assert spelled(found) == spelled(wanted), (file.name, expression)
            compared += 1
    assert compared > 4000


@cache
def other(expression: str) -> Any:
    """The same expression in fhirpathpy."""
    return fhirpathpy.compile(expression, model=models["r4"])


def spelled(values: list[Any]) -> str:
    """Values as text, decimals as floats as the other program has them."""
    return json.dumps(values, sort_keys=True, default=float)


def test_the_table_of_types_is_the_official_one() -> None:
    assert shapes.element("Patient", "deceased") == {
        "boolean": "deceasedBoolean",
        "dateTime": "deceasedDateTime",
    }
    assert shapes.element("Patient", "name") == "HumanName*"
    assert shapes.element("Questionnaire_Item", "item") == "Questionnaire_Item*"
    assert shapes.element("Task", "instantiatesUri") == "uri"
    assert len(shapes.resource_types()) == 148  # 146 and the two abstract ones
