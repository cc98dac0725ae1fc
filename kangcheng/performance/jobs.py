"""Nightly: the lake is brought up to date, so that the morning's figures are yesterday's."""

from datetime import datetime

from kangcheng.base.accounts.types import system_actor
from kangcheng.base.jobs import app, every
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.performance.indicators.services import refresh


@every("30 2 * * *")
@app.task(name="performance.refresh_lake", queueing_lock="performance.refresh_lake")
def refresh_lake(timestamp: int) -> None:
    """Export every lake table once a night."""
    now = datetime.fromtimestamp(timestamp, CHINA_TZ)
    refresh(by=system_actor("nightly"), on=now.date(), now=now, why="每晚更新")
