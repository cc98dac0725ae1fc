"""Every value is moved by one step and somebody must notice."""

import pytest

from kangcheng.kernel.errors import KangchengError
from kangcheng.policy import kinds
from kangcheng.policy.kinds import Kind, judged
from kangcheng.policy.kinds.commuting import commutes
from kangcheng.policy.mutate import dependents, mutate, replaced
from kangcheng.policy.reader import load_pack
from kangcheng.policy.schema import Move, Rate, Text, required
from kangcheng.policy.source import Mapping, Scalar, Sequence, parse, plain

BENEFIT = """\
kind: benefit
id: aid
title: 救助
clause: plan-2021#S-2
payer: aid
rate: {{param: aid-rate}}
deductible: {{amount: "{deductible}"}}
from: 2021-01-01
cases:
{cases}
"""
RATE = """\
kind: parameter
id: aid-rate
title: 救助比例
unit: "%"
values: [{from: 2021-01-01, value: "70", clause: plan-2021#S-2}]
cases: [{name: 首日, on: 2021-01-01, expect: "70"}, {name: 之前没有, on: 2020-12-31}]
"""
FULL = """\
  - name: 一百元起付，余下七成
    claim: {id: "1", person: P, on: 2021-01-01, in_scope: "1100"}
    expect: {payers: {aid: "700.00"}}
  - name: 首日起适用
    effective: {2021-01-01: "yes", 2020-12-31: "no"}
"""
BELOW = """\
  - name: 不到起付线
    claim: {id: "1", person: P, on: 2021-06-01, in_scope: "50"}
    expect: {patient: "50.00"}
"""


def moved(bench, cases: str) -> dict[str, str]:
    bench.write("city/aid-rate.yaml", RATE)
    bench.write("city/aid.yaml", BENEFIT.format(deductible="100", cases=cases))
    pack = bench.load()
    return {f"{m.entry.id} {m.move.what}": m.noticed for m in mutate(pack, pack.all())}


def test_good_cases_notice_every_move(bench):
    found = moved(bench, FULL)
    assert all(found.values()), found
    assert found["aid 100 → 101.00"] == "benefit/aid: 一百元起付，余下七成"
    assert found["aid 2021-01-01 → 2020-12-31"] == "benefit/aid: 首日起适用"
    assert found["aid-rate 70 → 71/100"] == "parameter/aid-rate: 首日"


def test_poor_cases_let_moves_survive(bench):
    found = moved(bench, BELOW)
    assert found["aid 100 → 101.00"] == found["aid 100 → 99.00"] == ""


def test_a_parameter_answers_to_the_cases_of_what_uses_it(bench):
    bench.write("city/aid-rate.yaml", RATE.partition("cases:")[0])
    bench.write("city/aid.yaml", BENEFIT.format(deductible="100", cases=FULL))
    pack = bench.load()
    found = [m for m in mutate(pack, pack.of_kind("parameter")) if "70" in m.move.what]
    assert [m.noticed for m in found] == ["benefit/aid: 一百元起付，余下七成"] * 2
    assert all(m.proven for m in found) and found[0].place == "city/aid-rate.yaml:5 values[0].value"
    assert [user.id for user in dependents(pack)["parameter", "aid-rate"]] == ["aid"]


def test_users_of_users_judge_too(bench):
    moved(bench, FULL)
    bench.write(
        "city/all.yaml",
        "kind: stack\nid: all\ntitle: 全\nclause: plan-2021#S-2\norder: [{id: first, benefit: aid}]\n"
        'cases: [{name: 一, claim: {id: "1", person: P, on: 2021-06-01, in_scope: "1100"}, expect: {patient: "400.00"}}]\n',
    )
    pack = bench.load()
    assert [user.id for user in dependents(pack)["parameter", "aid-rate"]] == ["aid", "all"]


def test_a_case_that_fails_already_notices_nothing(bench):
    found = moved(bench, BELOW.replace('"50.00"', '"49.00"'))
    assert found["aid 100 → 101.00"] == ""


def test_an_entry_with_faults_is_not_moved(bench):
    found = moved(bench, BELOW.replace("2021-06-01", "2020-06-01"))  # the rate has no value on that day
    assert not any(name.startswith("aid ") for name in found)


def test_an_entry_that_nobody_uses_and_that_has_no_case_is_not_moved(bench):
    bench.parameter()
    pack = bench.load()
    assert list(mutate(pack, pack.all())) == []


def toy(bench, text: str, **parts) -> list[str]:
    bench.write("city/x.yaml", "kind: toy\nid: x\ntitle: 玩\ncases: [{name: 一, z: 二}]\n" + text)
    kind = Kind("toy", "玩具", {"rate": required(Rate()), "word": required(Text())}, proven=True, **parts)
    known = {**kinds.known(), "toy": kind}
    pack = load_pack("city", bench.root, known)
    return [m.noticed for m in mutate(pack, pack.of_kind("toy"), known)]


def test_a_move_that_no_longer_reads_is_noticed(bench):
    def refuse(entry, pack):
        if entry.get("rate") != "50%":
            raise KangchengError("不行")
        return []

    def passing(entry, case, pack):
        return judged(case, [])

    text = "rate: 50%\nword: 一\n"
    assert toy(bench, text, run_case=passing) == ["", ""]
    assert toy(bench, text, run_case=passing, check=refuse) == ["refused", "refused"]


def test_a_kind_adds_its_own_moves_and_says_which_are_none(bench):
    def more(entry, at):
        yield Move(("word",), Scalar("", 1), 1, "空")

    text = "rate: 50%\nword: 一\n"
    assert toy(bench, text, run_case=lambda e, c, p: judged(c, []), moves=more) == ["", "", "refused"]
    assert toy(bench, text, run_case=lambda e, c, p: judged(c, []), same=lambda e, m, p: True) == []


