"""One resident: who, where, which marks and cover, household, settlements, running figures, and who looked."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kangcheng.access import people as gate
from kangcheng.base.accounts.types import Actor
from kangcheng.base.models import LookLog
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.portal import citypack
from kangcheng.portal.doors import page
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.cards import selectors as cards
from kangcheng.registry.categories import selectors as categories
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.households import selectors as households
from kangcheng.registry.people.selectors import get_many, ids_of
from kangcheng.registry.people.types import Person

LOOKS = 20


@page("person.look", purpose="care")
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The resident's page; the look is logged before anything is shown."""
    found = gate.get(person_id, by=request.actor, on=request.today, what="person", why=request.GET.get("why", "")[:200])
    return render(request, "portal/people/person.html", {**shown(found, request), "own": False})


def shown(found: Person, request: HttpRequest) -> dict[str, Any]:
    """Everything the resident's page shows."""
    ids, on = ids_of(found.id), request.today
    home = households.of(found.id, on)
    return {
        "person": found,
        "age": found.age(on),
        "area": " › ".join(areas.path(found.area_code)),
        "categories": [{"row": row, "title": citypack.title("person-categories", row.category), "now": _holds(row, on)} for row in categories.rows(found.id)],
        "covers": [{"row": row, "title": citypack.title("schemes", row.scheme), "now": _holds(row, on)} for row in coverage.rows(found.id)],
        "cards": cards.of(found.id),
        "household": home,
        "members": _members(home.id, found.id, request) if home else [],
        "claims": settlements.history(ids, limit=30),
        "accumulators": settlements.accumulators(ids),
        "balances": settlements.balances(ids).items(),
        "looks": LookLog.objects.filter(person_id__in=ids).order_by("-created_at")[:LOOKS],
        "now": request.today,
    }


def _members(household_id: UUID, me: UUID, request: HttpRequest) -> list[dict[str, Any]]:
    """The others of the household whom the reader may see."""
    rows = [row for row in households.members(household_id, request.today) if row.person_id != me]
    may = _visible(request.actor, [row.person_id for row in rows], request)
    people = get_many(may, request.today)
    return [{"role": row.role, "person": people[row.person_id]} for row in rows if row.person_id in people]


def _visible(actor: Actor, ids: list[UUID], request: HttpRequest) -> list[UUID]:
    return [person_id for person_id in ids if gate.sees(person_id, by=actor, on=request.today)]


def _holds(row: Any, on: Any) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
