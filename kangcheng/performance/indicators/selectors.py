"""Questions about indicators: the newest export, a computer over it, periods, values in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
from django.conf import settings

from kangcheng.kernel.errors import KangchengError
from kangcheng.lake.engines.duck import Lake
from kangcheng.lake.export import Export, current
from kangcheng.performance.indicators.compute import Computer, within
from kangcheng.performance.indicators.definition import indicator
from kangcheng.performance.indicators.live import counting, live, period_of
from kangcheng.performance.indicators.spans import PeriodError, name_of, shifted, span
from kangcheng.performance.indicators.types import Indicator
from kangcheng.performance.indicators.words import changed, drawn
from kangcheng.performance.tables import TABLES, tables
from kangcheng.policy.pack import Pack

__all__ = [
    "LakeEmpty", "PeriodError", "changed", "computer", "counting", "definitions", "drawn", "live", "name_of", "newest",
    "newest_day", "period_of", "shifted", "span", "within",
]  # fmt: skip

SETTLED = "claims"  # the table whose newest day is the day the city has got to


class LakeEmpty(KangchengError):
    """The lake has never been filled."""


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
    known = tables(pack)
    lake = Lake(newest_export.folder, known.values())
    try:
        yield Computer(
            indicators=definitions(pack),
            tables=known,
            ask=lake.ask,
            as_of=newest_export.as_of,
            release=pack.release_hash,
        )
    finally:
        lake.close()


def definitions(pack: Pack) -> dict[str, Indicator]:
    """Every indicator of the pack by id."""
    known = tables(pack)
    return {entry.id: indicator(entry.data, known) for entry in pack.of_kind("indicator")}


def newest_day() -> date | None:
    """The newest day on which anything was settled, None before the first export or settlement."""
    found = newest()
    if found is None or not found.rows.get(SETTLED):
        return None
    path = str(found.folder / f"{SETTLED}.parquet")
    with duckdb.connect() as lake:
        query = f"SELECT max({TABLES[SETTLED].when}) FROM read_parquet(?)"  # noqa: S608  a declared name
        row = lake.execute(query, [path]).fetchone()
    return row[0] if row else None
