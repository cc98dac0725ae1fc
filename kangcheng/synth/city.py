"""The whole city: in memory as Arrow tables, or block by block straight into Parquet.

    city = make(20_000, seed=1)
    city.claims                      # pyarrow.Table
    write(1_000_000, seed=1, folder=Path("city"))

The same residents, seed and parameters give the same city, however many blocks are made at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from kangcheng.kernel.errors import KangchengError
from kangcheng.synth import block, catalogue, params, staff
from kangcheng.synth.block import Tables, World
from kangcheng.synth.draw import CITY, Streams
from kangcheng.synth.params import Params
from kangcheng.synth.population.people import BLOCK

MOST = 40_000_000
"""People: what the synthetic divisions and the digits of a number have room for."""
BLOCKS_AT_ONCE = 16


class CityError(KangchengError):
    """The city asked for cannot be made."""


@dataclass(frozen=True, repr=False)
class City:
    """Tables of the city. Money is integer fen, days are dates; every id is text."""

    areas: pa.Table
    institutions: pa.Table
    staff: pa.Table
    items: pa.Table
    hospital_items: pa.Table
    diagnoses: pa.Table
    people: pa.Table
    households: pa.Table
    cards: pa.Table
    guardians: pa.Table
    source_records: pa.Table
    categories: pa.Table
    coverage: pa.Table
    accounts: pa.Table
    conditions: pa.Table
    encounters: pa.Table
    claims: pa.Table
    claim_lines: pa.Table
    truth: pa.Table
    residents: int
    seed: int
    start: date
    """First day of the twelve months."""

    def __repr__(self) -> str:
        return f"City(residents={self.residents}, seed={self.seed}, start={self.start})"

    def tables(self) -> Tables:
        """Name -> table."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.type == "pa.Table"}


def make(residents: int, seed: int, numbers: Params | None = None) -> City:
    """The city in memory: about 3 KB a resident."""
    shared = _world(residents, seed, numbers)
    made = [block.make(shared, number, count) for number, count in _blocks(residents)]
    tables = _fixed(shared) | {name: pa.concat_tables([one[name] for one in made]) for name in made[0]}
    return City(
        **tables, residents=residents, seed=seed, start=date(shared.params.year, shared.params.month, 1)
    )


def write(
    residents: int,
    seed: int,
    folder: Path,
    numbers: Params | None = None,
    at_once: int = BLOCKS_AT_ONCE,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, int]:
    """Write the city to `folder`, one Parquet file a table, `at_once` blocks in memory; returns rows by table.

    `progress` hears how many more residents are done. A folder that holds a city already is written over.
    """
    shared = _world(residents, seed, numbers)
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, table in _fixed(shared).items():
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")
        rows[name] = table.num_rows
    writers: dict[str, parquet.ParquetWriter] = {}
    try:
        for chunk in _chunks(shared, residents, at_once, progress):
            for name, table in chunk.items():
                if name not in writers:
                    path = folder / f"{name}.parquet"
                    writers[name] = parquet.ParquetWriter(path, table.schema, compression="zstd")
                writers[name].write_table(table)
                rows[name] = rows.get(name, 0) + table.num_rows
    finally:
        for writer in writers.values():
            writer.close()
    return rows


def write_parquet(city: City, folder: Path) -> None:
    """Write a city that is in memory, one Parquet file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in city.tables().items():
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")


def _world(residents: int, seed: int, numbers: Params | None) -> World:
    if not 1 <= residents <= MOST:
        raise CityError(
            f"居民数 {residents} 不在范围内 (residents out of range)", where="residents", rule=f"1 至 {MOST}"
        )
    return block.world(numbers or params.read(), seed)


def _blocks(residents: int) -> Iterator[tuple[int, int]]:
    for number, first in enumerate(range(0, residents, BLOCK)):
        yield number, min(BLOCK, residents - first)


def _chunks(shared: World, residents: int, at_once: int, progress: Callable[[int], None]) -> Iterator[Tables]:
    waiting: list[Tables] = []
    for number, count in _blocks(residents):
        waiting.append(block.make(shared, number, count))
        progress(count)
        if len(waiting) == at_once:
            yield _together(waiting)
            waiting = []
    if waiting:
        yield _together(waiting)


def _together(made: list[Tables]) -> Tables:
    return {name: pa.concat_tables([one[name] for one in made]).combine_chunks() for name in made[0]}


def _fixed(shared: World) -> Tables:
    """Tables that do not grow with the people."""
    numbers, made = shared.params, shared.places.institutions
    return {
        "areas": shared.places.areas,
        "institutions": staff.institution_table(made),
        "staff": staff.table(numbers, Streams(shared.seed, CITY), made),
        "items": catalogue.table(shared.catalogue),
        "hospital_items": catalogue.hospital_items(numbers, shared.catalogue, made),
        "diagnoses": catalogue.diagnosis_table(shared.illness.diagnoses),
    }
