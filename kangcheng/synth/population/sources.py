"""How other systems know the same people: records with the slips of every registration desk, for matching."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kangcheng.synth.columns import chosen, days, numbered, text
from kangcheng.synth.draw import Flags, Ints, Streams, some
from kangcheng.synth.params import Params
from kangcheng.synth.population import names
from kangcheng.synth.population.people import People

SYSTEMS = ("hospital", "public_health")


def table(params: Params, streams: Streams, people: People) -> pa.Table:
    """Rows of both systems: their own number, the person meant, and what they wrote down."""
    return pa.concat_tables([_system(params, streams(f"source {name}"), people, name) for name in SYSTEMS])


def _system(params: Params, rng: np.random.Generator, people: People, system: str) -> pa.Table:
    rule = params.source_records
    rows = some(rng, np.arange(len(people)), rule.share)
    count = len(rows)
    heard = some(rng, np.arange(count), rule.homophone)
    written, _ = names.misheard(people.names.take(pa.array(rows)), heard)
    slip: Flags = rng.random(count) < rule.mistyped
    born: Ints = people.born[rows] + np.where(slip, rng.integers(1, 10, count), 0)
    # Who mistypes a birthday has no card before them.
    blank = (rng.random(count) < rule.without_identity) | people.unnumbered[rows] | slip
    silent = rng.random(count) < rule.without_phone
    number = (people.first + rows) * len(SYSTEMS) + SYSTEMS.index(system)
    return pa.table(
        {
            "system": pa.array([system] * count, pa.string()),
            "number": numbered(system[0].upper(), number, 10),
            "person": people.ids(rows),
            "name": written,
            "sex": chosen(["F", "M"], people.male[rows].astype(np.int64)),
            "birth_on": days(born),
            "identity_number": text(people.identity[rows], blank),
            "phone": text(people.phone[rows], silent),
        }
    )
