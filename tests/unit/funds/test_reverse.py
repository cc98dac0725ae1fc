"""Reversing, settling again, expiring: what is undone, what later settlements become, and that the ledger follows."""

from datetime import UTC, datetime, timedelta

import pytest

from bench import town as town_
from kangcheng.funds.billing import selectors as bills
from kangcheng.funds.billing import services as billing
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.settlement import selectors, services
from kangcheng.funds.settlement.models import Accumulator, Settlement
from kangcheng.funds.settlement.types import SettlementError
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory

DAY = town_.DAY
pytestmark = pytest.mark.django_db


def reverse(answer, *, by, key="r", **options):
    return services.reverse(
        settlement_id=answer.id, by=by, on=DAY + timedelta(9), why="录错", key=key, **options
    )


def test_reversing_the_only_one_leaves_nothing_behind(settled, cashier):
    answer = settled(1, A1=10)
    reversal = reverse(answer, by=cashier)
    assert (reversal.cash, reversal.later) == (answer.cash, ())
    assert selectors.by_id(answer.id).state == "reversed"
    assert bills.bill(answer.bill_id).state == "discharged"
    assert not Accumulator.objects.exclude(value=0).exists()
    assert all(row.balance == 0 for row in ledger.trial_balance(on=DAY + timedelta(9)).rows)
    with pytest.raises(SettlementError, match="reversed"):
        reverse(answer, by=cashier, key="again")
    assert reverse(answer, by=cashier) == reversal
    again = services.settle(
        bill_id=answer.bill_id, pack=town_.pack(), by=cashier, on=DAY + timedelta(9), key="s2"
    )
    assert again.payers == answer.payers and again.id != answer.id


def test_a_reason_is_asked(settled, cashier):
    answer = settled(1)
    with pytest.raises(SettlementError, match="原因"):
        services.reverse(settlement_id=answer.id, by=cashier, on=DAY, why=" ", key="r")


def test_reversing_an_earlier_one_says_what_later_ones_become(settled, cashier):
    first, second, other = settled(1, A1=1000), settled(1, A1=1000), settled(3, A1=1000)
    # Alone: (100000 - 300) x 75% = 74775; the yearly ceiling of 100000 leaves 25225 for the second.
    assert (first.payers["basic"], second.payers["basic"]) == (74_775_00, 25_225_00)
    [change] = selectors.chain_effect(first.id)
    assert change.settlement_id == second.id and change.now_id is None
    assert change.after["payers"] == {payer: fen for payer, fen in other.payers.items() if fen}
    reversal = reverse(first, by=cashier)
    assert [one.settlement_id for one in reversal.later] == [second.id]
    assert selectors.by_id(second.id).state == "settled"
    assert ledger.unbalanced() == []


def test_later_ones_are_adjusted_when_asked(settled, cashier):
    first, second = settled(1, A1=1000), settled(1, A1=1000)
    reversal = reverse(first, by=cashier, resettle_later=True)
    [change] = reversal.later
    now = selectors.by_id(change.now_id)
    assert selectors.by_id(second.id).state == "replaced" and now.replaces_id == second.id
    assert now.payers["basic"] == 74_775_00
    assert now.settled_on == second.settled_on
    assert ledger.balance("fund:basic") == 74_775_00
    assert ledger.balance("receivable:patient", party=now.person_id) == now.cash
    entries = ledger.entries_of(f"settlement:{now.id}")
    assert [entry.business for entry in entries] == ["adjustment"]
    assert entries[0].happened_on == DAY + timedelta(9)
    kept = {row["name"]: row["value"] for row in selectors.accumulators([now.person_id])}
    replayed = {key[1]: value for key, value in selectors.replay(now.person_id).items()}
    assert kept == replayed
    assert reverse(first, by=cashier, resettle_later=True) == reversal


def test_settling_again_takes_new_facts(settled, cashier, town, pack):
    first, second = settled(1, A1=10), settled(1, A1=10)
    assert first.payers.get("charity", 0) == 0
    categories.bulk(
        [NewCategory(town.people[1], "registered_poor", town_.SINCE, source="late list")],
        by=cashier_of_all(),
        on=DAY,
    )
    now = services.resettle(settlement_id=first.id, pack=pack, by=cashier, on=DAY, why="补认定", key="again")
    # (1000 - 300) x 75% = 525 by basic; the charity fund takes 40% of the 475 that are left
    assert now.replaces_id == first.id and now.payers["charity"] == 190_00
    assert selectors.by_id(second.id).state == "settled"  # its own facts were not looked at again
    assert ledger.balance("fund:charity") == now.payers["charity"]
    assert (
        services.resettle(settlement_id=first.id, pack=pack, by=cashier, on=DAY, why="补认定", key="again")
        == now
    )


