"""Types say what is wrong, where, with the nearest right word, and how a value moves by one step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.policy import schema as s
from kangcheng.policy.schema.place import Type
from kangcheng.policy.source import Scalar, parse


class World:
    """A context with two documents' worth of things to point at."""

    file = "f.yaml"

    def ids(self, kind):
        return {"indicator": ["fund-income", "fund-outlay"]}.get(kind, [])

    def documents(self):
        return ["plan-2021"]

    def clauses(self, document):
        return ["S-1", "S-2"] if document == "plan-2021" else None

    def neighbours(self, level):
        return {"二级": ("一级", "三级")}.get(level, ())


AT = s.At(World())


def faults(type_: Type, text: str, at=AT) -> list[str]:
    return [str(fault) for fault in type_.faults(parse(text), at)]


def moves(type_: Type, text: str, at=AT) -> list[str]:
    return [move.what for move in type_.moves(parse(text), at)]


@pytest.mark.parametrize(
    ("type_", "good"),
    [
        (s.Text(), "文字"),
        (s.Text(empty=True), "''"),
        (s.Text(nothing=("null",)), "null"),
        (s.Id(), "poor-delivery_2.1"),
        (s.Money(), "1,234.50元"),
        (s.Money(negative=True), "-3"),
        (s.Rate(), "70%"),
        (s.Number(), "3.5"),
        (s.whole(), "3"),
        (s.Amount(), "1200"),
        (s.Amount(), "70%"),
        (s.InUnit(), "3.5"),
        (s.Day(), "2021-03-01"),
        (s.Span(), "2021Q3"),
        (s.YearDay(), "07-01"),
        (s.UnitCode(), "CNY/person/year"),
        (s.choice("none", "up"), "none"),
        (s.FLAG, "yes"),
        (s.ref("indicator"), "fund-income"),
        (s.Clause(), "plan-2021#S-1"),
        (s.Level(), "任何"),
        (s.Many(s.Text(), single=True), "一"),
        (s.Many(s.Text()), "[一, 二]"),
        (s.Table(s.Money()), "{a: 3}"),
        (s.OneOf((s.Money(), s.FLAG)), "yes"),
        (s.Lazy("x", s.Text), "一"),
        (s.Anything(), "{a: [b, {c: d}]}"),
    ],
)
def test_what_is_right_passes(type_, good):
    assert faults(type_, good) == []
    assert type_.label
    assert type_.fit(parse(good)) > 0


@pytest.mark.parametrize(
    ("type_", "bad", "words"),
    [
        (s.Text(), "''", "未填写"),
        (s.Text(), "N/A", "未填写"),
        (s.Text(), "待定", "未填写"),
        (s.Text(), "[a]", "列表"),
        (s.Text(longest=3), "abcd", "过长"),
        (s.Id(), "Bad Id", "编号"),
        (s.Money(), "1.005", "一分"),
        (s.Money(), "-3", "为负"),
        (s.Rate(), "170%", "上限"),
        (s.Rate(), "-1%", "下限"),
        (s.Rate(), "abc", "不是数"),
        (s.whole(), "3.5", "整数"),
        (s.whole("1"), "0", "下限"),
        (s.Amount(), "many", "不是金额"),
        (s.InUnit(), "x", "不是数"),
        (s.Day(), "2021-02-30", "没有这一天"),
        (s.Span(), "2021-13", "没有这一天"),
        (s.YearDay(), "13-01", "月-日"),
        (s.UnitCode(), "CNY/persno/year", "CNY/person/year"),
        (s.choice("lower", "upper"), "uper", "did you mean) 'upper'"),
        (s.ref("indicator"), "fund-incom", "did you mean) 'fund-income'"),
        (s.Clause(), "plan-2021#S-9", "no such clause"),
        (s.Clause(), "plan-2012#S-1", "did you mean) 'plan-2021'"),
        (s.Clause(), "zzz#S-1", "no such document"),
        (s.Clause(), "plan-2021", "条款引用"),
        (s.Many(s.Text()), "一", "应为列表"),
        (s.Many(s.Text(), least=2), "[一]", "至少 2 项"),
        (s.Many(s.Text(), single=True), "{a: b}", "应为列表"),
        (s.Table(s.Money()), "一", "键值表"),
        (s.Table(s.Money(), least=2), "{a: 3}", "至少 2 行"),
        (s.Table(s.Money(), keys=s.Id()), "{A B: 3}", "编号"),
        (s.OneOf((s.Money(), s.FLAG)), "maybe", "不是金额"),
        (s.OneOf((s.Money(),)), "[a]", "不能是列表"),
        (s.Anything(), "{a: [b, '']}", "未填写"),
    ],
)
def test_what_is_wrong_is_said(type_, bad, words):
    found = faults(type_, bad)
    assert len(found) == 1
    assert words in found[0]
    assert found[0].startswith("f.yaml:1")


