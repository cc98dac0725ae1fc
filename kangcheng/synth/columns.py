"""Arrow columns made from arrays without a Python object for each value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kangcheng.synth.draw import Flags, Ints

Bytes = npt.NDArray[np.uint8]
ZERO = ord("0")


def digits(values: Ints, width: int) -> Bytes:
    """Decimal digits with leading zeros, one row of `width` bytes for each value."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (values[:, None] // powers % 10 + ZERO).astype(np.uint8)


def fixed(parts: Sequence[Bytes | str], count: int) -> Bytes:
    """Rows of equal width from digit blocks and constant texts."""
    blocks = [
        np.tile(np.frombuffer(part.encode(), dtype=np.uint8), (count, 1)) if isinstance(part, str) else part
        for part in parts
    ]
    return np.hstack(blocks)


def text(rows: Bytes, missing: Flags | None = None) -> pa.Array:
    """A text column of rows of equal width; null where `missing`."""
    count, width = rows.shape
    offsets = np.arange(count + 1, dtype=np.int32) * width
    data = np.ascontiguousarray(rows)
    column = pa.Array.from_buffers(
        pa.string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(data.tobytes())]
    )
    if missing is None or not missing.any():
        return column
    return pc.if_else(pa.array(~missing), column, pa.scalar(None, pa.string()))


def numbered(prefix: str, values: Ints, width: int = 9) -> pa.Array:
    """P000000123"""
    return text(fixed([prefix, digits(values, width)], len(values)))


def chosen(words: Sequence[str | None] | pa.Array, index: Ints) -> pa.Array:
    """The word each index names; null where it is below 0."""
    table = words if isinstance(words, pa.Array) else pa.array(words, pa.string())
    if len(index) and index.min() < 0:
        return table.take(pa.array(index, mask=index < 0))
    return table.take(pa.array(index))


def days(values: Ints, missing: Flags | None = None) -> pa.Array:
    """A date column from day numbers since 1970."""
    return pa.array(values.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def day(year: int, month: int = 1, date: int = 1) -> int:
    """Day number since 1970."""
    return int(
        (np.datetime64(f"{year:04d}-{month:02d}-{date:02d}") - np.datetime64("1970-01-01")).astype(int)
    )


def calendar(values: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month, day of day numbers."""
    dates = values.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    return year, months.astype(np.int64) % 12 + 1, (dates - months).astype(np.int64) + 1


def anniversary(born: Ints, years: int) -> Ints:
    """The day on which that age is reached; people of 29 February reach it on 1 March of a common year."""
    year, month, date = calendar(born)
    months = (year + years - 1970) * 12 + month - 1
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + date - 1


def age_on(born: Ints, on: Ints) -> Ints:
    """Full years of age."""
    year, month, date = calendar(born)
    now, now_month, now_date = calendar(on)
    return now - year - ((now_month * 100 + now_date) < (month * 100 + date))


_WEIGHTS = 2 ** np.arange(17, 0, -1) % 11
_CHECKS = np.frombuffer(b"10X98765432", np.uint8)


def identity_numbers(division: Ints, born: Ints, sequence: Ints) -> Bytes:
    """Citizen identity numbers (GB 11643) with their check digit, as rows of 18 bytes."""
    year, month, date = calendar(born)
    body = np.hstack(
        [digits(division, 6), digits(year, 4), digits(month, 2), digits(date, 2), digits(sequence, 3)]
    )
    sums = ((body.astype(np.int64) - ZERO) * _WEIGHTS).sum(axis=1) % 11
    return np.hstack([body, _CHECKS[sums][:, None]])
