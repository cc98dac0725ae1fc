"""Jobs in PostgreSQL. A module puts its jobs in `<module>/jobs.py`; each calls one service.

from kangcheng.base.jobs import app, every

@app.task(queue="default", queueing_lock="nightly-brief")
def write_brief(month: str) -> None: ...

@every("*/1 * * * *")          # cron, Asia/Shanghai; the function gets the moment it was due as epoch seconds
@app.task
def consume_news(timestamp: int) -> None: ...
"""

from collections.abc import Callable
from typing import Any

from procrastinate.contrib.django import app

__all__ = ["app", "every"]


def every(cron: str) -> Callable[[Any], Any]:
    """Run the decorated task at the times of `cron`; two workers never run the same time twice."""
    return app.periodic(cron=cron, periodic_id=cron)
