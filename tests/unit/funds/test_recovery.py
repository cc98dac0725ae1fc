"""Nothing is paid after a death, and what was is taken back."""

from datetime import timedelta

import pytest

from kangcheng.funds.ledger import selectors as ledger
from kangcheng.funds.payouts import selectors as payout_selectors
from kangcheng.funds.payouts import services as payouts
from kangcheng.funds.recovery import selectors, services
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.registry.events import services as events
from kangcheng.registry.events.types import NewEvent

pytestmark = pytest.mark.django_db


def died(person, day, system, on):
    return events.record_event(new=NewEvent(person, "death", day, "死亡证明"), by=system, on=on)


def test_care_after_a_death_is_listed_and_reversed(town, settled, system):
    answer = settled(1, A1=10)
    person = town.people[1]
    row = settlements.history([person])[0]
    on = row.settled_on + timedelta(days=5)
    assert selectors.after_death() == []
    event = died(person, row.discharged_on - timedelta(days=30), system, on)
    found = selectors.after_death()
    assert [(one.settlement_id, one.fund) for one in found] == [(answer.id, row.fund)]
    services.recover(settlement_id=answer.id, by=system, on=on, why="追回", key="r1")
    assert selectors.after_death() == [] and settlements.history([person])[0].state == "reversed"
    entries = ledger.entries_of(f"settlement:{answer.id}")
    sums = {}
    for entry in entries:
        for line in entry.lines:
            sums[line.account, line.party] = sums.get((line.account, line.party), 0) + line.amount
    assert len(entries) == 2 and set(sums.values()) == {0}
    events.reverse(event_id=event, by=system, on=on, why="误登")


def test_care_on_the_day_of_death_is_no_fault(town, settled, system):
    settled(1, A1=10)
    row = settlements.history([town.people[1]])[0]
    died(town.people[1], row.discharged_on, system, row.settled_on + timedelta(days=5))
    assert selectors.after_death() == []
    with pytest.raises(services.NothingToRecover):
        services.recover(settlement_id=row.id, by=system, on=row.settled_on, why="追回", key="r2")


def test_a_payout_to_the_dead_is_refused(town, system, today):
    person = town.people[1]
    asked = payouts.ask(
        register="kashin-beck",
        subject="k1",
        source="finance",
        party_id=person,
        payee="甲",
        amount=100_00,
        by=system,
        on=today,
    )
    assert services.stop_payouts(person_id=person, by=system, on=today) == 0, "alive"
    died(person, today - timedelta(days=3), system, today)
    assert services.stop_payouts(person_id=person, by=system, on=today) == 1
    assert payout_selectors.payout(asked.id).state == "refused"
    assert services.stop_payouts(person_id=person, by=system, on=today) == 0
