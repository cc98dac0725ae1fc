"""One block of the city from first to last: people, what they are, what befalls them, what is billed, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kangcheng.synth import bills, catalogue, claims, illness, places, standing, visits
from kangcheng.synth.catalogue import Catalogue
from kangcheng.synth.claims import Claims
from kangcheng.synth.defects import charges, stays
from kangcheng.synth.defects import people as defective
from kangcheng.synth.defects.truth import Truth
from kangcheng.synth.draw import CITY, Streams, ranks
from kangcheng.synth.illness import Illness
from kangcheng.synth.params import Params
from kangcheng.synth.places import Places
from kangcheng.synth.population import people as population
from kangcheng.synth.population import sources
from kangcheng.synth.population.people import BLOCK, People
from kangcheng.synth.standing import NONE, Standing
from kangcheng.synth.visits import Events

Tables = dict[str, pa.Table]


@dataclass(frozen=True)
class World:
    """What all blocks share: places, catalogue, tables of illness."""

    params: Params
    seed: int
    places: Places
    illness: Illness
    catalogue: Catalogue


def world(params: Params, seed: int) -> World:
    """The shared part of the city of a seed."""
    ill = illness.tables(params)
    return World(
        params, seed, places.make(params, Streams(seed, CITY)), ill, catalogue.make(params, ill.diagnoses)
    )


def make(shared: World, number: int, count: int) -> Tables:
    """The tables of block `number` (from 0), which has `count` people (BLOCK, or fewer in the last one)."""
    params, streams, truth = shared.params, Streams(shared.seed, number), Truth()
    people = population.make(params, shared.places, streams, number * BLOCK + 1, count)
    defective.duplicate(params, streams, people, truth)
    known_elsewhere = sources.table(params, streams, people)
    defective.twins(people, truth)
    defective.swap(params, streams, people, truth)
    stands = standing.make(params, streams, people)
    held = illness.conditions(shared.illness, streams, people)
    tables = {
        "people": population.table(people, shared.places),
        "households": population.households(people, shared.places),
        "cards": population.cards(params, people),
        "guardians": population.guardians(people),
        "source_records": known_elsewhere,
        "categories": standing.categories(params, people, stands),
        "coverage": standing.coverage(params, people, stands),
        "accounts": standing.accounts(params, people, stands),
        "conditions": illness.table(params, shared.illness, streams, people, held),
    }
    events = visits.make(params, shared.places, shared.illness, streams, people, stands, held)
    events = stays.plant(params, shared.places, shared.illness, streams, people, events, truth)
    return tables | _billed(shared, streams, people, stands, events, truth)


def _billed(
    shared: World, streams: Streams, people: People, stands: Standing, events: Events, truth: Truth
) -> Tables:
    params, made = shared.params, shared.places.institutions
    lines = bills.make(params, shared.catalogue, shared.illness, made, streams, events)
    charged = np.bincount(lines.event, lines.amount, minlength=len(events)) > 0
    may = charged & np.array(made.designated)[events.site]
    insured = stands.scheme[events.person] != NONE
    covered = stands.covered(events.person, events.end)
    claimed = may & insured & covered
    claimed |= may & stays.uncovered(params, streams, events, covered | ~may, insured, truth)
    held = stands.held(events.person, events.end)
    row, column = claims.lapsed(params, streams, stands, events, held, claimed)
    events.tag[row] = truth.tagged("category_lapsed", len(row), 1, [stands.codes[one] for one in column])[
        :, 0
    ]
    plain = claimed & (events.tag < 0)
    lines, planted = charges.plant(
        params, shared.catalogue, streams, np.array(made.ranks)[events.site], plain, lines
    )
    settled = claims.settled_on(params, streams("settled"), people, events)
    detail = Claims(claims.number(events), settled, held, claimed)
    _after_death(people, events, detail, truth)
    return _tables(shared, streams, people, stands, events, detail, lines, planted, truth)


def _after_death(people: People, events: Events, detail: Claims, truth: Truth) -> None:
    """A trap: the stay ended with death and was settled days later."""
    died = people.died[events.person]
    late = (died >= 0) & (events.end <= died) & (detail.settled > died) & detail.claimed & (events.tag < 0)
    events.tag[late] = truth.tagged("settled_after_death", int(late.sum()), 1)[:, 0]


def _tables(
    shared: World,
    streams: Streams,
    people: People,
    stands: Standing,
    events: Events,
    detail: Claims,
    lines: bills.Lines,
    planted: charges.Planted,
    truth: Truth,
) -> Tables:
    totals = np.bincount(lines.event, lines.amount, minlength=len(events)).astype(np.int64)
    every = np.arange(len(events))
    claim_ids = claims.ids("C", people, events, detail.nth, every)
    of_claims = np.flatnonzero(detail.claimed[lines.event])
    nth = ranks(lines.event) + 1
    names = claim_ids.to_pylist()
    tags = np.where(detail.claimed, events.tag, -1)
    truth.settle(tags, names)
    for kind, row in zip(planted.kind, charges.lines_of(planted, lines).tolist(), strict=True):
        truth.add(kind, [names[lines.event[row]], str(nth[row])])
    encounters = claims.encounters(shared.places, shared.illness, people, events, detail.nth)
    return {
        "encounters": encounters.append_column("charged", pa.array(totals)),
        "claims": claims.table(
            shared.params, shared.places, shared.illness, streams, people, stands, events, detail, totals
        ),
        "claim_lines": bills.table(
            shared.catalogue,
            lines.take(of_claims),
            claim_ids.take(pa.array(lines.event[of_claims])),
            nth[of_claims],
        ),
        "truth": truth.table(),
    }
