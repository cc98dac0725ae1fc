"""Claims as columns, before they are bent to a stack: what both lists of claims and Arrow tables are read into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kangcheng.kernel.errors import Fault

Ints = NDArray[np.int64]


@dataclass
class Texts:
    """One text for each row by code; -1 where there is none."""

    codes: NDArray[Any]  # whole numbers of any width
    words: Sequence[str]


@dataclass
class Lines:
    """Lines of all rows, one after the other. Amounts and limits in fen."""

    row: Ints
    group: Texts
    amount: Ints
    quantity: Ints
    limit: Ints  # price limit of the line itself x quantity; -1: none of its own
    share: Ints  # place in `shares`; -1: none of its own
    shares: Sequence[Fraction]
    waivers: Ints  # bit n: waiver n of the stack covers it

    def taken(self, order: Ints) -> Lines:
        """The lines in another order."""
        return replace(
            self,
            row=self.row[order],
            group=Texts(self.group.codes[order], self.group.words),
            amount=self.amount[order],
            quantity=self.quantity[order],
            limit=self.limit[order],
            share=self.share[order],
            waivers=self.waivers[order],
        )


@dataclass
class Rows:
    """All claims of a batch: unit after unit, within a unit by day, sequence and id. Days count from 1970-01-01."""

    ids: Any  # list of texts, or an Arrow array
    places: Ints  # where each row stood in what was given
    unit: Ints  # 0, 1, 2 ...: person or household
    person: Ints
    household: Ints  # -1: none
    on: Ints
    admitted: Ints
    discharged: Ints
    sequence: Ints
    total: Ints
    in_scope: Ints | None
    rest: Ints | None
    lines: Lines | None
    sums: dict[str, Ints]  # group -> fen, -1: no such group; instead of lines
    attributes: dict[str, Texts]
    categories: list[Ints]
    facts: dict[str, Ints]  # -1: missing
    given: dict[str, Ints]  # payer -> fen, -1: nothing given
    overrides: tuple[Ints, Ints, Ints] | None = None  # row, slot, value
    opening: tuple[Ints, Ints, Ints] | None = None  # row, slot, value of what units remember from before
    faults: dict[int, list[Fault]] = field(default_factory=dict)  # row -> what is wrong with it

    def release(self) -> None:
        """Let go of what has become columns of a batch."""
        self.lines, self.sums, self.attributes, self.categories = None, {}, {}, []
        self.in_scope = self.rest = None

    def id_of(self, row: int) -> str:
        """The claim's id."""
        found = self.ids[row]
        return found if isinstance(found, str) else str(found)

    def __len__(self) -> int:
        return len(self.on)
