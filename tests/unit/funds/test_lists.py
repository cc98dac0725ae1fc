"""Lists of settlements: filters, sorting, paging without gaps or repeats; the overview adds up with the ledger."""

from datetime import timedelta

import pytest

from bench import town as town_
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.overview import selectors as overview
from kangcheng.funds.settlement import selectors
from kangcheng.funds.settlement.selectors import Filters
from kangcheng.funds.settlement.types import SettlementError

DAY = town_.DAY
pytestmark = pytest.mark.django_db


@pytest.fixture
def many(settled):
    """Seven settlements of different size, day and place."""
    made = [settled(person, A1=person + 1, on=DAY + timedelta(person // 2)) for person in range(6)]
    return [
        *made,
        settled(6, setting="outpatient", A1=2, institution=town_.TOWNSHIP_HOSPITAL, on=DAY + timedelta(9)),
    ]


@pytest.mark.parametrize("sort", ["-settled_on", "settled_on", "-total", "cash", "-number"])
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_paging_shows_every_row_once_and_in_order(many, sort, limit):
    rows, after = [], None
    while True:
        page = selectors.listed(Filters(), sort=sort, after=after, limit=limit)
        rows += page.rows
        if (after := page.after) is None:
            break
    assert sorted(row.id for row in rows) == sorted(answer.id for answer in many)
    values = [(getattr(row, sort.lstrip("-")), row.number) for row in rows]
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(since=DAY, on=DAY), 2),
        (Filters(setting="outpatient"), 1),
        (Filters(institution_ids=(town_.TOWNSHIP_HOSPITAL,)), 1),
        (Filters(institution_ids=()), 0),
        (Filters(payer="charity"), 2),  # persons 0 and 4 are poor
        (Filters(least_total=500_00), 2),
        (Filters(area="360803"), 7),
        (Filters(area="360802"), 0),
        (Filters(person_id=town_.person_id(3)), 1),
        (Filters(states=("reversed",)), 0),
    ],
)
def test_filters(many, filters, count):
    assert len(selectors.listed(filters).rows) == count == selectors.total_of(filters)


@pytest.mark.parametrize(("sort", "after"), [("name", None), ("-settled_on", "nonsense"), ("-total", "x~1")])
def test_bad_marks(many, sort, after):
    with pytest.raises(SettlementError):
        selectors.listed(Filters(), sort=sort, after=after)


def test_the_overview_agrees_with_the_ledger(many):
    last = DAY + timedelta(30)
    shown = overview.overview(since=DAY, on=last)
    assert (
        sum(shown.outlay.values()) == sum(ledger.balances("fund").values()) == sum(one.fund for one in many)
    )
    assert shown.claims == 7 and shown.people == 7
    assert shown.patients == sum(one.cash for one in many)
    months = overview.by_month(since=DAY, on=last)
    assert sum(sum(month.outlay.values()) for month in months) == sum(shown.outlay.values())
    levels = overview.by_level(since=DAY, on=last)
    assert {row.level for row in levels} == {"一级", "二级"} and sum(row.fund for row in levels) == sum(
        shown.outlay.values()
    )
    places = overview.by_institution(since=DAY, on=last)
    assert places[0][0] == town_.COUNTY_HOSPITAL and sum(row[2] for row in places) == sum(
        shown.outlay.values()
    )
    paid, scope = overview.in_policy_ratio(since=DAY, on=last)
    assert 0 < paid < scope
