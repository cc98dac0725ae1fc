"""What expressions yield: moving through elements, choices, types, references, extensions, functions, signs."""

from decimal import Decimal
from typing import Any

import pytest

from kangcheng.records import paths
from tests.unit.records.paths.people import OBSERVATION, PATIENT

CASES: list[tuple[dict[str, Any], str, list[Any]]] = [
    (PATIENT, "Patient.name.family", ["王"]),
    (PATIENT, "name.given", ["小", "明", "明明"]),
    (PATIENT, "Observation.code", []),
    (PATIENT, "Resource.id | Patient.id", ["p1"]),
    (PATIENT, "Patient.contact.name.family | Patient.name.family", ["李", "王"]),
    (PATIENT, "name[1].given[0]", ["明明"]),
    (PATIENT, "name[7].given", []),
    (PATIENT, "Patient.deceased", ["2020-05-01T10:00:00+08:00"]),
    (PATIENT, "Patient.deceased.exists() and Patient.deceased != false", [True]),
    (PATIENT, "deceased is dateTime", [True]),
    (PATIENT, "deceased is boolean", [False]),
    (PATIENT, "deceased.ofType(boolean)", []),
    (PATIENT, "multipleBirth as integer", [2]),
    (PATIENT, "Patient.telecom.where(system='phone').value", ["13800000000", "0532-1"]),
    (PATIENT, "telecom.where(rank > 1).value", ["13800000000"]),
    (PATIENT, "telecom.where($this.system = 'email').exists()", [True]),
    (PATIENT, "telecom.where($index = 1).value", ["a@example.org"]),
    (PATIENT, "telecom.exists(system = 'fax')", [False]),
    (PATIENT, "telecom.all(value.exists())", [True]),
    (
        PATIENT,
        "telecom.select(system & ':' & value)",
        ["phone:13800000000", "email:a@example.org", "phone:0532-1"],
    ),
    (PATIENT, "extension('http://example.org/nation').value", ["01"]),
    (PATIENT, "extension('http://example.org/nested').extension('in').value.ofType(Coding).code", ["x"]),
    (PATIENT, "birthDate.extension('http://example.org/born').value", ["08:30:00"]),
    (PATIENT, "managingOrganization.where(resolve() is Organization).exists()", [True]),
    (PATIENT, "managingOrganization.where(resolve() is Patient)", []),
    (PATIENT, "generalPractitioner.where(resolve() is Organization).reference", ["#inside"]),
    (PATIENT, "generalPractitioner.resolve().ofType(Organization).name", ["卫生院"]),
    (PATIENT, "link.other.getReferenceKey()", ["p2"]),
    (PATIENT, "link.other.getReferenceKey(Patient) = getResourceKey()", [False]),
    (PATIENT, "link.other.getReferenceKey(Group)", []),
    (PATIENT, "managingOrganization.getReferenceKey(Organization)", ["o1"]),
    (PATIENT, "name.given.join('、')", ["小、明、明明"]),
    (PATIENT, "name.given.first()", ["小"]),
    (PATIENT, "name.given.count()", [3]),
    (PATIENT, "name.given.skip(1).take(1)", ["明"]),
    (PATIENT, "photo.empty()", [True]),
    (PATIENT, "gender = 'male' and active", [True]),
    (PATIENT, "gender = 'female' or photo.url = 'x'", []),
    (PATIENT, "(gender = 'female').not()", [True]),
    (PATIENT, "active implies gender = 'male'", [True]),
    (PATIENT, "gender in ('male' | 'female')", [True]),
    (PATIENT, "iif(gender = 'male', '男', '女')", ["男"]),
    (PATIENT, "birthDate.lowBoundary()", ["1970-06-01"]),
    (PATIENT, "birthDate.highBoundary()", ["1970-06-30"]),
    (PATIENT, "birthDate < @1980", [True]),
    (PATIENT, "birthDate = @1970", []),
    (PATIENT, "birthDate = @1971", [False]),
    (PATIENT, "deceased.ofType(dateTime) = @2020-05-01T02:00:00Z", [True]),
    (PATIENT, "name.where(use = %use).text", []),
    (PATIENT, "'a\\u4e2d\\n' & 'b'", ["a中\nb"]),
    (PATIENT, "descendants().where($this is Reference).reference.count()", [4]),
    (OBSERVATION, "(Observation.value as Quantity).value", [Decimal("132.50")]),
    (OBSERVATION, "value.ofType(Quantity).value.lowBoundary()", [Decimal("132.495")]),
    (OBSERVATION, "value.ofType(Quantity).value * 2 - 0.1 / 4", [Decimal("264.975")]),
    (OBSERVATION, "value.ofType(Quantity).value.round(0)", [Decimal("133")]),
    (OBSERVATION, "-(7 div 2) + 7 mod 4", [0]),
    (OBSERVATION, "1 / 0", []),
    (OBSERVATION, "Observation.effective.start", ["2024-01-02"]),
    (OBSERVATION, "effective is Period", [True]),
    (OBSERVATION, "component.value.ofType(Range).high.value", [3]),
    (OBSERVATION, "component.value.ofType(string)", ["阳性"]),
    (
        OBSERVATION,
        "(Observation.value as Quantity) | (Observation.component.value as Quantity)",
        [OBSERVATION["valueQuantity"]],
    ),
    (OBSERVATION, "Observation.subject.where(resolve() is Patient)", [{"reference": "Patient/p1"}]),
    (OBSERVATION, "code.text.upper().substring(0, 2)", ["收缩"]),
    (OBSERVATION, "'8480-6'.startsWith('84') and '8480-6'.contains('80')", [True]),
    (OBSERVATION, "'12'.toInteger() + 1", [13]),
    (OBSERVATION, "{}.exists() or {} = 1", []),
    (OBSERVATION, "code ~ code", [True]),
]


