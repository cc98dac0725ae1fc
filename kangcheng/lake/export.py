"""PostgreSQL to Parquet: every declared table in one snapshot, into a folder of its own, then the pointer moves.

A reader never sees half an export: tables are written to a new folder and `current` is replaced at the end.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.parquet as pq

from kangcheng.lake.tables import Table

ARROW = {
    "text": pa.string(),
    "uuid": pa.string(),
    "integer": pa.int64(),
    "fen": pa.int64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
KEPT = 3  # exports kept beside the current one, for readers that are still open


@dataclass(frozen=True)
class Export:
    """One finished export: its folder, the moment its snapshot was taken, and the rows of each table."""

    folder: Path
    as_of: datetime
    rows: dict[str, int]


def export(
    *,
    uri: str,
    tables: Iterable[Table],
    folder: Path,
    as_of: datetime,
    progress: Callable[[str, int], None] = lambda name, rows: None,
) -> Export:
    """Write `tables` from the database at `uri` under `folder`; `as_of` is the caller's clock. Returns the new export."""
    target = folder / as_of.strftime("%Y%m%dT%H%M%S%f")
    target.mkdir(parents=True)
    rows = {}
    with adbc.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables:
            rows[table.name] = _write(cursor, table, target / f"{table.name}.parquet")
            progress(table.name, rows[table.name])
    (target / "export.json").write_text(
        json.dumps({"as_of": as_of.isoformat(), "rows": rows}), encoding="utf-8"
    )
    _point(folder, target.name)
    _forget_old(folder, target.name)
    return Export(target, as_of, rows)


def current(folder: Path) -> Export | None:
    """The newest finished export under `folder`, or None before the first."""
    pointer = folder / "current"
    if not pointer.exists():
        return None
    target = folder / pointer.read_text(encoding="utf-8").strip()
    facts = json.loads((target / "export.json").read_text(encoding="utf-8"))
    return Export(target, datetime.fromisoformat(facts["as_of"]), facts["rows"])


def _write(cursor: adbc.Cursor, table: Table, path: Path) -> int:
    cursor.execute(table.select)
    schema = pa.schema([(column.name, ARROW[column.type]) for column in table.columns])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        reader = cursor.fetch_record_batch()
        _agree(reader.schema.names, schema, table)
        for batch in reader:
            writer.write_batch(_shaped(batch, schema, table))
            count += batch.num_rows
    return count


def _shaped(batch: pa.RecordBatch, schema: pa.Schema, table: Table) -> pa.RecordBatch:
    """The batch in the declared types."""
    return pa.RecordBatch.from_arrays(
        [_cast(batch.column(i), schema.field(i).type) for i in range(len(schema))], schema=schema
    )


def _agree(names: list[str], schema: pa.Schema, table: Table) -> None:
    """A column the SELECT forgot or renamed is an error naming the table, also when there is no row."""
    if names != schema.names:
        raise ValueError(f"lake table {table.name}: the SELECT yields {names}, declared {schema.names}")


def _cast(column: pa.Array, to: pa.DataType) -> pa.Array:
    return column if column.type.equals(to) else column.cast(to)


def _point(folder: Path, name: str) -> None:
    fresh = folder / "current.new"
    fresh.write_text(name, encoding="utf-8")
    os.replace(fresh, folder / "current")


def _forget_old(folder: Path, newest: str) -> None:
    old = sorted(p for p in folder.iterdir() if p.is_dir() and p.name < newest)
    for path in old[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)
