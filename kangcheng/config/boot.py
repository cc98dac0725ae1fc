"""Make Django ready in this process: the database first, then the apps. Every entry point calls `boot()` once."""

import os

from kangcheng.base.postgres import Cluster
from kangcheng.config import place


def boot(*, start_database: bool = True) -> None:
    """Start the embedded server if DATABASE_URL is not set (and it is not running), then set Django up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kangcheng.config.settings")
    if start_database and place.database_url() is None:
        cluster().hold()
    import django

    django.setup()


def cluster() -> Cluster:
    """The embedded server of this installation's data folder."""
    settings = place.embedded()
    return Cluster(place.data_folder(), password=settings["PASSWORD"], database=settings["NAME"])
