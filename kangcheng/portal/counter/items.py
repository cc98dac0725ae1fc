"""Suggestions while a clerk types an item: the institution's own mapped items, by name or code."""

from django.http import HttpResponse
from django.shortcuts import render

from kangcheng.portal.counter.places import chosen, own
from kangcheng.portal.doors import Asking, page
from kangcheng.registry.catalogues import selectors as catalogues

MOST = 12


@page("claim.settle", "bill.write")
def items(request: Asking) -> HttpResponse:
    """Options of the data list for the text typed."""
    place = chosen(request, own(request.actor, request.today))
    text = request.GET.get("code", "").strip()[:40]
    found = catalogues.hospital_items(place.id, request.today, text=text, limit=MOST) if text else []
    return render(request, "portal/counter/_items.html", {"items": found})
