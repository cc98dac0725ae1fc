"""Defects in who was seen when: after death, split, overlapping, elsewhere while lying in, impossible, not covered."""

from __future__ import annotations

import numpy as np

from kangcheng.synth.defects.truth import Truth
from kangcheng.synth.draw import Flags, Ints, Streams, pick_rows, some
from kangcheng.synth.illness import AGES, Illness
from kangcheng.synth.params import Params, closes
from kangcheng.synth.places import Places
from kangcheng.synth.population.people import People
from kangcheng.synth.visits import IN, OUT, Events, begun, choose, in_order, joined

SPLIT_FROM, OVERLAP_FROM, GHOST_FROM = 8, 4, 4
"""Days of a stay that can carry the defect."""
AFTER_DEATH, MOST_AFTER = (3, 60), 3


def plant(
    params: Params,
    places: Places,
    illness: Illness,
    streams: Streams,
    people: People,
    events: Events,
    truth: Truth,
) -> Events:
    """The events with the defects among them; traps already there are written down."""
    events = _transfers(events, truth)
    events = _after_death(params, streams("dead claimants"), people, events, truth)
    events = _split(params, streams("split stays"), events, truth)
    events = _overlap(params, places, illness, streams("overlapping stays"), people, events, truth)
    events = _ghosts(params, places, illness, streams("ghost beds"), people, events, truth)
    return in_order(_impossible(params, illness, streams("sex conflicts"), people, events, truth))


def _mark(events: Events, rows: Ints, tags: Ints) -> Events:
    tag = events.tag.copy()
    tag[rows] = tags
    return events.changed(tag=tag)


def _plain(events: Events, setting: int, longest: int = 0) -> Ints:
    """Events that nothing is planted on yet, of a setting, lasting at least so many days."""
    stay = events.end - events.start >= longest
    return np.flatnonzero((events.setting == setting) & stay & (events.tag < 0) & ~events.moved)


def _transfers(events: Events, truth: Truth) -> Events:
    """Transfers are a trap for whoever looks for split stays."""
    second = np.flatnonzero(events.moved)
    first = (
        second - 1
    )  # in order: the stay that ended the same day comes just before, unless a visit lies between
    fits = (
        (first >= 0)
        & (events.person[first] == events.person[second])
        & (events.end[first] == events.start[second])
    )
    first, second = first[fits], second[fits]
    tags = truth.tagged("transfer", len(first), 2)
    return _mark(_mark(events, first, tags[:, 0]), second, tags[:, 1])


def _after_death(
    params: Params, rng: np.random.Generator, people: People, events: Events, truth: Truth
) -> Events:
    """Somebody goes on being treated, on paper, where the dead person was last seen."""
    last = closes(params)
    seen = events.take(np.flatnonzero(people.died[events.person] >= 0))
    final = np.flatnonzero(np.r_[seen.person[1:] != seen.person[:-1], np.ones(min(1, len(seen)), dtype=bool)])
    chosen = some(rng, final, params.defects["dead_claimant"])
    rows = np.repeat(chosen, rng.integers(1, MOST_AFTER + 1, len(chosen)))
    on = people.died[seen.person[rows]] + rng.integers(*AFTER_DEATH, len(rows))
    rows, on = rows[on < last], on[on < last]
    again = seen.take(rows).changed(
        start=on, end=on, setting=np.full(len(rows), OUT), moved=np.zeros(len(rows), bool)
    )
    return joined([events, again.changed(tag=truth.tagged("dead_claimant", len(rows), 1)[:, 0])])


def _split(params: Params, rng: np.random.Generator, events: Events, truth: Truth) -> Events:
    """The stay ends half way and begins again the next day, in the same bed."""
    rows = some(rng, _plain(events, IN, SPLIT_FROM), params.defects["split_stay"])
    middle = (events.start[rows] + events.end[rows]) // 2
    tags = truth.tagged("split_stay", len(rows), 2)
    second = events.take(rows).changed(start=middle + 1, tag=tags[:, 1])
    end = events.end.copy()
    end[rows] = middle
    return joined([_mark(events.changed(end=end), rows, tags[:, 0]), second])


def _overlap(
    params: Params,
    places: Places,
    illness: Illness,
    rng: np.random.Generator,
    people: People,
    events: Events,
    truth: Truth,
) -> Events:
    """A second stay elsewhere begins before the first has ended, and ends within it, so that it meets no other."""
    rows = some(rng, _plain(events, IN, OVERLAP_FROM), params.defects["overlapping_stay"])
    stays = events.take(rows)
    start = stays.start + 1 + (rng.random(len(rows)) * (stays.end - stays.start - 2)).astype(np.int64)
    diagnosis = pick_rows(rng, illness.inpatient, people.male[stays.person] * AGES + people.age[stays.person])
    other = choose(params, places, illness, rng, people, begun(stays.person, start, stays.end, IN, diagnosis))
    fits = other.site != stays.site
    tags = truth.tagged("overlapping_stay", int(fits.sum()), 2)
    return joined([_mark(events, rows[fits], tags[:, 0]), other.take(fits).changed(tag=tags[:, 1])])


def _ghosts(
    params: Params,
    places: Places,
    illness: Illness,
    rng: np.random.Generator,
    people: People,
    events: Events,
    truth: Truth,
) -> Events:
    """The bed is paid for, its patient is seen walking elsewhere."""
    rows = some(rng, _plain(events, IN, GHOST_FROM), params.defects["ghost_bed"])
    stays = events.take(rows)
    on = stays.start + 1 + (rng.random(len(rows)) * (stays.end - stays.start - 2)).astype(np.int64)
    diagnosis = pick_rows(
        rng, illness.outpatient, people.male[stays.person] * AGES + people.age[stays.person]
    )
    visit = choose(params, places, illness, rng, people, begun(stays.person, on, on, OUT, diagnosis))
    fits = visit.site != stays.site
    tags = truth.tagged("ghost_bed", int(fits.sum()), 2)
    return joined([_mark(events, rows[fits], tags[:, 0]), visit.take(fits).changed(tag=tags[:, 1])])


def _impossible(
    params: Params, illness: Illness, rng: np.random.Generator, people: People, events: Events, truth: Truth
) -> Events:
    """A diagnosis that the other sex has."""
    known = illness.diagnoses
    for_sex = {
        sex: np.array([row for row, one in enumerate(known) if one.sex == sex and one.kind == "acute"])
        for sex in "FM"
    }
    rows = some(rng, _plain(events, OUT), params.defects["sex_conflict"])
    male = people.male[events.person[rows]]
    women, men = for_sex["F"], for_sex["M"]
    draw = rng.random(len(rows))
    wrong = np.where(
        male, women[(draw * len(women)).astype(np.int64)], men[(draw * len(men)).astype(np.int64)]
    )
    diagnosis, longterm = events.diagnosis.copy(), events.longterm.copy()
    diagnosis[rows], longterm[rows] = wrong, 0
    tags = truth.tagged("sex_conflict", len(rows), 1)[:, 0]
    return _mark(events.changed(diagnosis=diagnosis, longterm=longterm), rows, tags)


def uncovered(
    params: Params, streams: Streams, events: Events, covered: Flags, insured: Flags, truth: Truth
) -> Flags:
    """Events of insured people on days without cover that are claimed all the same; tags them."""
    rows = np.flatnonzero(insured & ~covered & (events.tag < 0))
    rows = some(streams("uncovered"), rows, params.defects["uncovered_claim"])
    events.tag[rows] = truth.tagged("uncovered_claim", len(rows), 1)[:, 0]
    claimed = np.zeros(len(events), dtype=bool)
    claimed[rows] = True
    return claimed
