"""Money leaves the fund only when two others than the asker said yes; the database counts too."""

import pytest
from django.db import DatabaseError, connection, transaction

from bench import town as town_
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.payouts import selectors, services
from kangcheng.funds.payouts.types import PayoutError
from kangcheng.funds.permission import NotPermitted

DAY = town_.DAY
OFFICER = town_.staff("fund_officer", 0, institution=None)
FIRST, SECOND = (town_.staff("fund_auditor", number, institution=None) for number in (1, 2))
pytestmark = pytest.mark.django_db


def ask(**changes):
    asked = {
        "register": "rows", "subject": "1", "source": "basic", "party_id": town_.person_id(1), "payee": "测试1",
        "amount": 500_00, "by": OFFICER, "on": DAY,
    }  # fmt: skip
    return services.ask(**{**asked, **changes})


def test_two_approvals_then_it_is_paid(db):
    payout = ask()
    assert services.approve(payout_id=payout.id, by=FIRST, on=DAY).state == "asked"
    with pytest.raises(PayoutError, match="两人批准"):
        services.pay(payout_id=payout.id, by=FIRST, on=DAY)
    with pytest.raises(PayoutError, match="审批过"):
        services.approve(payout_id=payout.id, by=FIRST, on=DAY)
    assert services.approve(payout_id=payout.id, by=SECOND, on=DAY).state == "approved"
    assert ledger.balance("payable:person") == -500_00
    for _ in range(2):
        assert services.pay(payout_id=payout.id, by=FIRST, on=DAY).state == "paid"
    assert ledger.balance("payable:person") == 0 and ledger.balance("bank:basic") == -500_00


def test_the_asker_cannot_approve(db):
    payout = ask(by=FIRST)
    with pytest.raises(PayoutError, match="申请人"):
        services.approve(payout_id=payout.id, by=FIRST, on=DAY)
    with pytest.raises(NotPermitted):
        services.approve(payout_id=payout.id, by=OFFICER, on=DAY)


def test_one_subject_is_asked_once(db):
    assert ask() == ask()
    with pytest.raises(PayoutError, match="重复给付"):
        ask(amount=600_00)


def test_a_refused_one_takes_its_debt_back_and_may_be_asked_again(db):
    payout = ask()
    with pytest.raises(PayoutError, match="原因"):
        services.refuse(payout_id=payout.id, by=FIRST, on=DAY, reason="")
    assert services.refuse(payout_id=payout.id, by=FIRST, on=DAY, reason="资料不全").state == "refused"
    assert ledger.balance("payable:person") == 0
    assert ask().id != payout.id


def test_the_database_counts_the_approvals(db):
    payout = ask()
    services.approve(payout_id=payout.id, by=FIRST, on=DAY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as sql:
        sql.execute("UPDATE funds_payout SET state = 'paid' WHERE id = %s", [payout.id])


def test_an_institution_is_paid_what_was_settled(settled):
    answer = settled(1)
    fen = answer.payers["basic"]
    assert (town_.COUNTY_HOSPITAL, "basic", fen) in selectors.owed_to_institutions()
    payout = services.ask_for_institution(
        institution_id=town_.COUNTY_HOSPITAL,
        payee="测试县医院",
        source="basic",
        until=DAY,
        by=OFFICER,
        on=DAY,
    )
    assert payout.amount == fen
    assert all(row[1] != "basic" for row in selectors.owed_to_institutions())
    for auditor in (FIRST, SECOND):
        services.approve(payout_id=payout.id, by=auditor, on=DAY)
    services.pay(payout_id=payout.id, by=FIRST, on=DAY)
    assert ledger.balance("payable:institution", party=town_.COUNTY_HOSPITAL) == -(answer.total - fen)
