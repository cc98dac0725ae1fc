"""Encounters and the claims made of them: ids, attributes the engine asks for, categories as claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kangcheng.synth.columns import age_on, chosen, days, digits, fixed, text
from kangcheng.synth.draw import Flags, Ints, Streams, ranks
from kangcheng.synth.illness import Illness
from kangcheng.synth.params import Params, closes
from kangcheng.synth.places import Places
from kangcheng.synth.population.people import People
from kangcheng.synth.standing import SCHEMES, Standing
from kangcheng.synth.visits import BIRTH, LONG_TERM, OUT, SETTINGS, Events

PLACES_OF_CARE = ("county", "city", "away")
REHABILITATION, SURGERY = "rehabilitation", "surgery"
SETTLED_LATE = 5
"""Days at most between discharge and a late settlement."""
CENTRES = ("community_centre", "township_hospital")
LAPSING = ("registered_poor", "low_income", "low_income_edge")
"""Categories somebody gains by claiming after they ended."""


@dataclass
class Claims:
    """Columns that belong to claims and not to events, by event; `claimed` says which events made a claim."""

    nth: Ints
    """1, 2 ... among the events of the person."""
    settled: Ints
    held: Flags
    claimed: Flags


def number(events: Events) -> Ints:
    """The place of each event among its person's, from 1. Events are in order."""
    return ranks(events.person) + 1


def settled_on(params: Params, rng: np.random.Generator, people: People, events: Events) -> Ints:
    """Day of settlement: the last day; for some stays, and most that ended with death, some days later."""
    dead = people.died[events.person] == events.end
    chance = np.where(dead, params.late_after_death, params.late_settlement)
    late = (events.setting != OUT) & (rng.random(len(events)) < chance)
    later = events.end + late * rng.integers(1, SETTLED_LATE + 1, len(events))
    return np.minimum(later, closes(params) - 1)


def lapsed(
    params: Params, streams: Streams, standing: Standing, events: Events, held: Flags, claimed: Flags
) -> tuple[Ints, Ints]:
    """Events (and the category's column) where a category that had ended is still claimed; changes `held`."""
    rng = streams("lapsed")
    columns = [standing.codes.index(code) for code in LAPSING]
    ended = np.column_stack([standing.ends[column, events.person] <= events.end for column in columns])
    row, place = np.nonzero(ended & (claimed & (events.tag < 0))[:, None])
    keep = rng.random(len(row)) < params.defects["category_lapsed"]
    row, place = row[keep], place[keep]
    first = np.r_[True, row[1:] != row[:-1]][: len(row)]  # one to a claim
    row, column = row[first], np.array(columns)[place[first]]
    held[row, column] = True
    return row, column


def ids(letter: str, people: People, events: Events, nth: Ints, rows: Ints) -> pa.Array:
    """C000000001-01: the person's number and the place of the event among theirs."""
    person = digits(people.first + events.person[rows], 9)
    return text(fixed([letter, person, "-", digits(nth[rows], 3)], len(rows)))


def encounters(places: Places, illness: Illness, people: People, events: Events, nth: Ints) -> pa.Table:
    """One row an event, claimed or not."""
    every = np.arange(len(events))
    died = (people.died[events.person] == events.end) & (events.setting != OUT)
    outcome = np.where(died, 1, np.where(_sent_on(events), 2, 0))
    return pa.table(
        {
            "encounter": ids("E", people, events, nth, every),
            "person": people.ids(events.person),
            "institution": chosen(places.institutions.codes, events.site),
            "setting": chosen(SETTINGS, events.setting),
            "started_on": days(events.start),
            "ended_on": days(events.end),
            "diagnosis": chosen([one.code for one in illness.diagnoses], events.diagnosis),
            "referral": chosen(["none", "given"], events.referred.astype(np.int64)),
            "outcome": chosen(["recovered", "died", "transferred"], outcome),
        }
    )


def _sent_on(events: Events) -> Flags:
    """Stays that ended with a transfer: the next event is the stay it led to."""
    sent = np.zeros(len(events), dtype=bool)
    sent[np.maximum(np.flatnonzero(events.moved) - 1, 0)] = True
    return sent & (events.setting != OUT) & ~events.moved


