"""The counter's first page: find the person by what is shown; bills waiting to be settled."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.access import for_pages
from kangcheng.access import people as gate
from kangcheng.funds.billing import selectors as billing
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal.counter.places import ids
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.words import Words
from kangcheng.registry.people.types import FIND_TITLES

KINDS = [
    ("identity", Words(FIND_TITLES["identity"], "Identity card")),
    ("evoucher", Words(FIND_TITLES["evoucher"], "Insurance e-voucher")),
    ("social_card", Words(FIND_TITLES["social_card"], "Social card")),
    ("guardian", Words(FIND_TITLES["guardian"], "Guardian's identity card")),
    ("agent", Words(FIND_TITLES["agent"], "Agent's identity card")),
]
WAITING = 30


@page("claim.settle", purpose="settlement")
def counter(request: Asking) -> HttpResponse:
    """Scan or type a card; one hit opens the visit, several ask which."""
    found, fault = [], None
    kind = request.POST.get("kind", "identity")
    if request.method == "POST":
        try:
            found = gate.find(
                by=request.actor,
                how=kind if kind in FIND_TITLES else "identity",
                value=request.POST.get("value", "").strip()[:64],
                on=request.today,
                why="窗口办理",
            )
        except KangchengError as error:
            fault = error
        if len(found) == 1:
            return redirect("portal:visit", person_id=found[0].id)
    waiting = billing.waiting(institution_ids=ids(request.actor, request.today), limit=WAITING)
    context = {
        "kinds": KINDS,
        "kind": kind,
        "found": found,
        "fault": fault,
        "nobody": request.method == "POST" and not found and not fault,
        "waiting": waiting,
        "people": for_pages.names([bill.person_id for bill in waiting], by=request.actor, on=request.today),
    }
    return render(request, "portal/counter/find.html", context, status=422 if fault else 200)