@pytest.mark.parametrize(("resource", "expression", "wanted"), CASES, ids=[case[1] for case in CASES])
def test_an_expression_yields(resource: dict[str, Any], expression: str, wanted: list[Any]) -> None:
    env = {"use": "old"}
    if "Boundary" not in expression:  # whether a text is a date or a dateTime is not in the text
        assert paths.compile(expression).values(resource, env=env) == wanted
    typed = paths.compile(expression, type=resource["resourceType"])
    assert typed.values(resource, env=env) == wanted


@pytest.mark.parametrize(
    "expression",
    [
        "", "@@", "name.", "name..given", "(name", "name)", "name[", "1 +", "name.nosuch()", "value as Nosuch",
        "name.join('a', 'b')", "getReferenceKey(nosuch)", "'open", "name where use", "a" * 30_000, "(" * 500 + "1" + ")" * 500,
        "a" + ".a" * 500, "1" + " + 1" * 500, "$total", "name.matches('(a+)+$')",
    ],
)  # fmt: skip
def test_an_invalid_expression_is_refused_when_it_is_compiled(expression: str) -> None:
    with pytest.raises(paths.PathError):
        paths.compile(expression)


@pytest.mark.parametrize(
    "expression",
    ["name.given + 'x'", "name.family + 1", "name < 1", "id.abs()", "name.given.single()", "%none"],
)
def test_values_that_do_not_fit_are_refused_when_it_is_run(expression: str) -> None:
    path = paths.compile(expression)
    with pytest.raises(paths.PathError):
        path.values(PATIENT)


def test_a_reference_is_followed_through_the_callers_function() -> None:
    def city(reference: Any) -> dict[str, Any] | None:
        return (
            {"resourceType": "Practitioner", "id": "d1", "active": True}
            if "Practitioner" in reference["reference"]
            else None
        )

    path = paths.compile("generalPractitioner.resolve().ofType(Practitioner).active", type="Patient")
    assert path.values(PATIENT, resolve=city) == [True]
    bare = paths.compile("generalPractitioner.resolve().ofType(Practitioner).id", type="Patient")
    assert bare.values(PATIENT) == ["d1"]


def test_constants_must_be_declared_when_they_are_listed() -> None:
    assert paths.compile("%day > @2020", constants={"day": "date"}).values({}, env={"day": "2021"}) == [True]
    with pytest.raises(paths.PathError, match="undefined constant"):
        paths.compile("%dya", constants={"day": "date"})


def test_the_types_an_expression_leads_to_are_known() -> None:
    assert paths.compile("Patient.name.given").types == {"string"}
    assert paths.compile("deceased", type="Patient").types == {"boolean", "dateTime"}
    assert paths.compile("Bundle.entry.resource").types is None


def test_an_unknown_element_yields_nothing_and_a_choice_on_an_unknown_type_is_found() -> None:
    assert paths.compile("nosuch.child", type="Patient").values(PATIENT) == []
    assert paths.compile("value").values({"valueString": "a"}) == ["a"]
    assert paths.compile("value").values({"valueSet": "a"}) == []
