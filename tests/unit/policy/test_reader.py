"""A pack is read whole or refused with every fault of every file."""

import os
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.kernel.errors import Faults
from kangcheng.policy.checks import check_sources
from kangcheng.policy.pack import Pack, PackError
from kangcheng.policy.reader import assemble, load_pack, read_entry
from kangcheng.policy.store import PACKS, Store


def refused(bench, name: str = "city") -> list[str]:
    with pytest.raises(Faults) as error:
        bench.load(name)
    return [str(fault) for fault in error.value.faults]


def test_a_pack_is_read_with_its_documents(bench):
    bench.parameter()
    pack = bench.load()
    entry = pack.entries["parameter", "premium"]
    assert (entry.file, entry.pack, entry.title, entry.title_en, entry.status) == (
        "city/funds/premium.yaml",
        "city",
        "筹资标准",
        "筹资标准",
        "in_force",
    )
    assert [str(cited) for cited in entry.citations] == ["plan-2021#S-1"]
    assert list(pack.documents) == ["plan-2021"]
    assert pack.clause("plan-2021#S-2").quote == "补助七成"
    assert [found.id for found in pack.of_kind("parameter")] == ["premium"]


def test_a_pack_may_be_given_as_a_folder(bench):
    assert load_pack(bench.root / "city").name == load_pack(str(bench.root / "city")).name == "city"


def test_an_unknown_pack_names_the_nearest(bench):
    with pytest.raises(Faults, match="did you mean\\) 'city'"):
        bench.load("citty")


def test_a_pack_anywhere_extends_those_that_come_with_the_program(bench):
    bench.pack("town", "base")
    pack = bench.load("town")
    assert (
        pack.order == ("base", "town")
        and pack.at(date(2024, 1, 1)).get("calendar", "working-days").pack == "base"
    )
    assert not check_sources(pack, bench.root)
    bench.pack("base")
    assert len(bench.load("town").entries) == 0  # the one beside it comes first


def test_a_missing_or_circular_parent(bench):
    bench.pack("town", "bsae", "town")
    found = "\n".join(refused(bench, "town"))
    assert "(no such pack) 'bsae' → 最接近的是 (did you mean) 'base'" in found
    assert "成了圈 (packs extend each other in a circle)\n" in f"{found}\n"


def test_only_files_are_read(bench):
    os.mkfifo(bench.root / "city/pipe.yaml")
    (bench.root / "city/folder.yaml").mkdir()
    found = "\n".join(refused(bench))
    assert found.count("不是普通文件 (not a regular file)") == 2


def test_every_fault_of_every_file_comes_at_once(bench):
    bench.write("city/a.yaml", "kind: parameter\nid: a\ntitle: ''\nunit: CNY\nvalues: []\n")
    bench.write("city/b.yaml", "kind: paramter\nid: b\n")
    bench.write("city/c.yaml", "- 1\n")
    bench.write("city/d.yaml", "id: d\nid: d\n")
    bench.write("city/e.yaml", "title: 一\n")
    bench.write(
        "city/f.yaml",
        "kind: parameter\nid: other\ntitle: 一\nunit: CNY\nvalues: [{from: 2021-01-01, value: '1'}]\n",
    )
    (bench.root / "city/g.yaml").write_bytes(b"\xff")
    found = refused(bench)
    for words in (
        "city/a.yaml:3: title: 未填写",
        "city/a.yaml:5: values: 至少 1 项",
        "city/b.yaml:1: kind: 未知的种类 (unknown kind) 'paramter'",
        "city/c.yaml:1: 文件应为键值表",
        "city/d.yaml:2: 重复的键",
        "city/e.yaml:1: 缺少键 (missing key) 'kind'",
        "city/e.yaml:1: 缺少键 (missing key) 'id'",
        "city/f.yaml:2: parameter other id: 文件名 'f' 与编号不同",
        "city/g.yaml:1: 不是UTF-8",
    ):
        assert sum(fault.startswith(words) for fault in found) == 1, words


def test_a_rule_must_name_its_clause_or_say_that_it_is_assumed(bench):
    text = "kind: indicator\nid: income\ntitle: 收入\nunit: CNY\nmeasure: {table: ledger, sum: fen}\n"
    bench.write("city/income.yaml", text)
    assert ["没有依据的条款" in fault for fault in refused(bench)] == [True]
    bench.write("city/income.yaml", text + "status: assumed\n")
    assert ["没有依据的条款" in fault for fault in refused(bench)] == [True]
    for grounds in ("status: assumed\nnote: 惯例\n", "clause: plan-2021#S-1\n", "clauses: [plan-2021#S-1]\n"):
        bench.write("city/income.yaml", text + grounds)
        assert bench.load().entries["indicator", "income"]


