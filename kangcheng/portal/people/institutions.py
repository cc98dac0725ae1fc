"""Institutions as of a day: the list with counts, and one with its past."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.institutions import selectors
from kangcheng.registry.institutions.types import OWNERSHIPS, Institution

COLUMNS = (
    Column("name", Words("名称", "Name"), order="name", link=lambda r: r["url"]),
    Column("type", Words("类型", "Type"), order="type"),
    Column("level", Words("等级", "Level"), order="level"),
    Column("ownership", Words("所有制", "Ownership"), order="ownership"),
    Column("area", Words("所在地", "Area"), order="area"),
    Column("beds", Words("床位", "Beds"), "number", order="beds"),
    Column(
        "designated",
        Words("定点", "Designated"),
        "tag",
        tone=lambda r: "good" if r["designated_code"] else "",
    ),
)


def _row(found: Institution, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": found.name, "type": citypack.title("institution-types", found.type), "type_code": found.type,
        "level": found.level or "—",
        "ownership": t(OWNERSHIPS.get(found.ownership, found.ownership), found.ownership),
        "area": names.get(found.area_code, found.area_code),
        "beds": found.beds, "designated": t("定点", "yes") if found.designated else "—", "designated_code": found.designated,
        "url": reverse("portal:institution", args=(found.id,)),
    }  # fmt: skip


@page("person.look", "claim.look", "fund.look")
def listed(request: Asking) -> HttpResponse:
    """Institutions open on a day (today without one)."""
    try:
        on = parse_date(request.GET["on"]) if request.GET.get("on") else request.today
    except KangchengError:
        on = request.today
    found = selectors.list_on(on)
    names = areas.names({one.area_code for one in found})
    rows = [_row(one, names) for one in found]
    filters = (
        Filter("name", Words("名称", "Name"), "name"),
        Filter(
            "type",
            Words("类型", "Type"),
            lambda all_, text: [r for r in all_ if r["type_code"] == text],
            citypack.choices("institution-types"),
        ),
        Filter(
            "level",
            Words("等级", "Level"),
            lambda all_, text: [r for r in all_ if r["level"] == text],
            citypack.choices("hospital-levels"),
        ),
    )
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=filters, name=t("机构", "institutions"))
    context = {
        "listing": listing(request, rows, COLUMNS, filters=filters, sort="name"),
        "on": on,
        "count": len(rows),
    }
    return render(request, "portal/people/institutions.html", context)


@page("person.look", "claim.look", "fund.look")
def institution(request: Asking, institution_id: UUID) -> HttpResponse:
    """One institution today, its past and its designations."""
    found = selectors.get(institution_id, request.today)
    past = selectors.past(institution_id)
    if found is None and not past:
        raise NotFound(t("没有这个机构", "No such institution"), where=str(institution_id))
    code = found.area_code if found else past[0].area_code
    context = {
        "found": found,
        "name": found.name if found else past[0].name,
        "type": citypack.title("institution-types", found.type) if found else "",
        "path": " › ".join(areas.path(code)),
        "past": past,
        "designations": selectors.designations(institution_id),
    }
    return render(request, "portal/people/institution.html", context)
