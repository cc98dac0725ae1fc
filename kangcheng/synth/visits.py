"""Who is seen where, when and for what: visits and stays of one block before anything is billed."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from kangcheng.synth.draw import Flags, Floats, Ints, Streams, by_age, pick, pick_rows, some
from kangcheng.synth.illness import AGES, Illness
from kangcheng.synth.params import Params, closes, opens
from kangcheng.synth.places import Places
from kangcheng.synth.population.people import People
from kangcheng.synth.standing import Standing

SETTINGS = ("outpatient", "inpatient", "delivery")
OUT, IN, BIRTH = 0, 1, 2
LONG_TERM = ("none", "chronic_drugs", "major_disease")
ONCE, CHRONIC, MAJOR = 0, 1, 2
KINDS = ("village", "town", "pharmacy", "district", "city", "away")
VILLAGE, TOWN, PHARMACY, DISTRICT, CITY, AWAY = range(6)
CLEAR = 15
"""Days between two stays of a person that nothing connects."""
SUNDAY = 3
"""Day numbers since 1970 that leave this remainder by seven are Sundays."""
SPAN = 1 << 20
"""More than the days of any date: makes one number of a person and a day."""


@dataclass
class Events:
    """Rows of visits and stays. `end` equals `start` for a visit; `site` is an institution, -1 until it is chosen."""

    person: Ints
    start: Ints
    end: Ints
    setting: Ints
    diagnosis: Ints
    longterm: Ints
    site: Ints
    referred: Flags
    moved: Flags
    """Begins where another institution's stay ended the same day: a transfer, not a split."""
    tag: Ints
    """Number by which a planted defect or a trap finds its rows again; -1 for most."""

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: Ints | Flags) -> Events:
        """The rows named, in that order."""
        return Events(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    def changed(self, **columns: Ints | Flags) -> Events:
        """The same rows with other columns."""
        return Events(**{one.name: columns.get(one.name, getattr(self, one.name)) for one in fields(self)})


def joined(parts: list[Events]) -> Events:
    """All rows, one part after the other."""
    return Events(
        **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Events)}
    )


def begun(
    person: Ints, start: Ints, end: Ints, setting: int, diagnosis: Ints, longterm: Ints | int = ONCE
) -> Events:
    """Rows whose institution is still to be chosen."""
    count = len(person)
    no = np.zeros(count, dtype=bool)
    same = np.full(count, setting)
    lasting = np.broadcast_to(np.asarray(longterm), count).astype(np.int64)
    nothing = np.full(count, -1)
    return Events(person, start, end, same, diagnosis, lasting, nothing, no, no, nothing)


def make(
    params: Params,
    places: Places,
    illness: Illness,
    streams: Streams,
    people: People,
    standing: Standing,
    held: tuple[Ints, Ints],
) -> Events:
    """The year's events of the block, by person and day."""
    frailty = streams("frailty").gamma(params.frailty, 1 / params.frailty, len(people))
    stays = _stays(params, illness, streams, people, standing, held, frailty)
    visits = _visits(params, illness, streams, people, standing, held, frailty)
    stays = _apart(params, people, choose(params, places, illness, streams("stay sites"), people, stays))
    stays = _moved_up(params, places, illness, streams("transfers"), people, stays)
    visits = _awake(
        params, people, choose(params, places, illness, streams("visit sites"), people, visits), stays
    )
    return in_order(joined([stays, visits]))


def in_order(events: Events) -> Events:
    """By person, first day, then stays before visits."""
    return events.take(
        np.lexsort((events.diagnosis, -events.setting, events.end, events.start, events.person))
    )


def _dates(params: Params, illness: Illness, rng: np.random.Generator, diagnosis: Ints) -> Ints:
    """A day of the year by the season of the diagnosis."""
    begins = np.datetime64(f"{params.year}-{params.month:02d}")
    months = np.arange(begins, begins + 13)
    firsts = months.astype("datetime64[D]").astype(np.int64)
    month = np.minimum((illness.months[diagnosis] < rng.random(len(diagnosis))[:, None]).sum(axis=1), 11)
    return firsts[month] + (rng.random(len(month)) * (firsts[month + 1] - firsts[month])).astype(np.int64)


def _rows(people: People, person: Ints) -> Ints:
    return people.male[person] * AGES + people.age[person]


def _visits(
    params: Params,
    illness: Illness,
    streams: Streams,
    people: People,
    standing: Standing,
    held: tuple[Ints, Ints],
    frailty: Floats,
) -> Events:
    rng = streams("visits")
    usual = by_age(params.visits, "outpatient")[people.age]
    person = np.repeat(np.arange(len(people)), rng.poisson(usual * frailty))
    diagnosis = pick_rows(rng, illness.outpatient, _rows(people, person))
    on = _dates(params, illness, rng, diagnosis)
    sudden = begun(person, on, on, OUT, diagnosis)
    owner, condition = held
    again = np.repeat(np.arange(len(owner)), rng.poisson(illness.visits[condition]))
    lasting = illness.conditions[condition[again]]
    longterm = np.array([_lasts(one.kind, one.visit) for one in illness.diagnoses])[lasting]
    on = _dates(params, illness, rng, lasting)
    regular = begun(owner[again], on, on, OUT, lasting, longterm)
    every = joined([sudden, regular, _antenatal(params, illness, rng, standing)])
    shut = (every.start % 7 == SUNDAY) & (rng.random(len(every)) < params.no_visit_on_sunday)
    earlier = np.maximum(every.start - shut, opens(params))
    return every.changed(start=earlier, end=earlier)


