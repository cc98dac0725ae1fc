"""Claims are what a year of care looks like, and hold together with the rest of the city."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow.compute as pc
import pytest

from kangcheng.synth import city, params, reference


@pytest.fixture(scope="module")
def claims(town):
    return town.claims.to_pylist()


@pytest.fixture(scope="module")
def lines(town):
    return town.claim_lines.to_pylist()


def test_dates_lie_in_the_year_and_in_order(town, claims):
    last = date(town.start.year + 1, 1, 1)
    for row in claims:
        assert town.start <= row["admitted_on"] <= row["discharged_on"] <= row["on"] < last
        assert (row["setting"] == "outpatient") <= (row["admitted_on"] == row["discharged_on"])
        assert row["on"] - row["discharged_on"] <= timedelta(days=5)


def test_nobody_is_treated_before_birth(town, claims):
    born = dict(zip(town.people["person"].to_pylist(), town.people["birth_on"].to_pylist(), strict=True))
    assert all(born[row["person"]] <= row["admitted_on"] and row["age"] >= 0 for row in claims)


def test_claims_of_a_person_are_numbered_by_time(claims):
    seen = {}
    for row in claims:
        assert row["sequence"] > seen.get(row["person"], 0)
        seen[row["person"]] = row["sequence"]
        assert row["id"] == f"C{row['person'][1:]}-{row['sequence']:03d}"


def test_the_total_is_the_sum_of_the_lines_and_lines_are_whole_units_at_a_price(town, lines):
    sums: Counter[str] = Counter()
    for row in lines:
        assert row["quantity"] >= 1 and row["amount"] > 0
        sums[row["claim"]] += row["amount"]
    assert dict(sums) == dict(
        zip(town.claims["id"].to_pylist(), town.claims["total"].to_pylist(), strict=True)
    )


def test_lines_are_numbered_from_one(lines):
    seen: Counter[str] = Counter()
    for row in lines:
        seen[row["claim"]] += 1
        assert row["line"] == seen[row["claim"]]


def test_first_pay_and_limit_are_the_catalogues(town, lines):
    items = {one.code: one for one in reference.items()}
    for row in lines[:20_000]:
        item = items[row["code"]]
        assert row["price_limit"] == item.price_limit
        pays = (row["first_pay_num"], row["first_pay_den"])
        assert pays == (item.first_pay if row["group"] == "yi" else (None, None))
    groups = Counter()
    for row in lines:
        groups[row["group"]] += row["amount"]
    whole = sum(groups.values())
    assert 0.4 < groups["jia"] / whole < 0.7 and 0.02 < groups["zifei"] / whole < 0.12


def test_higher_places_cost_more_and_stays_more_than_visits(claims):
    mean = {
        (setting, level): np.mean(
            [r["total"] for r in claims if (r["setting"], r["level"]) == (setting, level)]
        )
        for setting in ("outpatient", "inpatient")
        for level in ("一级", "二级", "三级")
    }
    for setting in ("outpatient", "inpatient"):
        assert mean[setting, "一级"] < mean[setting, "二级"] < mean[setting, "三级"]
    assert 100_000 < mean["inpatient", "一级"] < 500_000 < mean["inpatient", "三级"] < 2_000_000
    assert 3_000 < mean["outpatient", "一级"] < 15_000


def test_the_old_lie_in_more_and_the_poor_live_in_the_country(town, claims):
    people = Counter(2024 - born.year >= 65 for born in town.people["birth_on"].to_pylist())
    stays = Counter(row["age"] >= 65 for row in claims if row["setting"] == "inpatient")
    assert stays[True] / people[True] > 3 * stays[False] / people[False]
    assert 0.1 < sum(stays.values()) / town.residents < 0.25
    poor = town.categories.filter(pc.equal(town.categories["category"], "registered_poor"))[
        "person"
    ].to_pylist()
    homes = dict(zip(town.people["person"].to_pylist(), town.people["area_code"].to_pylist(), strict=True))
    assert sum(homes[one][4:6] in ("03", "04") for one in poor) / len(poor) > 0.6
    assert 0.015 < len(poor) / town.residents < 0.06


def test_diagnoses_fit_age_and_sex_unless_planted(town, claims):
    known = {one.code: one for one in reference.diagnoses()}
    sexes = dict(zip(town.people["person"].to_pylist(), town.people["sex"].to_pylist(), strict=True))
    marked = {one for ids in town.truth["ids"].to_pylist() for one in ids}
    for row in claims:
        one = known[row["disease"]]
        if row["id"] not in marked:
            assert one.sex in ("", sexes[row["person"]])
            assert one.age_from - 1 <= row["age"] <= one.age_to + 1, (row["disease"], row["age"])


def test_influenza_comes_in_winter(town):
    months = Counter(
        row["started_on"].month
        for row in town.encounters.to_pylist()
        if row["diagnosis"] in ("J10", "J00", "J06")
    )
    assert months[1] + months[12] + months[2] > 1.7 * (months[6] + months[7] + months[8])


def test_categories_and_cover_have_periods_that_are_not_empty(town):
    for name in ("categories", "coverage", "guardians"):
        for row in getattr(town, name).to_pylist():
            assert row["valid_to"] is None or row["valid_from"] < row["valid_to"], row
    schemes = Counter(town.coverage["scheme"].to_pylist())
    assert 0.93 < sum(schemes.values()) / town.residents < 0.99
    assert 0.2 < schemes["employee"] / town.residents < 0.45


def test_some_categories_end_in_the_year(town):
    ended = {
        row["category"]
        for row in town.categories.to_pylist()
        if row["valid_to"] and row["valid_to"].year == 2024
    }
    assert {"low_income", "registered_poor", "low_income_edge"} <= ended


def test_the_year_may_begin_in_any_month():
    numbers = params.of_year(params.read(), 2025, 11)
    town = city.make(3000, 2, numbers)
    days = town.claims["on"].to_pylist()
    assert town.start == date(2025, 11, 1) <= min(days) < date(2025, 11, 8)
    assert max(days) < date(2026, 11, 1) and max(town.people["birth_on"].to_pylist()) < date(2026, 11, 1)
    winter = sum(day.month in (12, 1, 2) for day in days)
    assert winter > sum(day.month in (6, 7, 8) for day in days)
    years = {row["valid_from"].year for row in town.coverage.to_pylist() if row["scheme"] == "resident"}
    assert years == {2025, 2026}


def test_cards_are_one_persons_and_guardians_are_parents(town):
    numbers = town.cards["number"].to_pylist()
    assert len(set(numbers)) == len(numbers) == 2 * town.residents
    people = {row["person"]: row for row in town.people.to_pylist()}
    for row in town.guardians.to_pylist():
        child, holder = people[row["person"]], people[row["holder"]]
        assert child["mother"] in (holder["person"], holder["spouse"])
