"""Made-up rows of any register keep its rules, and the same seed gives the same rows."""

from datetime import date

import pytest

from kangcheng.policy.reader import load_pack
from kangcheng.synth import registers
from kangcheng.work.registers.rules.definition import definitions
from kangcheng.work.registers.rules.rows import row_faults, same_faults

ON = date(2026, 11, 24)
AREAS = ["1503", "150302", "150302001", *(f"150302001{place:03d}" for place in range(1, 30))]
PLACES = [
    registers.Place(f"{kind}-{n}", kind, f"150302001{n + 1:03d}")
    for kind in ("village_clinic", "township_hospital", "county_hospital", "community_center", "cdc")
    for n in range(5)
]


@pytest.fixture(scope="module")
def known():
    return definitions(load_pack("kangcheng"))


def rows_of(one, rows):
    world = registers.World(PLACES, AREAS, [f"person-{n}" for n in range(40)], rows)
    return list(registers.made(one, world, seed=7, on=ON, row_faults=row_faults, same_faults=same_faults))


def test_every_register_of_the_city_gets_rows_that_keep_its_rules(known):
    rows, none = {}, []
    for one in registers.in_order(known):
        made = rows_of(one, rows)
        rows[one.id] = [f"{one.id}-{n}" for n in range(len(made))]
        assert all(not row_faults(one, values, ON) for values in made)
        assert not list(same_faults(one, list(enumerate(made))))
        none += [] if made else [one.id]
    assert none == []


def test_the_same_seed_gives_the_same_rows(known):
    assert rows_of(known["rural-toilets"], {}) == rows_of(known["rural-toilets"], {})