RECORD = s.Record(
    "规则 rule",
    {
        "amount": s.optional(s.Money(), "金额"),
        "rate": s.optional(s.Rate(), "比例", words=("percent",)),
        "title": s.required(s.Text(), "名称", moved=False),
        "until": s.optional(s.Day()),
    },
    exactly_one=(("amount", "rate"),),
    at_most_one=(("rate", "until"),),
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{title: 一, amont: 3, rate: 3%}", "did you mean) 'amount'"),
        ("{title: 一, percent: 3%, amount: 3}", "did you mean) 'rate'"),
        ("{amount: 3}", "missing key) 'title'"),
        ("{title: 一}", "one key of these is missing"),
        ("{title: 一, amount: 3, rate: 3%}", "only one of these"),
        ("{title: 一, rate: 3%, until: 2021-01-01}", "only one of these): rate, until"),
        ("[a]", "应为 规则 rule 的键值表"),
    ],
)
def test_records_have_closed_keys(text, words):
    assert [words in fault for fault in faults(RECORD, text)] == [True]


def test_a_record_may_leave_some_keys_open():
    condition = s.Record("条件", {"age": s.optional(s.whole())}, open=s.Many(s.Level(), single=True))
    assert faults(condition, "{level: [二级], place: 本地, age: 3}") == []
    assert len(faults(condition, "{level: ''}")) == 1
    assert moves(condition, "{level: [二级], age: 3}") == ["二级 → 一级", "二级 → 三级", "3 → 4", "3 → 2"]
    assert list(condition.records()) and list(RECORD.records())


def test_outside_a_pack_nothing_is_looked_up():
    alone = s.At(s.Alone("f.yaml"))
    assert faults(s.ref("indicator"), "anything", alone) == []
    assert faults(s.Clause(), "any-document#any", alone) == []
    assert (s.Alone().ids("x"), s.Alone().clauses("x"), s.Alone().documents(), s.Alone().neighbours("x")) == (
        (),
        None,
        (),
        (),
    )


