"""A reader with a pencil: every line of the explanation is redone from its own formula, numbers and rounding."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from kangcheng.funds.engine import parse, reference
from kangcheng.funds.engine.kinds import KINDS
from kangcheng.funds.engine.render import as_json, as_text
from kangcheng.funds.engine.result import Reason, Result
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.money import rounded, show_yuan
from kangcheng.policy.reader import load_pack, read_entry

FEATURES = sorted((Path(__file__).parent / "features").glob("*.yaml"))
RUNNABLE = {kind.name: kind for kind in KINDS}
UNITS = {"分": 1, "角": 10, "元": 100}
MODES = {"四舍五入": "half_up", "舍去尾数": "down", "进一": "up", "四舍六入五成双": "half_even"}


def redo(reason: Reason) -> str:
    """Empty when the line holds, else what is wrong with it."""
    name, mark, formula = reason.formula.partition(" = ")
    if not mark:
        return ""  # a statement without a sum: the layer does not apply
    numbers = {key: number(text) for key, text in reason.inputs}
    names = {key: value for key, value in numbers.items() if value is not None}
    words = re.findall(r"[^\s()+\-×,]+", formula.replace("min(", "(").replace("max(", "("))
    unknown = [word for word in words if word not in names and not word.isdigit()]
    if unknown:
        return f"{reason.formula}: {unknown} not among the inputs"
    expression = formula.replace("×", "*")
    for key in sorted(names, key=len, reverse=True):
        expression = expression.replace(key, f"Fraction('{names[key]}')")
    answer = Fraction(eval(expression, {"Fraction": Fraction, "min": min, "max": max}))
    if reason.rounding:
        mode, _, unit = reason.rounding.partition("到")
        answer = Fraction(rounded(answer * 100, UNITS[unit], MODES[mode]), 100)  # type: ignore[arg-type]
    return "" if answer == number(reason.output) else f"{name}: {answer} is not {reason.output} ({reason})"


def number(text: str) -> Fraction | None:
    """The number as printed: yuan with thousands, per cent, a fraction; None for words."""
    plain = text.replace(",", "")
    if plain.endswith("%") and re.fullmatch(r"-?[\d.]+%", plain):
        return Fraction(plain[:-1]) / 100
    return Fraction(plain) if re.fullmatch(r"-?[\d.]+(/\d+)?", plain) else None


def feature_results() -> Iterator[tuple[str, Result]]:
    for file in FEATURES:
        entry = read_entry(file.read_text(encoding="utf-8"), file.name, RUNNABLE)
        stack = parse.settleable(entry)
        for case in entry.cases:
            bodies: list[Any] = case.data.get("claims") or [case.data["claim"]]
            try:
                for result in reference.settle_all(stack, parse.claims_of(bodies), explain=True):
                    yield f"{file.stem}: {case.name}", result
            except Faults:
                assert "error" in case.data


@pytest.mark.parametrize(
    ("name", "result"), [pytest.param(name, result, id=name) for name, result in feature_results()]
)
def test_every_line_can_be_redone(name: str, result: Result) -> None:
    assert [wrong for reason in result.reasons if (wrong := redo(reason))] == []


@pytest.mark.parametrize(
    ("name", "result"), [pytest.param(name, result, id=name) for name, result in feature_results()]
)
def test_lines_say_what_the_result_holds(name: str, result: Result) -> None:
    """The last sums of each layer and of the bill are the figures of the result: no step is left unsaid."""
    told: dict[str, dict[str, str]] = {}
    for reason in result.reasons:
        told.setdefault(reason.layer, {})[reason.formula.split(" = ")[0]] = reason.output
    assert told["total"]["现金"] == show_yuan(result.cash)
    for layer in result.layers:
        sums = told[layer.id]
        if layer.skipped:
            assert any(formula.startswith("不适用") for formula in sums)
        elif layer.payer in result.payers:
            assert sums["本层未付"] == show_yuan(layer.base - layer.paid)
            paid = next((sums[name] for name in PAID if name in sums), "0.00")
            assert paid == show_yuan(layer.paid), (layer, sums)


PAID = ("已付", "名额内支付", "资金池支付", "本次应付", "限额内支付", "计算支付", "定额")


def test_a_wrong_line_is_seen() -> None:
    """The pencil finds a fen too much, a missing input and a rounding that is not said."""
    good = Reason(
        "x",
        "",
        "支付 = 费用 × 支付比例",
        (("费用", "1,000.01"), ("支付比例", "50%")),
        "500.01",
        "四舍五入到分",
    )
    assert redo(good) == ""
    assert redo(Reason("x", "", good.formula, good.inputs, "500.02", good.rounding))
    assert redo(Reason("x", "", good.formula, good.inputs[:1], "500.01", good.rounding))
    assert redo(Reason("x", "", good.formula, good.inputs, "500.01"))


def test_lines_lead_from_the_bill_to_what_is_paid() -> None:
    """Each layer's base, payment and rest are said, and the clause of the very step that applied."""
    pack = load_pack("examples")
    stack = parse.settleable(
        pack.at(pack.entries["benefit", "beijing-outpatient"].period.start).get(
            "benefit", "beijing-outpatient"
        )
    )
    result = reference.settle(stack, parse.claim({"on": "2011-06-01", "in_scope": "2500"}))
    said = [(reason.formula.split(" = ")[0], reason.output) for reason in result.reasons]
    assert said == [
        ("政策范围内费用", "2,500.00"),
        ("本层基数", "2,500.00"),
        ("起付标准", "2,000.00"),
        ("应付起付线", "2,000.00"),
        ("本次起付线", "2,000.00"),
        ("本层费用", "500.00"),
        ("支付比例", "50%"),
        ("应付", "250.00"),
        ("计算支付", "250.00"),
        ("限额内支付", "250.00"),
        ("本层未付", "2,250.00"),
        ("现金", "2,250.00"),
    ]
    assert {reason.clause for reason in result.reasons if reason.layer == "beijing-outpatient"} == {
        "published-examples#BJ-outp-2500"
    }


def test_clause_of_the_row_that_applied() -> None:
    """A value's own clause beats the benefit's."""
    body = {
        "payer": "pool",
        "clause": "doc#1",
        "rate": {"by": "level", "rows": {"三级": {"value": "60%", "clause": "doc#3"}, "二级": "70%"}},
    }
    stack = parse.settleable(body)
    for level, clause in (("三级", "doc#3"), ("二级", "doc#1")):
        result = reference.settle(stack, parse.claim({"on": "2024-05-01", "level": level, "in_scope": "10"}))
        rate = next(reason for reason in result.reasons if reason.formula.startswith("支付比例"))
        assert (rate.clause, dict(rate.inputs)["适用"]) == (clause, f"level={level}")


def test_json_and_text_carry_the_explanation() -> None:
    stack = parse.settleable({"payer": "pool", "rate": "50%"})
    result = reference.settle(stack, parse.claim({"id": "7", "on": "2024-05-01", "in_scope": "1000"}))
    data = as_json(result, explain=True)
    assert data["explanation"][-2] == {
        "layer": "benefit",
        "clause": "",
        "formula": "本层未付 = 本层基数 - 支付",
        "inputs": {"本层基数": "1,000.00", "支付": "500.00"},
        "output": "500.00",
        "rounding": "",
    }
    assert "explanation" not in as_json(result)
    text = as_text(result, explain=True)
    assert "付款 paid by pool 500.00" in text
    assert "benefit: 本层未付 = 本层基数 - 支付; 本层基数 1,000.00, 支付 500.00 → 500.00" in text
