"""Twice at the same moment, twice with one key, one key for two people: everything that moves money or rights happens once."""

from datetime import timedelta

import pytest

from kangcheng.base.accounts import services as accounts
from kangcheng.base.accounts.models import RoleGrant
from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.cashier import services as cashier
from kangcheng.funds.cashier.models import DayClose, Payment
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.payouts import selectors as owed
from kangcheng.funds.payouts import services as payouts
from kangcheng.funds.payouts.models import Payout, PayoutApproval
from kangcheng.funds.receipts import services as receipts
from kangcheng.funds.receipts.models import Receipt
from kangcheng.funds.settlement import services as settlement
from kangcheng.funds.settlement.models import Settlement
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from tests.guard.world import staff
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def done(answers):
    return [answer for answer in answers if not isinstance(answer, Exception)]


def only_ours(answers):
    """Errors, all of which say in our own words what was wrong."""
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(error, KangchengError) for error in errors), errors
    return errors


def test_a_double_click_moves_money_once(world):
    near, today = world.near, world.today
    clerks = [staff("cashier", near, n) for n in (0, 5, 6)]
    waiting = near.ids["waiting"]
    answers = together(
        *(
            lambda by=by: settlement.settle(
                bill_id=waiting, pack=citypack.pack(), by=by, on=today, key=f"s-{by.user_id}"
            )
            for by in clerks
        )
    )
    assert len(done(answers)) == 1 and len(only_ours(answers)) == 2
    live = done(answers)[0]
    paid = together(
        *(
            lambda by=by: cashier.take(bill_id=waiting, method="cash", by=by, on=today, key=f"p-{by.user_id}")
            for by in clerks
        )
    )
    only_ours(paid)
    assert Payment.objects.filter(bill_id=waiting, kind="payment").count() == 1
    back = together(
        *(
            lambda by=by: settlement.reverse(
                settlement_id=live.id, by=by, on=today, why="误结", key=f"r-{by.user_id}"
            )
            for by in clerks
        )
    )
    assert len(done(back)) == 1 and len(only_ours(back)) == 2
    refunds = together(
        *(
            lambda by=by: cashier.refund(
                bill_id=waiting,
                method="cash",
                amount=live.cash,
                by=by,
                on=today,
                why="退",
                key=f"f-{by.user_id}",
            )
            for by in clerks
        )
    )
    assert len(done(refunds)) == 1 and len(only_ours(refunds)) == 2
    assert not ledger.unbalanced()
    assert sum(row.amount for row in Payment.objects.filter(bill_id=waiting)) == 0


def test_one_form_sent_three_times_is_one_deed_with_one_answer(world):
    near, today, by = world.near, world.today, staff("cashier", world.near)
    waiting = near.ids["waiting"]
    first = together(
        *[lambda: settlement.settle(bill_id=waiting, pack=citypack.pack(), by=by, on=today, key="one")] * 3
    )
    assert {answer.id for answer in done(first)} == {done(first)[0].id} and len(done(first)) == 3
    taken = together(*[lambda: cashier.take(bill_id=waiting, method="cash", by=by, on=today, key="two")] * 3)
    assert len({answer.id for answer in done(taken)}) == 1 and len(done(taken)) == 3
    back = together(
        *[
            lambda: settlement.reverse(
                settlement_id=done(first)[0].id, by=by, on=today, why="误结", key="three"
            )
        ]
        * 3
    )
    assert len(done(back)) == 3 and len({answer.settlement_id for answer in done(back)}) == 1
    assert Settlement.objects.filter(bill_id=waiting).count() == 1
    prints = together(
        *[
            lambda: receipts.issue(
                kind="settlement",
                subject_id=done(first)[0].id,
                person_id=near.people[0],
                institution_id=near.place,
                by=by,
                on=today,
            )
        ]
        * 3
    )
    assert len({one.number for one in done(prints)}) == 1
    assert Receipt.objects.filter(subject_id=done(first)[0].id).count() == 1


