"""Names whose namesakes are as frequent as in life: weighted surnames, given names by the fashion of the birth years."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kangcheng.synth.columns import chosen
from kangcheng.synth.draw import Flags, Floats, Ints, Lists, pick
from kangcheng.synth.params import Params
from kangcheng.synth.reference import given, surnames

FASHION = 1.35
"""The first characters of a list are the favourites: weight 1 / rank ** FASHION, softened by an offset."""
OFFSET = 6
HOMOPHONES = (
    "伟炜",
    "丽莉",
    "芳方",
    "静婧",
    "华骅",
    "明铭",
    "军君",
    "敏闽",
    "玲铃",
    "海亥",
    "文雯",
    "燕艳",
    "红虹",
    "志智",
    "建健",
)


def surname_index(rng: np.random.Generator, count: int) -> Ints:
    """Positions in the list of surnames."""
    return pick(rng, surnames()[1], count)


def given_names(
    params: Params, rng: np.random.Generator, born_year: Ints, male: Flags, twin: Ints
) -> pa.Array:
    """A given name each; twins share their first character where both names have two."""
    words, lists, weights = _vocabulary(_key(params))
    starts = np.array([cohort.start for cohort in params.names.cohorts])
    cohort = np.maximum(np.searchsorted(starts, born_year, "right") - 1, 0)
    table = cohort * 2 + ~male
    first, second = _characters(rng, lists, weights, table), _characters(rng, lists, weights, table)
    leads = (twin >= 0) & (twin < np.arange(len(twin)))
    first = np.where(leads, first[twin], first)
    single = rng.random(len(male)) < np.array([one.single for one in params.names.cohorts])[cohort]
    doubled = ~male & (rng.random(len(male)) < params.names.doubled)
    second = np.where(doubled, first, np.where(single, 0, second))
    made = pc.binary_join_element_wise(chosen(words, first), chosen(words, second), "")
    whole = _listed(rng, male)
    return pc.if_else(pa.array(rng.random(len(male)) < params.names.listed), whole, made)


def _key(params: Params) -> tuple[tuple[str, str], ...]:
    return tuple((one.male, one.female) for one in params.names.cohorts)


@cache
def _vocabulary(cohorts: tuple[tuple[str, str], ...]) -> tuple[pa.Array, Lists, list[Floats]]:
    """All characters (the first is none), the characters of each cohort and sex, and their weights."""
    tables = [text for pair in cohorts for text in pair]
    words = ["", *sorted({sign for text in tables for sign in text})]
    place = {sign: index for index, sign in enumerate(words)}
    lists = Lists([[place[sign] for sign in text] for text in tables])
    weights = [1 / (np.arange(len(text)) + OFFSET) ** FASHION for text in tables]
    return pa.array(words, pa.string()), lists, weights


def _characters(rng: np.random.Generator, lists: Lists, weights: list[Floats], table: Ints) -> Ints:
    found = np.zeros(len(table), dtype=np.int64)
    for number, one in enumerate(weights):
        mine = np.flatnonzero(table == number)
        found[mine] = lists.flat[lists.starts[number] + pick(rng, one, len(mine))]
    return found


def _listed(rng: np.random.Generator, male: Flags) -> pa.Array:
    men, women = given("male"), given("female")
    index = (rng.random(len(male)) * np.where(male, len(men), len(women))).astype(np.int64)
    return chosen([*men, *women], np.where(male, index, index + len(men)))


def misheard(names: pa.Array, rows: Ints) -> tuple[pa.Array, Ints]:
    """The names with one character written as another of the same sound, at `rows`; and the rows where that was possible."""
    texts = names.to_pylist()
    changed = []
    for row in rows.tolist():
        for pair in HOMOPHONES:
            swapped = texts[row][0] + texts[row][1:].replace(pair[0], pair[1])
            if swapped != texts[row]:
                texts[row] = swapped
                changed.append(row)
                break
    return pa.array(texts, pa.string()), np.array(changed, dtype=np.int64)


def full(surname: Ints, given_name: pa.Array) -> pa.Array:
    """Surname and given name together."""
    return pc.binary_join_element_wise(chosen(surnames()[0], surname), given_name, "")