def table(
    params: Params,
    places: Places,
    illness: Illness,
    streams: Streams,
    people: People,
    standing: Standing,
    events: Events,
    claims: Claims,
    totals: Ints,
) -> pa.Table:
    """One row a claim: header, dates, total in fen, and every attribute the packs ask for."""
    rows = np.flatnonzero(claims.claimed)
    mine, person = events.take(rows), events.person[rows]
    known = illness.diagnoses
    held = claims.held[rows]
    return pa.table(
        {
            "id": ids("C", people, events, claims.nth, rows),
            "person": people.ids(person),
            "household": people.household_ids(person),
            "on": days(claims.settled[rows]),
            "sequence": pa.array(claims.nth[rows]),
            "admitted_on": days(mine.start),
            "discharged_on": days(mine.end),
            "total": pa.array(totals[rows]),
            "age": pa.array(np.maximum(age_on(people.born[person], mine.end), 0)),
            "categories": _listed(held, standing.codes),
            "scheme": chosen(SCHEMES, standing.scheme[person]),
            "setting": chosen(SETTINGS, mine.setting),
            **_institution(places, people, mine),
            "disease": chosen([one.code for one in known], mine.diagnosis),
            "episode": ids("E", people, events, claims.nth, rows),
            "residence": chosen(["urban", "rural"], people.rural[person].astype(np.int64)),
            **_circumstances(params, illness, streams, standing, mine, held),
            "clinic": _clinic(params, places, streams, standing, mine, held),
        }
    )


def _institution(places: Places, people: People, mine: Events) -> dict[str, pa.Array]:
    """Where it was, seen from the person's home."""
    made, site = places.institutions, mine.site
    place = _place(np.array(made.districts)[site], people.district[mine.person])
    return {
        "level": chosen(made.levels, site),
        "place": chosen(PLACES_OF_CARE, place),
        "referral": chosen(["none", "given"], mine.referred.astype(np.int64)),
        "institution": chosen(made.codes, site),
        "institution_type": chosen(made.types, site),
        "designated": chosen(["no", "yes"], np.array(made.designated)[site].astype(np.int64)),
    }


def _clinic(
    params: Params, places: Places, streams: Streams, standing: Standing, mine: Events, held: Flags
) -> pa.Array:
    """Visits of needy people to the charity clinic of a community centre, or to a hospital that gives such benefits."""
    rng = streams("charity")
    types = np.array(places.institutions.types)[mine.site]
    needy = held[:, [standing.codes.index(code) for code in params.charity.needy.split()]].any(axis=1)
    draw = rng.random(len(mine))
    may = needy & (mine.setting == OUT)
    centre = may & np.isin(types, CENTRES) & (draw < params.charity.centre)
    hospital = may & (types == "county_hospital") & (draw < params.charity.hospital)
    return chosen(["none", "charity", "benefit_hospital"], np.where(centre, 1, np.where(hospital, 2, 0)))


def _place(institution: Ints, home: Ints) -> Ints:
    """county, city or away, by the districts of the institution and of the person."""
    return np.where(institution < 0, 2, np.where(institution == home, 0, 1))


def _listed(held: Flags, codes: Sequence[str]) -> pa.Array:
    offsets = np.r_[0, np.cumsum(held.sum(axis=1))].astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), chosen(codes, np.nonzero(held)[1]))


def _circumstances(
    params: Params, illness: Illness, streams: Streams, standing: Standing, mine: Events, held: Flags
) -> dict[str, pa.Array]:
    """Attributes that follow from the diagnosis and the setting."""
    rng = streams("circumstances")
    known = illness.diagnoses
    basket = np.array([one.basket for one in known])[mine.diagnosis]
    stay, birth = mine.setting != OUT, mine.setting == BIRTH
    operated = stay & np.isin(basket, (SURGERY, "cataract", "caesarean"))
    hydatid = np.array([one.code == "B67" for one in known])[mine.diagnosis]
    service = np.where(operated, 1, np.where(stay & (basket == REHABILITATION), 2, 0))
    serious = birth & (rng.random(len(mine)) < params.serious_delivery)
    good = birth & (rng.random(len(mine)) < params.good_delivery)
    urgent = np.isin(
        np.array([one.code for one in known])[mine.diagnosis], params.emergency.diagnoses.split()
    )
    poor = held[:, standing.codes.index("registered_poor")]
    relief = stay & urgent & poor & (rng.random(len(mine)) < params.emergency.share)
    return {
        "procedure": chosen(
            ["none", "other", "echinococcosis_surgery"], np.where(operated, 1 + (hydatid & operated), 0)
        ),
        "service": chosen(["treatment", SURGERY, REHABILITATION], service),
        "event": chosen(["illness", "delivery"], birth.astype(np.int64)),
        "long_term": chosen(LONG_TERM, mine.longterm),
        "delivery": chosen(["none", "natural", "caesarean"], np.where(birth, 1 + (basket == "caesarean"), 0)),
        "pathway": chosen(["none", "followed"], good.astype(np.int64)),
        "quality": chosen(["none", "met"], good.astype(np.int64)),
        "complication": chosen(["none", "serious"], serious.astype(np.int64)),
        "emergency_relief": chosen(["none", "approved"], relief.astype(np.int64)),
    }
