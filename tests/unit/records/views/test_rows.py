"""Rows that views make of resources: nesting, unnesting, unions, constants, conditions, collections."""

from decimal import Decimal
from typing import Any

import pytest

from kangcheng.records.views import selectors

HOME: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "a",
    "gender": "female",
    "birthDate": "1950-03-02",
    "name": [{"use": "official", "family": "王", "given": ["小", "红"]}, {"use": "usual", "given": ["红红"]}],
    "telecom": [{"system": "phone", "value": "1"}, {"system": "sms", "value": "2"}],
    "contact": [
        {"telecom": [{"system": "phone", "value": "3"}]},
        {"telecom": [{"system": "fax", "value": "4"}]},
    ],
}
BARE: dict[str, Any] = {"resourceType": "Patient", "id": "b", "gender": "male"}
FORM: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "id": "q",
    "item": [
        {
            "linkId": "1",
            "item": [{"linkId": "1.1", "answer": [{"valueInteger": 3, "item": [{"linkId": "1.1.1"}]}]}],
        },
        {"linkId": "2"},
    ],
}
ID = {"column": [{"name": "id", "path": "getResourceKey()"}]}
Select = list[dict[str, Any]]


def run(select: Select, *resources: dict[str, Any], **more: Any) -> list[tuple[Any, ...]]:
    """Rows of a view of the first resource's type."""
    definition = {"resource": resources[0]["resourceType"], "select": select, **more}
    return list(selectors.rows_of_all(selectors.view(definition), resources))


def column(name: str, path: str, **more: Any) -> dict[str, Any]:
    """One column of a definition."""
    return {"name": name, "path": path, **more}


