"""Importing code systems and maps, and the questions the FHIR endpoint asks."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kangcheng.base.accounts.types import Actor
from kangcheng.records.terminology import selectors, services
from kangcheng.records.terminology.types import ICD10, System, TerminologyError

pytestmark = pytest.mark.django_db
GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"
SAMPLE = (Path(__file__).resolve().parents[4] / "data/sample/terminology.csv").read_bytes()


@pytest.fixture
def icd(system: Actor, today: date) -> None:
    """The small made-up sample as the city's ICD-10."""
    asked = System(ICD10, "样例", "样例", "样例")
    assert services.import_codes(SAMPLE, system=asked, by=system, on=today, file="sample.csv").count == 12


@pytest.mark.usefixtures("icd")
def test_an_imported_system_is_searched_looked_up_and_replaced(system: Actor, today: date) -> None:
    assert [one.code for one in selectors.search(ICD10, "tnb")][:1] == ["X11.900"]
    found = selectors.lookup(ICD10, "X11.901")
    assert found and found.parent == "X11.900"
    services.import_codes(
        "code,title\nX99,新的\n".encode(), system=System(ICD10, "样例", "样例", "样例"), by=system, on=today
    )
    assert selectors.search(ICD10, "tnb") == []
    assert selectors.lookup(ICD10, "X99") is not None


@pytest.mark.usefixtures("icd")
def test_value_sets_are_expanded_by_page_and_by_what_is_typed() -> None:
    whole = selectors.expand(GENDER)
    assert [one.code for one in whole.concepts] == ["male", "female", "other", "unknown"]
    assert whole.resource()["contains"][0] == {
        "system": "http://hl7.org/fhir/administrative-gender", "code": "male", "display": "Male"
    }  # fmt: skip
    page = selectors.expand(GENDER, offset=1, count=2)
    assert (page.total, [one.code for one in page.concepts]) == (4, ["female", "other"])
    assert [one.code for one in selectors.expand(ICD10, "gxy").concepts] == ["X10.001", "X10.000"]
    with pytest.raises(TerminologyError):
        selectors.expand("http://example.org/none")


@pytest.mark.usefixtures("icd")
def test_a_value_set_resource_is_expanded() -> None:
    composed: dict[str, Any] = {
        "url": "http://example.org/vs",
        "compose": {
            "include": [
                {"system": ICD10, "filter": [{"property": "concept", "op": "is-a", "value": "X11.900"}]},
                {"system": "http://example.org/own", "concept": [{"code": "a", "display": "甲"}]},
                {"valueSet": [GENDER]},
            ],
            "exclude": [{"system": ICD10, "concept": [{"code": "X11.901"}]}],
        },
    }
    codes = [one.code for one in selectors.expand(composed).concepts]
    assert codes == ["X11.900", "X11.902", "a", "male", "female", "other", "unknown"]
    assert selectors.validate("a", value_set=composed).valid
    assert not selectors.validate("X11.901", value_set=composed).valid
    composed["compose"]["include"][0]["filter"][0]["op"] = "regex"
    with pytest.raises(TerminologyError, match="regex"):
        selectors.expand(composed)


@pytest.mark.usefixtures("icd")
def test_a_code_is_judged_with_its_display() -> None:
    assert selectors.validate("X10.000", system=ICD10, display="原发性高血压（样例）").valid
    assert not selectors.validate("X10.000", system=ICD10, display="别的").valid
    assert not selectors.validate("nosuch", system=ICD10).valid
    assert not selectors.validate("male", system=ICD10, value_set=GENDER).valid


def test_codes_are_translated_by_imported_maps_first(system: Actor, today: date) -> None:
    services.import_map(
        b"alias,code\nM,male\n",
        source="urn:his",
        target="http://hl7.org/fhir/administrative-gender",
        by=system,
        on=today,
    )
    (one,) = selectors.translate("M", source="urn:his")
    assert (one.code, one.equivalence, one.title) == ("male", "equivalent", "男")
    (two,) = selectors.translate("2", source="urn:oid:2.16.156.10011.2.3.3.4")
    assert two.code == "female"
    assert selectors.translate("M", source="urn:his", target="urn:other") == []


def test_only_who_may_imports(today: date, system: Actor) -> None:
    nobody = Actor(user_id=system.user_id, name="某人")
    with pytest.raises(TerminologyError, match="catalogue"):
        services.import_codes(SAMPLE, system=System(ICD10, "样例"), by=nobody, on=today)
