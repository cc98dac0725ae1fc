"""Plain loops and DuckDB find the same, for rules and rows made up together."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.kernel.errors import Faults
from kangcheng.policy.kinds.review import RULES
from kangcheng.work.reviews import rules, sets
from kangcheng.work.reviews.types import ReviewError
from kangcheng.work.reviews.words import explain

COLUMNS = {
    "id": "id", "unit": "id", "person": "id", "code": "text", "day": "date", "end": "date", "money": "money", "other": "money",
    "count": "integer", "mark": "flag",
}  # fmt: skip
CODES = {"listed": frozenset({"a", "b"})}
START = date(2024, 2, 25)

TEXTS = st.sampled_from(["", "a", "b", "c"])
DAYS = st.one_of(st.none(), st.integers(0, 12).map(lambda n: START + timedelta(days=n)))
NUMBERS = st.one_of(st.none(), st.integers(-3, 8))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "unit": TEXTS, "person": TEXTS, "code": TEXTS, "day": DAYS, "end": DAYS, "money": NUMBERS, "other": NUMBERS,
            "count": NUMBERS, "mark": st.one_of(st.none(), st.booleans()),
        }
    ),
    max_size=14,
).map(lambda rows: [{"id": f"r{number:02}", **row} for number, row in enumerate(rows)])  # fmt: skip

TEST = st.one_of(
    st.fixed_dictionaries({"code": st.sampled_from(["a", ["a", ""], {"not": "a"}, {"not": ["", "b"]}, {"codelist": "listed"}])}),
    st.fixed_dictionaries({"money": st.sampled_from([{"from": "0.01"}, {"below": "0.05"}, {"from": "0", "below": "0.03"}])}),
    st.fixed_dictionaries({"mark": st.sampled_from(["yes", ["no", ""], {"not": "yes"}])}),
    st.fixed_dictionaries({"day": st.just({"from": "2024-02-27", "below": "2024-03-04"})}),
    st.just({}),
)  # fmt: skip
CENTS = st.sampled_from(["0", "0.02", "0.05"])
BODIES = {
    "limit": st.sampled_from(
        [
            {"column": "money", "above": "0.03"},
            {"column": "count", "below": "2"},
            {"column": "money", "above_column": "other", "times": "3/2"},
        ]
    ),
    "outside": st.just({"column": "code", "codelist": "listed"}),
    "inside": st.just({"column": "code", "codelist": "listed"}),
    "missing": st.just({"columns": ["code", "day", "mark"]}),
    "duplicates": st.sampled_from([{"same": ["person", "code"]}, {"same": "day"}]),
    "pairs": st.fixed_dictionaries(
        {
            "same": st.sampled_from(["person", ["person", "unit"]]),
            "differs": st.sampled_from([["code"], ["unit"]]),
            "first": TEST,
            "second": TEST,
            "gaps": st.sampled_from(
                [
                    [{"from": "day", "to": "day", "least": "0", "most": "3"}],
                    [{"from": "end", "to": "day", "most": "-1"}, {"from": "day", "to": "day", "least": "-2"}],
                ]
            ),
        }
    ),
    "split": st.fixed_dictionaries(
        {
            "same": st.just("unit"), "date": st.just("day"), "within_days": st.sampled_from(["0", "2"]),
            "column": st.just("money"), "each_below": st.just("0.06"), "together": CENTS,
        }
    ),
    "share": st.fixed_dictionaries(
        {
            "by": st.sampled_from([["unit"], ["mark", "unit"]]), "part": TEST, "above": st.sampled_from(["0", "1/3", "50%"]),
            "least": st.sampled_from(["1", "3"]),
        }
    ),
    "totals": st.fixed_dictionaries(
        {
            "by": st.sampled_from(["unit", ["unit", "person"]]), "per": st.sampled_from(["day", "month", "quarter", "year"]),
            "sum": st.sampled_from(["money", "count"]), "above": st.sampled_from(["0", "1"]),
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", RULES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_both_find_the_same(form, data):
    body = data.draw(BODIES[form])
    if form == "pairs" and data.draw(st.booleans()):
        body = {key: value for key, value in body.items() if key != "differs"}
    if form == "totals" and data.draw(st.booleans()):
        body = {key: value for key, value in body.items() if key not in ("sum", "per")}
    if form == "share" and data.draw(st.booleans()):
        body = {
            **{key: value for key, value in body.items() if key != "above"},
            "below": "50%",
            "sum": "money",
        }
    rule = rules.review(
        {
            "id": "x", "title": "规则", "columns": COLUMNS, "key": "id", "unit": "unit", "on": "day", "amount": "money",
            "where": data.draw(TEST), form: body, "severity": "low",
        }
    )  # fmt: skip
    rows = data.draw(ROWS)
    found = rules.evaluate(rule, rows, CODES)
    assert sets.evaluate(rule, sets.arrow(rule, rows), CODES) == found
    assert all(explain(rule, one).startswith("规则：") for one in found)


def made(**more):
    """A rule over a few columns."""
    return rules.review(
        {
            "id": "x",
            "title": "规则",
            "columns": {"id": "id", "m": "money"},
            "key": "id",
            "severity": "low",
            **more,
        }
    )


def test_a_sample_is_the_same_for_the_same_seed():
    rule = made(
        limit={"column": "m", "above": "0"},
        amount="m",
        sample={"draw": "random", "share": "10%", "least": "2"},
    )
    found = rules.evaluate(rule, [{"id": f"{n:03}", "m": n + 1} for n in range(50)], {})
    one, two, other = (rules.drawn(rule, found, seed) for seed in ("2024", "2024", "2025"))
    assert one == two != other and len(one) == 5 and set(one) <= set(found)
    top = made(limit={"column": "m", "above": "0"}, amount="m", sample={"draw": "top", "share": "0.04"})
    assert [found.amount for found in rules.drawn(top, found, "")] == [50, 49]


def test_rows_that_cannot_be_read_are_named_together():
    rule = made(limit={"column": "m", "above": "0"})
    with pytest.raises(Faults) as caught:
        rules.typed(rule, [{"id": "a", "m": "many"}, {"id": "a", "n": "1"}])
    assert {(fault.line, fault.where) for fault in caught.value.faults} == {(1, "m"), (2, "n"), (2, "id")}


def test_missing_columns_and_lists_are_errors():
    rule = made(limit={"column": "m", "above": "0"})
    with pytest.raises(ReviewError, match="columns missing"):
        sets.evaluate(rule, sets.arrow(rule, []).drop_columns(["m"]), {})
    listed = rules.review(
        {
            "id": "x", "title": "规则", "columns": {"id": "id", "c": "text"}, "key": "id", "severity": "low",
            "outside": {"column": "c", "codelist": "nowhere"},
        }
    )  # fmt: skip
    for evaluate in (
        rules.evaluate,
        lambda rule, rows, codes: sets.evaluate(rule, sets.arrow(rule, rows), codes),
    ):
        with pytest.raises(ReviewError, match="no such list"):
            evaluate(listed, [{"id": "a", "c": "x"}], {})