def _lasts(kind: str, visit: str) -> int:
    if kind == "cancer" or (kind == "chronic" and visit):
        return MAJOR
    return CHRONIC if kind == "chronic" else ONCE


def _antenatal(params: Params, illness: Illness, rng: np.random.Generator, standing: Standing) -> Events:
    mothers = np.flatnonzero(standing.delivery >= 0)
    person = np.repeat(mothers, rng.poisson(params.antenatal_visits, len(mothers)))
    before = 7 + (rng.random(len(person)) * (params.pregnancy.days_before - 67)).astype(np.int64)
    on = standing.delivery[person] - before
    rows = on >= opens(params)
    person, on = person[rows], on[rows]
    return begun(person, on, on, OUT, np.full(len(person), illness.place("Z34")))


def _stays(
    params: Params,
    illness: Illness,
    streams: Streams,
    people: People,
    standing: Standing,
    held: tuple[Ints, Ints],
    frailty: Floats,
) -> Events:
    rng = streams("stays")
    usual = by_age(params.visits, "inpatient")[people.age]
    person = np.repeat(np.arange(len(people)), rng.poisson(usual * frailty))
    diagnosis = pick_rows(rng, illness.inpatient, _rows(people, person))
    owner, condition = held
    again = np.repeat(np.arange(len(owner)), rng.poisson(illness.admissions[condition]))
    person = np.r_[person, owner[again]]
    diagnosis = np.r_[diagnosis, illness.conditions[condition[again]]]
    start = _dates(params, illness, rng, diagnosis)
    newborn = np.array([one.kind == "newborn" for one in illness.diagnoses])[diagnosis]
    start = np.where(newborn, people.born[person] + (rng.random(len(start)) * 7).astype(np.int64), start)
    longterm = np.array([_lasts(one.kind, one.visit) for one in illness.diagnoses])[diagnosis]
    ill = begun(person, start, start + _length(params, illness, rng, diagnosis), IN, diagnosis, longterm)
    mothers = np.flatnonzero(standing.delivery >= 0)
    cut = rng.random(len(mothers)) < params.caesarean
    birth = np.where(cut, illness.place("O82"), illness.place("O80"))
    came = np.maximum(standing.delivery[mothers] - 1, opens(params))
    born = begun(mothers, came, came + _length(params, illness, rng, birth), BIRTH, birth)
    return joined([born, ill, _last(params, illness, rng, people)])


def _last(params: Params, illness: Illness, rng: np.random.Generator, people: People) -> Events:
    """Stays that end with death."""
    person = some(rng, np.flatnonzero(people.died >= 0), params.dies_in_hospital)
    diagnosis = pick_rows(rng, illness.inpatient, _rows(people, person))
    end = people.died[person]
    start = np.maximum(end - _length(params, illness, rng, diagnosis), opens(params))
    return begun(person, start, end, IN, diagnosis)


def _length(params: Params, illness: Illness, rng: np.random.Generator, diagnosis: Ints) -> Ints:
    usual = np.array([one.days for one in illness.diagnoses])[diagnosis]
    return np.maximum(1, np.rint(usual * np.exp(rng.normal(0, params.stay_spread, len(usual))))).astype(
        np.int64
    )


def choose(
    params: Params, places: Places, illness: Illness, rng: np.random.Generator, people: People, events: Events
) -> Events:
    """The same events, each at an institution of the kind its people go to, referred there or not."""
    kind = _kinds(params, illness, rng, people, events)
    person = events.person
    town = places.village_town[people.village[person]]
    district = people.district[person]
    zero = np.zeros(len(person), dtype=np.int64)
    site = np.full(len(person), -1)
    for number, (name, row) in enumerate(
        zip(KINDS, (people.village[person], town, town, district, zero, zero), strict=True)
    ):
        site = np.where(kind == number, places.by_kind[name].draw(rng, row), site)
    site = _special(places, illness, rng, people, events, kind, district, site)
    chance = np.select(
        [kind == CITY, kind == AWAY], [params.goes.referred_city, params.goes.referred_away], 0.0
    )
    return events.changed(site=site, referred=rng.random(len(person)) < chance)


