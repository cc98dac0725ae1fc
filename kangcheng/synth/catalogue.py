"""What can be billed: the sample catalogue, its prices by rank of the institution, and which items suit which diagnosis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa

from kangcheng.kernel.money import rounded
from kangcheng.synth.columns import chosen, day, days
from kangcheng.synth.draw import Floats, Ints, Lists
from kangcheng.synth.params import Params
from kangcheng.synth.places import Institutions
from kangcheng.synth.reference import Diagnosis, Item, items

RANKS = 4
JIAO = 10
EXACT = ("drug", "chronic", "operation", "target")
"""Roles in which an item made for the diagnosis shuts out the others; in other roles it joins them."""
SOLD_BY_PHARMACY = ("drug", "chronic", "plus", "material")
GROUPS = ("jia", "yi", "zifei")


@dataclass(frozen=True)
class Catalogue:
    """Items by position. `prices[rank, item]` in fen. `candidates` lists items by (role, rank, diagnosis)."""

    items: tuple[Item, ...]
    roles: tuple[str, ...]
    prices: Ints
    from_level: Ints
    candidates: Lists
    diagnoses: int

    def row(self, role: Ints, rank: Ints, diagnosis: Ints) -> Ints:
        """The row of `candidates` for each line."""
        return (role * RANKS + rank) * self.diagnoses + diagnosis


def make(params: Params, known: tuple[Diagnosis, ...]) -> Catalogue:
    """The catalogue with its look-up tables."""
    all_items = items()
    roles = tuple(sorted({item.role for item in all_items}))
    factors = {rank: Fraction(str(factor)) for rank, factor in params.level_price.items()}
    prices = [[_price(item, factors[rank]) for item in all_items] for rank in range(RANKS)]
    lists = [_suited(all_items, role, rank, one) for role in roles for rank in range(RANKS) for one in known]
    return Catalogue(
        items=all_items,
        roles=roles,
        prices=np.array(prices),
        from_level=np.array([item.from_level for item in all_items]),
        candidates=Lists(lists),
        diagnoses=len(known),
    )


def _price(item: Item, factor: Fraction) -> int:
    """Fen. Services cost more in higher hospitals, in whole jiao; drugs and materials cost the same everywhere."""
    return rounded(item.price * factor, JIAO) if item.kind == "service" else item.price


def _suited(all_items: tuple[Item, ...], role: str, rank: int, one: Diagnosis) -> list[int]:
    there = [
        (index, item) for index, item in enumerate(all_items) if item.role == role and item.from_level <= rank
    ]
    made_for = [index for index, item in there if item.used_for and one.code.startswith(item.used_for)]
    if made_for and role in EXACT:
        return made_for
    return made_for + [index for index, item in there if not item.used_for]


def table(catalogue: Catalogue) -> pa.Table:
    """The items as rows. The group is the insurance class; money in fen, the first payment a fraction as text."""
    rows = catalogue.items
    return pa.table(
        {
            "code": pa.array([item.code for item in rows], pa.string()),
            "name": pa.array([item.name for item in rows], pa.string()),
            "kind": pa.array([item.kind for item in rows], pa.string()),
            "unit": pa.array([item.unit for item in rows], pa.string()),
            "insurance_class": pa.array([item.insurance_class for item in rows], pa.string()),
            "group": pa.array([item.insurance_class for item in rows], pa.string()),
            "first_pay": pa.array([_share(item) for item in rows], pa.string()),
            "price": pa.array([item.price for item in rows], pa.int64()),
            "price_limit": pa.array([item.price_limit for item in rows], pa.int64()),
            "essential": pa.array([item.essential for item in rows], pa.bool_()),
        }
    )


def _share(item: Item) -> str | None:
    numerator, denominator = item.first_pay
    return f"{numerator}/{denominator}" if numerator else None


def diagnosis_table(known: Iterable[Diagnosis]) -> pa.Table:
    """The sample of diagnoses as rows."""
    rows = list(known)
    return pa.table(
        {
            key: pa.array([getattr(one, key) for one in rows], pa.string())
            for key in ("code", "name", "name_en", "kind")
        }
    )


def hospital_items(params: Params, catalogue: Catalogue, institutions: Institutions) -> pa.Table:
    """What each institution sells under its own code, at its own price, and the national item it is mapped to.

    Hospitals also sell a few preparations of their own that have no place in the catalogue yet (`item` null, proposed).
    """
    site, item = _sold(catalogue, institutions)
    rank = np.array(institutions.ranks)
    own = np.flatnonzero(rank >= 1)
    extra = np.repeat(own, params.unmapped_items)
    number = np.tile(np.arange(params.unmapped_items), len(own)) + 1
    names = [one.name for one in catalogue.items]
    sites = np.r_[site, extra]
    return pa.table(
        {
            "institution": chosen(institutions.codes, sites),
            "hospital_code": pa.array(
                [f"H{row:04d}" for row in item.tolist()] + [f"Z{row:04d}" for row in number.tolist()],
                pa.string(),
            ),
            "name": pa.array(
                [names[row] for row in item] + [f"院内制剂{row}号" for row in number], pa.string()
            ),
            "item": chosen([one.code for one in catalogue.items], np.r_[item, np.full(len(extra), -1)]),
            "price": pa.array(np.r_[catalogue.prices[rank[site], item], 1000 * number]),
            "status": pa.array(["approved"] * len(site) + ["proposed"] * len(extra), pa.string()),
            "valid_from": days(np.full(len(sites), day(params.year - 1))),
        }
    )


def _sold(catalogue: Catalogue, institutions: Institutions) -> tuple[Ints, Ints]:
    """Pairs of institution and item: what its rank may use; pharmacies sell only drugs and the like."""
    rank = np.array(institutions.ranks)
    sells = catalogue.from_level[None, :] <= rank[:, None]
    retail = np.array([item.role in SOLD_BY_PHARMACY for item in catalogue.items])
    pharmacy = np.array([kind == "pharmacy" for kind in institutions.types])
    sells &= ~pharmacy[:, None] | retail[None, :]
    sells &= np.array(institutions.designated)[:, None]
    site, item = np.nonzero(sells)
    return site.astype(np.int64), item.astype(np.int64)


def arrays(catalogue: Catalogue) -> tuple[Ints, Ints, Ints, Floats]:
    """By item: group number, first payment numerator and denominator, price limit (NaN where there is none)."""
    rows = catalogue.items
    return (
        np.array([GROUPS.index(item.insurance_class) for item in rows]),
        np.array([item.first_pay[0] for item in rows]),
        np.array([item.first_pay[1] for item in rows]),
        np.array([np.nan if item.price_limit is None else item.price_limit for item in rows]),
    )
