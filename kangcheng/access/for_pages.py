"""The gate for lists and for things that belong to a person: names of many at once, and whether a thing is one's own.

A list of bills or settlements is scoped by institution; its people may be outside the reader's scope by now. Then the
family name alone is shown, and what is shown in full is a logged look.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from kangcheng.access.people import may_see, refusal
from kangcheng.access.scope import own, visible
from kangcheng.base import audit
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.ids import mask_name
from kangcheng.registry.people import selectors as people

MOST = 100_000


def names(ids: Iterable[UUID], *, by: Actor, on: date, what: str = "list") -> dict[UUID, str]:
    """Asked id -> name: in full (and logged) for those `by` may see, masked for all others; unknown ids are left out."""
    found = people.get_many(set(ids), on)
    golden = {person.id for person in found.values()}
    if not golden:
        return {}
    within = visible(by, on) & Q(pk__in=golden)
    seen = {person.id for person in people.search(people.Wanted(), on=on, within=within, limit=MOST)}
    if seen:
        audit.look_many(by=by, person_ids=sorted(seen), what=what)
    return {
        asked: person.name if person.id in seen else mask_name(person.name) for asked, person in found.items()
    }


def name_of_subject(person_id: UUID, *, by: Actor, on: date, what: str, why: str = "") -> str:
    """The name on a bill or settlement that `by` may open because of where it was made. The look is always logged."""
    person = people.get(person_id, on)
    audit.look(by=by, person_id=person.id if person else person_id, what=what, why=why)
    if person is None:
        return "—"
    return person.name if may_see(by=by, person_id=person_id, on=on) else mask_name(person.name)


def is_own(person_id: UUID, *, by: Actor, on: date) -> bool:
    """True when the person is the actor, or somebody the actor is guardian or agent of."""
    return by.person_id is not None and by.may("own.look") and person_id in own(by.person_id, on)


def require(person_id: UUID, *, by: Actor, on: date, what: str) -> None:
    """Raise Refused (and record it) unless `by` may see the person; logs no look: for steps of a page that logged one."""
    if not may_see(by=by, person_id=person_id, on=on):
        raise refusal(by, f"person:{person_id}", on, "", what)