def cashier_of_all():
    from kangcheng.base.accounts.types import system_actor

    return system_actor("list")


def test_a_held_settlement_is_confirmed_or_expires(stay, pack, cashier):
    until = datetime(2024, 5, 20, 12, tzinfo=UTC)
    bill, other = stay(1), stay(2)
    held = services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="h1", hold_until=until)
    kept = services.settle(bill_id=other, pack=pack, by=cashier, on=DAY, key="h2", hold_until=until)
    assert (held.state, selectors.live_of(bill)) == ("held", held.id)
    assert services.confirm(settlement_id=kept.id, by=cashier, on=DAY).state == "settled"
    assert services.expire_held(now=until, by=cashier, on=DAY) == []
    assert services.expire_held(now=until + timedelta(seconds=1), by=cashier, on=DAY) == [held.id]
    assert selectors.by_id(held.id).state == "expired"
    assert bills.bill(bill).state == "discharged" and selectors.live_of(bill) is None
    with pytest.raises(SettlementError, match="失效"):
        services.confirm(settlement_id=held.id, by=cashier, on=DAY)
    assert services.confirm(settlement_id=kept.id, by=cashier, on=DAY).state == "settled"


def test_a_cancelled_discharge_takes_the_settlement_back(settled, cashier):
    first, second = settled(1, A1=1000), settled(1, A1=1000)
    bill = billing.cancel_discharge(bill_id=first.bill_id, by=cashier, on=DAY, why="病情变化", key="c")
    assert (bill.state, bill.discharged_on) == ("open", None)
    assert selectors.by_id(first.id).state == "reversed"
    assert selectors.by_id(second.id).state == "replaced"
    assert (
        billing.cancel_discharge(bill_id=first.bill_id, by=cashier, on=DAY, why="病情变化", key="c") == bill
    )


def test_household_money_ties_the_household_together(settled, cashier, system):
    home = town_.household_id(0)
    services.credit(
        owner_id=home, owner="household", account="family", amount=500_00, source="basic", by=system, on=DAY, why="划入",
        key="c",
    )  # fmt: skip
    first, second = settled(0, A1=10, Z1=1), settled(1, A1=10)
    used = first.accounts["family"] + second.accounts["family"]
    assert used == 500_00 and first.accounts["family"] > 0 and second.accounts["family"] > 0
    assert selectors.balances([home]) == {"family": 0}
    assert ledger.balance("account:family", party=home) == 0
    reversal = reverse(first, by=cashier, resettle_later=True)
    [change] = reversal.later
    assert selectors.by_id(change.now_id).accounts["family"] > second.accounts["family"]
    left = selectors.balances([home])["family"]
    assert left == 500_00 - selectors.by_id(change.now_id).accounts["family"]
    assert ledger.balance("account:family", party=home) == -left


def test_money_moves_from_a_later_to_an_earlier_settlement(settled, cashier, system):
    """What the second takes more, the third had: on the way the account must not be asked for money it does not hold."""
    home = town_.household_id(1)
    first = settled(1, A1=100)  # before the account was filled
    services.credit(
        owner_id=home, owner="household", account="family", amount=3000_00, source="basic", by=system, on=DAY, why="划入",
        key="c",
    )  # fmt: skip
    second, third = settled(1, A1=100), settled(1, A1=100)
    assert (second.accounts["family"], third.accounts["family"]) == (2455_00, 545_00)
    reversal = reverse(first, by=cashier, resettle_later=True)
    now = [selectors.by_id(change.now_id).accounts["family"] for change in reversal.later]
    assert now == [2725_00, 275_00]  # the second bears the whole deductible of critical illness now
    assert selectors.balances([home]) == {"family": 0}


def test_a_settlement_out_of_order_is_refused(settled, stay, pack, cashier):
    settled(1, on=DAY + timedelta(3))
    with pytest.raises(SettlementError, match="不能倒插"):
        services.settle(bill_id=stay(1, on=DAY), pack=pack, by=cashier, on=DAY, key="late")
    assert Settlement.objects.count() == 1
