"""Bring the lake up to date from the database, and open it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import KangchengError
from kangcheng.lake.engines.duck import Lake
from kangcheng.lake.export import Export, current, export
from kangcheng.performance.indicators.compute import Computer
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.types import Indicator
from kangcheng.performance.tables import TABLES
from kangcheng.policy.pack import Pack


class LakeEmpty(KangchengError):
    """The lake has never been filled."""


def refresh(
    *,
    by: Actor,
    on: date,
    now: datetime,
    why: str = "",
    progress: Callable[[str, int], None] = lambda name, rows: None,
) -> Export:
    """Export every lake table in one snapshot; audited."""
    done = export(
        uri=_uri(), tables=TABLES.values(), folder=Path(settings.LAKE_FOLDER), as_of=now, progress=progress
    )
    with acting(by=by, on=on, why=why, action="lake.refresh"):
        record(
            action="lake.refresh", subject=f"lake:{done.folder.name}", by=by, on=on, why=why, detail=done.rows
        )
    return done


def newest() -> Export | None:
    """The newest export, None before the first."""
    return current(Path(settings.LAKE_FOLDER))


@contextmanager
def computer(pack: Pack) -> Iterator[Computer]:
    """The indicators of `pack` over the newest export. Raises LakeEmpty before the first."""
    newest_export = newest()
    if newest_export is None:
        raise LakeEmpty(
            "还没有可统计的数据",
            where="lake",
            rule="指标由数据湖计算",
            todo="先运行一次数据更新（kangcheng lake refresh）",
        )
    lake = Lake(newest_export.folder, TABLES.values())
    try:
        yield Computer(
            indicators=definitions(pack),
            tables=TABLES,
            ask=lake.ask,
            as_of=newest_export.as_of,
            release=pack.release_hash,
        )
    finally:
        lake.close()


def definitions(pack: Pack) -> dict[str, Indicator]:
    """Every indicator of the pack by id."""
    return {entry.id: indicator(entry.data, TABLES) for entry in pack.of_kind("indicator")}


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
