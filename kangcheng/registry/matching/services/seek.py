"""Residents who are registered twice: each pair of them goes into the queue, none is merged without a human being."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.registry.matching import candidates, rules, thresholds
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.matching.rules import Candidate
from kangcheng.registry.matching.services import batch, linking
from kangcheng.registry.matching.traits import Traits
from kangcheng.registry.people.models import Resident
from kangcheng.registry.permission import require, require_areas


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


def seek_area(*, area: str, by: Actor, on: date, why: str = "") -> int:
    """Look for second registrations of everybody who lives in `area`, weighed by Splink; returns how many pairs are new.

    Reads the whole register: for a night's job, not for a page. Raises NotPermitted outside the actor's areas.
    """
    require(by, "person.write", area=area)
    limit, model = thresholds.limits(on), thresholds.model()
    with acting(by=by, on=on, why=why, action="match.seek"):
        everybody = dict(batch.register())
        here = {str(key): one for key, one in everybody.items() if one.place.startswith(area)}
        asked = 0
        for person, other, scored in batch.weighed(everybody, here, model, limit.review):
            if person != other and rules.twice(scored, limit):
                asked += _ask(Candidate(str(person), scored), other, everybody[other], everybody[person], on)
        detail = {"area": area, "people": len(here), "pairs": asked}
        record(action="match.seek", subject=f"area:{area}", by=by, on=on, why=why, detail=detail)
    return asked


def _of(person_id: UUID, on: date) -> int:
    one = candidates.traits_of([person_id]).get(person_id)
    if one is None:
        return 0
    limit = thresholds.limits(on)
    found = candidates.scored(thresholds.model(), one, candidates.near(one), without={person_id})
    likely = [candidate for candidate in found if rules.twice(candidate.scored, limit)]
    traits = candidates.traits_of([UUID(c.person) for c in likely])
    return sum(_ask(one_, person_id, one, traits[UUID(one_.person)], on) for one_ in likely)


def _ask(candidate: Candidate, person_id: UUID, one: Traits, other: Traits, on: date) -> int:
    """Queue the pair, once whichever of the two was looked at; 1 when it is new."""
    if MatchPair.objects.filter(other_id=UUID(candidate.person), person_id=person_id).exists():
        return 0
    return int(linking.ask(candidate, (one, other), [], on=on, other_id=person_id))