def _kinds(
    params: Params, illness: Illness, rng: np.random.Generator, people: People, events: Events
) -> Ints:
    """Kind of place for each event."""
    known, goes = illness.diagnoses, params.goes
    rural = people.rural[events.person]
    severe = np.array([one.kind == "cancer" or one.basket in ("surgery", "cataract") for one in known])
    special = np.array([bool(one.visit) for one in known])[events.diagnosis]
    kind = np.full(len(events), DISTRICT)
    inside = events.setting != OUT
    grave = severe[events.diagnosis] & inside
    for name, rows in (
        ("outpatient_urban", ~inside & ~rural),
        ("outpatient_rural", ~inside & rural),
        ("inpatient_urban", inside & ~rural),
        ("inpatient_rural", inside & rural),
        ("severe", grave),
    ):
        weights = [getattr(getattr(goes, name), one) or 0.0 for one in KINDS]
        mine = np.flatnonzero(rows)
        kind[mine] = pick(rng, weights, len(mine))
    # What only a hospital does is done there: teeth, dialysis, antenatal care; cancers are followed up there.
    major = events.longterm == MAJOR
    hospital = ~inside & (special | major) & (kind < DISTRICT)
    return np.where(hospital, DISTRICT + (rng.random(len(kind)) < 0.4), kind)


def _special(
    places: Places,
    illness: Illness,
    rng: np.random.Generator,
    people: People,
    events: Events,
    kind: Ints,
    district: Ints,
    site: Ints,
) -> Ints:
    """Children, mothers and the mentally ill go to the hospitals made for them."""
    known = illness.diagnoses
    zero = np.zeros(len(events), dtype=np.int64)
    hospital = (kind == DISTRICT) | (kind == CITY)
    mental = np.array([one.code[0] == "F" for one in known])[events.diagnosis] & hospital
    mothers = np.array([one.code[0] == "O" or one.kind == "antenatal" for one in known])[events.diagnosis]
    child = (people.age[events.person] < 14) & (kind == CITY)
    site = np.where(mental, places.by_kind["mental"].draw(rng, zero), site)
    site = np.where(child, places.by_kind["child"].draw(rng, zero), site)
    at_birth = mothers & (hospital | (kind < TOWN))
    return np.where(at_birth, places.by_kind["maternity"].draw(rng, district), site)


def _apart(params: Params, people: People, stays: Events) -> Events:
    """Stays while alive, ended within the year, apart from each other."""
    died = people.died[stays.person]
    end = np.where(died >= 0, np.minimum(stays.end, died), stays.end)
    fits = (stays.start >= people.born[stays.person]) & (end < closes(params)) & (end > stays.start)
    stays = in_order(stays.changed(end=end).take(fits))
    # A birth is kept before anything that would overlap it.
    latest = np.maximum.accumulate(stays.person * SPAN + stays.end) if len(stays) else stays.end
    before = np.r_[-1, latest[:-1]][: len(stays)]
    free = stays.person * SPAN + stays.start > before + CLEAR
    births = stays.setting == BIRTH
    kept = stays.take(free | births)
    own = kept.setting == BIRTH
    near = _touches(kept.take(own), kept)
    return kept.take(own | ~near)


def _touches(births: Events, stays: Events) -> Flags:
    """Stays of a mother within CLEAR days of her delivery."""
    if not len(births):
        return np.zeros(len(stays), dtype=bool)
    spot = np.searchsorted(births.person, stays.person)
    mine = births.take(np.minimum(spot, len(births) - 1))
    near = (stays.start <= mine.end + CLEAR) & (stays.end >= mine.start - CLEAR)
    return near & (mine.person == stays.person)


def _moved_up(
    params: Params,
    places: Places,
    illness: Illness,
    rng: np.random.Generator,
    people: People,
    stays: Events,
) -> Events:
    """Some stays below the third level end with a transfer, the same day, to a hospital of the city."""
    ranks = np.array(places.institutions.ranks)[stays.site]
    chosen = some(rng, np.flatnonzero((ranks < 3) & (stays.setting == IN)), params.transfer)
    length = _length(params, illness, rng, stays.diagnosis[chosen])
    after = stays.end[chosen] + length
    follows = np.r_[stays.person[1:] * SPAN + stays.start[1:], np.int64(1) << 60][: len(stays)]
    fits = (stays.person[chosen] * SPAN + after + CLEAR < follows[chosen]) & (after < closes(params))
    fits &= people.died[stays.person[chosen]] < 0
    first = stays.take(chosen[fits])
    yes = np.ones(len(first), dtype=bool)
    site = places.by_kind["city"].draw(rng, np.zeros(len(first), dtype=np.int64))
    second = first.changed(start=first.end, end=after[fits], site=site, referred=yes, moved=yes)
    return in_order(joined([stays, second]))


def _awake(params: Params, people: People, visits: Events, stays: Events) -> Events:
    """Visits while alive and not lying in."""
    died, born = people.died[visits.person], people.born[visits.person]
    alive = ((died < 0) | (visits.start <= died)) & (visits.start >= born)
    alive &= visits.start < closes(params)
    return visits.take(alive & ~lying_in(visits, stays))


def lying_in(visits: Events, stays: Events) -> Flags:
    """Visits on a day on which the person is in one of `stays` (which are in order and do not overlap)."""
    if not len(stays):
        return np.zeros(len(visits), dtype=bool)
    keys = stays.person * SPAN + stays.start
    spot = np.searchsorted(keys, visits.person * SPAN + visits.start, "right") - 1
    mine = stays.take(np.maximum(spot, 0))
    return (spot >= 0) & (mine.person == visits.person) & (visits.start <= mine.end)