def test_an_entry_stays_a_mapping(bench):
    def nonsense(entry, at):
        yield Move((), Scalar("", 1), 1, "全换")

    with pytest.raises(TypeError, match="mapping"):
        toy(bench, "rate: 50%\nword: 一\n", run_case=lambda e, c, p: judged(c, []), moves=nonsense)


def test_putting_something_else_in_its_place():
    tree = parse("a: [1, {b: 2}]\n")
    assert plain(replaced(tree, ("a", 1, "b"), Scalar("3", 1))) == {"a": ["1", {"b": "3"}]}
    assert plain(tree) == {"a": ["1", {"b": "2"}]}
    with pytest.raises(KeyError):
        replaced(tree, ("a", "x"), Scalar("3", 1))


STACK = """\
kind: stack
id: all
title: 全
clause: plan-2021#S-2
order:
{order}
cases: [{{name: 一, claim: {{id: "1", person: P, on: 2021-06-01, in_scope: "1"}}, expect: {{patient: "1.00"}}}}]
"""
WAIVE = "{id: W, entitlement: {source: S, waive: {items: [I]}}}"
POSITIONS = {
    "w": WAIVE.replace("W", "w").replace("I", "i1").replace("S", "s1"),
    "same-source": WAIVE.replace("W", "v").replace("I", "i1").replace("S", "s1"),
    "same-lines": WAIVE.replace("W", "u").replace("I", "i1").replace("S", "s2"),
    "other-lines": WAIVE.replace("W", "t").replace("I", "i2").replace("S", "s2"),
    "half": "{id: h, entitlement: {source: s1, waive: {groups: jia, share: 50%}}}",
    "half-more": "{id: g, entitlement: {source: s1, waive: {groups: yi, share: 50%}}}",
    "cap": "{id: c, entitlement: {source: institution, cap: {limit: '5'}}}",
    "deposit": '{id: d, entitlement: {source: institution, no_deposit: "yes"}}',
    "deposit-too": '{id: e, entitlement: {source: institution, no_deposit: "yes"}}',
    "pays": "{id: p, benefit: {payer: a, rate: 50%}}",
    "pays-too": "{id: q, benefit: aid}",
    "named": "{id: n, entitlement: free}",
    "cash": '{id: k, entitlement: {source: s, subsidy: {fixed: "1", cash: "yes"}}}',
    "cash-too": '{id: l, benefit: {payer: a, fixed: "1", cash: "yes", pool: {id: x, limit: "9"}}}',
    "cash-named": '{id: m, benefit: {payer: a, fixed: "1", cash: "yes", accumulate: {names: {paid: z}}}}',
}


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        ("w", "pays", True),
        ("cap", "pays", True),
        ("deposit", "pays", True),
        ("w", "cap", True),
        ("deposit", "deposit-too", True),
        ("w", "same-source", True),
        ("w", "same-lines", False),
        ("w", "other-lines", True),
        ("half", "half-more", True),
        ("half", "same-lines", False),
        ("pays", "pays-too", False),
        ("named", "pays", True),
        ("named", "other-lines", True),
        ("cash", "pays-too", True),
        ("pays", "cash", True),
        ("pays", "cash-too", False),
        ("cash-named", "pays", False),
    ],
)
def test_which_swaps_cannot_matter(bench, one, two, wanted):
    moved(bench, FULL)
    bench.write(
        "city/free.yaml",
        "kind: entitlement\nid: free\ntitle: 免\nclause: plan-2021#S-2\nsource: s1\nwaive: {items: [i1]}\n"
        'cases: [{name: 一, claim: {id: "1", person: P, on: 2021-06-01, in_scope: "1"}, expect: {patient: "1.00"}}]\n',
    )
    bench.write("city/all.yaml", STACK.format(order=f"  - {POSITIONS[one]}\n  - {POSITIONS[two]}"))
    pack = bench.load()
    entry = pack.entries["stack", "all"]
    order = entry.node.items["order"]
    assert isinstance(order, Sequence) and isinstance(entry.node, Mapping)
    swap = Move(("order",), Sequence(order.items[::-1], 1), 1, "互换")
    assert commutes(entry, swap, pack) is wanted
    assert not commutes(entry, Move(("order",), Sequence(list(order.items), 1), 1, "不动"), pack)
    assert not commutes(entry, Move(("title",), Scalar("x", 1), 1, "别处"), pack)


BRACKETS = """\
kind: benefit
id: steps
title: 分段
clause: plan-2021#S-2
payer: aid
brackets: {{mode: {mode}, {side}steps: [{{to: "1000", rate: 50%}}, {{rate: 60%}}]}}
cases:
  - name: 正好一千
    claim: {{id: "1", person: P, on: 2021-06-01, in_scope: "{amount}"}}
    expect: {{payers: {{aid: "{pays}"}}}}
"""


@pytest.mark.parametrize(
    ("mode", "side", "amount", "pays", "wanted"),
    [
        ("whole", "", "1000", "500.00", "benefit/steps: 正好一千"),
        ("whole", "", "900", "450.00", ""),
        ("whole", "boundary: upper, ", "1000", "600.00", None),
        ("progressive", "", "1000", "500.00", None),
    ],
)
def test_the_side_of_a_boundary_counts_even_by_default(bench, mode, side, amount, pays, wanted):
    bench.write("city/steps.yaml", BRACKETS.format(mode=mode, side=side, amount=amount, pays=pays))
    pack = bench.load()
    found = {m.move.what: m.noticed for m in mutate(pack, pack.of_kind("benefit"))}
    assert found.get("分段点的归属 lower（默认） → upper") == wanted
    assert ("upper → lower" in found) == ("upper" in side)
