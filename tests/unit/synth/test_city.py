"""One seed, one city: the same bytes, whatever is made at a time; and other seeds other cities."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from kangcheng.kernel.errors import Faults
from kangcheng.synth import city, params
from kangcheng.synth.city import CityError
from kangcheng.synth.population.people import BLOCK

SMALL = BLOCK + 100


def _digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        city.write(SMALL, 5, tmp_path / name)
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")


def test_another_seed_is_another_city(tmp_path):
    a, b = city.make(500, 1), city.make(500, 2)
    assert not a.people["name"].equals(b.people["name"])
    assert not a.claims["total"].equals(b.claims["total"])


def test_a_seed_is_this_city(town):
    """The demonstration and later tests speak of its people by number: a change here changes everybody's city."""
    first = town.people.slice(0, 1).to_pylist()[0]
    assert first["person"] == "P000000001"
    assert city.make(1, 7).people.num_rows == 1
    assert city.make(town.residents, 7).claims.equals(town.claims)


@pytest.mark.parametrize("at_once", [1, 2])
def test_however_many_blocks_are_made_at_a_time_the_city_is_the_same(tmp_path, at_once):
    rows = city.write(SMALL, 5, tmp_path, at_once=at_once)
    whole = city.make(SMALL, 5).tables()
    assert rows == {name: table.num_rows for name, table in whole.items()}
    for name, table in whole.items():
        assert parquet.read_table(tmp_path / f"{name}.parquet").equals(table), name


def test_a_block_is_the_same_in_a_larger_city():
    small, large = city.make(BLOCK, 3), city.make(2 * BLOCK, 3)
    for name in ("people", "categories", "claims", "claim_lines", "truth"):
        part = getattr(small, name)
        assert getattr(large, name).slice(0, part.num_rows).equals(part), name


def test_a_city_in_memory_can_be_written(tmp_path):
    small = city.make(100, 9)
    city.write_parquet(small, tmp_path)
    assert parquet.read_table(tmp_path / "claims.parquet").equals(small.claims)


@pytest.mark.parametrize("residents", [1, 2, 3, 10, 57])
def test_the_smallest_cities_can_be_made(residents):
    assert city.make(residents, 4).people.num_rows == residents


@given(residents=st.integers(1, 300), seed=st.integers(0, 2**64 - 1))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_city_holds_together(residents, seed):
    made = city.make(residents, seed)
    people = set(made.people["person"].to_pylist())
    assert len(people) == residents
    for name in (
        "categories",
        "coverage",
        "accounts",
        "conditions",
        "encounters",
        "claims",
        "source_records",
    ):
        assert set(getattr(made, name)["person"].to_pylist()) <= people
    assert set(made.claim_lines["claim"].to_pylist()) == set(made.claims["id"].to_pylist())
    assert set(made.households["head"].to_pylist()) <= people


def test_nobody_is_refused_with_the_bounds():
    with pytest.raises(CityError, match="1 至"):
        city.make(0, 1)


def test_a_wrong_parameter_is_named_with_its_line(tmp_path):
    text = params.FILE.read_text(encoding="utf-8")
    wrong = text.replace('twins: "2.2%"', 'twinz: "2.2%"').replace("seasons:", "season:")
    (tmp_path / "city.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(Faults) as caught:
        params.read(tmp_path / "city.yaml")
    words = str(caught.value)
    assert "twinz" in words and "twins" in words and "season" in words
    assert all(fault.line for fault in caught.value.faults)
