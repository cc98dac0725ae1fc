"""Rows of a view as Arrow batches, a stream in and a stream out: what a lake takes in, whatever holds the resources. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import pyarrow as pa

from kangcheng.records.views.reading import family
from kangcheng.records.views.selectors import rows_of_all
from kangcheng.records.views.types import Column, Row, View

BATCH = 10_000
_TYPES = {
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "DATE": pa.date32(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int64(),
}


def schema(view: View) -> pa.Schema:
    """The Arrow schema of a view: decimals as text, so that no digit is lost, unless the column is tagged otherwise."""
    return pa.schema([(column.name, _arrow(column)) for column in view.columns])


def batches(view: View, resources: Iterable[dict[str, Any]], size: int = BATCH) -> Iterator[pa.RecordBatch]:
    """Batches of at most `size` rows of the resources in turn. Raises UnfitResource as `rows` does."""
    stream, made = rows_of_all(view, resources), schema(view)
    while rows := list(islice(stream, size)):
        yield pa.RecordBatch.from_arrays(
            [_array(rows, n, column, made.field(n).type) for n, column in enumerate(view.columns)],
            schema=made,
        )


def _arrow(column: Column) -> pa.DataType:
    inner = _TYPES.get(column.sql or family(column.type or "string"), pa.string())
    return pa.list_(inner) if column.collection else inner


def _array(rows: list[Row], place: int, column: Column, type: pa.DataType) -> pa.Array:
    inner = type.value_type if column.collection else type
    values = [row[place] for row in rows]
    if column.collection:
        return pa.array([[_value(one, inner) for one in value or []] for value in values], type)
    return pa.array([_value(value, inner) for value in values], type)


def _value(value: Any, type: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_date32(type):
        return date.fromisoformat(value[:10]) if len(str(value)) >= len("2024-01-01") else None
    if pa.types.is_string(type):
        return (
            format(value, "f")
            if isinstance(value, Decimal)
            else value
            if isinstance(value, str)
            else str(value)
        )
    return value
