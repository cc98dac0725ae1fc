"""Jobs run in PostgreSQL, in the transaction of their writer, and timers are registered once."""

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kangcheng.base import jobs

ran = []


@jobs.app.task(name="test.note", queue="test")
def note(word):
    ran.append(word)


def work():
    with jobs.app.replace_connector(jobs.app.connector.get_worker_connector()) as app:
        app.run_worker(queues=["test"], wait=False, install_signal_handlers=False, listen_notify=False)


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_once_its_transaction_is_committed():
    ran.clear()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note.defer(word="never")
        raise ZeroDivisionError
    with transaction.atomic():
        note.defer(word="one")
    work()
    work()
    assert ran == ["one"]
    assert ProcrastinateJob.objects.get(queue_name="test").status == "succeeded"


def test_a_timer_is_known_by_its_cron():
    @jobs.every("5 4 * * *")
    @jobs.app.task(name="test.nightly")
    def nightly(timestamp):
        ran.append(timestamp)

    assert [
        task.cron for task in jobs.app.periodic_registry.periodic_tasks.values() if task.task is nightly
    ] == ["5 4 * * *"]
