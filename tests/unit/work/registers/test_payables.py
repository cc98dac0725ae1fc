"""Approved rows of a register become payouts: each once, and only two others than the asker let the money go."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from kangcheng.base.accounts.types import Actor
from kangcheng.funds.payouts import selectors as payouts
from kangcheng.funds.payouts import services as paying
from kangcheng.funds.payouts.types import PayoutError
from kangcheng.funds.permission import NotPermitted
from kangcheng.work.registers import services

pytestmark = pytest.mark.django_db


def somebody(*permissions):
    return Actor(uuid4(), "某人", frozenset({"x"}), ("",), permissions=frozenset(permissions))


@pytest.fixture
def due(posts, post, system, today):
    """Two approved posts with pay, one that is due tomorrow and one not approved."""
    for number, approved, days in (("1", True, 0), ("2", True, -3), ("3", True, 1), ("4", None, 0)):
        values = post(number=number, pay=500_00, approved=approved, paid_on=today + timedelta(days=days))
        services.create(register=posts, values=values, by=system, on=today)
    return posts


def test_each_row_is_asked_for_once_and_two_others_approve(due, today):
    asker, first, second = (
        somebody("claim.settle", "ledger.look"), somebody("payout.approve"), somebody("payout.approve"),
    )  # fmt: skip
    assert [one.amount for one in payouts.due_of(due, today)] == [500_00, 500_00]
    made = paying.ask_for_register(register=due, source="basic", until=today, by=asker, on=today)
    assert len(made) == 2 and all(one.party_id for one in made), "the clinic is the payee"
    with pytest.raises(PayoutError, match="没有应付未申请"):
        paying.ask_for_register(register=due, source="basic", until=today, by=asker, on=today)
    with pytest.raises(NotPermitted):
        paying.approve(payout_id=made[0].id, by=asker, on=today)
    assert paying.approve(payout_id=made[0].id, by=first, on=today).state == "asked"
    assert paying.approve(payout_id=made[0].id, by=second, on=today).state == "approved"
    later = paying.ask_for_register(
        register=due, source="basic", until=today + timedelta(days=1), by=asker, on=today
    )
    assert len(later) == 1, "what falls due later is asked for later"


def test_what_was_sent_back_is_due_again(due, today):
    asker, checker = somebody("claim.settle", "ledger.look"), somebody("payout.approve")
    made = paying.ask_for_register(register=due, source="basic", until=today, by=asker, on=today)
    paying.refuse(payout_id=made[0].id, by=checker, on=today, reason="账号不对")
    assert [str(one.row_id) for one in payouts.due_of(due, today)] == [made[0].subject]


def test_who_only_looks_asks_for_nothing(due, today):
    with pytest.raises(NotPermitted):
        paying.ask_for_register(
            register=due,
            source="basic",
            until=date.max - timedelta(days=1),
            by=somebody("ledger.look"),
            on=today,
        )
