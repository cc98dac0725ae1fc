"""Premiums: who pays them by the pack, the ledger's income by source, the rate."""

from datetime import date
from fractions import Fraction

import pytest

from bench import town as town_
from kangcheng.funds.enrolment import selectors, services
from kangcheng.funds.enrolment.types import EnrolmentError, NewEnrolment
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.registry.coverage import selectors as coverage

DAY = town_.DAY
OFFICER = town_.staff("fund_officer", institution=None)
pytestmark = pytest.mark.django_db


def enrol(town, pack, key="e", *, insure=False):
    return services.enrol(
        person_id=town.people[1],
        scheme="resident",
        year=2024,
        pack=pack,
        by=OFFICER,
        on=DAY,
        key=key,
        insure=insure,
    )


def test_a_premium_of_300_of_which_240_is_subsidy(town, pack):
    split = selectors.premium(person_id=town.people[1], scheme="resident", year=2024, pack=pack)
    assert (split.premium, split.own, split.subsidies) == (300_00, 60_00, {"finance": 240_00})


def test_enrolling_books_income_by_source(town, pack):
    one = enrol(town, pack)
    assert enrol(town, pack) == one
    assert ledger.balances("financing") == {"financing:finance": -240_00, "financing:own": -60_00}
    assert ledger.balance("bank:resident") == 60_00 and ledger.balance("treasury:finance") == 240_00
    with pytest.raises(EnrolmentError, match="enrolled already"):
        enrol(town, pack, key="twice")
    services.receive(
        source="finance", scheme="resident", amount=240_00, by=town_.staff("fund_auditor", institution=None), on=DAY,
        why="财政补助到账", key="r",
    )  # fmt: skip
    assert ledger.balance("treasury:finance") == 0 and ledger.balance("bank:resident") == 300_00


def test_withdrawing_frees_the_year(town, pack):
    one = enrol(town, pack)
    services.withdraw(enrolment_id=one.id, by=OFFICER, on=DAY, why="重复参保")
    assert not any(ledger.balances("financing").values())
    assert enrol(town, pack, key="again").id != one.id


def test_enrolling_insures(town, pack):
    coverage_before = coverage.rows(town.people[1])
    with pytest.raises(Exception, match="参保"):
        enrol(town, pack, insure=True)  # covered already by the town's open period
    assert coverage.rows(town.people[1]) == coverage_before and selectors.enrolled(year=2024) == 0


def test_the_rate(town, pack):
    rows = [
        NewEnrolment(person, "resident", 2024, 60_00, {"finance": 240_00}, date(2024, 1, 2 + place % 2))
        for place, person in enumerate(town.people[:15])
    ]
    assert services.bulk(rows, pack=pack, by=OFFICER, on=DAY) == 15
    assert selectors.rate(year=2024, eligible=20) == Fraction(3, 4)
    assert ledger.balances("financing") == {"financing:finance": -15 * 240_00, "financing:own": -15 * 60_00}
    assert len(ledger.entries(since=date(2024, 1, 1), on=DAY)) == 2
    [row] = selectors.financing(year=2024)
    assert (row["people"], row["per_head"]) == (15, Fraction(300_00))


def test_an_unknown_scheme(town, pack):
    with pytest.raises(Exception, match="gold-premium"):
        selectors.premium(person_id=town.people[1], scheme="gold", year=2024, pack=pack)
