"""Checks, cases, notices, and the examination that prints them."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.policy import kinds
from kangcheng.policy.checks import check_pack, check_sources, own_entries
from kangcheng.policy.entry import Case, judged
from kangcheng.policy.kinds import Kind
from kangcheng.policy.report import Target, examine, targets

DAY = date(2026, 1, 1)
CASES = "cases:\n  - {name: 首日, on: 2021-01-01, expect: '300'}\n  - {name: 前一日没有值, on: 2020-12-31}\n"


def test_a_pack_whose_cases_pass(bench):
    bench.parameter(cases=CASES)
    checked = check_pack(bench.load(), on=DAY)
    assert (checked.passed, checked.cases, checked.failed, checked.assumed) == (True, 2, [], 0)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("{name: 一, on: 2021-01-01, expect: '301'}", "应为 301，得 300.00 CNY/person/year"),
        ("{name: 一, on: 2020-01-01, expect: '300'}", "却没有值"),
        ("{name: 一, on: 2021-01-01}", "应没有值，得 300"),
        ("{name: 一, expect: '300'}", "key missing in the case) 'on'"),
        ("{name: 一, effective: {2021-01-01: no}}", "应为 no，得 yes"),
    ],
)
def test_a_case_that_fails_says_what_it_got(bench, case, words):
    bench.parameter(cases=f"cases: [{case}]\n")
    ((key, result),) = check_pack(bench.load(), on=DAY).failed
    assert key == ("parameter", "premium")
    assert words in result.differences[0]
    assert (result.file, result.line) == ("city/funds/premium.yaml", 7)


def test_a_kind_without_engine_cannot_pass_a_case(bench):
    bench.write(
        "city/x.yaml",
        "kind: tiers\nid: x\ntitle: 级\nlevels: [{id: 一, title: 一}, {id: 二, title: 二}]\ncases: [{name: 一, z: 二}]\n",
    )
    ((_, result),) = check_pack(bench.load(), on=DAY).failed
    assert "no engine runs it" in result.differences[0]


def test_an_engine_s_refusal_is_a_difference(bench):
    def refuse(entry, case, pack):
        raise KangchengError("不行")

    bench.write("city/x.yaml", "kind: toy\nid: x\ntitle: 玩\ncases: [{name: 一, z: 二}]\n")
    known = {**kinds.known(), "toy": Kind("toy", "玩具", {}, run_case=refuse, proven=True)}
    from kangcheng.policy.reader import load_pack

    pack = load_pack("city", bench.root, known)
    ((_, result),) = check_pack(pack, on=DAY, kinds=known).failed
    assert result.differences == ("不行",)


def test_overdue_checks_and_assumed_values_are_noticed(bench):
    bench.parameter(more="status: assumed\nchecked: {by: 林, on: 2024-01-01, next: 2025-01-01}\n")
    checked = check_pack(bench.load(), on=DAY)
    assert checked.passed and checked.assumed == 1
    assert "check is overdue" in str(checked.notices[0])
    assert check_pack(bench.load(), on=date(2025, 1, 1)).notices == []


def test_two_packs_that_do_not_know_each_other_are_noticed(bench):
    for name in ("one", "two"):
        bench.pack(name, "city")
        bench.parameter("shared", pack=name)
    bench.pack("all", "one", "two")
    pack = bench.load("all")
    (notice,) = check_pack(pack, on=DAY).notices
    assert "two 与 one 都有此条目" in str(notice)
    assert own_entries(pack) == list(pack.all())
    assert own_entries(bench.load("one"))[0].id == "shared"


def test_a_source_file_must_be_there_and_unchanged(bench):
    folder: Path = bench.root / "city/documents"
    text = (folder / "plan-2021.yaml").read_text("utf-8")

    def found(hash_: str) -> list[str]:
        bench.write("city/documents/plan-2021.yaml", text + f"source: plan.txt\nsha256: {hash_}\n")
        return [str(fault) for fault in check_sources(bench.load(), bench.root)]

    assert "no such file" in found("0" * 64)[0]
    (folder / "plan.txt").write_bytes(b"1")
    assert "source file changed" in found("0" * 64)[0]
    assert found(sha256(b"1").hexdigest()) == []


def test_what_an_argument_of_the_command_means(bench, tmp_path_factory, monkeypatch):
    file = bench.root / "city/documents/plan-2021.yaml"
    assert targets(None, bench.root) == [Target("city", bench.root)]
    assert targets("city", bench.root) == [Target("city", bench.root)]
    assert targets(str(bench.root / "city"), Path("elsewhere")) == [Target("city", bench.root)]
    assert targets(str(file), bench.root) == [Target("city", bench.root, "city/documents/plan-2021.yaml")]
    stray = tmp_path_factory.mktemp("stray") / "x.yaml"
    stray.write_text("a: 1")
    with pytest.raises(Faults, match="file lies in no pack"):
        targets(str(stray), bench.root)


def test_an_examination_as_lines_and_as_data(bench):
    bench.parameter(cases=CASES)
    found = examine(Target("city", bench.root), on=DAY, mutants=True)
    assert found.passed and found.lines(True)[0].startswith("✓ city: 2 个条目")
    data = found.as_dict()
    assert (data["passed"], data["entries"], data["cases"], data["faults"], data["failed"]) == (
        True,
        2,
        2,
        [],
        [],
    )
    assert data["mutants"] == {"total": 4, "killed": 4, "survivors": []}


def test_an_examination_of_one_file_runs_only_its_cases(bench):
    bench.parameter(cases=CASES)
    bench.parameter("other", cases="cases: [{name: 错, on: 2021-01-01, expect: '1'}]\n")
    assert examine(Target("city", bench.root, "city/funds/premium.yaml"), on=DAY).passed
    assert not examine(Target("city", bench.root), on=DAY).passed
    assert (
        examine(Target("city", bench.root, "city/funds/premium.yaml"), on=DAY, everything=True).checked.cases
        == 2
    )


def test_an_examination_that_fails_prints_everything(bench):
    bench.parameter(
        cases="cases: [{name: 错, on: 2021-01-01, expect: '1'}]\n",
        more="checked: {by: 林, on: 2024-01-01, next: 2025-01-01}\n",
    )
    text = (bench.root / "city/documents/plan-2021.yaml").read_text("utf-8")
    bench.write("city/documents/plan-2021.yaml", text + "source: none.txt\nsha256: " + "0" * 64 + "\n")
    found = examine(Target("city", bench.root), on=DAY, mutants=True)
    printed = "\n".join(found.lines(True))
    for words in ("✗ city", "no such file", "“错”", "应为 1，得 300.00", "notice", "nothing moved"):
        assert words in printed
    assert found.as_dict()["failed"][0]["entry"] == "parameter/premium"


def test_a_pack_that_does_not_read_is_reported(bench):
    bench.write("city/x.yaml", "[")
    found = examine(Target("city", bench.root), on=DAY)
    assert not found.passed and found.pack is None
    assert "not YAML" in found.lines(False)[1]
    assert found.as_dict()["faults"][0]["line"] == 2
    assert examine(Target("nowhere", bench.root), on=DAY).faults


def test_survivors_are_printed_and_fail(bench):
    def run(entry, case: Case, pack):
        return judged(case, [] if entry.get("amount") else ["无"])

    from kangcheng.policy.schema import Money, required

    toy = Kind("toy", "玩具", {"amount": required(Money())}, run_case=run, proven=True)
    before = kinds.known()
    kinds.add(toy)
    try:
        bench.write("city/x.yaml", "kind: toy\nid: x\ntitle: 玩\namount: '300'\ncases: [{name: 一, z: 二}]\n")
        bench.parameter(cases="cases: [{name: 首日, on: 2021-01-01, expect: '300'}]\n")
        found = examine(Target("city", bench.root), on=DAY, mutants=True, watch=lambda items, total: items)
    finally:
        kinds._REGISTRY.clear()
        kinds.add(*before.values())
    assert not found.passed and len(found.failing) == 2
    printed = "\n".join(found.lines(True))
    assert "survivor: city/x.yaml:4 amount: 300 → 303.00" in printed
    assert "另有 1 处不计" in printed
    assert [row["proven"] for row in found.as_dict()["mutants"]["survivors"]] == [False, True, True]
