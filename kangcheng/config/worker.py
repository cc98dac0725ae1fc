"""The process that runs background jobs."""

import signal
import time

import structlog

from kangcheng.config.boot import boot, watch_database

GRACE = 30.0  # seconds a job gets to end before it is broken off
PAUSE = 1.0  # seconds before the next try when the database went away


def work(at_once: int) -> None:
    """Run jobs until this process is told to stop; jobs begun are finished first. A lost database is waited for.

    The library's worker ends quietly when its connection breaks, as it does when told to stop. So we take the signals
    ourselves (asyncio turns an interrupt into a cancelled, orderly ending) and start it again in every other case.
    """
    boot(serving=True)
    watch_database()
    import psycopg
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    # A shell that starts us in the background has interrupts ignored; then nothing would stop us.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    while True:
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as jobs:  # type: ignore[attr-defined]
                jobs.run_worker(
                    concurrency=at_once, install_signal_handlers=False, shutdown_graceful_timeout=GRACE
                )
        except KeyboardInterrupt:
            return
        except (ConnectorException, psycopg.OperationalError):
            structlog.get_logger(__name__).warning("database went away", exc_info=True)
        time.sleep(PAUSE)
