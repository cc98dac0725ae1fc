"""Made-up rows of any register keep its rules, and the same seed gives the same rows."""

from datetime import date

import pytest

from kangcheng.policy.reader import load_pack
from kangcheng.synth import registers
from kangcheng.work.registers.rules.definition import definitions
from kangcheng.work.registers.rules.rows import row_faults, same_faults

ON = date(2026, 11, 24)
COUNTIES = [f"1503{n:02d}" for n in range(1, 9)]
TOWNSHIPS = [f"{county}{n:03d}" for county in COUNTIES for n in range(1, 4)]
VILLAGES = [f"{township}{n:03d}" for township in TOWNSHIPS for n in range(1, 4)]
AREAS = ["1503", *COUNTIES, *TOWNSHIPS, *VILLAGES]


@pytest.fixture(scope="module")
def known():
    return definitions(load_pack("kangcheng"))


@pytest.fixture(scope="module")
def places():
    """Three institutions of every type the city knows."""
    kinds = load_pack("kangcheng").entries["codelist", "institution-types"].get("versions")[-1]["codes"]
    return [
        registers.Place(f"{kind['code']}-{n}", kind["code"], VILLAGES[(n * 7) % len(VILLAGES)])
        for kind in kinds
        for n in range(3)
    ]


def rows_of(one, rows, places):
    world = registers.World(places, AREAS, [f"person-{n}" for n in range(40)], rows)
    return list(registers.made(one, world, seed=7, on=ON, row_faults=row_faults, same_faults=same_faults))


def test_every_register_of_the_city_gets_rows_that_keep_its_rules(known, places):
    rows, none = {}, []
    for one in registers.in_order(known):
        made = rows_of(one, rows, places)
        rows[one.id] = [f"{one.id}-{n}" for n in range(len(made))]
        assert all(not row_faults(one, values, ON) for values in made)
        assert not list(same_faults(one, list(enumerate(made))))
        none += [] if made else [one.id]
    assert none == []


def test_the_same_seed_gives_the_same_rows(known, places):
    assert rows_of(known["rural-toilets"], {}, places) == rows_of(known["rural-toilets"], {}, places)
