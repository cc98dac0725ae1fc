"""Timers of office work. Each looks for rows that are due, so that nothing is forgotten however long no worker ran."""

from datetime import datetime

from kangcheng.base.accounts.types import system_actor
from kangcheng.base.jobs import app, every
from kangcheng.kernel.dates import CHINA_TZ


@every("* * * * *")
@app.task(name="work.ring_cases", queueing_lock="work.ring_cases")
def ring_cases(timestamp: int) -> None:
    """Remind of cases soon due, mark those overdue, report them upwards."""
    from kangcheng.work.processes import services

    services.ring(now=datetime.fromtimestamp(timestamp, CHINA_TZ), by=system_actor("work.ring_cases"))


@every("*/10 * * * *")
@app.task(name="work.ring_tasks", queueing_lock="work.ring_tasks")
def ring_tasks(timestamp: int) -> None:
    """Remind of tasks soon due and report those that are late."""
    from kangcheng.work.tasks import services

    on = datetime.fromtimestamp(timestamp, CHINA_TZ).date()
    services.ring(on=on, by=system_actor("work.ring_tasks"))


@every("* * * * *")
@app.task(name="work.deliver_notices", queueing_lock="work.deliver_notices")
def deliver_notices(timestamp: int) -> None:
    """Send what waits for e-mail or SMS, if either is switched on."""
    from django.conf import settings

    from kangcheng.work.notices import channels, services

    ways = channels.configured(mail_from=settings.NOTICES_MAIL_FROM, sms_folder=settings.NOTICES_SMS_FOLDER)
    if ways:
        now = datetime.fromtimestamp(timestamp, CHINA_TZ)
        services.deliver(channels=ways, now=now, by=system_actor("work.deliver_notices"))
