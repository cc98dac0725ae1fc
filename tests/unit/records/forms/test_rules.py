"""Answers to a form: what is asked, what is wrong, what they add up to."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from kangcheng.policy.reader import load_pack
from kangcheng.records.forms.reading import form
from kangcheng.records.forms.rules import outcome, shown
from kangcheng.records.forms.types import Form

PACKS = Path(__file__).resolve().parents[4] / "packs"

FORM = """
kind: form
id: small
title: 小表
version: "1"
source: 样例
lists:
  scale: [{code: a, title: 甲, score: "0"}, {code: b, title: 乙, score: "4"}]
items:
  - {id: smokes, text: 是否吸烟, type: flag, required: "yes"}
  - {id: daily, text: 每日支数, type: whole, unit: 支, least: "1", most: "100", required: "yes", when: {item: smokes, is: "yes"}}
  - id: body
    text: 体格
    type: group
    items:
      - {id: weight, text: 体重, type: number, unit: kg, least: "1", most: "300"}
      - {id: height, text: 身高, type: number, unit: cm}
      - {id: bmi, text: 体质指数, type: number, formula: "%weight / (%height * %height) * 10000"}
  - {id: ill, text: 病史, type: several, options: [{code: ht, title: 高血压, score: "2"}, {code: dm, title: 糖尿病, score: "3"}]}
  - {id: why, text: 说明, type: text, longest: "5", when: [{item: ill, is: dm}, {item: weight, above: "90"}], together: any}
  - {id: on, text: 日期, type: date}
  - {id: one, text: 一, type: choice, list: scale}
  - {id: two, text: 二, type: choice, list: scale}
scores:
  - {id: both, title: 两项, items: [one, two, ill], reversed: [two], bands: [{result: 低}, {from: "5", result: 高}]}
  - {id: some, title: 已答, items: [one, two], as: hundred, missing: skip}
results:
  - id: risk
    title: 风险
    rules: [{result: 有, when: [{item: smokes, is: "yes"}, {score: some, at_least: "50"}]}]
    otherwise: 无
cases: []
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Form:
    """The form above."""
    folder = tmp_path_factory.mktemp("packs") / "own"
    (folder / "forms").mkdir(parents=True)
    (folder / "pack.yaml").write_text(
        "title: 样\njurisdiction: 样\nextends: []\nversion: 1\nmaintainers: [样]\n", encoding="utf-8"
    )
    text = FORM.replace("cases: []\n", "")
    (folder / "forms/small.yaml").write_text(text, encoding="utf-8")
    return form(load_pack(folder, root=folder.parent).entries["form", "small"])


def test_a_question_waits_for_the_answer_it_depends_on(small: Form) -> None:
    assert {"daily", "why"}.isdisjoint(outcome(small, {"smokes": "no"}).asked)
    assert "daily" in outcome(small, {"smokes": "yes"}).asked
    assert "why" in outcome(small, {"ill": ["ht", "dm"]}).asked
    assert "why" in outcome(small, {"weight": "90.5"}).asked
    kept = outcome(small, {"smokes": "no", "daily": "5"})
    assert "daily" not in kept.answers


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({}, "是否吸烟"),
    "missing once asked": ({"smokes": "yes"}, "每日支数"),
    "too small": ({"smokes": "yes", "daily": "0"}, "不应小于 1"),
    "too large": ({"smokes": "yes", "daily": "101"}, "不应大于 100"),
    "not whole": ({"smokes": "yes", "daily": "2.5"}, "整数"),
    "no number": ({"smokes": "no", "weight": "重"}, "数"),
    "no flag": ({"smokes": "maybe"}, "是/否"),
    "no day": ({"smokes": "no", "on": "2024-02-30"}, "日期"),
    "no option": ({"smokes": "no", "one": "z"}, "选项"),
    "no option among several": ({"smokes": "no", "ill": ["ht", "z"]}, "选项"),
    "several for one": ({"smokes": "no", "one": ["a", "b"]}, "一个答案"),
    "too long": ({"smokes": "no", "ill": ["dm"], "why": "一二三四五六"}, "5 字"),
    "unknown": ({"smokes": "no", "nosuch": "1"}, "没有这一项"),
    "a group": ({"smokes": "no", "body": "1"}, "不填"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_is_said_of_its_item(small: Form, name: str) -> None:
    answers, said = FAULTS[name]
    assert any(said in str(fault) for fault in outcome(small, answers).faults)


def test_sums_reversals_bands_and_conclusions(small: Form) -> None:
    found = outcome(small, {"smokes": "yes", "daily": "5", "one": "b", "two": "b", "ill": ["ht", "dm"]})
    assert found.faults == ()
    assert found.scores == {"both": 4 + 0 + 5, "some": 100}
    assert found.bands == {"both": "高"}
    assert found.results == {"risk": "有"}


def test_what_is_not_answered_cannot_be_judged(small: Form) -> None:
    found = outcome(small, {"smokes": "yes", "one": "b"})
    assert found.scores == {"both": None, "some": 100}
    assert found.bands["both"] is None
    assert outcome(small, {"smokes": "yes"}).results == {"risk": None}
    assert outcome(small, {"one": "b"}).results == {"risk": None}


def test_a_formula_is_worked_out_and_not_taken_from_the_sender(small: Form) -> None:
    assert outcome(small, {"weight": "64", "height": "160", "bmi": "1"}).answers["bmi"] == "25.0"
    assert "bmi" not in outcome(small, {"weight": "64"}).answers
    assert "bmi" not in outcome(small, {"weight": "64", "height": "0"}).answers


def test_numbers_are_shown_short() -> None:
    assert [shown(Fraction(one)) for one in ("40", "75/2", "200/3")] == ["40", "37.5", "66.67"]


def test_every_form_of_the_base_pack_can_be_read() -> None:
    pack = load_pack(PACKS / "base", root=PACKS)
    forms = [form(entry) for entry in pack.entries.values() if entry.kind == "form"]
    assert len(forms) >= 14
    assert {"tcm-constitution-60", "tcm-constitution-33", "barthel", "elderly-self-care"} <= {
        one.id for one in forms
    }
    for one in forms:
        ids = [item.id for item in one.every_item()]
        assert len(ids) == len(set(ids))


def test_the_texts_of_the_forms_ask_for_no_identity() -> None:
    for file in (PACKS / "base/forms").glob("*.yaml"):
        ids = yaml.safe_dump(yaml.safe_load(file.read_text(encoding="utf-8"))["items"], allow_unicode=True)
        for word in ("身份证", "户主", "电话号码"):
            assert word not in ids, (file.name, word)
