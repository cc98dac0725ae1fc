"""Make Django ready in this process: the database first, then the apps. Every entry point calls `boot()` once."""

import os
import threading
import time

from kangcheng.base.postgres import Cluster, EmbeddedServerError
from kangcheng.config import place
from kangcheng.config.kinds import wire

WATCH_SECONDS = 1.0

_cluster: Cluster | None = None


def boot(*, start_database: bool = True, serving: bool = False) -> None:
    """Start the embedded server if DATABASE_URL is not set (and it is not running), then set Django up.

    `serving`: as the ordinary database role, which can read and write rows and nothing else.
    """
    if serving:
        place.serve_only()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kangcheng.config.settings")
    if start_database:
        hold_database()
    import django

    django.setup()
    wire()


def hold_database() -> None:
    """Make sure the embedded server runs as long as this process; nothing to do with DATABASE_URL."""
    if place.database_url() is None:
        cluster().hold()


def cluster() -> Cluster:
    """The embedded server of this installation's data folder; the same object at every call."""
    global _cluster
    if _cluster is None:
        settings = place.embedded()
        _cluster = Cluster(
            place.data_folder(), password=settings["PASSWORD"], database=settings["NAME"],
            ordinary=place.ordinary_password(),
        )  # fmt: skip
    return _cluster


def grant(role: str = "") -> None:
    """Give the ordinary role its privileges: of the embedded server, or `role` where DATABASE_URL names the owner."""
    if place.database_url() is None:
        cluster().grant()
    elif role:
        import psycopg

        from kangcheng.base import privileges

        with psycopg.connect(**place.libpq(place.database()), autocommit=True) as link:
            privileges.grant(link, role)


def watch_database() -> None:
    """Hold the embedded server and start it again whenever it dies, from a thread of this process."""
    if place.database_url() is not None:
        return
    hold_database()
    threading.Thread(target=_watch, name="database-watch", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(WATCH_SECONDS)
        try:
            if not cluster().running():
                cluster().revive()
        except (EmbeddedServerError, OSError):
            continue  # the next round tries again
