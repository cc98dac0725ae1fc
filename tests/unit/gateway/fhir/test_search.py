"""Searches: every kind of parameter with its modifiers and prefixes, and a property: what is written is found by what it says."""

from datetime import date
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.gateway.fhir.conftest import LOINC, UCUM, observation, patient
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def resident(city):
    return city.post("Patient", patient("张小明", identity(1))).parsed["id"]


@pytest.fixture
def one(city, resident):
    """A rich resource with a related person, an encounter and a questionnaire beside it."""
    encounter = city.post("Encounter", {
        "resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{resident}"}, "period": {"start": "2024-05-01", "end": "2024-05-03"},
    }).parsed["id"]  # fmt: skip
    made = city.post("Observation", observation(
        resident, encounter={"reference": f"Encounter/{encounter}"}, identifier=[{"system": "urn:lab", "value": "L-1"}],
        component=[{"code": {"coding": [{"system": LOINC, "code": "8480-6"}]},
                    "valueQuantity": {"value": 120, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}}],
    ))  # fmt: skip
    assert made.status_code == 201, made.content
    return made.parsed["id"]


FINDS = [
    "code=15074-8", f"code={LOINC}|15074-8", f"code={LOINC}|", "code=nothing,15074-8", "code:text=葡萄", "status=final",
    "status:not=amended", "code:missing=false", "method:missing=true", "identifier=urn:lab|L-1", "identifier=L-1",
    "date=2024", "date=2024-05", "date=2024-05-01", "date=ge2024-05-01", "date=le2024-05-01", "date=gt2024-04-30",
    "date=lt2024-05-02", "date=ne2024-05-02", "date=sa2024-04-30", "date=eb2024-05-02", "date=ap2024-05-01",
    "date=2024-05-01T01:00:00Z", "value-quantity=6.3", f"value-quantity=6.3|{UCUM}|mmol/L", "value-quantity=6.3||mmol/L",
    "value-quantity=gt6", "value-quantity=le6.3", "value-quantity=ne7", "value-quantity=ap6",
    "code-value-quantity=15074-8$6.3", "component-code-value-quantity=8480-6$gt100", "combo-code=8480-6",
    "combo-code-value-quantity=15074-8$lt7", "encounter.status=finished", "encounter:Encounter.date=2024-05",
    "patient.name=张", "patient:Patient.name=zhang", "patient.birthdate=1980", "subject:Patient.gender=male",
    "_lastUpdated=gt2020", "_tag:missing=true", "_has:Provenance:target:recorded=gt2020&_id:not=x",
]  # fmt: skip
MISSES = [
    "code=15074", "code=urn:x|15074-8", "code=|15074-8", "status:not=final", "code:missing=true", "code:text=血压",
    "date=2023", "date=gt2024-05-01", "date=lt2024-05-01", "date=sa2024-05-01", "value-quantity=6.4",
    "value-quantity=6.3||mg", "value-quantity=lt6", "code-value-quantity=8480-6$6.3", "component-code-value-quantity=15074-8$6.3",
    "component-code-value-quantity=8480-6$6.3", "combo-code-value-quantity=8480-6$lt7", "encounter.status=planned",
    "patient.name=李", "identifier=urn:other|L-1", "_id=nothing", "patient.identifier=nobody",
]  # fmt: skip


@pytest.mark.parametrize("asked", FINDS[:-2])
def test_it_is_found_by(city, resident, one, asked):
    assert one in city.found("Observation?" + quote(asked, safe="=&|$:,./"))


@pytest.mark.parametrize("asked", MISSES)
def test_it_is_not_found_by(city, resident, one, asked):
    assert city.found("Observation?" + quote(asked, safe="=&|$:,./")) == []


def test_texts_names_and_uris(city, resident):
    kin = {
        "resourceType": "RelatedPerson",
        "patient": {"reference": f"Patient/{resident}"},
        "name": [{"text": "欧阳娜娜"}],
    }
    made = city.post("RelatedPerson", kin).parsed["id"]
    for asked in (
        "name=欧",
        "name=欧阳",
        "name=ouyang",
        "name=oynn",
        "name:contains=娜",
        "name:exact=欧阳娜娜",
    ):
        assert city.found("RelatedPerson?" + quote(asked, safe="=:")) == [made], asked
    for asked in ("name=阳", "name:exact=欧阳", "name=nana"):
        assert city.found("RelatedPerson?" + quote(asked, safe="=:")) == [], asked
    form = {
        "resourceType": "Questionnaire",
        "status": "active",
        "url": "http://a.cn/forms/one",
        "title": "Café  量表",
    }
    made = city.post("Questionnaire", form).parsed["id"]
    for asked in (
        "url=http://a.cn/forms/one",
        "url:below=http://a.cn/forms",
        "url:above=http://a.cn/forms/one/x",
        "title=cafe 量",
    ):
        assert city.found("Questionnaire?" + quote(asked, safe="=:/")) == [made], asked
    assert city.found("Questionnaire?url=http://a.cn/forms") == []


