"""Results into a file, whole or not at all: JSON as printed, CSV with one column for each leaf."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kangcheng.kernel.errors import KangchengError

ENDINGS = (".json", ".csv", ".txt", ".parquet")


def write_results(file: Path, results: Sequence[Mapping[str, Any]], text: Callable[[], str]) -> None:
    """Write beside the place and move into it, so that a broken run leaves the old file or none. Raises KangchengError."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        _write(beside, file.suffix.lower(), results, text)
        beside.replace(file)
    except OSError as error:
        raise KangchengError(
            f"结果写不进文件 (cannot write): {error.strerror}", where=str(file), todo="检查路径和权限"
        ) from None
    finally:
        beside.unlink(missing_ok=True)


def _write(file: Path, ending: str, results: Sequence[Mapping[str, Any]], text: Callable[[], str]) -> None:
    if ending == ".json":
        file.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    elif ending == ".csv":
        rows = [flat(result) for result in results]
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, columns(rows), restval="")
            writer.writeheader()
            writer.writerows(rows)
    elif ending == ".parquet":
        _parquet(file, [flat(result) for result in results])
    else:
        file.write_text(text(), encoding="utf-8")


def flat(result: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Leaves by dotted name: payers.pool, parts.copay, layers.basic.paid. The explanation becomes one text."""
    cells: dict[str, str] = {}
    for key, value in result.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            cells |= flat(value, name)
        elif isinstance(value, list):
            cells[name] = json.dumps(value, ensure_ascii=False)
        else:
            cells[name] = str(value)
    return cells


def columns(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Every column of every row, in the order of appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _parquet(file: Path, rows: list[dict[str, str]]) -> None:
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([(name, pyarrow.string()) for name in columns(rows)])
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), file)
