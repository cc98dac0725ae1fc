"""Checks and worked cases as `kangcheng packs check` runs them: places, refusals, comparison."""

from typing import Any

import pytest

from kangcheng.funds.engine.kinds import KINDS, check, notices, run_case, steps_of
from kangcheng.policy.entry import Case, Entry
from kangcheng.policy.reader import load_pack, read_entry

RUNNABLE = {kind.name: kind for kind in KINDS}
BENEFIT = """
kind: benefit
id: x
title: 测试
payer: pool
brackets:
  steps:
    - {to: "500", rate: "50%"}
    - {to: "100", rate: "60%"}
    - {rate: "70%"}
"""


def entry_of(text: str) -> Entry:
    return read_entry(text.lstrip(), "x.yaml", RUNNABLE)


def case(**data: Any) -> Case:
    return Case("case", data, "x.yaml", 1)


class Nowhere:
    """A pack in which nothing is referred to."""

    def at(self, day: object) -> None:
        return None

    def all(self) -> tuple[Entry, ...]:
        return ()


NOWHERE: Any = Nowhere()
CLAIM = {"on": "2024-05-01", "in_scope": "100"}


def good() -> Entry:
    return entry_of(BENEFIT.replace('to: "100"', 'to: "1000"'))


def test_a_fault_knows_its_line() -> None:
    (fault,) = check(entry_of(BENEFIT), NOWHERE)
    assert (fault.file, fault.line, fault.what) == ("x.yaml", 6, "分段上限应逐段升高 (steps must ascend)")


def test_an_entry_is_read_on_the_days_of_its_cases() -> None:
    """A parameter without a value on the day of a case is found by the check."""
    pack = load_pack("relief-2021")
    text = "kind: benefit\nid: x\ntitle: 测试\npayer: p\nrate: {param: charity-fund-rate}\ncases:\n"
    early = entry_of(f"{text}  - {{name: a, claim: {{on: 1999-01-01, in_scope: '1'}}, error: x}}\n")
    (fault,) = check(early, pack)
    assert "charity-fund-rate" in fault.what
    assert fault.line == 5
    assert check(entry_of(f"{text}  - {{name: a, claim: {{on: soon}}, error: x}}\n"), pack) == []


POOLED = """
kind: stack
id: x
title: 测试
scheme: resident
setting: inpatient
split: {}
order:
  - {id: basic, benefit: {id: basic, payer: pool, rate: "70%"}}
  - {id: help, benefit: {id: help, payer: help, base: copay, rate: "50%", pool: {id: pot, limit: "1000"}}}
"""


def test_pools_in_an_exact_order_are_no_fault() -> None:
    assert check(entry_of(POOLED), NOWHERE) == []


YEARLY = '{id: %s, benefit: {payer: a, base: copay, rate: "1", ceilings: [{limit: "5", of: payment, per: year}]%s}}'
POT = ', pool: {id: %s, limit: "9"}'
SECOND = '{id: again, benefit: {payer: help, base: copay, rate: "1", pool: {id: pot, limit: "9"}}}'


@pytest.mark.parametrize("position", [SECOND, YEARLY % ("sum", POT % "b")], ids=["two draws", "feeds back"])
def test_an_order_of_pools_that_is_not_exact_is_a_fault_at_its_line(position: str) -> None:
    (fault,) = check(entry_of(f"{POOLED}  - {position}\n"), NOWHERE)
    assert (fault.file, fault.line) == ("x.yaml", 10)
    assert fault.rule


def test_a_benefit_whose_pool_feeds_back_is_told_at_its_pool() -> None:
    text = "kind: benefit\nid: x\ntitle: 测试\npayer: a\nrate: '1'\nceilings: [{limit: '5', of: payment, per: year}]\n"
    (fault,) = check(entry_of(f"{text}pool: {{id: b, limit: '9'}}\n"), NOWHERE)
    assert (fault.line, "depends on the pool" in fault.what) == (7, True)


TABLE = "kind: benefit\nid: x\ntitle: 测试\npayer: p\nrate: {by: level, rows: {%s}%s}\n%s"


