"""Questions about what the newest export holds."""

from datetime import date

import duckdb

from kangcheng.performance.refresh import newest
from kangcheng.performance.tables import TABLES

SETTLED = "claims"  # the table whose newest day is the day the city has got to


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