def test_periods_do_not_run_backwards(bench):
    bench.parameter(more="from: 2021-05-01\nto: 2021-04-30\n")
    assert refused(bench) == [
        "city/funds/premium.yaml:8: parameter premium to: 2021-04-30 早于 2021-05-01 (to is before from) [to 是最后一天，含当天]"
    ]


def test_periods_written_in_chinese_do_not_run_backwards_either(bench):
    bench.parameter(more="from: 2021年5月1日\nto: 2021年4月30日\n")
    assert ["to is before from" in fault for fault in refused(bench)] == [True]


def test_the_same_entry_twice_is_refused_unless_the_periods_part(bench):
    bench.parameter(more="to: 2021-12-31\n")
    value = "values: [{{from: 2021-01-01, value: '400', clause: plan-2021#S-1}}]\n"
    twin = "kind: parameter\nid: premium\ntitle: 新标准\nunit: CNY\nfrom: {}\n" + value
    bench.write("city/premium.2022.yaml", twin.format("2021-12-31"))
    assert ["duplicate entry" in fault for fault in refused(bench)] == [True]
    bench.write("city/premium.2022.yaml", twin.format("2022-01-01"))
    pack = bench.load()
    assert [entry.title for entry in pack.versions["parameter", "premium"]] == ["筹资标准", "新标准"]
    assert pack.at(date(2021, 12, 31)).get("parameter", "premium").title == "筹资标准"
    assert pack.at(date(2022, 1, 1)).parameter("premium") == 40_000
    assert pack.entries["parameter", "premium"].title == "新标准"


def test_broken_dates_do_not_hide_other_faults(bench):
    bench.parameter(more="from: 2021-13-01\n")
    bench.write("city/premium.2.yaml", "kind: parameter\nid: premium\n")
    assert any("没有这一天" in fault for fault in refused(bench))


def test_cases_may_stand_beside_the_rule(bench):
    bench.parameter(cases="cases: [{name: 一, on: 2021-01-01, expect: '300'}]\n")
    bench.write("city/funds/premium.cases.yaml", "cases:\n  - {name: 二, on: 2020-12-31}\n")
    entry = bench.load().entries["parameter", "premium"]
    assert [(case.name, case.file, case.line) for case in entry.cases] == [
        ("一", "city/funds/premium.yaml", 7),
        ("二", "city/funds/premium.cases.yaml", 2),
    ]


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("city/alone.cases.yaml", "cases: []\n", "no entry of that name"),
        ("city/funds/premium.cases.yaml", "case: []\n", "only the key cases"),
        ("city/funds/premium.cases.yaml", "[\n", "not YAML"),
        ("city/funds/premium.cases.yaml", "cases: [{nam: 一}]\n", "did you mean) 'name'"),
    ],
)
def test_what_is_wrong_with_cases_beside(bench, file, text, words):
    bench.parameter()
    bench.write(file, text)
    assert any(words in fault and file in fault for fault in refused(bench))


def test_extending_and_overriding(bench):
    bench.parameter()
    bench.parameter("uplift", value="20")
    bench.pack("county", "city")
    bench.parameter(pack="county", value="350")
    bench.pack("town", "county", "city")
    bench.parameter(pack="town", value="360")
    pack = bench.load("town")
    assert pack.order == ("city", "county", "town")
    assert pack.at(date(2021, 5, 1)).parameter("premium") == 36_000
    assert pack.at(date(2021, 5, 1)).parameter("uplift") == 2_000
    assert (pack.entries["parameter", "premium"].pack, pack.entries["parameter", "premium"].overrode) == (
        "town",
        ("county", "city"),
    )
    assert pack.heads["town"].extends == ("county", "city")
    assert pack.visible["county"] == ("city", "county")


def test_a_pack_sees_only_what_it_extends(bench):
    bench.pack("other")
    bench.parameter(pack="other")
    bench.pack("both", "city", "other")
    assert ["no such document" in fault for fault in refused(bench, "both")] == [True]


def test_faults_of_heads(bench):
    bench.write("city/pack.yaml", "title: 一\nextends: [city, nowhere, '..']\nversoin: 1\n")
    found = refused(bench)
    assert any("did you mean) 'version'" in fault for fault in found)
    assert any("missing key) 'jurisdiction'" in fault for fault in found)
    assert any("circle" in fault for fault in found)
    assert any("no such pack) 'nowhere'" in fault for fault in found)
    bench.write("city/pack.yaml", "[")
    assert any("not YAML" in fault for fault in refused(bench))
    bench.write("city/pack.yaml", "一")
    assert any("键值表" in fault for fault in refused(bench))
    bench.write("city/pack.yaml", "extends: 一\n")
    assert any("应为列表" in fault for fault in refused(bench))