@pytest.mark.parametrize(
    ("rows", "more", "when", "missing"),
    [
        ('一级: "9%", 三级: "5%"', "", "", "二级"),
        ('二级: "9%"', "", "", "一级、三级"),
        ('一级: "9%", 二级: "5%", 三级: "3%"', "", "", ""),
        ('一级: "9%"', ', otherwise: "5%"', "", ""),
        ('一级: "9%", 乡镇: "5%"', "", "", ""),
        ('一级: "9%", 二级: "5%"', "", "when: {level: [一级, 二级]}\n", ""),
        ('一级: "9%"', "", "when: {level: [一级, 二级]}\n", "二级"),
    ],
)
def test_a_table_that_leaves_levels_out_is_a_notice(rows: str, more: str, when: str, missing: str) -> None:
    """Of the tiers 一级, 二级, 三级 of the base pack."""
    entry, pack = entry_of(TABLE % (rows, more, when)), load_pack("relief-2021")
    assert check(entry, pack) == []
    found = notices(entry, pack)
    assert [(one.line, one.what.split(" ")[1].rstrip("，也没有")) for one in found] == (
        [(5, missing)] if missing else []
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"claim": CLAIM, "expect": {"payers": {"pool": "50"}}}, ()),
        (
            {"claim": CLAIM, "expect": {"payers": {"pool": "50.01"}}},
            ("[0].payers.pool: 应为 50.01，得 50.00",),
        ),
        ({"claim": CLAIM, "expect": {"payers": {"pol": "0"}}}, ("[0].payers.pol: 结果中没有此项",)),
        ({"claim": CLAIM, "expect": {"payers": {}}}, ("[0].payers.pool: 应为 0，得 50.00",)),
        ({"claim": CLAIM, "expect": {"total": {"x": "1"}}}, ("[0].total: 应为键值表",)),
        ({"claim": CLAIM, "expect": {"payers": ["x"]}}, ("[0].payers: 应为 ['x']",)),
        ({"claim": CLAIM, "expect": [{}, {}]}, ("有 1 张单据、2 个 expect",)),
        ({"claim": CLAIM, "error": "x"}, ("应被拒绝，理由含 'x'，却结算了",)),
        ({"claim": {"on": "x"}, "error": "不是日期"}, ()),
        ({"claim": {"on": "x"}, "error": "没有"}, ("被拒绝 (refused)",)),
        ({"claim": {"on": "x"}, "expect": {}}, ("被拒绝 (refused)",)),
        ({"claim": CLAIM}, ("没有 expect，也没有 error",)),
        ({"claim": CLAIM, "state": ["a"], "expect": {}}, ("state: 应为键值对",)),
        ({"claim": CLAIM, "state": {"pools": "x"}, "expect": {}}, ("state.pools: 应为键值对",)),
        ({"claim": CLAIM, "state": {"pools": {"a": "x例"}}, "expect": {}}, ("state.pools.a: 不是数",)),
        ({"claim": CLAIM, "state": {"accumulators": "x"}, "expect": {}}, ("accumulators: 应为键值对",)),
        ({"claim": CLAIM, "expect": {"layers": {"x": {"skipped": "", "given": "no"}}}}, ()),
        (
            {
                "claim": CLAIM,
                "state": {"accumulators": {"x.paid": "7"}},
                "expect": {"accumulators": {"x.paid": "57"}},
            },
            (),
        ),
    ],
)
def test_cases_are_compared_leaf_by_leaf(data: dict[str, Any], words: tuple[str, ...]) -> None:
    differences = run_case(good(), case(**data), NOWHERE).differences
    assert len(differences) == len(words)
    assert all(word in line for word, line in zip(words, differences, strict=True))


def test_a_pool_counted_in_cases() -> None:
    entry = entry_of(
        'kind: benefit\nid: x\ntitle: 测试\npayer: p\nrate: "1"\npool: {id: q, limit: "3", counts: cases}\n'
    )
    for used, paid in (("2例", "100"), ("3例", "0")):
        data = {"claim": CLAIM, "state": {"pools": {"q": used}}, "expect": {"payers": {"p": paid}}}
        assert run_case(entry, case(**data), NOWHERE).passed


def test_paths() -> None:
    assert steps_of("order[2].benefit.steps[0].to") == ("order", 2, "benefit", "steps", 0, "to")
    assert steps_of("") == ()
