"""Bad input of every kind: refused with an OperationOutcome, never a server error, and nothing is written."""

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.records.definitions.selectors import parameters_of
from tests.unit.gateway.fhir.conftest import observation

pytestmark = pytest.mark.django_db
HARMLESS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
NASTY = [
    "'; DROP TABLE records_resource; --", "<script>alert(1)</script>", "%", "_", "\\", "\\\\", "|", "||", "$", "$$", ",", ",,",
    "a|b|c|d", "eq", "ge", "gt-", "1e999999", "-0", "NaN", "Infinity", "2024-13", "2024-02-30", "0000", "9999-12-31", "true",
    "Patient/", "/", "http://", "urn:uuid:", "\x00", "\ud83d\ude00", "%s %(a)s {0} {a}", "(a+)+$" + "a" * 50, "a" * 3000, "＇",
]  # fmt: skip
WORDS = st.sampled_from(NASTY) | st.text(max_size=30) | st.integers(-(10**30), 10**30).map(str)
CODES = sorted({*parameters_of("Observation"), *parameters_of("Patient"), "_has:Observation:patient:code", "_has", "nonsense",
                "patient.name", "subject:Patient.identifier", "encounter.subject.birthdate", "_sort", "_count", "_include",
                "_revinclude", "_summary", "_elements", "_total", "_after", "_type", "_include:iterate", "a.b.c.d.e.f.g"})  # fmt: skip
MODIFIERS = [
    "",
    "",
    "",
    ":exact",
    ":contains",
    ":missing",
    ":not",
    ":text",
    ":in",
    ":above",
    ":below",
    ":identifier",
    ":Patient",
    ":x",
]


def utf8(text):
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@pytest.fixture
def kept():
    from kangcheng.records.store.models import Resource

    before = Resource.objects.count()
    yield
    assert Resource.objects.count() == before


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=HARMLESS)
@given(
    kind=st.sampled_from(["Observation", "Patient", "Encounter", "Organization", "Coverage", "Practitioner", "ValueSet"]),
    rows=st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(MODIFIERS), WORDS), max_size=4), strict=st.booleans(),
)  # fmt: skip
def test_searches(platform, kind, rows, strict):
    path = f"{kind}?" + "&".join(f"{utf8(code + modifier)}={utf8(value)}" for code, modifier, value in rows)
    answer = platform.get(path, **({"Prefer": "handling=strict"} if strict else {}))
    assert answer.status_code < 500, (path, answer.content[:300])
    assert answer.status_code == 200 or answer.parsed["resourceType"] == "OperationOutcome"


KEYS = ["resourceType", "id", "status", "code", "subject", "reference", "entry", "request", "resource", "x"]
PARTS = ["Observation", "_history", "1", "$everything", "Patient", "$bulk"]
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PATHS = [
    "Observation", "Patient", "", "Observation/$validate", "Patient/$match", "Claim/$submit", "ValueSet/$expand", "Bundle", "$x",
    "CodeSystem/$lookup", "ConceptMap/$translate", "CoverageEligibilityRequest/$submit", "Observation/_search",
]  # fmt: skip
KINDS = ["Observation", "Patient", "Bundle", "Parameters", "Claim"]


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=HARMLESS)
@given(
    path=st.sampled_from(PATHS),
    body=JSON,
    kind=st.sampled_from(["Observation", "Patient", "Bundle", "Parameters", "Claim"]),
)
def test_bodies(platform, kept, path, body, kind):
    if isinstance(body, dict):
        body = {"resourceType": kind, **body}
    answer = platform("POST", path, json.dumps(body).encode("utf-8", "surrogatepass"))
    assert answer.status_code < 500, (path, body, answer.content[:300])


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=HARMLESS)
@given(method=st.sampled_from(METHODS), parts=st.lists(WORDS | st.sampled_from(PARTS), max_size=5))
def test_addresses(platform, kept, method, parts):
    answer = platform(method, "/".join(utf8(part) for part in parts))
    assert answer.status_code < 500, (method, parts, answer.content[:300])


def nested(depth):
    value = {"url": "urn:x", "valueString": "y"}
    for _ in range(depth):
        value = {"url": "urn:x", "extension": [value]}
    return value


@pytest.mark.parametrize("depth", [70, 300, 450])
def test_deep_nesting_is_refused(platform, kept, depth):
    answer = platform.post("Medication", {"resourceType": "Medication", "extension": [nested(depth)]})
    assert answer.status_code in (400, 422)


def test_brackets_without_end_are_refused(platform, kept):
    assert platform("POST", "Medication", b"[" * 1_000_000).status_code == 400


def test_ten_thousand_values_are_refused(platform):
    values = ",".join(map(str, range(10_000)))
    assert platform.get(f"Observation?code={values}").status_code == 400
    form = urlencode({"code": values})
    assert (
        platform("POST", "Observation/_search", form, type="application/x-www-form-urlencoded").status_code
        == 400
    )


@pytest.mark.slow
def test_a_bundle_of_fifty_megabytes_is_refused_by_its_length(platform, kept):
    assert platform("POST", "", b" " * (50 * 1024 * 1024 + 1)).status_code == 413
    entries = [{"resource": observation("x"), "request": {"method": "POST", "url": "Observation"}}] * 5001
    answer = platform.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE x; --", "张\u202e三", "\\u0000"]
)
def test_nasty_texts_are_kept_as_they_are_or_refused(platform, text):
    made = platform.post("Medication", {"resourceType": "Medication", "code": {"text": text}})
    assert (
        made.status_code == 201
        and platform.get(f"Medication/{made.parsed['id']}").parsed["code"]["text"] == text
    )
    assert made["Content-Type"].startswith("application/fhir+json")


@pytest.mark.parametrize("wrong", ["", "x", "W/x", 'W/"9999999999"', 'W/"-1"', "*"])
def test_odd_versions(platform, wrong):
    made = platform.post("Medication", {"resourceType": "Medication", "code": {"text": "x"}}).parsed
    answer = platform.put(f"Medication/{made['id']}", made, If_Match=wrong)
    assert answer.status_code in (200, 400, 412)


def test_versions_count_up(platform):
    made = platform.post("Medication", {"resourceType": "Medication", "code": {"text": "0"}}).parsed
    for number in range(1, 5):
        made["code"]["text"] = str(number)
        assert platform.put(f"Medication/{made['id']}", made)["ETag"] == f'W/"{number + 1}"'
    for number in range(1, 6):
        past = platform.get(f"Medication/{made['id']}/_history/{number}").parsed
        assert (past["meta"]["versionId"], past["code"]["text"]) == (str(number), str(number - 1))
