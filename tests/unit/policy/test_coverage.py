"""Clause by clause and row by row: what runs, what is served, and what a row still lacks."""

from datetime import date

import pytest

from kangcheng.policy import systems, trace
from kangcheng.policy.coverage import cover

DAY = date(2026, 1, 1)
CASES = "cases: [{name: 首日, on: 2021-01-01, expect: '300'}]\n"
PLAN = "kind: plan\nid: city-plan\ntitle: 规划\ngoals: [{id: one, title: 建制度, clause: plan-2021#S-3}]\n"
ROWS = """\
kind: systems
id: systems
title: 清单
systems:
  - id: FUN-01
    mark: {mark}
    title: 筹资
    title_en: premium
    module: funds
    clauses: [S-1]
    does: 收缴
    users: 经办
    entries: [parameter/premium]
{more}"""
SERVED = """\
    page: /funds/
    role: cashier
    outputs: [{phrase: 收缴, list: /funds/}]
    journey: tests/journeys/test_premium.py::test_pays
"""
JOURNEY = """\
import pytest

pytestmark = pytest.mark.browser


{decorator}def test_pays(page):
    page.log_in("cashier")
"""


def status(bench, **parts) -> dict[str, str]:
    return {row.id: row.status for row in cover(bench.load(), on=DAY, tests=bench.root, **parts).clauses}


def test_open_recorded_executable(bench):
    bench.write("city/city-plan.yaml", PLAN)
    bench.parameter(cases=CASES)
    assert status(bench) == {"S-1": "executable", "S-2": "open", "S-3": "recorded"}
    bench.parameter(cases=CASES.replace("300", "301"))
    assert status(bench)["S-1"] == "recorded"
    bench.parameter()
    assert status(bench)["S-1"] == "recorded"


def test_an_entry_with_a_fault_runs_nothing(bench):
    bench.parameter(
        more="  - {from: 2021-01-01, value: '1', clause: plan-2021#S-1}\n", cases=CASES.replace("300", "1")
    )
    assert status(bench)["S-1"] == "recorded"


def test_a_parameter_runs_when_what_uses_it_does(bench):
    bench.parameter()
    bench.write(
        "city/aid.yaml",
        "kind: benefit\nid: aid\ntitle: 救助\nclause: plan-2021#S-2\npayer: aid\nfixed: {param: premium}\n"
        'cases: [{name: 一, claim: {id: "1", person: P, on: 2021-06-01, in_scope: "1000"}, expect: {payers: {aid: "300.00"}}}]\n',
    )
    assert status(bench) == {"S-1": "executable", "S-2": "executable", "S-3": "open"}


def test_a_clause_is_served_through_its_row(bench):
    bench.parameter(cases=CASES)
    bench.write("tests/journeys/test_premium.py", JOURNEY.format(decorator=""))
    bench.write("city/systems.yaml", ROWS.format(mark='""', more=SERVED))
    assert status(bench)["S-1"] == "served"
    assert status(bench, counted={"FUN-01": 3})["S-1"] == "served"
    assert status(bench, counted={"FUN-01": 0})["S-1"] == "executable"
    (row,) = cover(bench.load(), on=DAY, tests=bench.root, counted={"FUN-01": 0}).systems
    assert row.lacking == ("页面背后没有数据 (no data behind the page)",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("role: cashier", "role: inspector"), "role not in the test"),
        (("test_premium.py", "test_nothing.py"), "no such test file"),
        (("::test_pays", "::test_eats"), "no such test"),
        (("{phrase: 收缴, list: /funds/}", "收缴"), "phrases without output"),
        (
            ("{phrase: 收缴, list: /funds/}", "{phrase: 收缴, journey: 'tests/x.py::test_x'}"),
            "no such test file",
        ),
        (("    page: /funds/\n", ""), "没有 page"),
    ],
)
def test_what_keeps_a_row_from_being_served(bench, change, words):
    bench.parameter(cases=CASES)
    bench.write("tests/journeys/test_premium.py", JOURNEY.format(decorator=""))
    bench.write("city/systems.yaml", ROWS.format(mark='""', more=SERVED.replace(*change)))
    (row,) = cover(bench.load(), on=DAY, tests=bench.root).systems
    assert row.status == "executable"
    assert [words in lack for lack in row.lacking] == [True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (JOURNEY.format(decorator="@pytest.mark.skip\n"), "test is skipped"),
        (JOURNEY.format(decorator="@pytest.mark.xfail(reason='x')\n"), "test is skipped"),
        ('def test_pays(page):\n    page.log_in("cashier")\n', "not a browser test"),
        ("def (", "cannot parse"),
    ],
)
def test_a_journey_that_proves_nothing(bench, text, words):
    bench.write("tests/j.py", text)
    assert [words in fault for fault in systems.journey_faults("tests/j.py::test_pays", "", bench.root)] == [
        True
    ]


def test_a_browser_mark_on_the_test_itself_counts(bench):
    bench.write("tests/j.py", "@pytest.mark.browser\ndef test_pays(page):\n    ...\n")
    assert systems.journey_faults("tests/j.py::test_pays", "", bench.root) == []


def test_rows_that_nothing_runs(bench):
    bench.parameter()
    bench.write("city/systems.yaml", ROWS.format(mark="R", more=SERVED))
    (row,) = cover(bench.load(), on=DAY, tests=bench.root).systems
    assert row.status == "recorded" and row.lacking[0].startswith("没有可执行的条目")
    bench.write("city/systems.yaml", ROWS.format(mark="R", more="").replace("[parameter/premium]", "[]"))
    (row,) = cover(bench.load(), on=DAY, tests=bench.root).systems
    assert row.status == "open"


def test_a_rule_is_never_satisfied_by_a_register_alone():
    row = {
        "id": "REG-01", "mark": "R", "title": "册", "title_en": "book", "module": "registry", "clauses": ["S-1"],
        "entries": ["register/book"],
    }  # fmt: skip
    good = {("register", "book"): 1, ("process", "book"): 1}
    one = systems._row(row, good, None, None)
    assert one.status == "recorded"
    assert systems._row({**row, "mark": "F"}, good, None, None).status == "executable"
    assert (
        systems._row({**row, "entries": ["register/book", "process/book"]}, good, None, None).status
        == "executable"
    )


def test_the_json_that_scripts_rely_on(bench):
    bench.parameter(cases=CASES)
    bench.write("city/systems.yaml", ROWS.format(mark='""', more=""))
    found = cover(bench.load(), on=DAY, tests=bench.root)
    assert trace.as_json(found.clauses) == {
        "documents": {"plan-2021": {"clauses": 3, "executable": 1, "served": 0}},
        "modules": {
            "funds": {"clauses": 2, "executable": 1, "served": 0},
            "registry": {"clauses": 1, "executable": 0, "served": 0},
        },
        "total": {"clauses": 3, "executable": 1, "served": 0},
        "clauses": [
            {
                "id": "S-1",
                "module": "funds",
                "kind": "benefit-rule",
                "status": "executable",
                "entries": ["parameter/premium"],
                "cases": 1,
            },
            {
                "id": "S-2",
                "module": "funds",
                "kind": "benefit-rule",
                "status": "open",
                "entries": [],
                "cases": 0,
            },
            {
                "id": "S-3",
                "module": "registry",
                "kind": "organisational",
                "status": "open",
                "entries": [],
                "cases": 0,
            },
        ],
    }
    rows = systems.as_json(found.systems)
    assert rows["total"] == {"rows": 1, "executable": 1, "served": 0} == rows["modules"]["funds"]
    assert rows["systems"][0]["id"] == "FUN-01" and rows["systems"][0]["rows"] is None
