"""The lines of the bills: what each visit and stay is charged, by basket, item and quantity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kangcheng.synth import catalogue as catalogue_
from kangcheng.synth.catalogue import Catalogue
from kangcheng.synth.columns import chosen
from kangcheng.synth.draw import Flags, Floats, Ints, Streams
from kangcheng.synth.illness import Illness
from kangcheng.synth.params import Params
from kangcheng.synth.places import Institutions
from kangcheng.synth.visits import ONCE, OUT, Events

LINE_SPREAD = 0.3
MOST_DAYS_COUNTED = 400


@dataclass
class Lines:
    """Rows by event and line. `amount` is the whole line in fen."""

    event: Ints
    item: Ints
    group: Ints
    quantity: Ints
    amount: Ints

    def __len__(self) -> int:
        return len(self.event)

    def take(self, rows: Ints | Flags) -> Lines:
        """The rows named, in that order."""
        return Lines(
            self.event[rows], self.item[rows], self.group[rows], self.quantity[rows], self.amount[rows]
        )


def make(
    params: Params,
    catalogue: Catalogue,
    illness: Illness,
    institutions: Institutions,
    streams: Streams,
    events: Events,
) -> Lines:
    """Lines of all events, by event; no item twice on a bill."""
    rng = streams("bills")
    rank = np.array(institutions.ranks)[events.site]
    cost = _cost(params, illness, rng, events, rank)
    parts = []
    for name, rows in _baskets(params, illness, institutions, rng, events, rank).items():
        for rule in params.baskets[name]:
            parts.append(_charge(params, catalogue, rng, events, rank, cost, rule, rows))
    event, item, quantity = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((item, event))
    event, item, quantity = event[order], item[order], quantity[order]
    first = np.r_[True, (event[1:] != event[:-1]) | (item[1:] != item[:-1])] if len(event) else event == 0
    event, item, quantity = event[first], item[first], quantity[first]
    group = catalogue_.arrays(catalogue)[0][item]
    return Lines(event, item, group, quantity, catalogue.prices[rank[event], item] * quantity)


def _cost(params: Params, illness: Illness, rng: np.random.Generator, events: Events, rank: Ints) -> Floats:
    """How much more or less than usual is used for each event."""
    usual = np.array([one.cost for one in illness.diagnoses])[events.diagnosis]
    visit = events.setting == OUT
    spread = np.where(visit, params.cost_spread.outpatient, params.cost_spread.inpatient)
    level = np.array([params.level_cost[number] for number in range(catalogue_.RANKS)])[rank]
    # A diagnosis that is ten times dearer lying in is not ten times dearer at a visit.
    return np.where(visit, np.sqrt(usual), usual) * level * np.exp(spread * rng.normal(size=len(rank)))


def _baskets(
    params: Params,
    illness: Illness,
    institutions: Institutions,
    rng: np.random.Generator,
    events: Events,
    rank: Ints,
) -> dict[str, Ints]:
    """Events that each basket is charged to. A visit has one basket, a stay the ordinary one and its diagnosis' own."""
    known = illness.diagnoses
    visit = events.setting == OUT
    pharmacy = np.array([kind == "pharmacy" for kind in institutions.types])[events.site]
    special = np.array([one.visit for one in known])[events.diagnosis]
    main = np.select(
        [
            ~visit,
            pharmacy & (events.longterm != ONCE),
            pharmacy,
            special != "",
            events.longterm != ONCE,
            rank == 0,
        ],
        ["stay", "refill", "pharmacy", special, "longterm", "village"],
        "outpatient",
    )
    own = np.array([one.basket for one in known])[events.diagnosis]
    cancer = np.array([one.kind == "cancer" for one in known])[events.diagnosis]
    own = np.where(cancer & (rng.random(len(events)) < params.chemotherapy), "chemo", own)
    return {name: np.flatnonzero((main == name) | (~visit & (own == name))) for name in params.baskets}


def _charge(
    params: Params,
    catalogue: Catalogue,
    rng: np.random.Generator,
    events: Events,
    rank: Ints,
    cost: Floats,
    rule: Params,
    rows: Ints,
) -> tuple[Ints, Ints, Ints]:
    """Event, item and quantity of the lines that one rule of a basket makes."""
    times = int(rule.lines) + (rng.random(len(rows)) < rule.lines % 1)
    event = np.repeat(rows, times)
    role = np.full(len(event), catalogue.roles.index(rule.role))
    item = catalogue.candidates.draw(rng, catalogue.row(role, rank[event], events.diagnosis[event]))
    stay = np.clip(events.end - events.start, 1, MOST_DAYS_COUNTED)[event]
    days = stay if rule.daily else np.ones(len(event), dtype=np.int64)
    if rule.amount is None:
        quantity = days
    else:
        price = catalogue.prices[rank[event], item]
        aim = rule.amount * days * cost[event] * np.exp(LINE_SPREAD * rng.normal(size=len(event)))
        most = params.largest_daily * days if rule.daily else params.largest_quantity
        quantity = np.clip(np.rint(aim / max(1.0, rule.lines) / price).astype(np.int64), 1, most)
    sold = item >= 0
    return event[sold], item[sold], quantity[sold]


def table(catalogue: Catalogue, lines: Lines, claim_ids: pa.Array, number: Ints) -> pa.Table:
    """The lines as rows: claim, number of the line, and what the engine wants of it."""
    _, numerator, denominator, limit = catalogue_.arrays(catalogue)
    item = lines.item
    listed = lines.group == catalogue_.GROUPS.index("yi")
    return pa.table(
        {
            "claim": claim_ids,
            "line": pa.array(number),
            "code": chosen([one.code for one in catalogue.items], item),
            "group": chosen(catalogue_.GROUPS, lines.group),
            "quantity": pa.array(lines.quantity),
            "amount": pa.array(lines.amount),
            "price_limit": pa.array(limit[item], from_pandas=True).cast(pa.int64()),
            "first_pay_num": pa.array(numerator[item], mask=~listed),
            "first_pay_den": pa.array(denominator[item], mask=~listed),
        }
    )
