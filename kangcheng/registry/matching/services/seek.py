"""Residents who are registered twice: each pair of them goes into the queue, none is merged without a human being."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.registry.matching import candidates, facts, thresholds
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.matching.services import linking
from kangcheng.registry.people.models import Resident
from kangcheng.registry.permission import require_areas


def seek(*, person_ids: Iterable[UUID], by: Actor, on: date, why: str = "") -> int:
    """Look for second registrations of these residents; returns how many pairs are new in the queue.

    Raises NotPermitted when one of them lives outside the actor's areas; candidates from elsewhere are queued all the same.
    """
    ids = list(person_ids)
    require_areas(by, "person.write", Resident.objects.filter(pk__in=ids).values_list("area_code", flat=True))
    with acting(by=by, on=on, why=why, action="match.seek"):
        asked = sum(_of(person_id, on) for person_id in ids)
        detail = {"people": len(ids), "pairs": asked}
        subject = f"person:{ids[0]}" if len(ids) == 1 else "person:many"
        record(action="match.seek", subject=subject, by=by, on=on, why=why, detail=detail)
    return asked


def _of(person_id: UUID, on: date) -> int:
    one = candidates.traits_of([person_id]).get(person_id)
    if one is None:
        return 0
    limit = thresholds.limits(on)
    found = candidates.scored(thresholds.model(), one, candidates.near(one), without={person_id})
    likely = [candidate for candidate in found if candidate.scored.weight >= limit.review]
    traits = candidates.traits_of([UUID(c.person) for c in likely])
    asked = 0
    for candidate in likely:
        other = UUID(candidate.person)
        if not MatchPair.objects.filter(other_id=other, person_id=person_id).exists():
            asked += linking.ask(candidate, facts.digest(one, traits[other]), [], on=on, other_id=person_id)
    return asked
