"""Money over the counter: deposits, payment, refunds, corrections and the sealed day."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bench import town as town_
from kangcheng.funds.billing import selectors as bills
from kangcheng.funds.cashier import selectors, services
from kangcheng.funds.cashier.types import CashierError
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.permission import NotPermitted
from kangcheng.funds.settlement import services as settlement

DAY = town_.DAY
pytestmark = pytest.mark.django_db


def take(answer, by, key="t", **options):
    return services.take(
        bill_id=answer.bill_id, method=options.pop("method", "cash"), by=by, on=DAY, key=key, **options
    )


def test_paying_brings_a_bill_to_zero(settled, cashier):
    answer = settled(1)
    assert selectors.due(answer.bill_id).due == answer.cash == 475_00
    paid = take(answer, cashier)
    assert (paid.amount, paid.kind, paid.method) == (475_00, "payment", "cash")
    assert selectors.due(answer.bill_id).due == 0
    assert ledger.balance("receivable:patient", party=answer.person_id) == 0
    assert ledger.balance("cash:cash", party=town_.COUNTY_HOSPITAL) == 475_00
    assert take(answer, cashier) == paid
    assert take(answer, cashier, key="again") is None


def test_a_part_may_be_paid_by_another_method(settled, cashier):
    answer = settled(1)
    take(answer, cashier, amount=100_00, method="mobile")
    assert selectors.due(answer.bill_id).due == 375_00
    with pytest.raises(CashierError, match="应收仅"):
        take(answer, cashier, key="much", amount=376_00)
    take(answer, cashier, key="rest")
    assert [one.method for one in selectors.payments_of(answer.bill_id)] == ["mobile", "cash"]


def test_a_deposit_is_used_first_and_the_excess_given_back(stay, cashier, pack):
    bill = stay(1, discharge=False)
    given = services.deposit(bill_id=bill, method="card", amount=1000_00, by=cashier, on=DAY, key="d")
    assert services.deposit(bill_id=bill, method="card", amount=1000_00, by=cashier, on=DAY, key="d") == given
    assert ledger.balance("deposit:patient") == -1000_00
    from kangcheng.funds.billing import services as billing

    billing.discharge(bill_id=bill, discharged_on=DAY, by=cashier, on=DAY)
    settlement.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="s")
    back = services.take(bill_id=bill, method="cash", by=cashier, on=DAY, key="t")
    assert (back.kind, back.amount) == ("deposit_back", -(1000_00 - 475_00))
    stand = selectors.due(bill)
    assert (stand.due, stand.deposit, stand.used) == (0, 0, 475_00)
    assert ledger.balance("deposit:patient") == 0 and ledger.balance("receivable:patient") == 0


def test_a_reversal_leaves_a_refund_and_no_more(settled, cashier):
    answer = settled(1)
    take(answer, cashier)
    with pytest.raises(CashierError, match="最多可退"):
        services.refund(
            bill_id=answer.bill_id, method="cash", amount=1, by=cashier, on=DAY, why="误", key="r0"
        )
    settlement.reverse(settlement_id=answer.id, by=cashier, on=DAY, why="录错", key="rev")
    assert selectors.due(answer.bill_id).due == -475_00
    services.refund(
        bill_id=answer.bill_id, method="cash", amount=475_00, by=cashier, on=DAY, why="冲正", key="r1"
    )
    assert selectors.due(answer.bill_id).due == 0
    assert ledger.balance("cash:cash") == 0 and ledger.balance("receivable:patient") == 0


def test_the_treated_first_pay_no_deposit_and_their_debt_closes_when_paid(stay, cashier, pack):
    bill = stay(0, A1=10)
    assert bills.bill(bill).no_deposit == "pay-later"
    with pytest.raises(CashierError, match="先诊疗"):
        services.deposit(bill_id=bill, method="cash", amount=1, by=cashier, on=DAY, key="d")
    assert bills.debt(bill).amount is None and bills.debt(bill).closed_on is None
    answer = settlement.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="s")
    assert (bills.debt(bill).amount, bills.debt(bill).closed_on) == (answer.cash, None)
    assert [debt.bill_id for debt in bills.debts()] == [bill]
    take(answer, cashier)
    assert bills.debt(bill).closed_on == DAY and bills.debts() == []


def test_a_day_is_sealed_and_corrected_only_on_the_next(settled, cashier):
    first, second = settled(1), settled(2)
    paid = take(first, cashier)
    sheet = services.close_day(
        institution_id=town_.COUNTY_HOSPITAL, day=DAY, counted={"cash": 480_00}, by=cashier, on=DAY
    )
    assert (sheet.counts, sheet.totals, sheet.difference) == ({"payment": 1}, {"cash": 475_00}, 5_00)
    assert sheet.closed and selectors.intact(
        cashier_id=cashier.user_id, institution_id=town_.COUNTY_HOSPITAL, day=DAY
    )
    assert ledger.balance("cash:cash") == 480_00 and ledger.balance("over_short:cash") == -5_00
    with pytest.raises(CashierError, match="已日结"):
        take(second, cashier, key="late")
    tomorrow = DAY + timedelta(1)
    fixed = services.correct(payment_id=paid.id, by=cashier, on=tomorrow, why="方式录错", key="c")
    assert (fixed.amount, fixed.corrects_id) == (-475_00, paid.id)
    with pytest.raises(CashierError, match="已更正"):
        services.correct(payment_id=paid.id, by=cashier, on=tomorrow, why="再来", key="c2")
    assert selectors.due(first.bill_id).due == 475_00
    services.take(bill_id=first.bill_id, method="card", by=cashier, on=tomorrow, key="t2")
    next_sheet = selectors.sheet(
        cashier_id=cashier.user_id, institution_id=town_.COUNTY_HOSPITAL, day=tomorrow
    )
    assert next_sheet.totals == {"cash": -475_00, "card": 475_00}
    again = services.close_day(
        institution_id=town_.COUNTY_HOSPITAL, day=DAY, counted={}, by=cashier, on=tomorrow
    )
    assert again.counted == {"cash": 480_00}


def test_the_database_keeps_a_sealed_day(settled, cashier):
    answer = settled(1)
    take(answer, cashier)
    services.close_day(
        institution_id=town_.COUNTY_HOSPITAL, day=DAY, counted={"cash": 475_00}, by=cashier, on=DAY
    )
    copy = """
        INSERT INTO funds_payment (id, created_at, kind, method, amount, paid_on, person_id, institution_id, cashier_id,
            cashier_name, memo)
        SELECT gen_random_uuid(), now(), kind, method, amount, paid_on, person_id, institution_id, cashier_id,
            cashier_name, memo FROM funds_payment
    """
    for attack in (copy, "UPDATE funds_payment SET amount = 1", "DELETE FROM funds_dayclose"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
            sql.execute(attack)


def test_only_a_cashier_of_the_institution(settled):
    answer = settled(1)
    for other in (
        town_.cashier(institution=town_.TOWNSHIP_HOSPITAL),
        town_.staff("fund_auditor", institution=None),
    ):
        with pytest.raises(NotPermitted):
            take(answer, other)


@pytest.mark.parametrize(
    ("method", "amount", "words"), [("coin", 1, "方式"), ("cash", 0, "大于零"), ("cash", -5, "大于零")]
)
def test_bad_input(settled, cashier, method, amount, words):
    answer = settled(1)
    with pytest.raises(CashierError, match=words):
        services.take(bill_id=answer.bill_id, method=method, amount=amount, by=cashier, on=DAY, key="t")
