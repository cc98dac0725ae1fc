"""Find residents: by name, pinyin, number, phone or household; filtered to what the reader may see."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kangcheng.access import people as gate
from kangcheng.portal import citypack
from kangcheng.portal.doors import page
from kangcheng.portal.lists import PAGE
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.people.selectors import Wanted
from kangcheng.registry.people.types import Person


@page("person.look", purpose="care")
def people(request: HttpRequest) -> HttpResponse:
    """A page of residents; one exact hit opens at once. Every look at the list is logged."""
    ask = request.GET
    wanted = Wanted(
        text=ask.get("q", "")[:80],
        area=_digits(ask.get("area", "")),
        category=ask.get("category", "")[:32],
        scheme=ask.get("scheme", "")[:32],
        sex=ask.get("sex", "") if ask.get("sex") in ("M", "F") else "",
        household_id=_uuid(ask.get("household", "")),
    )
    number = int(ask["page"]) if ask.get("page", "").isdigit() and len(ask["page"]) < 5 else 1
    found = gate.search(wanted, by=request.actor, on=request.today, offset=(max(number, 1) - 1) * PAGE, limit=PAGE)
    if found.count == 1 and number == 1 and wanted.text:
        return redirect("portal:person", person_id=found.people[0].id)
    context = {
        "rows": [_row(p, areas.names({q.area_code for q in found.people})) for p in found.people],
        "count": found.count,
        "capped": found.capped,
        "page": number,
        "more": len(found.people) == PAGE,
        "ask": ask,
        "categories": citypack.choices("person-categories"),
        "schemes": citypack.choices("schemes"),
    }
    return render(request, "portal/people/people.html", context)


def _row(found: Person, names: dict[str, str]) -> dict[str, Any]:
    return {"person": found, "area": names.get(found.area_code, found.area_code)}


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 12 else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