def test_a_key_of_one_person_gives_nothing_to_another(world):
    """The same key for another bill, another clerk or another hospital never hands out the first one's answer."""
    near, far, today = world.near, world.far, world.today
    by, other, there = staff("cashier", near), staff("cashier", near, 7), staff("cashier", far)
    settled = settlement.settle(
        bill_id=near.ids["waiting"], pack=citypack.pack(), by=by, on=today, key="same"
    )
    again = settlement.settle(
        bill_id=near.ids["waiting"], pack=citypack.pack(), by=other, on=today, key="same"
    )
    assert again.id == settled.id, "a colleague at the same counter repeats the request"
    for who, bill in (
        (there, far.ids["waiting"]),
        (there, near.ids["waiting"]),
        (staff("clinician", near), near.ids["waiting"]),
    ):
        with pytest.raises(KangchengError):
            settlement.settle(bill_id=bill, pack=citypack.pack(), by=who, on=today, key="same")
    for who in (there, staff("clinician", near), staff("fund_auditor")):
        with pytest.raises(KangchengError):
            settlement.reverse(settlement_id=settled.id, by=who, on=today, why="冲正", key="guess")
    opening = {
        "institution_id": near.place,
        "setting": "outpatient",
        "admitted_on": today,
        "by": by,
        "on": today,
        "key": "open",
    }
    billing.open_bill(person_id=near.people[0], **opening)
    with pytest.raises(KangchengError):
        billing.open_bill(person_id=near.people[2], **opening)
    for key in ("", " ", "k" * 101):
        with pytest.raises(KangchengError):
            billing.open_bill(person_id=near.people[2], **{**opening, "key": key})
        with pytest.raises(KangchengError):
            billing.charge(bill_id=near.ids["bill"], lines=[NewLine("A1", 1)], by=by, on=today, key=key)
        with pytest.raises(KangchengError):
            cashier.deposit(bill_id=near.ids["bill"], method="cash", amount=100, by=by, on=today, key=key)


def test_payouts_are_asked_approved_and_paid_once(world):
    today = world.today
    officers = [staff("fund_officer", None, n) for n in range(3)]
    place, source, fen = owed.owed_to_institutions()[0]
    asked = together(
        *(
            lambda by=by, n=n: payouts.ask_for_institution(
                institution_id=place,
                payee="医院",
                source=source,
                until=today - timedelta(days=n),
                by=by,
                on=today,
            )
            for n, by in enumerate(officers)
        )
    )
    only_ours(asked)
    assert sum(row.amount for row in Payout.objects.filter(register="institution")) == fen, (
        "what is owed is asked for once"
    )
    payout = done(asked)[0].id
    auditors = [staff("fund_auditor", None, n) for n in range(2)]
    verdicts = together(
        *(lambda by=by: payouts.approve(payout_id=payout, by=by, on=today) for by in auditors * 2)
    )
    only_ours(verdicts)
    assert PayoutApproval.objects.filter(payout_id=payout).count() == 2
    assert Payout.objects.get(pk=payout).state == "approved"
    paid = together(*(lambda by=by: payouts.pay(payout_id=payout, by=by, on=today) for by in auditors * 2))
    assert only_ours(paid) == []
    assert ledger.balance(f"bank:{source}", on=today) == -fen


def test_a_day_is_closed_once_and_takes_nothing_more(world):
    near, today, by = world.near, world.today, staff("cashier", world.near)
    sheets = together(
        *[
            lambda: cashier.close_day(
                institution_id=near.place, day=today, counted={"cash": 0}, by=by, on=today
            )
        ]
        * 3,
        lambda: cashier.deposit(
            bill_id=near.ids["bill"], method="cash", amount=5000, by=by, on=today, key="late"
        ),
    )
    only_ours(sheets)
    assert DayClose.objects.filter(cashier_id=by.user_id).count() == 1
    close = DayClose.objects.get(cashier_id=by.user_id)
    taken = sum(row.amount for row in Payment.objects.filter(cashier_id=by.user_id, paid_on=today))
    assert close.totals.get("cash", 0) == taken, (
        "the late one is in the sheet or was refused, never beside it"
    )


def test_the_last_two_administrators_do_not_remove_each_other(account, world):
    users = [account("audit_admin"), account("audit_admin")]
    account("system_admin")
    by = Actor(
        users[0].id, "甲", frozenset({"system_admin"}), ("",), permissions=ROLES["system_admin"].permissions
    )
    answers = together(
        *(
            lambda user=user: accounts.disable_user(user=user, by=by, on=world.today, why="同时")
            for user in users
        )
    )
    assert len(only_ours(answers)) == 1
    assert RoleGrant.objects.filter(role="audit_admin", user__is_active=True).count() == 1


def test_a_form_without_its_key_opens_nothing(world, browser):
    near, clerk = world.near, browser("cashier", place=world.near.place)
    clerk.post("/people/find/", {"kind": "identity", "value": near.numbers[2]})
    form = {"code": "A1", "quantity": "1", "setting": "outpatient", "institution": str(near.place)}
    before = billing.selectors.bills_of([near.people[2]])
    for key in ({}, {"key": ""}, {"key": "  "}):
        assert clerk.post(f"/counter/{near.people[2]}/", form | key).status_code == 422
    assert billing.selectors.bills_of([near.people[2]]) == before
    assert clerk.post(f"/counter/{near.people[2]}/", form | {"key": "k-1"}).status_code == 302
