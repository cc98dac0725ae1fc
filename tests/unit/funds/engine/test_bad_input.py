"""Whatever is thrown at the readers, they answer with faults that name the field, and with nothing else."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.kernel.errors import Faults
from tests.unit.funds.engine import drawn


def fuzz(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def faults(read: Any, *arguments: Any) -> dict[str, str]:
    """Field -> what is wrong with it."""
    with pytest.raises(Faults) as caught:
        read(*arguments)
    return {fault.where: f"{fault.what} {fault.near or ''}".strip() for fault in caught.value.faults}


GOOD = {"on": "2024-05-01", "in_scope": "100"}


@pytest.mark.parametrize(
    ("claim", "field", "words"),
    [
        ({"in_scope": "1"}, "on", "缺少此项"),
        ({**GOOD, "on": "2024-02-30"}, "on", "没有这一天"),
        ({**GOOD, "on": 20240501}, "on", "应为文本"),
        ({**GOOD, "in_scope": "-1"}, "in_scope", "超出范围"),
        ({**GOOD, "in_scope": 100}, "in_scope", "应为文本，得到 int"),
        ({**GOOD, "in_scope": 1.5}, "in_scope", "应为文本，得到 float"),
        ({**GOOD, "in_scope": float("nan")}, "in_scope", "float 'nan'"),
        ({**GOOD, "in_scope": True}, "in_scope", "bool"),
        ({**GOOD, "in_scope": "NaN"}, "in_scope", "不是金额"),
        ({**GOOD, "in_scope": "1e9"}, "in_scope", "不是金额"),
        ({**GOOD, "in_scope": "0.001"}, "in_scope", "小于一分"),
        ({**GOOD, "in_scope": "1000000000000.01"}, "in_scope", "超出范围"),
        ({**GOOD, "in_scope": "9" * 100}, "in_scope", "不是金额"),
        ({**GOOD, "in_scope": "9" * 100_000}, "in_scope", "不是金额"),
        ({**GOOD, "inscope": "1"}, "inscope", "未知的键 'inscope' (unknown key) in_scope"),
        ({**GOOD, "categories": "低保", "facts": {"days": "1.5"}}, "facts.days", "整数"),
        ({**GOOD, "facts": {"days": "-1"}}, "facts.days", "超出范围"),
        ({**GOOD, "age": "151"}, "age", "0 到 150"),
        ({**GOOD, "age": "30", "birth_on": "2000-01-01"}, "age", "年龄 30 与出生日期不符，应为 24"),
        ({**GOOD, "birth_on": "2025-01-01"}, "birth_on", "早于出生日期"),
        ({**GOOD, "admitted_on": "2024-05-02"}, "admitted_on", "入院晚于出院"),
        ({**GOOD, "level": ["三级"]}, "level", "应为文本，得到 list"),
        ({**GOOD, "level": "三级", "attributes": {"level": "二级"}}, "attributes.level", "写了两次"),
        ({**GOOD, "attributes": {"note": "x" * 3_000}}, "attributes.note", "文本长于"),
        ({"on": "2024-05-01", "lines": [{"group": "甲"}]}, "lines[0].amount", "缺少此项"),
        ({"on": "2024-05-01", "lines": [{"group": "甲", "amount": "1", "quantity": "0"}]}, "lines[0].quantity", "整数"),
        ({"on": "2024-05-01", "lines": [{"group": "甲", "amount": "1", "first_pay": "101%"}]}, "lines[0].first_pay", "超出范围"),
        ({"on": "2024-05-01", "lines": {"group": "甲"}}, "lines", "应为列表"),
        ({"on": "2024-05-01", "groups": []}, "groups", "应为键值对"),
        ({**GOOD, "facts": {"wage": "1"}, "money": {"wage": "1"}}, "money.wage", "写了两次"),
        ({"on": "2024-05-01", "lines": [{}] * 10_001}, "lines", "列表多于"),
        ({**GOOD, "accumulators": {"x.count": "1.50"}}, "accumulators.x.count", "整数"),
    ],
)  # fmt: skip
def test_claim_fault_names_its_field(claim: dict[str, Any], field: str, words: str) -> None:
    found = faults(parse.claim, claim)
    assert words in found[field]


@pytest.mark.parametrize(
    ("benefit", "field", "words"),
    [
        ({"rate": "70%"}, "payer", "缺少付款方"),
        ({"payer": "p"}, "(entry)", "恰好一种"),
        ({"payer": "p", "rate": "70%", "fixed": "5"}, "(entry)", "恰好一种"),
        ({"payer": "p", "rate": 0.7}, "rate", "应为文本，得到 float"),
        ({"payer": "p", "rate": "70"}, "rate", "超出范围"),
        ({"payer": "p", "rate": "-1%"}, "rate", "超出范围"),
        ({"payer": "p", "rat": "70%"}, "rat", "未知的键 'rat' (unknown key) rate"),
        ({"payer": "p", "rate": {"by": "level"}}, "rate.rows", "缺少此项"),
        ({"payer": "p", "rate": {"param": "x"}}, "rate.param", "需要政策包"),
        ({"payer": "p", "rate": {"by": "level", "fact": "x"}}, "rate", "写法不明"),
        ({"payer": "p", "rate": "1", "base": {"in_scop": "1"}}, "base.in_scop", "没有部分 'in_scop' (unknown part) in_scope"),
        ({"payer": "p", "rate": "1", "base": {"in_scope": "1.5"}}, "base.in_scope", "超出范围"),
        ({"payer": "p", "rate": "1", "base": {"in_scope": "0"}}, "base.in_scope", "权重应大于 0"),
        ({"payer": "p", "brackets": {"steps": [{"to": "5", "rate": "1"}]}}, "brackets.steps", "最后一段应没有上限"),
        ({"payer": "p", "brackets": {"steps": [{"to": "5", "rate": "1"}, {"to": "5", "rate": "1"}, {"rate": "1"}]}},
         "brackets.steps", "逐段升高"),
        ({"payer": "p", "rate": "1", "rounding": {"unit": "yan"}}, "rounding.unit", "不在可选值中 (not one of) yuan"),
        ({"payer": "p", "rate": "1", "adjust": [{"add": "1%", "times": "2"}]}, "adjust[0]", "恰好一种"),
        ({"payer": "p", "rate": "1", "ceilings": [{"limit": "1"}]}, "ceilings[0].of", "缺少此项"),
        ({"payer": "p", "rate": "1", "when": {}}, "when", "空条件"),
        ({"payer": "p", "rate": "1", "when": {"age": {"from": "5", "below": "5"}}}, "when.age", "区间为空"),
        ({"payer": "p", "rate": "1", "when": {"level": []}}, "when.level", "没有可接受的值"),
        ({"payer": "p", "fixed": "1", "accumulate": {"mode": "cumulative"}}, "accumulate", "不能与这些并用: fixed"),
        ({"payer": "p", "rate": "1", "accumulate": {"names": {"paid": "x.count"}}}, "accumulate.names.paid", "与所记的数不符"),
        ({"payer": "p", "rate": "1", "accumulate": {"year_starts": "13-01"}}, "accumulate.year_starts", "不是年度起始日"),
        ({"payer": "p", "rate": "1", "minimum": {"rate": "1", "counting": ["q"]}}, "minimum.counting", "不在此层之前付款"),
        ({"payer": "p", "rate": {"choose": []}}, "rate.choose", "没有可选的行"),
        ({"payer": "p", "rate": {"choose": [{"value": "1"}, {"value": "1"}]}}, "rate.choose[0]", "还有行"),
        ({"payer": "p", "rate": {"most": ["1"]}}, "rate.most", "至少两项"),
        ({"payer": "p", "rate": {"by": "level", "rows": {}}}, "rate.rows", "表中没有行"),
        ({"payer": "p", "brackets": {"steps": [{"rate": "1"}, {"rate": "1"}]}}, "brackets.steps", "只有最后一段"),
        ({"payer": "p", "per_day": {"days": "1", "steps": [{"to": "1.5", "amount": "1"}, {}]}}, "per_day.steps[0].to", "整数"),
        ({"payer": "p", "per_day": {"days": "1", "steps": [{"to": "1", "amount": "1"}, {}]}}, "per_day.steps[1].amount", "缺少此项"),
        ({"payer": "p", "rate": "1", "deductible": {"amount": "1", "nth": [{"from": "3"}, {"from": "2"}]}},
         "deductible.nth", "逐行升高"),
        ({"payer": "p", "rate": "1", "base": {}}, "base", "没有组成部分"),
        ({"payer": "p", "rate": "1", "base": ["in_scope", "in_scope"]}, "base", "写了两次"),
        ({"payer": "p", "rate": "1", "pool": {"id": "x"}}, "pool.limit", "缺少此项"),
        ({"payer": "p", "rate": "1", "when": {"age": {}}}, "when.age", "没有端点"),
        ({"payer": "p", "rate": "1", "when": {"disease": {"codelist": "x"}}}, "when.disease[0].codelist", "需要政策包"),
        ({"payer": "p", "rate": "1", 5: "x"}, "(entry)", "键必须是短文本"),
        ({"kind": "entitlement", "waive": {}, "cap": "1"}, "(entry)", "恰好一种"),
        ({"kind": "entitlement", "waive": {}}, "source", "缺少资金来源"),
        ({"order": [{"id": "a", "benefit": "x"}]}, "order[0].benefit", "需要政策包"),
        ({"order": ["a"]}, "order[0]", "应为键值对"),
        ({"order": [{"id": "a", "account": {"balances": ["x", "x"]}}]}, "order[0].account.balances", "账户名重复"),
        ({"order": {}}, "order", "没有位置"),
        ({"order": []}, "order", "没有位置"),
        ({"payer": "p", "rate": "1", "split": {"groups": {"甲": {"into": "copay"}}}}, "split.groups.甲.into", "不能直接归入"),
    ],
)  # fmt: skip
def test_definition_fault_names_its_field(benefit: dict[str, Any], field: str, words: str) -> None:
    found = faults(parse.settleable, benefit)
    assert words in found[field], found


def test_all_faults_at_once() -> None:
    claims = [{"on": "x", "in_scope": "1"}, {"on": "2024-01-01", "in_scope": "y", "z": "1"}]
    assert set(faults(parse.claims_of, claims)) == {"[0].on", "[1].in_scope", "[1].z"}


def test_stack_faults() -> None:
    layer = {"payer": "p", "rate": "1"}
    body = {
        "kind": "stack",
        "order": [
            {"id": "a", "benefit": layer},
            {"id": "a", "benefit": layer},
            {"benefit": layer},
            {"id": "b"},
        ],
        "remove": ["c"],
    }
    found = faults(parse.stack, body)
    assert "重复" in found["order[1](a)"]
    assert "没有编号" in found["order[2].id"]
    assert "恰好一种" in found["order[3]"]
    assert "只能与 extends" in found["remove"]


def test_names_shared_with_another_year_are_refused() -> None:
    one = {"payer": "p", "rate": "1", "accumulate": {"names": {"paid": "pool_paid"}}}
    other = {
        "payer": "q",
        "rate": "1",
        "accumulate": {"names": {"paid": "pool_paid"}, "year_starts": "07-01"},
    }
    found = faults(parse.stack, {"order": [{"id": "a", "benefit": one}, {"id": "b", "benefit": other}]})
    assert "共用" in found["order[1](b).accumulate.names.paid"]


def test_nesting_has_a_floor() -> None:
    condition: dict[str, Any] = {"level": ["三级"]}
    for _ in range(500):
        condition = {"not": condition}
    found = faults(parse.settleable, {"payer": "p", "rate": "1", "when": condition})
    assert any("嵌套超过" in what for what in found.values())


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        (Line("甲", -1), "lines[0].amount"),
        (Line("甲", 10**14 + 1), "lines[0].amount"),
        (Line("甲", True), "lines[0].amount"),
        (Line("甲", 1.5), "lines[0].amount"),  # type: ignore[arg-type]
        (Line("甲", 1, quantity=0), "lines[0].quantity"),
        (Line("甲", 1, first_pay=(2, 1)), "lines[0].first_pay"),
        (Line("甲", 1, price_limit=-1), "lines[0].price_limit"),
    ],
)
def test_claims_made_in_code_are_checked_too(claim: Line, field: str) -> None:
    stack = parse.settleable({"payer": "p", "rate": "1"})
    body = Claim(id="1", person="P", on=date(2024, 5, 1), lines=(claim,))
    assert field in faults(reference.settle, stack, body)


def test_faults_of_all_claims_with_their_places() -> None:
    stack = parse.settleable({"payer": "p", "rate": {"by": "level", "rows": {"三级": "1"}}})
    claims = parse.claims_of([GOOD, {**GOOD, "level": "三级"}, {**GOOD, "level": "四级", "paid": {"q": "1"}}])
    assert set(faults(reference.settle_all, stack, claims)) == {"[0].level (0)", "[2].paid.q (2)"}


def test_sum_beyond_all_bounds() -> None:
    stack = parse.settleable({"payer": "p", "rate": "1"})
    body = {"on": "2024-05-01", "groups": {"甲": "1000000000000", "乙": "1000000000000"}}
    assert "超出范围" in faults(reference.settle, stack, parse.claim(body))["total"]


def test_value_beyond_all_bounds() -> None:
    stack = parse.settleable({"payer": "p", "cash": "yes", "fixed": {"product": [{"fact": "wage"}, "1000"]}})
    body = {"on": "2024-05-01", "money": {"wage": "1000000000000"}}
    assert "过大" in faults(reference.settle, stack, parse.claim(body))["facts"]


# --- fuzzing

junk = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.binary(max_size=3)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = (
    "payer",
    "rate",
    "brackets",
    "steps",
    "base",
    "deductible",
    "amount",
    "when",
    "by",
    "rows",
    "order",
    "split",
    "on",
)
shaped = st.recursive(
    st.one_of(st.sampled_from(("1", "70%", "level", "2024-05-01", "in_scope")), junk),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)


def only_faults(read: Any, node: Any) -> None:
    try:
        read(node)
    except Faults as error:
        assert error.faults
        assert all(fault.where and fault.what for fault in error.faults)
        assert len(str(error)) < 200_000


@fuzz(150)
@given(shaped)
def test_readers_survive_anything(node: Any) -> None:
    for read in (parse.benefit, parse.entitlement, parse.stack, parse.settleable, parse.claim):
        if isinstance(node, dict):
            only_faults(read, node)
    only_faults(parse.claims_of, [node, node])


@fuzz(30)
@given(drawn.stacks(), drawn.claims(), junk, st.randoms(use_true_random=False))
def test_readers_survive_one_broken_leaf(
    body: dict[str, Any], claim: dict[str, Any], bad: Any, random: Any
) -> None:
    broken, spoiled = spoil(body, bad, random), spoil(claim, bad, random)
    only_faults(parse.stack, broken)
    only_faults(parse.claim, spoiled)
    only_faults(lambda node: reference.settle(parse.stack(body), parse.claim(node)), spoiled)


def spoil(body: dict[str, Any], bad: Any, random: Any) -> dict[str, Any]:
    """The mapping with one node anywhere in it replaced."""
    found = copy.deepcopy(body)
    node: Any = found
    while True:
        key = random.choice(list(node) if isinstance(node, dict) else range(len(node)))
        inner = node[key]
        if not isinstance(inner, (dict, list)) or not inner or random.random() < 0.3:
            node[key] = bad
            return found
        node = inner


def test_texts_no_file_can_hold_are_refused() -> None:
    found = faults(parse.claim, {**GOOD, "id": "\ud800", "level": "a\0", "attributes": {"\udfff": "x"}})
    assert set(found) == {"id", "level", "attributes"}


def test_rows_and_persons_may_be_numbered() -> None:
    one = parse.claim({**GOOD, "id": 17, "person": 4411, "household": 3})
    assert (one.id, one.person, one.household) == ("17", "4411", "3")
    assert set(faults(parse.claim, {**GOOD, "id": True, "person": 1.0})) == {"id", "person"}


def test_ids_of_one_file_differ() -> None:
    rows = [{**GOOD, "id": "a"}, {**GOOD, "id": "b"}, {**GOOD, "id": "a"}]
    with pytest.raises(Faults, match=r"\[2\]\.id: 编号 'a' 与 \[0\] 重复"):
        parse.claims_of(rows, once=True)
    assert len(parse.claims_of(rows)) == 3


def test_rows_without_id_count_as_they_stand() -> None:
    filled = parse.claims_of([GOOD] * 11)
    assert [one.sequence for one in filled] == list(range(11))
    assert [one.sequence for one in parse.claims_of([{**GOOD, "sequence": "7"}, {**GOOD, "id": "x"}])] == [
        7,
        0,
    ]


@pytest.mark.parametrize("body", [["a"], "abc", None])
def test_a_file_that_is_no_mapping(body: Any) -> None:
    assert "键值对" in faults(parse.settleable, body)["(entry)"]


@pytest.mark.parametrize(("kind", "near"), [("benfit", "benefit"), ("indicator", "")])
def test_a_kind_that_cannot_settle(kind: str, near: str) -> None:
    assert faults(parse.settleable, {"kind": kind, "payer": "p", "rate": "1"})["kind"].endswith(near)


@pytest.mark.parametrize("key", ["from", "to", "status", "cases"])
def test_what_is_written_inside_a_stack_has_no_days_of_its_own(key: str) -> None:
    inner = {"payer": "p", "rate": "1", key: "2024-01-01"}
    found = faults(parse.stack, {"order": [{"id": "a", "benefit": inner}]})
    assert list(found) == [f"order[0].benefit.{key}"]


def test_a_table_has_an_end() -> None:
    rows = {f"l{i}": "1" for i in range(10_001)}
    assert (
        "表多于" in faults(parse.benefit, {"payer": "p", "rate": {"by": "level", "rows": rows}})["rate.rows"]
    )


def test_a_missing_code_list_is_one_fault() -> None:
    body = {"payer": "p", "rate": "1", "when": {"disease": {"codelist": "x"}}}
    with pytest.raises(Faults, match="--pack") as caught:
        parse.benefit(body)
    assert len(caught.value.faults) == 1