@pytest.mark.parametrize(
    ("type_", "text", "wanted"),
    [
        (s.Money(), "300", ["300 → 303.00", "300 → 297.00"]),
        (s.Money(), "0.50", ["0.50 → 1.50", "0.50 → 0.00"]),
        (s.Money(), "0", ["0 → 1.00"]),
        (s.Money(), "[a]", []),
        (s.Money(), "abc", []),
        (s.Rate(), "70%", ["70% → 71/100", "70% → 69/100"]),
        (s.Rate(), "100%", ["100% → 99/100"]),
        (s.Rate(), "0.5%", ["0.5% → 11/2000", "0.5% → 9/2000"]),
        (s.Rate(), "0", ["0 → 1/100"]),
        (s.whole(), "0", ["0 → 1"]),
        (s.Number(), "1.5", ["1.5 → 151/100", "1.5 → 149/100"]),
        (s.Amount(), "70%", ["70% → 71/100", "70% → 69/100"]),
        (s.Amount(), "0.7", ["0.7 → 71/100", "0.7 → 69/100"]),
        (s.Amount(), "1200", ["1200 → 1212.00", "1200 → 1188.00"]),
        (s.Amount(), "3万元", ["3万元 → 30300.00", "3万元 → 29700.00"]),
        (s.Day(), "2021-01-01", ["2021-01-01 → 2021-01-02", "2021-01-01 → 2020-12-31"]),
        (s.Day(), "9999-12-31", []),
        (s.YearDay(), "12-01", ["12-01 → 01-01"]),
        (s.FLAG, "yes", ["yes → no"]),
        (s.choice("a", "b", moved=False), "a", []),
        (s.choice("a", "b", "c"), "a", ["a → b", "a → c"]),
        (s.choice("a", "b", "c", ordered=True), "a", ["a → b"]),
        (s.choice("a", "b"), "z", []),
        (s.Level(), "二级", ["二级 → 一级", "二级 → 三级"]),
        (s.Text(), "一", []),
        (
            s.Many(s.Money(), ordered=True),
            "[1, 2]",
            ["1 → 2.00", "1 → 0.00", "2 → 3.00", "2 → 1.00", "第 1 与 2 项互换 (swapped)"],
        ),
        (s.Many(s.Money(), single=True), "1", ["1 → 2.00", "1 → 0.00"]),
        (s.Many(s.Money()), "1", []),
        (s.Table(s.FLAG), "{a: yes}", ["yes → no"]),
        (s.Table(s.FLAG), "一", []),
        (s.OneOf((s.Many(s.Text()), s.FLAG)), "no", ["no → yes"]),
        (s.OneOf((s.Many(s.Text()),)), "no", []),
        (s.Lazy("x", lambda: s.FLAG), "no", ["no → yes"]),
        (RECORD, "{title: 一, amount: 1, unknown: 2}", ["1 → 2.00", "1 → 0.00"]),
        (RECORD, "[a]", []),
    ],
)
def test_one_step(type_, text, wanted):
    assert moves(type_, text) == wanted


UNITED = s.Record("值", {"unit": s.required(s.Text(), moved=False), "value": s.required(s.InUnit())})


@pytest.mark.parametrize(
    ("unit", "value", "wanted"),
    [
        ("CNY/person", "300", ["300 → 303.00", "300 → 297.00"]),
        ("'%'", "70", ["70 → 71/100", "70 → 69/100"]),
        ("'%'", "0", ["0 → 1/100"]),
        ("CNY", "1000000000000000", ["1000000000000000 → 990000000000000.00"]),
        ("days", "3", ["3 → 4", "3 → 2"]),
        ("days", "0", ["0 → 1"]),
        ("km", "1.5", ["1.5 → 151/100", "1.5 → 149/100"]),
        ("furlongs", "3", []),
    ],
)
def test_a_value_moves_in_its_unit(unit, value, wanted):
    assert moves(UNITED, f"{{unit: {unit}, value: '{value}'}}") == wanted


@given(st.sampled_from([s.Money(), s.Rate(), s.Number(), s.Amount(), s.Day()]), st.text(max_size=12))
def test_any_text_is_judged_without_breaking(type_, text):
    node = Scalar(text, 1)
    found = list(type_.faults(node, AT))
    if not found:
        assert all(not list(type_.faults(move.node, AT)) for move in type_.moves(node, AT))


def test_a_list_may_be_bounded():
    found = list(s.Many(s.Text(), most=2).faults(parse("[a, b, c]"), AT))
    assert [fault.what for fault in found] == ["至多 2 项，现有 3 项 (too many items)"]


def test_the_nearest_word():
    assert s.nearest("unti", ["unit", "title"]) == "unit"
    assert s.nearest("zzz", ["unit"]) is None
    assert AT.sibling("unit") is None
