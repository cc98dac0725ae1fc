"""Two ids of one human being: figures follow the merge, the claims that change are listed, and come apart again."""

import time
from datetime import datetime, timedelta

import pytest

from bench import town as town_
from kangcheng.base.accounts.types import system_actor
from kangcheng.funds import jobs
from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.settlement import selectors, services
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.registry.people import services as people

DAY = town_.DAY
BY = system_actor("test")
pytestmark = pytest.mark.django_db


def figures(*ids):
    return {row["name"]: row["value"] for row in selectors.accumulators(ids)}


def merged(town):
    golden, absorbed = town.people[1], town.people[3]
    people.merge(golden=golden, absorbed=absorbed, by=BY, on=DAY, why="同一人")
    return (
        golden,
        absorbed,
        services.merge_people(golden=golden, absorbed=absorbed, by=BY, on=DAY, why="同一人"),
    )


def test_a_merge_carries_the_figures_and_lists_what_changes(town, settled):
    first, second = settled(1, A1=1000), settled(3, A1=1000)
    before = figures(town.people[1])["basic.paid"] + figures(town.people[3])["basic.paid"]
    golden, absorbed, changes = merged(town)
    assert figures(absorbed) == {} and figures(golden)["basic.paid"] == before
    # Together they exceed the yearly ceiling of 100,000: the later one would get what is left.
    [change] = changes
    assert change.settlement_id == second.id
    assert change.after["payers"]["basic"] == 100_000_00 - first.payers["basic"]
    assert services.merge_people(golden=golden, absorbed=absorbed, by=BY, on=DAY, why="又一次") == changes


def test_after_a_merge_claims_are_settled_and_reworked_as_one(town, settled, cashier, pack):
    settled(1, A1=400)
    second = settled(3, A1=1000)
    golden, absorbed, changes = merged(town)
    third = settled(3, A1=1000, on=DAY + timedelta(1))  # opened under the absorbed id
    assert third.person_id == golden
    now = services.resettle(settlement_id=second.id, pack=pack, by=cashier, on=DAY, why="合并", key="m")
    assert sum(selectors.by_id(row.id).payers["basic"] for row in live(golden, absorbed)) == 100_000_00
    assert figures(golden) == {key[1]: value for key, value in selectors.replay(golden).items()}
    assert now.person_id == absorbed and ledger.unbalanced() == []
    assert len(changes) >= 1


def live(*ids):
    return [row for row in selectors.history(ids) if row.state == "settled"]


def test_parting_gives_everybody_their_own(town, settled):
    settled(1, A1=10)
    settled(3, A1=20)
    own = [figures(town.people[number]) for number in (1, 3)]
    golden, absorbed, _ = merged(town)
    people.unmerge(absorbed=absorbed, by=BY, on=DAY, why="误并")
    services.unmerge_people(golden=golden, absorbed=absorbed, by=BY, on=DAY, why="误并")
    assert [figures(golden), figures(absorbed)] == own


def test_money_in_accounts_follows(town, system):
    golden, absorbed = town.people[1], town.people[3]
    services.credit(
        owner_id=absorbed, owner="person", account="current", amount=50_00, source="basic", by=system, on=DAY, why="划入",
        key="c",
    )  # fmt: skip
    merged(town)
    assert selectors.balances([golden]) == {"current": 50_00}
    assert ledger.balance("account:current", party=golden) == -50_00
    assert ledger.balance("account:current", party=absorbed) == 0


@pytest.mark.django_db(transaction=True)
def test_the_timer_follows_the_registry(town, settled):
    settled(3, A1=10)
    golden, absorbed = town.people[1], town.people[3]
    people.merge(golden=golden, absorbed=absorbed, by=BY, on=DAY, why="同一人")
    give_up = time.monotonic() + 60
    while (
        figures(absorbed) and time.monotonic() < give_up
    ):  # news waits for every older transaction of the server
        jobs.follow_merges(int(datetime(2024, 5, 21, tzinfo=CHINA_TZ).timestamp()))
        time.sleep(0.05)
    assert figures(absorbed) == {} and figures(golden)["basic.count"] == 1
