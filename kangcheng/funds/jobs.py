"""Timers of the fund."""

from datetime import datetime

from kangcheng.base.accounts.types import system_actor
from kangcheng.base.jobs import app, every
from kangcheng.kernel.dates import CHINA_TZ


@every("* * * * *")
@app.task(name="funds.expire_held", queueing_lock="funds.expire_held")
def expire_held(timestamp: int) -> None:
    """Reverse settlements that were only held and not confirmed in time."""
    from kangcheng.funds.settlement import services

    now = datetime.fromtimestamp(timestamp, CHINA_TZ)
    services.expire_held(now=now, by=system_actor("funds.expire_held"), on=now.date())
