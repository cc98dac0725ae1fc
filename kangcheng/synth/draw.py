"""Random numbers whose every use has its own stream: adding one use never moves the others.

The city is made in blocks of people. A stream belongs to a seed, a use and a block, so a block is the same whatever is
made before it, beside it or with it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
CITY = 1 << 40
"""Block number of what belongs to the whole city."""


class Streams:
    """The streams of one block. `streams("ages")` is always the same generator, at the same place, for the same block."""

    def __init__(self, seed: int, block: int = CITY) -> None:
        self.seed, self.block = seed, block

    def __call__(self, use: str) -> np.random.Generator:
        entropy = [self.seed & ((1 << 64) - 1), self.block, zlib.crc32(use.encode())]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, count: int) -> Ints:
    """`count` positions drawn by weight (any positive sum)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.minimum(np.searchsorted(edges, rng.random(count) * edges[-1], "right"), len(edges) - 1)


def pick_rows(rng: np.random.Generator, tables: Floats, rows: Ints) -> Ints:
    """For each row number a position drawn by the weights of that row of `tables`; -1 when the row has no weight."""
    edges = np.cumsum(tables, axis=1)
    found = np.empty(len(rows), dtype=np.int64)
    aim = rng.random(len(rows)) * edges[rows, -1]
    order = np.argsort(rows, kind="stable")
    cuts = np.flatnonzero(np.diff(rows[order], prepend=-1))
    for here, place in enumerate(cuts):
        end = cuts[here + 1] if here + 1 < len(cuts) else len(order)
        mine = order[place:end]
        found[mine] = np.searchsorted(edges[rows[mine[0]]], aim[mine], "right")
    return np.where(edges[rows, -1] > 0, np.minimum(found, tables.shape[1] - 1), -1)


def by_age(bands: Sequence[Any], key: str, ages: int = 121) -> Floats:
    """A value for each year of age from rows that name the age they start at."""
    table = np.zeros(ages)
    for band in bands:
        table[band.start :] = getattr(band, key)
    return table


def some(rng: np.random.Generator, of: Ints, share: float) -> Ints:
    """Each of the positions with the chance `share`, in order."""
    return of[rng.random(len(of)) < share]


class Lists:
    """Many short lists of numbers in one array; `draw` takes one element of the list each row names."""

    def __init__(self, lists: Sequence[Sequence[int]]) -> None:
        self.counts = np.array([len(one) for one in lists], dtype=np.int64)
        self.starts = np.cumsum(self.counts) - self.counts
        self.flat = np.array([value for one in lists for value in one] or [-1], dtype=np.int64)

    def draw(self, rng: np.random.Generator, rows: Ints) -> Ints:
        """An element of each row's list, all equally likely; -1 for an empty list or a row below 0."""
        counts = np.where(rows >= 0, self.counts[rows], 0)
        spot = self.starts[rows] + np.minimum((rng.random(len(rows)) * counts).astype(np.int64), counts - 1)
        return np.where(counts > 0, self.flat[np.maximum(spot, 0)], -1)


def ranks(sorted_keys: Ints) -> Ints:
    """0, 1, 2 ... within each run of equal keys."""
    count = len(sorted_keys)
    if not count:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]])
    return np.arange(count) - np.repeat(starts, np.diff(np.r_[starts, count]))
