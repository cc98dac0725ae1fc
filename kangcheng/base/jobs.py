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

from procrastinate import JobContext
from procrastinate.builtin_tasks import remove_old_jobs
from procrastinate.contrib.django import app

__all__ = ["app", "every"]

KEEP_HOURS = 30 * 24


def every(cron: str) -> Callable[[Any], Any]:
    """Run the decorated task at the times of `cron`; two workers never run the same time twice."""
    return app.periodic(cron=cron, periodic_id=cron)


@every("30 3 * * *")
@app.task(name="base.clear_sessions", queueing_lock="base.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Forget log-in sessions that have run out."""
    from django.core.management import call_command

    call_command("clearsessions")


@every("40 3 * * *")
@app.task(name="base.clear_jobs", queueing_lock="base.clear_jobs", pass_context=True)
async def clear_jobs(context: JobContext, timestamp: int) -> None:
    """Forget jobs done a month ago; failed ones stay until somebody has looked at them."""
    await remove_old_jobs(context, max_hours=KEEP_HOURS)
