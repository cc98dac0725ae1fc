"""Timers of the fund."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from kangcheng.base.accounts.types import system_actor
from kangcheng.base.jobs import app, every
from kangcheng.base.outbox import Event
from kangcheng.kernel.dates import CHINA_TZ

DIED = "registry.person.died"
MERGED, UNMERGED = "registry.person.merged", "registry.person.unmerged"


@every("* * * * *")
@app.task(name="funds.expire_held", queueing_lock="funds.expire_held")
def expire_held(timestamp: int) -> None:
    """Reverse settlements that were only held and not confirmed in time."""
    from kangcheng.funds.settlement import services

    now = datetime.fromtimestamp(timestamp, CHINA_TZ)
    services.expire_held(now=now, by=system_actor("funds.expire_held"), on=now.date())


@every("*/5 * * * *")
@app.task(name="funds.follow_merges", queueing_lock="funds.follow_merges")
def follow_merges(timestamp: int) -> None:
    """Let running figures follow persons who were merged or parted."""
    from kangcheng.base import outbox

    on = datetime.fromtimestamp(timestamp, CHINA_TZ).date()
    outbox.consume("funds.merges", [MERGED, UNMERGED], lambda events: _follow(events, on))


def _follow(events: Sequence[Event], on: date) -> None:
    from kangcheng.funds.settlement import services

    by = system_actor("funds.follow_merges")
    for event in events:
        verb = services.merge_people if event.topic == MERGED else services.unmerge_people
        golden, absorbed = UUID(event.payload["golden"]), UUID(event.payload["absorbed"])
        verb(golden=golden, absorbed=absorbed, by=by, on=on, why=event.topic)


@every("*/5 * * * *")
@app.task(name="funds.follow_deaths", queueing_lock="funds.follow_deaths")
def follow_deaths(timestamp: int) -> None:
    """Nothing is paid after a death: payouts that wait are refused."""
    from kangcheng.base import outbox

    on = datetime.fromtimestamp(timestamp, CHINA_TZ).date()
    outbox.consume("funds.deaths", [DIED], lambda events: _stop(events, on))


def _stop(events: Sequence[Event], on: date) -> None:
    from kangcheng.funds.recovery import services

    by = system_actor("funds.follow_deaths")
    for event in events:
        services.stop_payouts(person_id=UUID(event.payload["person"]), by=by, on=on)
