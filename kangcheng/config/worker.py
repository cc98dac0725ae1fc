"""The process that runs background jobs."""

import time

import structlog

from kangcheng.config.boot import boot, watch_database

PAUSE = 1.0  # seconds before the next try when the database went away


def work(at_once: int) -> None:
    """Run jobs until this process is told to stop; a database that goes away is waited for."""
    boot()
    watch_database()
    import psycopg
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    while True:
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as jobs:  # type: ignore[attr-defined]
                jobs.run_worker(concurrency=at_once)
            return
        except (ConnectorException, psycopg.OperationalError):
            structlog.get_logger(__name__).warning("database went away", exc_info=True)
            time.sleep(PAUSE)
