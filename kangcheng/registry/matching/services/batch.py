"""Many records at once: Splink weighs them all against the register in memory, on DuckDB. Reads only.

What it finds to be new is judged once more, one by one, when it is written: an earlier row of the list may have made the person.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.registry.households.models import Membership
from kangcheng.registry.matching import candidates, rules, scoring, thresholds
from kangcheng.registry.matching.rules import NEW, Candidate
from kangcheng.registry.matching.scoring import Model, Scored
from kangcheng.registry.matching.services.judge import Judged, within_reach
from kangcheng.registry.matching.traits import Traits, valid
from kangcheng.registry.people.models import PersonAlias, Resident
from kangcheng.registry.people.services.register import registered

WORTH = 2_000
"""From so many records on reading the whole register pays."""
SLACK = 0.01
CHUNK = 5_000


def judged(records: Mapping[str, Traits], *, by: Actor, on: date) -> dict[str, Judged]:
    """Key of a record -> whom it is, of those that have no number in the register and are likely somebody registered."""
    held = _held(records)
    rest = {key: one for key, one in records.items() if key not in held}
    limits = thresholds.limits(on)
    near: dict[str, list[Candidate]] = {}
    for person, key, scored in weighed(dict(register()), rest, thresholds.model(), limits.review):
        near.setdefault(str(key), []).append(Candidate(str(person), scored))
    decisions = {key: within_reach(rules.by_weight(likely, limits), by) for key, likely in near.items()}
    return {key: Judged(one, "weight") for key, one in decisions.items() if one.state != NEW}


def weighed(
    residents: Mapping[UUID, Traits], records: Mapping[str, Traits], model: Model, least: float
) -> Iterator[tuple[UUID, Any, Scored]]:
    """(resident, key of the record, weight) of every pair of at least `least`; keys that are ids come as ids."""
    from kangcheng.registry.matching import splinked

    named = {str(key): one for key, one in residents.items()}
    found = splinked.weigh(
        splinked.table(named.items()), splinked.table(records.items()), model, least - SLACK
    )
    shares = Counter(one.name for one in named.values())
    total = max(len(named), candidates.LEAST_RESIDENTS)
    for person, key in _pairs(found.pairs):
        share = shares[named[person].name] / total
        scored = scoring.score(model, records[key], named[person], residents=total, frequency=share)
        yield UUID(person), UUID(key) if key in named else key, scored


def _held(records: Mapping[str, Traits]) -> set[str]:
    """Keys of records whose valid number is in the register."""
    numbers = {key: one.identity for key, one in records.items() if valid(one)}
    known = registered(numbers.values())
    return {key for key, number in numbers.items() if number in known}


def register() -> Iterator[tuple[UUID, Traits]]:
    """Everybody in the register who stands for themself, opened."""
    absorbed = set(PersonAlias.objects.filter(until=None).values_list("person_id", flat=True))
    homes = dict(Membership.objects.filter(valid_to=None).values_list("person_id", "household__number"))
    rows = Resident.objects.exclude(left_why="error").only(*candidates.OPENED).iterator(chunk_size=CHUNK)
    for row in rows:
        if row.pk not in absorbed:
            yield row.pk, candidates.resident_traits(row, homes.get(row.pk, ""))


def _pairs(found: object) -> Iterator[tuple[str, str]]:
    """(resident, record); Splink puts the two tables in the order of their names."""
    for row in found.select(["source_dataset_l", "unique_id_l", "unique_id_r"]).to_pylist():  # type: ignore[attr-defined]
        one, other = row["unique_id_l"], row["unique_id_r"]
        yield (other, one) if row["source_dataset_l"] == "records" else (one, other)
