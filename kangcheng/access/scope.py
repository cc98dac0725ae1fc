"""Whom an actor may see on a day: the one place that decides it.

* by area: people who live in an area of the actor;
* by institution: people who have to do with an institution of the actor (visit, stay, contract, referral, consent);
* by emergency: people whose file a clinician has opened, saying why;
* as a resident: oneself, and those one is guardian or agent of.

Statistics and research never look at a person, unless the person has agreed to that purpose.
"""

from datetime import date
from uuid import UUID

from django.db.models import Q

from kangcheng.access.contacts.selectors import seen_by
from kangcheng.access.emergencies.selectors import opened_by
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.registry.people.selectors import ids_of, led_from
from kangcheng.registry.relations.selectors import dependants

NOBODY = Q(pk__in=[])
BY_CONSENT_ONLY = frozenset({"statistics", "research"})


def visible(by: Actor, on: date) -> Q:
    """A filter on residents (golden rows): those `by` may see on the day, for the purpose the actor acts for."""
    if SYSTEM in by.roles:
        return Q()
    within = NOBODY
    if by.may("person.look"):
        within |= _at_work(by.where("person.look"), on)
    if by.may("own.look") and by.person_id and by.purpose not in BY_CONSENT_ONLY:
        within |= Q(pk__in=own(by.person_id, on))
    return within


def own(person_id: UUID, on: date) -> set[UUID]:
    """The ids of a resident and of those they may act for on the day, with all rows they lead to."""
    return {one for held in [person_id, *dependants(person_id, on)] for one in ids_of(held)}


def _at_work(by: Actor, on: date) -> Q:
    agreed_only = by.purpose in BY_CONSENT_ONLY
    within = NOBODY
    if by.institutions:
        seen = seen_by(by.institutions, by.purpose, on, consent_only=agreed_only)
        within |= Q(pk__in=seen) | Q(pk__in=led_from(seen))
    if agreed_only:
        return within
    for area in by.areas:
        within |= Q(area_code__startswith=area) if area else Q(pk__isnull=False)
    opened = opened_by(by.user_id, on)
    return within | Q(pk__in=opened) | Q(pk__in=led_from(opened))
