"""Couples, mothers and who lives with whom, for people whose ages and sexes are already drawn.

Ages come first and families are matched to them, so the pyramid is kept whatever the family rules are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kangcheng.synth.columns import age_on
from kangcheng.synth.draw import Flags, Floats, Ints, Streams, by_age, pick, some
from kangcheng.synth.params import Params, closes, opens

NOBODY = -1
ADULT, LEAVES_25, LEAVES_35, LEFT_BEHIND, ELDER = 18, 25, 35, 15, 65
YOUNGEST_MOTHER, OLDEST_MOTHER, SIBLING_DAYS = 17, 47, 300
MATERNAL_GAP = (20, 45)
DRAWS = 6


@dataclass
class Families:
    """Per person of the block. Positions, not ids; NOBODY where there is none."""

    age: Ints
    male: Flags
    born: Ints
    spouse: Ints
    mother: Ints
    father: Ints
    host: Ints
    """Somebody whose household this person lives in; itself when it keeps its own."""
    twin: Ints


def make(params: Params, streams: Streams, count: int) -> Families:
    """`count` people with their families."""
    age, male = _ages(params, streams("ages"), count)
    born = _births(params, streams("births"), age)
    spouse = _couples(params, streams("couples"), age, male)
    mother, born = _mothers(params, streams("mothers"), age, male, born, spouse)
    father = np.where(mother >= 0, spouse[mother], NOBODY)
    twin, born, male = _twins(params, streams("twins"), mother, born, male, spouse)
    age = age_on(born, np.full(count, closes(params) - 1))
    host = _hosts(params, streams("hosts"), age, male, spouse, mother)
    return Families(age, male, born, spouse, mother, father, host, twin)


def _ages(params: Params, rng: np.random.Generator, count: int) -> tuple[Ints, Flags]:
    starts = np.array([band.start for band in params.pyramid])
    widths = np.diff(starts, append=starts[-1] + 8)
    weights = [weight for band in params.pyramid for weight in (band.male, band.female)]
    cell = pick(rng, weights, count)
    band, male = cell // 2, cell % 2 == 0
    # In the last band the old ages are rarer: the smaller of two draws.
    within = rng.random(count)
    within = np.where(band == len(starts) - 1, np.minimum(within, rng.random(count)), within)
    return starts[band] + (within * widths[band]).astype(np.int64), male


def _births(params: Params, rng: np.random.Generator, age: Ints) -> Ints:
    """A day that makes everybody `age` years old when the year that is lived has ended."""
    back = (params.year - age - 1970) * 12 + params.month - 1
    first = back.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (back + 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first + (rng.random(len(age)) * (after - first)).astype(np.int64)


def _couples(params: Params, rng: np.random.Generator, age: Ints, male: Flags) -> Ints:
    """Spouses matched by rank of age, men some years older, with noise."""
    count = len(age)
    share = np.where(male, by_age(params.married, "male")[age], by_age(params.married, "female")[age])
    marries = rng.random(count) < share
    men, women = np.flatnonzero(marries & male), np.flatnonzero(marries & ~male)
    pairs = min(len(men), len(women))
    men, women = rng.permutation(men)[:pairs], rng.permutation(women)[:pairs]
    spread, older = params.family.couple_spread, params.family.husband_older
    men = men[np.argsort(age[men] - older + rng.normal(0, spread, pairs), kind="stable")]
    women = women[np.argsort(age[women] + rng.normal(0, spread, pairs), kind="stable")]
    spouse = np.full(count, NOBODY)
    spouse[men], spouse[women] = women, men
    return spouse


def _mothers(
    params: Params, rng: np.random.Generator, age: Ints, male: Flags, born: Ints, spouse: Ints
) -> tuple[Ints, Ints]:
    """Mothers of those who live with their parents; births of one mother are at least ten months apart."""
    mother = np.full(len(age), NOBODY)
    children = _at_home(params, rng, age, spouse)
    wives = np.flatnonzero(~male & (spouse >= 0))
    if not len(wives) or not len(children):
        return mother, born
    wives = wives[np.argsort(age[wives], kind="stable")]
    for _ in range(DRAWS):
        mother[children] = _draw_mothers(params, rng, age, children, wives)
        children = children[_crowded(mother, born, children, params.family.most_children)]
        mother[children] = NOBODY
        if not len(children):
            break
    return mother, born


def _at_home(params: Params, rng: np.random.Generator, age: Ints, spouse: Ints) -> Ints:
    single = spouse < 0
    chance = np.where(age < ADULT, 1.0, np.where(age < LEAVES_25, params.family.with_parents_to_25, 0.0))
    chance = np.where((age >= LEAVES_25) & (age < LEAVES_35), params.family.with_parents_to_35, chance)
    return np.flatnonzero(single & (rng.random(len(age)) < chance))


def _draw_mothers(params: Params, rng: np.random.Generator, age: Ints, children: Ints, wives: Ints) -> Ints:
    gap = np.clip(
        rng.normal(params.family.mother_age, params.family.mother_spread, len(children)),
        YOUNGEST_MOTHER + 1,
        OLDEST_MOTHER - 1,
    )
    aim = age[children] + np.rint(gap).astype(np.int64)
    ages = age[wives]
    low, high = np.searchsorted(ages, aim - 1, "left"), np.searchsorted(ages, aim + 1, "right")
    found = wives[
        np.minimum(low + (rng.random(len(children)) * (high - low)).astype(np.int64), len(wives) - 1)
    ]
    difference = age[found] - age[children]
    fits = (difference > YOUNGEST_MOTHER) & (difference < OLDEST_MOTHER)
    return np.where(fits, found, NOBODY)


def _crowded(mother: Ints, born: Ints, children: Ints, most: int) -> Flags:
    """Of `children`, those without a mother, too near in age to a sister or brother, or of a family too large."""
    held = np.flatnonzero(mother >= 0)
    order = held[np.lexsort((held, born[held], mother[held]))]
    soon = (np.diff(mother[order]) == 0) & (np.diff(born[order]) < SIBLING_DAYS)
    bad = np.zeros(len(mother), dtype=bool)
    bad[order[:-1][soon]] = bad[order[1:][soon]] = True
    bad[held] |= np.bincount(mother[held], minlength=len(mother))[mother[held]] > most
    return bad[children] | (mother[children] < 0)


def _twins(
    params: Params, rng: np.random.Generator, mother: Ints, born: Ints, male: Flags, spouse: Ints
) -> tuple[Ints, Ints, Flags]:
    """Some pairs of sisters or brothers next in age become twins: one birthday, mostly one sex."""
    twin = np.full(len(mother), NOBODY)
    held = np.flatnonzero(mother >= 0)
    order = held[np.lexsort((held, born[held], mother[held]))]
    next_to = np.flatnonzero(mother[order][1:] == mother[order][:-1])
    chosen = some(rng, next_to, params.family.twins)
    chosen = chosen[np.diff(chosen, prepend=-9) > 1]  # nobody is in two pairs
    elder, younger = order[chosen], order[chosen + 1]
    # The elder takes the younger's birthday: the mother is old enough for it in any case.
    born, male = born.copy(), male.copy()
    born[elder] = born[younger]
    same_sex = rng.random(len(elder)) < 2 / 3
    male[younger] = np.where(same_sex & (spouse[younger] < 0), male[elder], male[younger])
    twin[elder], twin[younger] = younger, elder
    return twin, born, male


def _hosts(
    params: Params, rng: np.random.Generator, age: Ints, male: Flags, spouse: Ints, mother: Ints
) -> Ints:
    """Whose household each lives in: wives with husbands, children with mothers, some elders with a grown child."""
    everybody = np.arange(len(age))
    keeper = np.where(~male & (spouse >= 0), spouse, everybody)
    host = np.where(mother >= 0, keeper[mother], keeper)
    host = _join_elders(params, rng, age, male, spouse, host)
    host = _leave_behind(params, rng, age, spouse, mother, host)
    alone = np.flatnonzero((age < ADULT) & (mother < 0) & (host == everybody))
    adults = np.flatnonzero((age >= ADULT) & (host == everybody))
    if len(alone) and len(adults):
        host[alone] = adults[pick(rng, np.ones(len(adults)), len(alone))]
    return host


def _join_elders(
    params: Params, rng: np.random.Generator, age: Ints, male: Flags, spouse: Ints, host: Ints
) -> Ints:
    everybody = np.arange(len(age))
    heads = np.flatnonzero((age >= ELDER) & (host == everybody))
    heads = some(rng, heads, params.family.elders_with_child)
    grown = np.flatnonzero((host == everybody) & male & (spouse >= 0) & (age < ELDER))
    if not len(heads) or not len(grown):
        return host
    grown = grown[np.argsort(age[grown], kind="stable")]
    low = np.searchsorted(age[grown], age[heads] - MATERNAL_GAP[1])
    high = np.searchsorted(age[grown], age[heads] - MATERNAL_GAP[0], "right")
    spot = low + (rng.random(len(heads)) * (high - low)).astype(np.int64)
    fits = high > low
    host = host.copy()
    host[heads[fits]] = grown[spot[fits]]
    return np.where(host[host] != host, host[host], host)


def _leave_behind(
    params: Params, rng: np.random.Generator, age: Ints, spouse: Ints, mother: Ints, host: Ints
) -> Ints:
    left = some(rng, np.flatnonzero((age < LEFT_BEHIND) & (mother >= 0)), params.family.left_behind)
    elders = np.flatnonzero((host == np.arange(len(age))) & (age >= 50) & (age < 75) & (spouse >= 0))
    if len(left) and len(elders):
        host = host.copy()
        host[left] = elders[pick(rng, np.ones(len(elders)), len(left))]
    return host


def dies(params: Params, streams: Streams, families: Families) -> Ints:
    """Day of death within the year, or NOBODY for those who live."""
    rng = streams("deaths")
    chance: Floats = np.where(
        families.male,
        by_age(params.mortality, "male")[families.age],
        by_age(params.mortality, "female")[families.age],
    )
    first, last = opens(params), closes(params)
    start = np.maximum(first, families.born + 1)
    on = start + (rng.random(len(chance)) * (last - start)).astype(np.int64)
    return np.where((rng.random(len(chance)) < chance) & (start < last), on, NOBODY)
