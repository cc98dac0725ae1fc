"""Whatever happens in whatever order: the ledger balances, accumulators are what the claims say, money is where it should be."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import town as town_
from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.cashier import selectors as cash
from kangcheng.funds.cashier import services as cashier
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.settlement import selectors, services
from kangcheng.funds.settlement.models import Accumulator, Balance, Pool, Settlement
from kangcheng.funds.settlement.types import LIVE, SettlementError

DAY, BY = town_.DAY, town_.cashier()
PEOPLE = 4
pytestmark = pytest.mark.django_db

person = st.integers(0, PEOPLE - 1)
setting = st.sampled_from(["inpatient", "outpatient", "special_outpatient", "delivery"])
lines = st.lists(
    st.tuples(st.sampled_from(["A1", "B1", "Z1", "L1", "FEE"]), st.integers(1, 400)), min_size=1, max_size=4
)
step = st.one_of(
    st.tuples(st.just("settle"), person, setting, lines),
    st.tuples(st.just("reverse"), st.integers(0, 20), st.just(True)),
    st.tuples(st.just("again"), st.integers(0, 20)),
    st.tuples(st.just("pay"), st.integers(0, 20)),
    st.tuples(st.just("refund"), st.integers(0, 20)),
    st.tuples(st.just("cancel"), st.integers(0, 20)),
)


class Undo(Exception):
    """Ends an example: its rows are rolled back."""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=2, max_size=12))
def test_whatever_happens(town, pack, system, steps):
    with pytest.raises(Undo), transaction.atomic():
        for home in (0, 2):
            services.credit(
                owner_id=town_.household_id(home), owner="household", account="family", amount=700_00, source="basic",
                by=system, on=DAY, why="划入", key=f"credit-{home}",
            )  # fmt: skip
        keys = count()
        for number, one in enumerate(steps):
            day = DAY + timedelta(number)
            with transaction.atomic():
                _do(town, pack, one, day, lambda: f"k{next(keys)}")
        _everything_holds(town)
        raise Undo


def _do(town, pack, one, on, key):
    rows = list(Settlement.objects.order_by("number"))
    if one[0] == "settle":
        return _settle(town, pack, *one[1:], on, key)
    if not rows:
        return None
    row = rows[one[1] % len(rows)]
    try:
        if one[0] == "reverse":
            services.reverse(settlement_id=row.pk, by=BY, on=on, why="错", key=key(), resettle_later=one[2])
        elif one[0] == "again":
            services.resettle(settlement_id=row.pk, pack=pack, by=BY, on=on, why="补", key=key())
        elif one[0] == "cancel" and row.state in LIVE:
            billing.cancel_discharge(bill_id=row.bill_id, by=BY, on=on, why="改", key=key())
        elif one[0] == "pay" and row.state in LIVE:
            cashier.take(bill_id=row.bill_id, method="cash", by=BY, on=on, key=key())
        elif one[0] == "refund" and (due := cash.due(row.bill_id).due) < 0:
            cashier.refund(
                bill_id=row.bill_id, method="cash", amount=-due, by=BY, on=on, why="余款", key=key()
            )
    except SettlementError:
        return None  # not live any more


def _settle(town, pack, number, how, codes, on, key):
    bill = billing.open_bill(
        person_id=town.people[number], institution_id=town_.COUNTY_HOSPITAL, setting=how, admitted_on=on, by=BY, on=on,
        key=key(), pack=pack,
    )  # fmt: skip
    billing.charge(
        bill_id=bill.id, lines=[NewLine(*line) for line in codes], by=BY, on=on, key=key(), pack=pack
    )
    billing.discharge(bill_id=bill.id, discharged_on=on, by=BY, on=on)
    services.settle(bill_id=bill.id, pack=pack, by=BY, on=on, key=key())


def _everything_holds(town):
    assert ledger.unbalanced() == []
    assert ledger.trial_balance(on=DAY + timedelta(400)).balanced
    live = list(Settlement.objects.filter(state__in=LIVE))
    assert sum(ledger.balances("fund").values()) == sum(row.fund for row in live)
    assert sum(ledger.balances("waived").values()) == sum(row.waived for row in live)
    assert ledger.balance("borne:institution") == sum(row.institution_borne for row in live)
    assert ledger.balance("payable:institution") == -sum(row.total for row in live)
    bills = set(Settlement.objects.values_list("bill_id", flat=True))
    owed = sum(cash.due(bill).due for bill in bills)
    assert ledger.balance("receivable:patient") == owed
    for one in town.people[:PEOPLE]:
        kept = {row.name: row.value for row in Accumulator.objects.filter(owner_id=one).exclude(value=0)}
        assert kept == {key[1]: value for key, value in selectors.replay(one).items()}
    for name, used in Pool.objects.values_list("name", "used"):
        drawn = sum(move[5] for row in live for move in row.moves if move[0] == "pool" and move[2] == name)
        assert used == drawn == ledger.balance(f"pool:{name}")
    for owner, amount in Balance.objects.values_list("owner_id", "amount"):
        assert ledger.balance("account:family", party=owner) == -amount
