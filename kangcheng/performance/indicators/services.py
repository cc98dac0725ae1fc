"""Bring the lake up to date from the database."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.lake.export import Export, export
from kangcheng.performance.tables import tables
from kangcheng.policy.reader import load_pack


def refresh(
    *,
    by: Actor,
    on: date,
    now: datetime,
    why: str = "",
    progress: Callable[[str, int], None] = lambda name, rows: None,
) -> Export:
    """Export every lake table of the city's pack in one snapshot; audited."""
    pack = load_pack(settings.CITY_PACK, root=settings.PACKS_FOLDER)
    done = export(
        uri=_uri(),
        tables=tables(pack).values(),
        folder=Path(settings.LAKE_FOLDER),
        as_of=now,
        progress=progress,
    )
    with acting(by=by, on=on, why=why, action="lake.refresh"):
        record(
            action="lake.refresh", subject=f"lake:{done.folder.name}", by=by, on=on, why=why, detail=done.rows
        )
    return done


def _uri() -> str:
    """The connection of Django as a libpq URI; host may be a socket folder."""
    facts = connection.settings_dict
    query = {"host": facts["HOST"]} if str(facts["HOST"]).startswith("/") else {}
    host = "" if query else facts["HOST"]
    port = f":{facts['PORT']}" if facts["PORT"] and host else ""
    if query and facts["PORT"]:
        query["port"] = str(facts["PORT"])
    user, password = quote(facts["USER"], safe=""), quote(facts["PASSWORD"], safe="")
    return f"postgresql://{user}:{password}@{host}{port}/{quote(facts['NAME'])}?{urlencode(query)}"
