"""The planted city as matching sees it: registered residents, records with slips, and who is whom."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from kangcheng.registry.matching.names import simplified
from kangcheng.registry.matching.traits import Traits, house, read
from kangcheng.synth import city as city_
from kangcheng.synth import records_of_sources as sources

IN_MEMORY = 200_000


@dataclass(frozen=True)
class Planted:
    """Residents and records as traits; `person`: record -> who is meant; `same`: second registration -> first."""

    residents: list[tuple[str, Traits]]
    records: list[tuple[str, Traits]]
    person: dict[str, str]
    same: dict[str, str]
    rows: pa.Table

    def human(self, person: str) -> str:
        """One name for all registrations of a human being."""
        return self.same.get(person, person)


def build(residents: int, seed: int, slips: sources.Slips | None = None) -> Planted:
    """A city of so many residents, records of four in five of them."""
    people, truth = people_of(residents, seed)
    town = sources.planted(people, seed=seed)
    rows = sources.make(town.people, seed=seed, slips=slips)
    same = {
        max(ids): min(ids)
        for kind, ids in zip(truth["kind"].to_pylist(), truth["ids"].to_pylist(), strict=True)
        if kind == "duplicate_person"
    }
    records = [(f"r{row['number']}", _record(row)) for row in rows.to_pylist()]
    person = dict(zip((key for key, _ in records), rows["person"].to_pylist(), strict=True))
    return Planted(
        [(row["person"], resident(row)) for row in town.registered.to_pylist()], records, person, same, rows
    )


def people_of(residents: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """Everybody, and the truth about planted defects."""
    if residents <= IN_MEMORY:
        made = city_.make(residents, seed)
        return made.people, made.truth
    with tempfile.TemporaryDirectory() as folder:
        city_.write(residents, seed, Path(folder))
        return tuple(parquet.read_table(Path(folder) / f"{name}.parquet") for name in ("people", "truth"))  # type: ignore[return-value]


def _record(row: dict[str, object]) -> Traits:
    given = {
        name: row[name]
        for name in ("name", "sex", "birth_on", "phone", "identity", "area_code", "address", "household")
    }
    return read(**given).traits  # type: ignore[arg-type]


def resident(row: dict[str, object]) -> Traits:
    """A row of the city's people as traits."""
    return Traits(
        simplified(str(row["name"])), str(row["sex"]), row["birth_on"], str(row["phone"] or ""),  # type: ignore[arg-type]
        str(row["identity_number"] or ""), str(row["area_code"]), house(str(row["address"])), str(row["household"]),
    )  # fmt: skip
