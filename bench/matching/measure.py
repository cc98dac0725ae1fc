"""Link the planted records as the service does (number first, then weights) and count what came out right."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bench.matching.town import Planted, resident
from kangcheng.registry.matching import rules, splinked
from kangcheng.registry.matching.rules import Candidate, Decision, Limits
from kangcheng.registry.matching.scoring import Model, score
from kangcheng.registry.matching.traits import valid
from kangcheng.synth.score import Score
from kangcheng.synth.score import score as against

SLACK = 0.01


@dataclass
class Linked:
    """Record -> decision, and how the time went."""

    decisions: dict[str, Decision]
    seconds: float
    compared: int
    blocked: int
    """Pairs that agreed on a block and were weighed."""
    splink_seconds: float
    widest: float
    """Greatest difference between Splink's weight and the single scorer's."""


def link(town: Planted, model: Model, limits: Limits, *, blind: bool = False) -> Linked:
    """Decide every record. `blind`: no record has an identity number, all is left to the weights."""
    start = time.perf_counter()
    residents, records = dict(town.residents), dict(town.records)
    shares = Counter(one.name for one in residents.values())
    common: dict[str, Any] = {"residents": len(residents)}
    decisions: dict[str, Decision] = {}
    if not blind:
        numbers = {one.identity: key for key, one in residents.items() if one.identity}
        for key, record in records.items():
            holder = numbers.get(record.identity) if valid(record) else None
            if holder:
                scored = score(model, record, residents[holder], frequency=None, **common)
                decisions[key] = rules.by_number(Candidate(holder, scored))
    rest = [(key, one) for key, one in records.items() if key not in decisions]
    begun = time.perf_counter()
    found = splinked.weigh(splinked.table(town.residents), splinked.table(rest), model, limits.review - SLACK)
    spent = time.perf_counter() - begun
    near: dict[str, list[Candidate]] = {}
    widest = 0.0
    for person, record, weight in _pairs(found.pairs):
        name = residents[person].name
        scored = score(
            model, records[record], residents[person], frequency=shares[name] / len(residents), **common
        )
        widest = max(widest, abs(scored.weight - weight))
        near.setdefault(record, []).append(Candidate(person, scored))
    for key, _ in rest:
        decisions[key] = rules.by_weight(near.get(key, ()), limits)
    return Linked(decisions, time.perf_counter() - start, found.pairs.num_rows, found.compared, spent, widest)


def _pairs(found: pa.Table) -> Any:
    """(resident, record, weight); Splink puts the tables in the order of their names."""
    for row in found.select(["source_dataset_l", "unique_id_l", "unique_id_r", "match_weight"]).to_pylist():
        one, other = row["unique_id_l"], row["unique_id_r"]
        yield (
            (other, one, row["match_weight"])
            if row["source_dataset_l"] == "records"
            else (one, other, row["match_weight"])
        )


def judged(town: Planted, made: Linked) -> dict[str, Any]:
    """Precision and recall of what was linked without a human being, and what the queue holds."""
    registered = {town.human(key) for key, _ in town.residents}
    counts: Counter[str] = Counter()
    for key, decision in made.decisions.items():
        meant = town.human(town.person[key])
        known = meant in registered
        counts["known"] += known
        counts[decision.state] += 1
        if decision.state == rules.LINKED:
            counts["right"] += town.human(str(decision.person)) == meant
        if decision.state == rules.WAITING:
            offered = {town.human(one.person) for one in decision.candidates}
            counts["queued with the right one"] += meant in offered
        if decision.state == rules.NEW:
            counts["new though known"] += known
    return {
        "precision": counts["right"] / max(counts[rules.LINKED], 1),
        "recall": counts["right"] / max(counts["known"], 1),
        "recall with the queue": (counts["right"] + counts["queued with the right one"])
        / max(counts["known"], 1),
        **counts,
    }


def registered_twice(people: pa.Table, truth: pa.Table, model: Model, limits: Limits) -> Score:
    """How many of the planted second registrations the queue would ask about, and how many of its pairs are such."""
    residents = {row["person"]: resident(row) for row in people.to_pylist()}
    table = splinked.table(residents.items())
    shares = Counter(one.name for one in residents.values())
    found = set()
    for one, other, _ in _pairs(splinked.weigh(table, table, model, limits.review - SLACK).pairs):
        share = shares[residents[one].name] / len(residents)
        scored = score(model, residents[other], residents[one], residents=len(residents), frequency=share)
        if one < other and rules.twice(scored, limits):
            found.add((one, other))
    return against(found, truth, "duplicate_person")
