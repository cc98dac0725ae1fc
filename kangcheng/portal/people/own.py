"""A resident's own page: themself and those they act for, their bills, and who looked."""

from django.http import HttpResponse
from django.shortcuts import render

from kangcheng.access import people as gate
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.people.person import shown
from kangcheng.portal.people.purposes import purpose_title

LOOKS = 50


@page("own.look", purpose="own")
def own(request: Asking) -> HttpResponse:
    """The resident's own page, or that of somebody they act for (?person=)."""
    actor = request.actor
    if actor.person_id is None:
        return render(request, "portal/people/no_person.html", status=404)
    family = gate.family(by=actor, on=request.today)
    asked = request.GET.get("person", "")
    found = next((one for one in family if str(one.id) == asked), family[0])
    context = {
        **shown(found, request),
        "own": True,
        "may_claims": True,
        "family": family,
        "chosen": found.id,
        "looks": [
            (one, purpose_title(one.purpose))
            for one in gate.looks(by=actor, person_id=found.id, on=request.today, limit=LOOKS)
        ],
    }
    return render(request, "portal/people/person.html", context)
