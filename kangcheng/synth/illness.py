"""Which diagnoses strike whom: tables by sex and age, and the long-term conditions people live with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kangcheng.synth.columns import chosen, days
from kangcheng.synth.draw import Flags, Floats, Ints, Streams, by_age
from kangcheng.synth.params import Params, opens
from kangcheng.synth.population.people import People
from kangcheng.synth.reference import Diagnosis, diagnoses

AGES = 121
SUDDEN = ("acute", "injury", "newborn")
"""Kinds that strike anybody; the others come with a condition or a pregnancy."""
YOUNG_SHARE = 0.15
"""How likely a condition is at the age it begins, against the age at which it is commonest."""
YEARS_BACK = 12


@dataclass(frozen=True)
class Illness:
    """Tables drawn from. Rows of `outpatient` and `inpatient`: women of each age, then men; columns: diagnoses."""

    diagnoses: tuple[Diagnosis, ...]
    outpatient: Floats
    inpatient: Floats
    months: Floats
    """Edges of the months lived, the first one first, by diagnosis: cumulative weights."""
    conditions: Ints
    """Diagnoses of the long-term conditions, in the order of the parameters."""
    chance: Floats
    """Per condition, sex (women, men) and age."""
    visits: Floats
    admissions: Floats

    def place(self, code: str) -> int:
        """Position of a diagnosis."""
        return next(index for index, one in enumerate(self.diagnoses) if one.code == code)


def tables(params: Params) -> Illness:
    """The tables of the parameters and the sample of diagnoses."""
    known = diagnoses()
    place = {one.code: index for index, one in enumerate(known)}
    missing = [code for code in params.conditions if code not in place]
    if missing:
        raise KeyError(f"conditions without a row in diagnoses.csv: {', '.join(missing)}")
    rules = params.conditions.values()
    seasons = np.roll([params.seasons[one.season] for one in known], 1 - params.month, axis=1)
    return Illness(
        diagnoses=known,
        outpatient=_sudden(known, "outpatient"),
        inpatient=_sudden(known, "inpatient"),
        months=np.cumsum(seasons, axis=1) / seasons.sum(axis=1, keepdims=True),
        conditions=np.array([place[code] for code in params.conditions]),
        chance=np.array(
            [_chance(params, known[place[code]], rule.share) for code, rule in params.conditions.items()]
        ),
        visits=np.array([rule.visits for rule in rules]),
        admissions=np.array([rule.admissions for rule in rules]),
    )


def _fits(one: Diagnosis) -> Floats:
    """1 where the diagnosis is possible: women of each age, then men."""
    ages = np.arange(AGES)
    by_years = (ages >= one.age_from) & (ages <= one.age_to)
    return np.concatenate([by_years & (one.sex != "M"), by_years & (one.sex != "F")]).astype(np.float64)


def _sudden(known: tuple[Diagnosis, ...], setting: str) -> Floats:
    return np.column_stack(
        [_fits(one) * (getattr(one, setting) if one.kind in SUDDEN else 0.0) for one in known]
    )


def _chance(params: Params, one: Diagnosis, share: float) -> Floats:
    """The chance by sex and age that makes `share` of all residents have the condition."""
    ages = np.arange(AGES)
    rises = np.clip((ages - one.age_from) / max(1, one.age_to - one.age_from), 0, 1)
    shape = _fits(one).reshape(2, AGES) * (YOUNG_SHARE + (1 - YOUNG_SHARE) * rises)
    starts = [band.start for band in params.pyramid]
    widths = np.diff(starts, append=starts[-1] + 8)
    people = np.array([by_age(params.pyramid, "female", AGES), by_age(params.pyramid, "male", AGES)])
    people /= np.repeat(widths, np.r_[widths[:-1], AGES - starts[-1]])
    people[:, starts[-1] + 8 :] = 0
    usual = (shape * people).sum() / people.sum()
    return np.minimum(shape * share / usual, 1.0)


def conditions(illness: Illness, streams: Streams, people: People) -> tuple[Ints, Ints]:
    """Pairs of person and condition (its place among the conditions), by person."""
    rng = streams("conditions")
    chance = illness.chance[:, people.male.astype(np.int64), people.age]
    has: Flags = rng.random(chance.shape) < chance
    person, condition = np.nonzero(has.T)
    return person, condition


def table(
    params: Params, illness: Illness, streams: Streams, people: People, held: tuple[Ints, Ints]
) -> pa.Table:
    """One row for each long-term condition of a person, with the day it was first found."""
    person, condition = held
    rng = streams("condition since")
    first = opens(params)
    since = first - (rng.random(len(person)) * YEARS_BACK * 365).astype(np.int64)
    codes = [illness.diagnoses[place].code for place in illness.conditions]
    return pa.table(
        {
            "person": people.ids(person),
            "code": chosen(codes, condition),
            "since": days(np.maximum(since, people.born[person])),
        }
    )
