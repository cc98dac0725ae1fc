"""What each kind finds and runs beyond its schema; the mistakes themselves are in packs/broken."""

from datetime import date

import pytest

from kangcheng.kernel.errors import Faults
from kangcheng.policy import kinds
from kangcheng.policy.checks import check_pack
from kangcheng.policy.kinds.plan import tasks
from kangcheng.policy.pack import PackError
from kangcheng.policy.reader import read_entry
from kangcheng.policy.workdays import CalendarError, working

DAY = date(2026, 1, 1)

CALENDAR = """\
kind: calendar
id: days
title: 日历
covers_from: 2024-01-01
covers_to: 2024-12-31
{more}holidays: [{{title: 劳动节, from: 2024-05-01, to: 2024-05-05}}]
workdays: [2024-04-28, 2024-05-11]
cases:
{cases}
"""


def failures(bench) -> list[str]:
    return [line for _, result in check_pack(bench.load(), on=DAY).failed for line in result.differences]


def test_working_days(bench):
    cases = """\
  - {name: 周日调休上班, on: 2024-04-28, working: "yes"}
  - {name: 假日, on: 2024-05-01, working: "no"}
  - {name: 周六, on: 2024-05-18, working: "no"}
  - {name: 节前第一个工作日之后, on: 2024-04-30, after: "1", expect: 2024-05-06}
"""
    bench.write("city/days.yaml", CALENDAR.format(more="", cases=cases))
    assert failures(bench) == []
    entry = bench.load().entries["calendar", "days"]
    with pytest.raises(CalendarError, match="outside the calendar"):
        working(entry, date(2025, 1, 1))


def test_a_week_may_rest_on_another_day(bench):
    bench.write(
        "city/days.yaml",
        CALENDAR.format(more="weekend: ['5']\n", cases="  - {name: 周五, on: 2024-05-17, working: 'no'}"),
    )
    assert failures(bench) == []


def test_calendar_cases_that_fail(bench):
    cases = """\
  - {name: 一, on: 2024-05-01, working: "yes"}
  - {name: 二, on: 2024-04-30, after: "1", expect: 2024-05-01}
  - {name: 三, on: 2025-01-01, working: "yes"}
"""
    bench.write("city/days.yaml", CALENDAR.format(more="", cases=cases))
    one, two, three = failures(bench)
    assert "应为 yes，得 no" in one and "得 2024-05-06" in two and "outside the calendar" in three


def test_a_calendar_that_covers_nothing(bench):
    text = "kind: calendar\nid: days\ntitle: 历\ncovers_from: 2024-02-01\ncovers_to: 2024-01-01\nholidays: {}\nworkdays: []\n"
    bench.write("city/days.yaml", text.format("[{title: 元旦, from: 2024-01-01, to: 2024-01-01}]"))
    found = [str(fault) for fault in check_pack(bench.load(), on=DAY).faults]
    assert "ends before it starts" in found[0] and "outside the covered days" in found[1]


CODES = """\
kind: codelist
id: list
title: 表
versions:
  - {from: 2021-01-01, to: 2021-12-31, codes: [{code: a, title: 甲}]}
  - {from: 2022-01-01, codes: [{code: a, title: 甲甲}, {code: b, title: 乙, parent: a}]}
cases:
  - {name: 一, on: 2021-06-01, code: b, expect: "no"}
  - {name: 二, on: 2022-01-01, code: b, expect: "yes"}
  - {name: 三, on: 2020-01-01, code: a, expect: "no"}
"""


def test_code_lists_have_versions(bench):
    bench.write("city/list.yaml", CODES)
    pack = bench.load()
    assert check_pack(pack, on=DAY).passed
    assert pack.at(date(2021, 6, 1)).codes("list") == {"a": "甲"}
    assert pack.at(date(2022, 6, 1)).codes("list") == {"a": "甲甲", "b": "乙"}
    with pytest.raises(PackError, match="没有版本"):
        pack.at(date(2020, 1, 1)).codes("list")
    bench.write("city/list.yaml", CODES.replace('code: b, expect: "no"', 'code: b, expect: "yes"'))
    assert failures(bench) == ["b 2021-06-01: 应为 yes，得 no"]


