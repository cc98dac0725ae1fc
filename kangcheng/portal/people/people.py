"""Find residents: by name, pinyin, number, phone or household; filtered to what the reader may see."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kangcheng.access import people as gate
from kangcheng.portal import citypack
from kangcheng.portal.doors import page
from kangcheng.portal.lists import PAGE
from kangcheng.registry.areas import selectors as areas


@page("person.look", purpose="care")
def people(request: HttpRequest) -> HttpResponse:
    """A page of residents; one exact hit opens at once. Every look at the list is logged."""
    ask = request.GET
    wanted = gate.Wanted(
        text=ask.get("q", "")[:80],
        area=_digits(ask.get("area", "")),
        category=ask.get("category", "")[:32],
        scheme=ask.get("scheme", "")[:32],
        sex=ask.get("sex", "") if ask.get("sex") in ("M", "F") else "",
        household_id=_uuid(ask.get("household", "")),
    )
    number = int(ask["page"]) if ask.get("page", "").isdigit() and len(ask["page"]) < 5 else 1
    number = max(number, 1)
    found = gate.search(by=request.actor, wanted=wanted, on=request.today, offset=(number - 1) * PAGE, limit=PAGE)
    if found.count == 1 and number == 1 and wanted.text:
        return redirect("portal:person", person_id=found.rows[0].id)
    names = areas.paths({one.area_code for one in found.rows})
    context = {
        "rows": [{"person": one, "area": " › ".join(names.get(one.area_code, ())[-2:])} for one in found.rows],
        "count": found.count,
        "capped": found.capped,
        "page": number,
        "more": number * PAGE < found.count or (found.capped and len(found.rows) == PAGE),
        "first": (number - 1) * PAGE + 1,
        "last": (number - 1) * PAGE + len(found.rows),
        "may_export": request.actor.may("person.export"),
        "ask": ask,
        "categories": citypack.choices("person-categories"),
        "schemes": citypack.choices("schemes"),
    }
    return render(request, "portal/people/people.html", context)


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 12 else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
