"""Nightly: the lake is brought up to date, so that the morning's figures are yesterday's."""

from datetime import datetime
from zoneinfo import ZoneInfo

from kangcheng.base.accounts.types import system_actor
from kangcheng.base.jobs import app, every
from kangcheng.performance.indicators.services import refresh

SHANGHAI = ZoneInfo("Asia/Shanghai")


@every("30 2 * * *")
@app.task(name="performance.refresh_lake", queueing_lock="performance.refresh_lake")
def refresh_lake(timestamp: int) -> None:
    """Export every lake table once a night."""
    now = datetime.fromtimestamp(timestamp, SHANGHAI)
    refresh(by=system_actor("nightly"), on=now.date(), now=now, why="每晚更新")
