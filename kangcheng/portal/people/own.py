"""A resident's own page: themself and those they act for, their bills, and who looked."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kangcheng.access import people as gate
from kangcheng.portal.doors import page
from kangcheng.portal.people.person import shown
from kangcheng.registry.people.selectors import get_many
from kangcheng.registry.relations import selectors as relations


@page("own.look", purpose="own")
def own(request: HttpRequest) -> HttpResponse:
    """The resident's own page, or that of somebody they act for (?person=)."""
    me = request.actor.person_id
    if me is None:
        return render(request, "portal/people/no_person.html", status=404)
    wards = relations.dependants(me, request.today)
    asked = request.GET.get("person", "")
    chosen = next((one for one in wards if str(one) == asked), me)
    found = gate.get(chosen, by=request.actor, on=request.today, what="own", why="本人查看")
    people = get_many([me, *wards], request.today)
    context = {**shown(found, request), "own": True, "family": [people[one] for one in _unique(me, wards) if one in people], "chosen": chosen}
    return render(request, "portal/people/person.html", context)


def _unique(me: UUID, wards: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys([me, *wards]))
