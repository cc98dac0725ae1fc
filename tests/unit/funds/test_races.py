"""Real transactions: round trips counted, a double click, a retry, two counters at once, a pool that runs out, a killed client."""

import os
import signal
import time

import pytest
from django.db import connection, connections, transaction

from bench import town as town_
from kangcheng.base.outbox import OutboxEvent
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.settlement import selectors, services
from kangcheng.funds.settlement.models import Pool, Settlement
from kangcheng.funds.settlement.types import AlreadySettled
from tests.together import together

DAY = town_.DAY
MOST_ROUND_TRIPS = 12
pytestmark = pytest.mark.django_db(transaction=True)


def settle(bill, key, pack, number=0):
    return lambda: services.settle(bill_id=bill, pack=pack, by=town_.cashier(number), on=DAY, key=key)


@pytest.mark.parametrize("setting", ["inpatient", "special_outpatient"])
def test_a_settlement_takes_few_round_trips(stay, pack, cashier, setting):
    services.settle(bill_id=stay(1, setting=setting), pack=pack, by=cashier, on=DAY, key="first")
    bill, statements = stay(2, setting=setting), []

    def count(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        services.settle(bill_id=bill, pack=pack, by=cashier, on=DAY, key="second")
    round_trips = len(statements) + 2  # BEGIN and COMMIT
    assert round_trips <= MOST_ROUND_TRIPS, statements


def test_a_double_click_settles_once(stay, pack):
    bill = stay(1)
    answers = together(*[settle(bill, "click", pack)] * 4)
    assert [answer.id for answer in answers] == [answers[0].id] * 4
    assert Settlement.objects.count() == 1
    assert OutboxEvent.objects.filter(topic="funds.settled").count() == 1


def test_two_counters_at_one_bill(stay, pack):
    bill = stay(1)
    answers = together(*[settle(bill, f"counter-{number}", pack, number) for number in range(3)])
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len(done) == 1
    assert all(isinstance(answer, AlreadySettled) for answer in answers if isinstance(answer, Exception))


def test_two_bills_of_one_person_at_once_share_the_ceiling(stay, pack):
    calls = [settle(stay(1, A1=1000), f"k{number}", pack, number) for number in range(3)]
    answers = together(*calls)
    assert sum(answer.payers["basic"] for answer in answers) == 100_000_00
    kept = {row["name"]: row["value"] for row in selectors.accumulators([answers[0].person_id])}
    assert kept == {key[1]: value for key, value in selectors.replay(answers[0].person_id).items()}
    assert sorted(answer.claim["sequence"] for answer in answers) == ["1", "2", "3"]


def test_a_pool_is_never_overdrawn(stay, pack):
    calls = [
        settle(stay(number, setting="delivery", A1=6), f"k{number}", pack, number) for number in range(1, 7)
    ]
    answers = together(*calls)
    drawn = [answer.payers["charity"] for answer in answers]
    assert sum(drawn) == 1000_00 and sorted(drawn) == [0, 0, 100_00, 300_00, 300_00, 300_00]
    assert Pool.objects.get(name="small-pool").used == 1000_00
    assert ledger.balance("pool:small-pool") == 1000_00


def test_one_key_for_two_people_is_refused(stay, pack):
    first, second = stay(1), stay(2)
    answers = together(settle(first, "same", pack), settle(second, "same", pack))
    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    assert Settlement.objects.count() == 1


def test_a_reversal_and_a_settlement_at_once(stay, pack, cashier):
    first = settle(stay(1, A1=1000), "first", pack)()
    bill = stay(1, A1=1000)
    together(
        settle(bill, "second", pack),
        lambda: services.reverse(
            settlement_id=first.id, by=cashier, on=DAY, why="录错", key="r", resettle_later=True
        ),
    )
    kept = {row["name"]: row["value"] for row in selectors.accumulators([first.person_id])}
    assert kept == {key[1]: value for key, value in selectors.replay(first.person_id).items()}
    assert ledger.balance("fund:basic") == 74_775_00


def test_a_client_killed_on_the_way_leaves_nothing(stay, pack):
    """A process dies with its transaction open: the lock goes with it and the next counter settles."""
    bill = stay(1)
    connections.close_all()
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _settle_and_hang(bill, pack, tell)
    assert os.read(told, 1) == b"s"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert not Settlement.objects.exists()
    answer = settle(bill, "after", pack)()
    assert Settlement.objects.count() == 1 and answer.state == "settled"


def _settle_and_hang(bill, pack, tell):
    """In the child: everything is written, nothing committed."""
    with transaction.atomic():
        settle(bill, "never", pack)()
        os.write(tell, b"s")
        time.sleep(60)
