"""What is kept as a digest or made of an identity number is made anew when the keys change."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pgtrigger
from django.db import models, transaction

from kangcheng.registry.matching import candidates, facts
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.people.models import SourceRecord

Row = TypeVar("Row", bound=models.Model)


def renew_digests(batch: int = 500) -> int:
    """Digests of records and pairs with the current key; returns how many rows changed. Safe to stop and repeat.

    The facts stay the same, so no history is written.
    """
    return _each(SourceRecord, _record, batch) + _each(MatchPair, _pair, batch)


def sender_number(system: str, identity: str) -> str:
    """The number of a record whose sender has none of its own; one from before the keys changed is found by it too."""
    now, *earlier = facts.sender_numbers(identity)
    if earlier:
        with pgtrigger.ignore():
            SourceRecord.objects.filter(system=system, number__in=earlier).update(number=now)
    return now


def _record(row: SourceRecord) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if digest := facts.renewed(row.facts_index, candidates.record_traits(row)):
        found["facts_index"] = digest
    now, *earlier = facts.sender_numbers(row.identity) if row.identity else [""]
    return {**found, "number": now} if row.number in earlier else found


def _pair(row: MatchPair) -> dict[str, Any]:
    """Both sides in the order in which the digest was made: record or other resident, then person."""
    ids = {row.person_id, row.other_id} - {None}
    people = candidates.traits_of(ids)  # type: ignore[arg-type]
    one = candidates.record_traits(row.record) if row.record else people.get(row.other_id)  # type: ignore[arg-type]
    other = people.get(row.person_id)
    digest = facts.renewed(row.facts_index, one, other) if one and other else None
    return {"facts_index": digest} if digest else {}


def _each(model: type[Row], anew: Callable[[Row], dict[str, Any]], batch: int) -> int:
    changed, last = 0, None
    while True:
        with transaction.atomic(), pgtrigger.ignore():
            rows = list(_after(model, last)[:batch])
            for key, columns in _changes(rows, anew):
                model._base_manager.filter(pk=key).update(**columns)
                changed += 1
        if len(rows) < batch:
            return changed
        last = rows[-1].pk


def _after(model: type[Row], last: Any) -> Any:
    rows = model._base_manager.order_by("pk").select_for_update()
    return rows.filter(pk__gt=last) if last else rows


def _changes(rows: list[Row], anew: Callable[[Row], dict[str, Any]]) -> Iterator[tuple[Any, dict[str, Any]]]:
    return ((row.pk, columns) for row in rows if (columns := anew(row)))