def test_a_circle_of_packs_is_refused(bench):
    bench.pack("a", "b")
    bench.pack("b", "a")
    assert any("circle" in fault for fault in refused(bench, "a"))


def test_an_entry_outside_any_pack(bench):
    text = "kind: parameter\nid: x\ntitle: 一\nunit: '%'\nvalues: [{from: 2021-01-01, value: '70', clause: any#1}]\n"
    assert read_entry(text, "x.yaml").get("unit") == "%"
    for wrong in ("[", "kind: parameter\nid: x\n", "kind: x\nid: x\n"):
        with pytest.raises(Faults):
            read_entry(wrong, "x.yaml")


def test_values_on_a_day(bench):
    bench.write(
        "city/rate.yaml",
        """\
        kind: parameter
        id: rate
        title: 比例
        unit: "%"
        clause: plan-2021#S-2
        values:
          - {from: 2022-01-01, value: "75"}
          - {from: 2021-01-01, value: "70%"}
          - {from: 2023-01-01, value: "80", status: expected}
          - {from: 2024-01-01, to: 2024-12-31, value: "85", clause: plan-2021#S-1, status: assumed, note: 假定}
        """,
    )
    pack = bench.load()
    assert pack.at(date(2021, 12, 31)).parameter("rate") == Fraction(7, 10)
    assert pack.at(date(2023, 6, 1)).parameter("rate") == Fraction(3, 4)
    assert pack.at(date(2023, 6, 1), expected=True).parameter("rate") == Fraction(4, 5)
    dated = pack.at(date(2024, 12, 31)).dated("rate")
    assert (dated.clause, dated.status, dated.text, dated.unit) == ("plan-2021#S-1", "assumed", "85", "%")
    for day in (date(2020, 12, 31), date(2025, 1, 1)):
        with pytest.raises(PackError, match="没有值"):
            pack.at(day).parameter("rate")


def test_what_is_not_there_names_the_nearest(bench):
    bench.parameter(more="from: 2021-01-01\nstatus: expected\n")
    at = bench.load().at(date(2021, 5, 1))
    with pytest.raises(PackError, match="最接近的是 premium"):
        at.get("parameter", "premum")
    with pytest.raises(PackError, match="不适用"):
        at.get("parameter", "premium")
    assert at.find("parameter", "premium") is None
    assert at.all("parameter") == []
    assert at.pack.at(at.on, expected=True).all("parameter")[0].id == "premium"
    with pytest.raises(PackError, match=r"plan-2021#S-1"):
        at.pack.clause("plan-2021#S-11")
    with pytest.raises(PackError):
        at.pack.clause("zzz#9")


def test_the_hash_is_of_what_is_said_and_not_of_how(bench):
    bench.parameter()
    one = bench.load().release_hash
    bench.write(
        "city/elsewhere/premium.yaml",
        "id: premium   # 别的写法\nkind: parameter\nvalues: [{clause: 'plan-2021#S-1', value: 300, from: 2021-01-01}]\n"
        "unit: CNY/person/year\ntitle: 筹资标准\n",
    )
    (bench.root / "city/funds/premium.yaml").unlink()
    assert bench.load().release_hash == one
    bench.parameter(value="301")
    (bench.root / "city/elsewhere/premium.yaml").unlink()
    assert bench.load().release_hash != one


def test_the_packs_of_this_repository_read():
    for folder in sorted(PACKS.glob("*/pack.yaml")):
        assert load_pack(folder.parent.name).entries


HEAD = {"title": "一", "jurisdiction": "一", "extends": [], "version": "1"}
LINES = st.sampled_from(
    [
        *(
            "kind: parameter",
            "kind: stack",
            "kind: process",
            "kind: plan",
            "kind: document",
            "kind: codelist",
            "id: x",
            "title: 一",
        ),
        *(
            "unit: CNY",
            "values:",
            "  - {from: 2021-01-01, value: '1'}",
            "clause: a#b",
            "cases:",
            "  - name: 一",
            "order: [{id: a}]",
        ),
        *(
            "clauses: [{id: a}]",
            "from: 2021-01-01",
            "to: 一",
            "cases: {}",
            "values: {}",
            "states: []",
            "goals: [[[]]]",
            "- x",
            "x: [",
            "?",
        ),
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINES, max_size=10).map("\n".join) | st.text(max_size=80))
def test_any_text_gives_a_pack_or_faults(text):
    store = Store(["p"], {"p": dict(HEAD)}, {"p": {"p/x.yaml": text, "p/x.cases.yaml": text}}, {"p": ["p"]})
    try:
        pack = assemble("p", store)
    except Faults as error:
        assert error.faults
    else:
        assert isinstance(pack, Pack)