def test_tiers_are_ordered_and_levels_know_their_neighbours(bench):
    bench.write(
        "city/level.yaml",
        "kind: tiers\nid: level\ntitle: 级\nlevels: [{id: 一, title: 甲}, {id: 二, title: 乙}, {id: 三, title: 丙}]\n",
    )
    pack = bench.load()
    assert pack.at(DAY).levels("level") == ("一", "二", "三")
    from kangcheng.policy.world import World

    world = World(pack.all())
    assert (world.neighbours("一"), world.neighbours("二"), world.neighbours("九")) == (
        ("二",),
        ("一", "三"),
        (),
    )


def test_a_plan_is_a_tree(bench):
    bench.write(
        "city/plan.yaml",
        "kind: plan\nid: plan\ntitle: 规划\ndocument: plan-2021\ngoals:\n"
        "  - {id: a, title: 甲, tasks: [{id: b, title: 乙, tasks: [{id: c, title: 丙}]}]}\n  - {id: d, title: 丁}\n",
    )
    pack = bench.load()
    assert check_pack(pack, on=DAY).passed
    assert [task["id"] for _, task in tasks(pack.entries["plan", "plan"])] == ["a", "b", "c", "d"]


def test_a_report_uses_its_figures(bench):
    bench.write(
        "city/income.yaml",
        "kind: indicator\nid: income\ntitle: 收入\nunit: CNY\nclause: plan-2021#S-1\nmeasure: {table: claims, sum: fund}\n",
    )
    report = (
        "kind: report\nid: brief\ntitle: 简报\nperiod: month\nscope: city\nsections:\n"
        "  - {title: 收入, text: '本月{{ income }}', figures: {income: {indicator: income}%s}}\n  - {title: 空}\n"
    )
    bench.write("city/brief.yaml", report % "")
    assert check_pack(bench.load(), on=DAY).passed
    bench.write("city/brief.yaml", report % ", spare: {indicator: income}")
    (fault,) = check_pack(bench.load(), on=DAY).faults
    assert "figure not used) 'spare'" in str(fault)


def test_an_assumed_value_needs_a_source(bench):
    text = "kind: parameter\nid: x\ntitle: 数\nunit: CNY\n{}values: [{{from: 2021-01-01, value: '1'{}}}]\n"
    for entry, value, clean in (
        ("", "", False),
        ("", ", status: assumed", False),
        ("", ", status: assumed, source: 惯例", True),
        ("status: assumed\nnote: 惯例\n", "", True),
        ("clause: plan-2021#S-1\n", "", True),
    ):
        bench.write("city/x.yaml", text.format(entry, value))
        assert check_pack(bench.load(), on=DAY).passed is clean


def test_every_file_of_kinds_is_known():
    assert {
        "document",
        "plan",
        "parameter",
        "tiers",
        "codelist",
        "calendar",
        "process",
        "indicator",
        "report",
    } <= set(kinds.known())
    assert {"benefit", "entitlement", "stack"} <= {
        name for name, kind in kinds.known().items() if kind.proven
    }
    assert all(kind.title and kind.schema.fields for kind in kinds.known().values())


def test_a_case_gives_one_claim_or_several_and_expects_or_is_refused():
    one = "{name: a, claim: {on: 2024-01-01}, claims: [{on: 2024-01-01}], expect: {}, error: x}"
    with pytest.raises(Faults) as error:
        read_entry(f"kind: benefit\nid: b\ntitle: 试\npayer: p\nrate: '1'\ncases: [{one}]\n", "b.yaml")
    assert [fault.what.split(": ")[1] for fault in error.value.faults] == ["claim, claims", "expect, error"]
