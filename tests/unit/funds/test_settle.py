"""One bill through the counter: what it comes to, what is written, and that it is written once."""

from datetime import date, timedelta

import pytest

from bench import town as town_
from kangcheng.base.accounts.types import system_actor
from kangcheng.base.audit import AuditEvent, LookLog
from kangcheng.base.outbox import OutboxEvent
from kangcheng.funds.billing import selectors as bills
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.settlement import selectors, services
from kangcheng.funds.settlement.models import Request, Settlement
from kangcheng.funds.settlement.types import AlreadySettled, Draft, DraftLine, KeyReused, SettlementError
from kangcheng.kernel.errors import Faults
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.coverage import services as covering
from kangcheng.registry.people import services as people

DAY = town_.DAY
pytestmark = pytest.mark.django_db


def test_a_bill_is_settled_to_the_fen(settled):
    answer = settled(1, A1=10, B1=4, Z1=2)
    # bill 1000 + 200 + 60; first pay 20; in scope 1180; level two: (1180 - 300) x 75% = 660; left 520 below 5000
    assert answer.total == 1260_00
    assert answer.payers["basic"] == 660_00
    assert answer.parts == {
        "deductible": 300_00,
        "copay": 220_00,
        "item_first_pay": 20_00,
        "out_of_scope": 60_00,
    }
    assert answer.cash == 600_00
    assert answer.level == "二级" and answer.scheme == "resident" and answer.stack == "town-inpatient"
    assert any(reason.clause == "town-rules#T1" for reason in answer.reasons)
    assert selectors.by_id(answer.id) == answer


def test_everything_is_written_in_one_transaction(settled):
    answer = settled(1, A1=10)
    subject = f"settlement:{answer.id}"
    assert OutboxEvent.objects.filter(topic="funds.settled", key=str(answer.id)).count() == 1
    assert AuditEvent.objects.filter(action="settlement.settle", subject=subject).count() == 1
    assert LookLog.objects.filter(what=subject).count() == 1
    [entry] = ledger.entries_of(subject)
    assert sum(line.amount for line in entry.lines) == 0
    assert ledger.balance("fund:basic") == (1000_00 - 300_00) * 75 // 100
    assert ledger.balance("payable:institution", party=town_.COUNTY_HOSPITAL) == -1000_00
    assert ledger.balance("receivable:patient", party=answer.person_id) == answer.cash
    assert bills.bill(answer.bill_id).state == "settled"
    kept = {row["name"]: row["value"] for row in selectors.accumulators([answer.person_id], year=2024)}
    assert kept["basic.paid"] == answer.payers["basic"] and kept["basic.count"] == 1


def test_accumulators_carry_over(settled):
    for on in (DAY, DAY + timedelta(1)):
        settled(1, A1=400, on=on)
    answer = settled(1, A1=1000, on=DAY + timedelta(2))
    kept = {row["name"]: row["value"] for row in selectors.accumulators([answer.person_id], year=2024)}
    assert kept["basic.paid"] == 100_000_00  # the yearly ceiling
    assert answer.payers["basic"] == 100_000_00 - 2 * (40_000_00 - 300_00) * 75 // 100


def test_the_same_key_gives_the_same_answer(stay, pack, cashier):
    bill = stay(1)
    first = services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k")
    assert services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY + timedelta(1), key="k") == first
    assert Settlement.objects.count() == 1
    with pytest.raises(KeyReused):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k", paid={"basic": 1})
    with pytest.raises(AlreadySettled) as refused:
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="another")
    assert refused.value.settlement_id == first.id


def test_a_quote_is_what_settling_gives_and_writes_nothing(stay, pack, cashier, town):
    bill = stay(2, A1=7, L1=2)
    quote = services.quote(bill_id=bill, pack=pack, by=cashier, on=DAY)
    draft = services.quote(
        draft=Draft(
            town.people[2], town_.COUNTY_HOSPITAL, "inpatient", DAY, [DraftLine("A1", 7), DraftLine("L1", 2)]
        ),
        pack=pack, by=cashier, on=DAY,
    )  # fmt: skip
    assert (quote.id, quote.number, quote.state) == (None, None, "quoted")
    assert Settlement.objects.count() == 0 and Request.objects.filter(verb="settle").count() == 0
    answer = services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k")
    assert answer.parts["over_limit"] == 40_00
    for one in (quote, draft):
        assert (one.payers, one.parts, one.total) == (answer.payers, answer.parts, answer.total)


def test_facts_come_from_the_registry_not_from_the_bill(settled):
    lie = {"level": "一级", "scheme": "employee", "place": "away"}
    answer = settled(1, A1=10, attributes=lie)
    assert answer.level == "二级" and answer.claim["attributes"]["scheme"] == "resident"
    assert answer.claim["attributes"]["place"] == "county"


def test_an_institution_without_a_grade_counts_as_the_lowest(settled):
    answer = settled(1, A1=10, institution=town_.TOWNSHIP_HOSPITAL)
    assert answer.level == "一级" and answer.payers["basic"] == (1000_00 - 100_00) * 85 // 100


def test_what_earlier_payers_gave_is_taken_as_given(stay, pack, cashier):
    answer = services.settle(bill_id=stay(1), pack=pack, by=cashier, on=DAY, key="k", paid={"basic": 500_00})
    assert answer.payers["basic"] == 500_00
    assert next(layer for layer in answer.layers if layer.id == "basic").given


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"on": date(2019, 12, 31)}, "保|结算日期早于|入院"),
        ({"discharge": False}, "出院"),
    ],
)
def test_refusals(stay, pack, cashier, spoil, words):
    bill = stay(1, discharge=spoil.get("discharge", True))
    with pytest.raises(SettlementError, match=words):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=spoil.get("on", DAY), key="k")
    assert Settlement.objects.count() == 0


def test_who_is_insured_nowhere_is_outside_coverage(town, stay, pack, cashier):
    cover = coverage.rows(town.people[1])[0]
    covering.end(coverage_id=cover.id, valid_to=DAY, by=system_actor("list"), on=DAY, why="停保")
    bill = stay(1)
    with pytest.raises(SettlementError, match="outside coverage"):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k")
    assert Settlement.objects.count() == 0 and Request.objects.filter(verb="settle").count() == 0


def test_the_dead_are_not_treated(town, stay, pack, cashier):
    bill = stay(1)
    people.record_death(
        person_id=town.people[1], death_on=DAY - timedelta(1), by=system_actor("list"), on=DAY
    )
    with pytest.raises(SettlementError, match="after death"):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k")


@pytest.mark.parametrize(
    "paid", [{"basic": -1}, {"basic": 10**16}, {"nobody": 5}, {"basic": 1000_00, "critical": 1000_00}]
)
def test_amounts_that_cannot_be_given(stay, pack, cashier, paid):
    bill = stay(1)
    with pytest.raises(Faults):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k", paid=paid)
    assert Settlement.objects.count() == 0
    assert services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k2").state == "settled"


@pytest.mark.parametrize("key", ["", "  ", "x" * 101])
def test_bad_keys(stay, pack, cashier, key):
    bill = stay(1)
    with pytest.raises(SettlementError, match="幂等键"):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key=key)


def test_a_setting_without_a_stack(stay, pack, cashier):
    bill = stay(1, setting="spa")
    with pytest.raises(SettlementError, match="没有适用的待遇顺序"):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="k")


def test_no_such_bill(pack, cashier, town):
    with pytest.raises(SettlementError, match="no such bill"):
        services.settle(bill_id=town_.town_id("nothing"), pack=pack, by=cashier, on=DAY, key="k")
