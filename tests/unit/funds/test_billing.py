"""Bills: priced by the catalogue of their day, all lines or none, marked with what is waived."""

from datetime import timedelta

import pytest

from bench import town as town_
from kangcheng.funds.billing import selectors, services
from kangcheng.funds.billing.types import BillingError, NewLine
from kangcheng.funds.permission import NotPermitted
from kangcheng.kernel.errors import Faults

DAY = town_.DAY
pytestmark = pytest.mark.django_db


def test_lines_carry_the_catalogue_of_their_day(stay):
    bill = selectors.bill(stay(1, A1=3, B1=1, L1=2, discharge=False))
    assert bill.total == 3 * 100_00 + 50_00 + 2 * 80_00
    assert [(one.item_code, one.group, one.amount) for one in bill.lines] == [
        ("N-A1", "jia", 300_00), ("N-B1", "yi", 50_00), ("N-L1", "jia", 160_00),
    ]  # fmt: skip
    assert bill.lines[2].price_limit == 60_00


def test_unmapped_codes_are_all_named_and_nothing_is_charged(stay, cashier):
    bill = stay(1, A1=1, discharge=False)
    lines = [NewLine("X1"), NewLine("A1"), NewLine("nonsense")]
    with pytest.raises(Faults) as refused:
        services.charge(bill_id=bill, lines=lines, by=cashier, on=DAY, key="c")
    assert [fault.where for fault in refused.value.faults] == [
        "lines[0].hospital_code",
        "lines[2].hospital_code",
    ]
    assert selectors.bill(bill).total == 100_00


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_impossible_quantities(stay, cashier, quantity):
    bill = stay(1, A1=1, discharge=False)
    with pytest.raises(Faults, match="数量"):
        services.charge(bill_id=bill, lines=[NewLine("A1", quantity)], by=cashier, on=DAY, key="c")


def test_charging_twice_with_one_key_charges_once(stay, cashier):
    bill = stay(1, A1=1, discharge=False)
    for _ in range(2):
        services.charge(bill_id=bill, lines=[NewLine("A1", 2)], by=cashier, on=DAY, key="c")
    assert selectors.bill(bill).total == 300_00


def test_waived_lines_are_marked_for_the_poor_only(stay):
    poor, other = selectors.bill(stay(0, FEE=1, A1=1)), selectors.bill(stay(1, FEE=1, A1=1))
    assert [(one.entitlement, one.source) for one in poor.lines] == [
        ("free-consultation", "relief_fund"),
        ("", ""),
    ]
    assert [one.entitlement for one in other.lines] == ["", ""]


def test_a_struck_line_stays_visible_and_counts_no_more(stay, cashier):
    bill = selectors.bill(stay(1, A1=1, B1=1, discharge=False))
    after = services.strike(line_id=bill.lines[0].id, by=cashier, on=DAY, why="录错")
    assert after.total == 50_00 and [one.struck for one in after.lines] == [True, False]
    assert services.strike(line_id=bill.lines[0].id, by=cashier, on=DAY, why="录错") == after


def test_nothing_is_charged_after_discharge(stay, cashier):
    bill = stay(1, A1=1)
    with pytest.raises(BillingError, match="discharged"):
        services.charge(bill_id=bill, lines=[NewLine("A1")], by=cashier, on=DAY, key="c")


def test_dates_must_agree(stay, cashier):
    bill = stay(1, A1=1, discharge=False)
    for wrong in (DAY - timedelta(1), DAY + timedelta(1)):
        with pytest.raises(BillingError, match="出院日期"):
            services.discharge(bill_id=bill, discharged_on=wrong, by=cashier, on=DAY)
    with pytest.raises(BillingError, match="在将来"):
        services.open_bill(
            person_id=town_.person_id(1), institution_id=town_.COUNTY_HOSPITAL, setting="inpatient",
            admitted_on=DAY + timedelta(1), by=cashier, on=DAY, key="future",
        )  # fmt: skip


def test_an_empty_bill_can_be_cancelled(stay, cashier):
    bill = stay(1, A1=1, discharge=False)
    with pytest.raises(BillingError, match="仍有费用"):
        services.cancel(bill_id=bill, by=cashier, on=DAY, why="离开")
    services.strike(line_id=selectors.bill(bill).lines[0].id, by=cashier, on=DAY, why="未用")
    assert services.cancel(bill_id=bill, by=cashier, on=DAY, why="离开").state == "cancelled"


def test_a_stranger_cannot_bill(town):
    with pytest.raises(NotPermitted):
        services.open_bill(
            person_id=town.people[0], institution_id=town_.COUNTY_HOSPITAL, setting="inpatient", admitted_on=DAY,
            by=town_.cashier(institution=town_.TOWNSHIP_HOSPITAL), on=DAY, key="o",
        )  # fmt: skip


def test_what_waits_at_the_counter(stay):
    open_one, done = stay(1, discharge=False), stay(2)
    found = selectors.waiting(institution_ids=[town_.COUNTY_HOSPITAL])
    assert {bill.id for bill in found} == {open_one, done}
    assert all(bill.total == 1000_00 for bill in found)
