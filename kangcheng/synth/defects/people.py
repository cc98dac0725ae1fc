"""Defects in the register of people: the same person twice, two people with each other's names; and twins, who are neither."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kangcheng.synth.columns import ZERO, identity_numbers
from kangcheng.synth.defects.truth import Truth
from kangcheng.synth.draw import Ints, Streams, some
from kangcheng.synth.params import Params
from kangcheng.synth.population import names
from kangcheng.synth.population.families import ADULT, NOBODY
from kangcheng.synth.population.people import People

ALONE_FROM = 15
WAYS = ("no_number", "mistyped_number", "misheard_name")
DIVISION, DAY, SEQUENCE = slice(0, 6), slice(6, 14), slice(14, 17)
BEYOND = 50
"""Added to the district of a mistyped number: no block uses such districts, so the number is nobody's."""


def twins(people: People, truth: Truth) -> None:
    """Write the twins down: they share surname, birthday, parents and home."""
    ids = people.ids().to_pylist()
    for row in np.flatnonzero(people.twin > np.arange(len(people))).tolist():
        truth.add("twins", [ids[row], ids[people.twin[row]]])


def duplicate(params: Params, streams: Streams, people: People, truth: Truth) -> None:
    """Some rows of people who live alone become a second registration of somebody else in the block.

    Three ways: without an identity number; with a mistyped one; with the name misheard and no number.
    """
    rng = streams("duplicates")
    alone = np.flatnonzero(
        (people.size == 1) & (people.age >= ALONE_FROM) & (people.mother < 0) & (people.died < 0)
    )
    wanted = min(rng.binomial(len(people), params.defects["duplicate_person"]), len(alone))
    copies = np.sort(rng.permutation(alone)[:wanted])
    may = (people.age >= ALONE_FROM) & (people.died < 0)
    may[alone] = False
    originals = rng.permutation(np.flatnonzero(may))[:wanted]
    copies = copies[: len(originals)]
    way = (rng.random(len(copies)) * len(WAYS)).astype(np.int64)
    _copy(people, originals, copies)
    heard, changed = names.misheard(people.names, copies[way == 2])
    people.names = heard
    way[(way == 2) & ~np.isin(copies, changed)] = 0
    people.unnumbered[copies[way != 1]] = True
    _mistype(people, originals[way == 1], copies[way == 1])
    ids = people.ids().to_pylist()
    for original, copy, number in zip(originals.tolist(), copies.tolist(), way.tolist(), strict=True):
        truth.add("duplicate_person", [ids[original], ids[copy]], WAYS[number])


def _copy(people: People, originals: Ints, copies: Ints) -> None:
    """The second row has the person, the telephone and a home of its own."""
    for column in (people.male, people.born, people.age, people.phone, people.identity):
        column[copies] = column[originals]
    take = np.arange(len(people))
    take[copies] = originals
    people.names = people.names.take(pa.array(take))
    for links in (people.spouse, people.mother, people.twin):
        links[copies] = NOBODY


def _mistype(people: People, originals: Ints, copies: Ints) -> None:
    """The number of the original with a wrong district and the check digit that goes with it."""
    rows = people.identity[originals].astype(np.int64) - ZERO
    powers = 10 ** np.arange(5, -1, -1)
    division = rows[:, DIVISION] @ powers + BEYOND
    sequence = rows[:, SEQUENCE] @ powers[-3:]
    people.identity[copies] = identity_numbers(division, people.born[originals], sequence)


def swap(params: Params, streams: Streams, people: People, truth: Truth) -> None:
    """Some pairs of grown people of one sex and village carry each other's names; numbers and birthdays stay."""
    rng = streams("swaps")
    taken = {
        name for kind, ids in zip(truth.kinds, truth.ids, strict=True) if kind != "twins" for name in ids
    }
    ids = np.array(people.ids().to_pylist())
    free = (people.age >= ADULT) & (people.died < 0) & ~np.isin(ids, sorted(taken))
    order = np.flatnonzero(free)
    order = order[np.lexsort((people.born[order], people.male[order], people.village[order]))]
    pairs = some(rng, np.arange(0, len(order) - 1, 2), 2 * params.defects["swapped_person"])
    first, second = order[pairs], order[pairs + 1]
    texts = np.array(people.names.to_pylist(), dtype=object)
    fits = (
        (people.male[first] == people.male[second])
        & (people.village[first] == people.village[second])
        & (people.home[first] != people.home[second])
        & (texts[first] != texts[second])
    )
    first, second = first[fits], second[fits]
    texts[first], texts[second] = texts[second], texts[first]
    people.names = pa.array(texts, pa.string())
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        truth.add("swapped_person", [str(ids[one]), str(ids[other])])