CASES: dict[str, tuple[Select, list[tuple[Any, ...]]]] = {
    "a value or nothing": ([ID, {"column": [column("born", "birthDate")]}], [("a", "1950-03-02"), ("b", None)]),
    "a list": ([{"column": [column("given", "name.given", collection=True)]}], [(["小", "红", "红红"],), ([],)]),
    "an item a row": ([ID, {"forEach": "name", "column": [column("use", "use")]}], [("a", "official"), ("a", "usual")]),
    "at least one row": (
        [ID, {"forEachOrNull": "name", "column": [column("use", "use"), column("n", "%rowIndex")]}],
        [("a", "official", 0), ("a", "usual", 1), ("b", None, 0)],
    ),
    "parent, child, sibling": (
        [{"forEach": "contact", "column": [column("n", "%rowIndex")], "select": [
            {"forEach": "telecom", "column": [column("v", "value")]}, {"forEach": "%resource.name", "column": [column("u", "use")]},
        ]}],
        [(0, "3", "official"), (0, "3", "usual"), (1, "4", "official"), (1, "4", "usual")],
    ),
    "a union": (
        [{**ID, "unionAll": [
            {"forEach": "telecom", "column": [column("tel", "value"), column("own", "true")]},
            {"unionAll": [{"forEach": "contact.telecom", "column": [column("tel", "value"), column("own", "false")]}]},
        ]}],
        [("a", "1", True), ("a", "2", True), ("a", "3", False), ("a", "4", False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_rows(name: str) -> None:
    select, wanted = CASES[name]
    assert run(select, HOME, BARE) == wanted


def test_columns_stand_in_the_order_of_the_definition() -> None:
    select = [
        {"column": [column("a", "'a'")], "select": [{"column": [column("b", "'b'")]}], "unionAll": [{"column": [column("c", "'c'")]}]},
        {"column": [column("d", "'d'")]},
    ]  # fmt: skip
    view = selectors.view({"resource": "Patient", "select": select})
    assert [one.name for one in view.columns] == ["a", "b", "c", "d"]
    assert (
        selectors.row_text(view, selectors.rows(view, BARE)[0]) == '{"a": "a", "b": "b", "c": "c", "d": "d"}'
    )


def test_repeat_goes_to_any_depth_first_child_first() -> None:
    select = [
        {"repeat": ["item", "answer.item"], "column": [column("link", "linkId"), column("n", "%rowIndex")]}
    ]
    assert run(select, FORM) == [("1", 0), ("1.1", 1), ("1.1.1", 2), ("2", 3)]


def test_constants_and_conditions() -> None:
    constant = [
        {"name": "use", "valueCode": "usual"},
        {"name": "born", "valueDate": "1950"},
        {"name": "n", "valueInteger": 1},
    ]
    select = [
        {"column": [column("given", "name.where(use = %use).given"), column("tel", "telecom[%n].value")]}
    ]
    where = [{"path": "birthDate > @1949 and name.exists(use = %use)"}]
    assert run(select, HOME, BARE, constant=constant, where=where) == [("红红", "2")]
    assert run([ID], HOME, BARE, where=[{"path": "birthDate > @1951"}]) == []


def test_a_resource_of_another_type_yields_nothing() -> None:
    assert run([ID], BARE, FORM) == [("b",)]


def test_decimals_keep_every_digit() -> None:
    observation = {"resourceType": "Observation", "valueQuantity": {"value": Decimal("6.10")}}
    select = [
        {
            "column": [
                column("v", "value.ofType(Quantity).value"),
                column("w", "value.ofType(Quantity).value * 3"),
            ]
        }
    ]
    view = selectors.view({"resource": "Observation", "select": select})
    assert selectors.row_text(view, selectors.rows(view, observation)[0]) == '{"v": 6.10, "w": 18.30}'


def test_several_values_for_one_column_and_conditions_that_are_none_are_refused() -> None:
    with pytest.raises(selectors.UnfitResource, match="given"):
        run([{"column": [column("given", "name.given")]}], HOME)
    with pytest.raises(selectors.UnfitResource):
        run([ID], HOME, where=[{"path": "extension.value"}]) or run(
            [ID], {**HOME, "extension": [{"url": "u", "valueCode": "x"}]}, where=[{"path": "extension.value"}]
        )


INVALID: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "resource"),
    "a list": ([], "object"),
    "no select": ({"resource": "Patient"}, "select"),
    "an unknown resource": ({"resource": "Patent", "select": [ID]}, "Patient"),
    "a wrong path": ({"resource": "Patient", "select": [{"column": [column("x", "@@")]}]}, r"select\[0\].column\[0\].path"),
    "a path that is none": ({"resource": "Patient", "select": [{"forEach": 1, **ID}]}, "forEach"),
    "an unknown function": ({"resource": "Patient", "select": [{"column": [column("x", "id.nosuch()")]}]}, "nosuch"),
    "an undefined constant": ({"resource": "Patient", "select": [{"column": [column("x", "%x")]}]}, "%x"),
    "a constant without value": ({"resource": "Patient", "constant": [{"name": "x"}], "select": [ID]}, "value"),
    "a constant with two": (
        {"resource": "Patient", "constant": [{"name": "x", "valueCode": "a", "valueId": "b"}], "select": [ID]}, "found 2"),
    "a constant twice": (
        {"resource": "Patient", "constant": [{"name": "x", "valueCode": "a"}] * 2, "select": [ID]}, "taken"),
    "a condition that is text": ({"resource": "Patient", "where": [{"path": "name.family"}], "select": [ID]}, "condition"),
    "a column twice": ({"resource": "Patient", "select": [ID, ID]}, "twice"),
    "a bad name": ({"resource": "Patient", "select": [{"column": [column("1a", "id")]}]}, "1a"),
    "no columns": ({"resource": "Patient", "select": [{"forEach": "name"}]}, "no columns"),
    "a slip in a key": ({"resource": "Patient", "select": [{"foreach": "name", **ID}]}, "forEach"),
    "two ways to unnest": ({"resource": "Patient", "select": [{"forEach": "name", "repeat": ["name"], **ID}]}, "only one"),
    "a union of other columns": (
        {"resource": "Patient", "select": [{"unionAll": [ID, {"column": [column("x", "id")]}]}]}, "unionAll"),
    "a union of other types": (
        {"resource": "Patient", "select": [{"unionAll": [ID, {"column": [column("id", "active")]}]}]}, "types differ"),
}  # fmt: skip


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_view_is_refused_with_its_place(name: str) -> None:
    definition, said = INVALID[name]
    with pytest.raises(selectors.InvalidView, match=said):
        selectors.view(definition)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(selectors.InvalidView) as caught:
        selectors.view({"resource": "Patent", "select": [{"column": [column("1", "@@")]}]})
    assert len(caught.value.faults) == 3
