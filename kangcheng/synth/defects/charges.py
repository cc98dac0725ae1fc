"""Defects in the lines of a bill: an item the place may not sell, a price above its own list, an item charged twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kangcheng.synth.bills import Lines
from kangcheng.synth.catalogue import Catalogue, arrays
from kangcheng.synth.draw import Flags, Ints, Streams
from kangcheng.synth.params import Params

ABOVE, BELOW = 1.5, 1.08
"""An overcharge lies between these times the listed price."""
CITY_RANK = 3


@dataclass
class Planted:
    """Line-level defects by the key of their line, which survives sorting: (kind, event, item, second)."""

    kind: list[str]
    event: Ints
    item: Ints
    second: Flags


def plant(
    params: Params, catalogue: Catalogue, streams: Streams, ranks: Ints, claimed: Flags, lines: Lines
) -> tuple[Lines, Planted]:
    """The lines with the defects among them, by event and item; `ranks` and `claimed` are by event.

    One defect at most on a bill.
    """
    order = np.arange(len(lines))
    first = np.flatnonzero(np.r_[True, lines.event[1:] != lines.event[:-1]][: len(lines)])
    bills = lines.event[first]
    bills = bills[claimed[bills]]
    sizes = np.bincount(lines.event, minlength=len(ranks))
    starts = np.searchsorted(lines.event, bills)
    rng = streams("charges")
    lot = rng.random(len(bills))
    line = (
        order[starts + (rng.random(len(bills)) * sizes[bills]).astype(np.int64)] if len(bills) else order[:0]
    )
    edges = np.cumsum([params.defects[kind] for kind in ("overcharge", "repeated_line", "off_list_sale")])
    chosen = np.searchsorted(edges, lot, "right")
    over, twice, off = (line[chosen == kind] for kind in range(3))
    off = _off_list(catalogue, rng, ranks, lines, off)
    over = _overcharge(rng, lines, over)
    again = lines.take(twice)
    kinds = ["off_list_sale"] * len(off) + ["overcharge"] * len(over) + ["repeated_line"] * len(twice)
    rows = np.r_[off, over, twice]
    planted = Planted(
        kinds, lines.event[rows], lines.item[rows], np.arange(len(rows)) >= len(off) + len(over)
    )
    return _merged(lines, again), planted


def _off_list(catalogue: Catalogue, rng: np.random.Generator, ranks: Ints, lines: Lines, rows: Ints) -> Ints:
    """Below the city's hospitals: the line becomes a drug that only higher places may use, booked as in scope."""
    rows = rows[ranks[lines.event[rows]] < CITY_RANK]
    drugs = np.flatnonzero(np.array([item.kind == "drug" for item in catalogue.items]))
    drugs = drugs[np.argsort(catalogue.from_level[drugs], kind="stable")]
    start = np.searchsorted(catalogue.from_level[drugs], ranks[lines.event[rows]], "right")
    item = drugs[start + (rng.random(len(rows)) * (len(drugs) - start)).astype(np.int64)]
    lines.item[rows] = item
    lines.quantity[rows] = np.minimum(lines.quantity[rows], 2)
    lines.amount[rows] = catalogue.prices[0, item] * lines.quantity[rows]
    listed = arrays(catalogue)[0][item]
    lines.group[rows] = np.minimum(listed, 1)  # what the catalogue leaves out is booked as class B
    return rows


def _overcharge(rng: np.random.Generator, lines: Lines, rows: Ints) -> Ints:
    factor = BELOW + rng.random(len(rows)) * (ABOVE - BELOW)
    lines.amount[rows] = np.ceil(lines.amount[rows] * factor).astype(np.int64) + 1
    return rows


def _merged(lines: Lines, more: Lines) -> Lines:
    both = [
        np.concatenate([getattr(lines, name), getattr(more, name)])
        for name in ("event", "item", "group", "quantity", "amount")
    ]
    order = np.lexsort((np.arange(len(both[0])), both[1], both[0]))
    return Lines(*(column[order] for column in both))


def lines_of(planted: Planted, lines: Lines) -> Ints:
    """Row among `lines` of each planted defect; of a repeated item the second."""
    width = int(lines.item.max(initial=0)) + 1
    keys = lines.event * width + lines.item
    row = np.searchsorted(keys, planted.event * width + planted.item)
    return row + planted.second
