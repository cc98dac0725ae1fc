"""Scoring: properties of every sheet, and the corners of items and grades."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.policy.reader import load_pack
from kangcheng.work.checklists import rules
from kangcheng.work.checklists.types import Standard

STANDARD = rules.standard(load_pack("kangcheng").entries["checklist", "township-hospital-standard"].data)
ANSWERS = {
    "area": ["0", "599.9", "600", "1000"],
    "rooms": ["all", "three", "fewer"],
    "toilets": ["yes", "no"],
    "doctors-per-thousand": ["0", "0.7", "1/3", "2"],
    "licensed": ["yes", "no"],
    "training": ["0%", "91.99%", "92%", "100%"],
    "essential-medicines": ["0", "1", "3", "99"],
    "records": ["0", "5", "12"],
    "deliveries": ["yes", "no", "na"],
}
SHEETS = st.fixed_dictionaries({name: st.sampled_from(words) for name, words in ANSWERS.items()})


def made(**more) -> Standard:
    """A standard of three items and what is given."""
    section = {
        "id": "s",
        "title": "部分",
        "items": [
            {"id": "a", "title": "甲", "score": "50", "optional": "yes"},
            {"id": "b", "title": "乙", "score": "30", "key": "yes"},
            {"id": "c", "title": "丙", "score": "20", "when": {"level": ["二级"]}},
        ],
    }
    grades = [
        {"id": "good", "title": "好", "at_least": "60", "met": "yes"},
        {"id": "bad", "title": "差", "met": "no"},
    ]
    return rules.standard({"id": "x", "title": "表", "sections": [section], "grades": grades, **more})


@given(SHEETS)
def test_points_lie_between_nothing_and_full_and_sections_add_up(answers):
    result = rules.scored(STANDARD, answers)
    assert 0 <= result.score <= result.full
    assert all(0 <= one.points <= one.score for one in result.items)
    if answers["deliveries"] != "na":
        assert rules.rounded_points(sum(result.sections.values()), 1) == result.score
    assert result.met == (result.grade != "below")
    assert set(result.vetoed) <= set(result.failed)


@given(SHEETS, st.sampled_from(["toilets", "licensed"]))
def test_a_better_answer_never_costs_points(answers, name):
    worse, better = (rules.scored(STANDARD, {**answers, name: word}) for word in ("no", "yes"))
    assert worse.score < better.score and (better.met or not worse.met)


@given(SHEETS)
def test_what_is_filled_so_far_comes_to_the_same_once_all_is_filled(answers):
    result, waiting = rules.preview(STANDARD, answers, {})
    assert (result, waiting) == (rules.scored(STANDARD, answers), 0)


def test_every_wrong_answer_is_named_at_once():
    with pytest.raises(Faults) as caught:
        rules.scored(STANDARD, {"toilets": "maybe", "licensed": "na", "area": "wide", "strange": "1"})
    named = {fault.where for fault in caught.value.faults}
    assert named == set(ANSWERS) | {"strange"}


@pytest.mark.parametrize(
    ("how", "score"), [("drop", Fraction(100)), ("full", Fraction(100)), ("none", Fraction(50))]
)
def test_items_that_do_not_apply(how, score):
    standard = made(not_applicable=how)
    answers = {"a": "na", "b": "yes", "c": "yes"}
    assert rules.scored(standard, answers, {"level": "二级"}).score == score


def test_an_item_for_one_level_does_not_concern_another():
    assert [item.id for item in rules.applicable(made(), {"level": "一级"})] == ["a", "b"]
    result = rules.scored(made(), {"a": "yes", "b": "yes"}, {"level": "一级"})
    assert result.score == 100 and result.met


def test_a_grade_by_the_share_of_key_items():
    grades = [
        {
            "id": "good",
            "title": "好",
            "reached": [{"at": "100%", "share": "100%", "of": "key"}],
            "met": "yes",
        },
        {"id": "bad", "title": "差", "met": "no"},
    ]
    standard = made(grades=grades)
    assert rules.scored(standard, {"a": "no", "b": "yes"}).met
    assert not rules.scored(standard, {"a": "yes", "b": "no"}).met


def test_weights_scale_sections():
    sections = [
        {"id": "one", "title": "一", "weight": "80", "items": [{"id": "a", "title": "甲", "score": "4"}]},
        {"id": "two", "title": "二", "weight": "20", "items": [{"id": "b", "title": "乙", "score": "400"}]},
    ]
    result = rules.scored(made(sections=sections), {"a": "no", "b": "yes"})
    assert (result.score, result.full, dict(result.sections)) == (20, 100, {"one": 0, "two": 20})


def test_half_a_point_goes_up():
    assert rules.rounded_points(Fraction(1, 20), 1) == Fraction(1, 10)
    assert rules.rounded_points(Fraction(49, 1000), 1) == 0


def test_a_count_is_whole_and_not_below_nothing():
    item = STANDARD.items["records"]
    for text in ("-1", "1.5", "many"):
        with pytest.raises(KangchengError):
            rules.item_result(STANDARD, item, text)