def test_includes_both_ways(city, resident, one):
    found = city.get(
        f"Observation?_id={one}&_include=Observation:encounter&_include=Observation:patient"
    ).parsed["entry"]
    assert [(e["resource"]["resourceType"], e["search"]["mode"]) for e in found] == [
        ("Observation", "match"), ("Encounter", "include"), ("Patient", "include")]  # fmt: skip
    encounter = found[1]["resource"]["id"]
    back = city.get(f"Encounter?_id={encounter}&_revinclude=Observation:encounter").parsed["entry"]
    assert [e["resource"]["id"] for e in back] == [encounter, one]
    again = city.get(
        f"Encounter?_id={encounter}&_revinclude=Observation:encounter&_include:iterate=Observation:patient"
    )
    assert len(again.parsed["entry"]) == 3


def test_pages_are_stable_and_sorted(city, resident):
    made = [
        city.post("Observation", observation(resident, at=f"2024-05-{day:02d}T08:00:00+08:00")).parsed["id"]
        for day in (3, 1, 5, 2, 4)
    ]
    order = [made[1], made[3], made[0], made[4], made[2]]
    for sort, wanted in (
        ("date", order),
        ("-date", order[::-1]),
        ("_lastUpdated", made),
        ("value-quantity,-date", order[::-1]),
    ):
        path, seen = f"Observation?patient={resident}&_sort={sort}&_count=2", []
        while path:
            page = city.get(path).parsed
            seen += [entry["resource"]["id"] for entry in page["entry"]]
            path = next(
                (link["url"].partition("/fhir/")[2] for link in page["link"] if link["relation"] == "next"),
                None,
            )
        assert seen == wanted, sort
    assert city.get(f"Observation?patient={resident}&_count=2&_total=accurate").parsed["total"] == 5
    assert city.get(f"Observation?patient={resident}&_summary=count").parsed["total"] == 5


def test_parts_of_resources(city, resident, one):
    some = city.get(f"Observation?_id={one}&_elements=valueQuantity").parsed["entry"][0]["resource"]
    assert set(some) == {"resourceType", "id", "meta", "status", "code", "valueQuantity"}
    assert some["meta"]["tag"][-1]["code"] == "SUBSETTED"


def test_unknown_parameters_strict_and_lenient(city, resident, one):
    lenient = city.get(f"Observation?_id={one}&colour=red").parsed
    assert [entry["search"]["mode"] for entry in lenient["entry"]] == ["match", "outcome"]
    assert city.get(f"Observation?_id={one}&colour=red", Prefer="handling=strict").status_code == 400


def test_posted_searches(city, resident, one):
    answer = city(
        "POST",
        "Observation/_search",
        urlencode({"patient": resident}),
        type="application/x-www-form-urlencoded",
    )
    assert [entry["resource"]["id"] for entry in answer.parsed["entry"]] == [one]


def test_conditional_writes(city, resident):
    sent = observation(resident, identifier=[{"system": "urn:lab", "value": "L-9"}])
    first = city.post("Observation", sent, If_None_Exist="identifier=urn:lab|L-9")
    again = city.post("Observation", sent, If_None_Exist="identifier=urn:lab|L-9")
    assert (first.status_code, again.status_code) == (201, 200) and first.parsed["id"] == again.parsed["id"]
    changed = city.put("Observation?identifier=urn:lab|L-9", sent | {"status": "amended"})
    assert changed.status_code == 200 and changed["ETag"] == 'W/"2"'
    city.post("Observation", sent)
    assert city.put("Observation?identifier=urn:lab|L-9", sent).status_code == 412


SIGNS = st.characters(categories=["L", "N"], include_characters="-.|,$\\ ")
RESULTS = st.fixed_dictionaries(
    {
        "code": st.text(SIGNS, min_size=1, max_size=12).map(str.strip).filter(bool),
        "value": st.decimals(-1000, 1000, places=2),
        "day": st.dates(min_value=date(1900, 1, 1)),
    }
)


def escaped(text):
    return text.replace("\\", "\\\\").replace(",", "\\,").replace("|", "\\|").replace("$", "\\$")


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RESULTS)
def test_what_is_written_is_found_by_what_it_says(city, resident, drawn):
    code, value, day = " ".join(drawn["code"].split()), drawn["value"], drawn["day"].isoformat()
    sent = observation(resident, value=str(value), code=code, at=day)
    made = city.post("Observation", sent)
    assert made.status_code == 201, made.content
    for asked in (
        {"code": escaped(code)}, {"code": f"{LOINC}|{escaped(code)}"}, {"date": day}, {"date": f"ge{day}"},
        {"value-quantity": str(float(value))}, {"code-value-quantity": f"{escaped(code)}${float(value)}"},
    ):  # fmt: skip
        found = city.found("Observation?" + urlencode({"patient": resident, **asked, "_count": 1000}))
        assert made.parsed["id"] in found, asked
