"""Institutions as of a day: the list with counts, and one with its past."""

from datetime import date
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
from kangcheng.portal.people.place_tabs import tabs
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.institutions import selectors
from kangcheng.registry.institutions.types import ACTS, OWNERSHIPS, Institution

COLUMNS = (
    Column("name", Words("名称", "Name"), order="name", link=lambda r: r["url"]),
    Column("type", Words("类型", "Type"), order="type"),
    Column("level", Words("等级", "Level"), order="level"),
    Column("ownership", Words("所有制", "Ownership"), order="ownership"),
    Column("governed_by", Words("主管单位", "Governed by"), order="governed_by"),
    Column("area", Words("所在地", "Area"), order="area"),
    Column("beds", Words("床位", "Beds"), "number", order="beds"),
    Column(
        "designated",
        Words("定点", "Designated"),
        "tag",
        tone=lambda r: "good" if r["designated_code"] else "",
    ),
)

HAPPENED = (
    Column("on", Words("日期", "Day"), "day", order="on"),
    Column(
        "act",
        Words("变动", "Act"),
        "tag",
        tone=lambda r: {"opened": "good", "closed": "bad"}.get(r["act_code"], "info"),
    ),
    Column("name", Words("名称", "Name"), order="name", link=lambda r: r["url"]),
    Column("before", Words("原类型", "Type before")),
    Column("type", Words("类型", "Type"), order="type"),
    Column("ownership", Words("所有制", "Ownership")),
    Column("area", Words("所在地", "Area"), order="area"),
    Column("why", Words("原因", "Why")),
)


def _row(found: Institution, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": found.name, "type": citypack.title("institution-types", found.type), "type_code": found.type,
        "level": found.level or "—",
        "ownership": t(OWNERSHIPS.get(found.ownership, found.ownership), found.ownership),
        "ownership_code": found.ownership, "governed_by": found.governed_by, "area_code": found.area_code,
        "area": names.get(found.area_code, found.area_code),
        "beds": found.beds, "designated": t("定点", "yes") if found.designated else "—", "designated_code": found.designated,
        "url": reverse("portal:institution", args=(found.id,)),
    }  # fmt: skip


@page("person.look", "claim.look", "fund.look", "plan.look")
def listed(request: Asking) -> HttpResponse:
    """Institutions open on a day (today without one)."""
    try:
        on = parse_date(request.GET["on"]) if request.GET.get("on") else request.today
    except KangchengError:
        on = request.today
    found = selectors.list_on(on)
    names = areas.names({one.area_code for one in found})
    rows = [_row(one, names) for one in found]
    filters = _filters(found)
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=filters, name=t("机构", "institutions"))
    context = {
        "listing": listing(request, rows, COLUMNS, filters=filters, sort="name"),
        "on": on,
        "count": len(rows),
        "counts": _counts(on),
        **tabs("portal:institutions"),
    }
    return render(request, "portal/people/institutions.html", context)


@page("person.look", "claim.look", "fund.look", "plan.look")
def network(request: Asking) -> HttpResponse:
    """The three-level network as a tree."""
    context = {"branches": selectors.network(request.today), "on": request.today, **tabs("portal:network")}
    return render(request, "portal/people/network.html", context)


@page("person.look", "claim.look", "fund.look", "plan.look")
def happened(request: Asking) -> HttpResponse:
    """Openings, conversions, changes and closings, with counts of a year."""
    acts = selectors.happened()
    names = areas.names({one.area_code for one in acts})
    rows = [
        {
            "on": one.on, "act": t(ACTS[one.act], one.act), "act_code": one.act, "name": one.name,
            "type": citypack.title("institution-types", one.type),
            "before": citypack.title("institution-types", one.type_before) if one.type_before else "",
            "ownership": t(OWNERSHIPS[one.ownership], one.ownership), "ownership_code": one.ownership,
            "area": names.get(one.area_code, one.area_code), "why": one.why, "year": str(one.on.year),
            "url": reverse("portal:institution", args=(one.institution_id,)),
        }
        for one in acts
    ]  # fmt: skip
    filters = _act_filters(rows)
    if wants_sheet(request):
        return sheet(request, rows, HAPPENED, filters=filters, name=t("机构变动", "institution-changes"))
    year = request.today.year - 1
    opened = [r for r in rows if r["act_code"] == "opened" and r["year"] == str(year)]
    context = {
        "title": t("机构变动", "What happened to institutions"),
        "about": t("开业、转型、变更、关闭，逐次一行", "Openings, conversions, changes and closings"),
        "figures": [
            (t(f"{year}年开业", f"opened in {year}"), len(opened), ""),
            (t("其中民营", "of them private"), sum(r["ownership_code"] == "private" for r in opened), ""),
            (t("转型", "converted"), sum(r["act_code"] == "converted" for r in rows), t("历年", "ever")),
        ],
        "listing": listing(request, rows, HAPPENED, filters=filters, sort="-on"), **tabs("portal:happened"),
    }  # fmt: skip
    return render(request, "portal/people/plain_list.html", context)


def _filters(found: list[Institution]) -> tuple[Filter, ...]:
    return (
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
        Filter(
            "ownership",
            Words("所有制", "Ownership"),
            lambda all_, text: [r for r in all_ if r["ownership_code"] == text],
            [(code, t(title, code)) for code, title in OWNERSHIPS.items()],
        ),
        Filter(
            "area",
            Words("县（区）", "County"),
            lambda all_, text: [r for r in all_ if r["area_code"].startswith(text)],
            counties(found),
        ),
    )


def _act_filters(rows: list[dict[str, Any]]) -> tuple[Filter, ...]:
    years = [(year, year) for year in sorted({str(row["year"]) for row in rows}, reverse=True)]
    return (
        Filter("year", Words("年度", "Year"), lambda all_, text: [r for r in all_ if r["year"] == text], years),
        Filter(
            "act", Words("变动", "Act"), lambda all_, text: [r for r in all_ if r["act_code"] == text],
            [(code, t(title, code)) for code, title in ACTS.items()],
        ),
        Filter(
            "ownership", Words("所有制", "Ownership"),
            lambda all_, text: [r for r in all_ if r["ownership_code"] == text],
            [(code, t(title, code)) for code, title in OWNERSHIPS.items()],
        ),
    )  # fmt: skip


def counties(found: list[Institution]) -> list[tuple[str, str]]:
    """(code, name) of the counties in which the institutions are."""
    return sorted(areas.names({one.area_code[:6] for one in found}).items())


def _counts(on: date) -> list[tuple[str, str, int]]:
    totals: dict[tuple[str, str], int] = {}
    for (kind, _, owner), number in selectors.counts(on).items():
        totals[kind, owner] = totals.get((kind, owner), 0) + number
    return [
        (citypack.title("institution-types", kind), t(OWNERSHIPS[owner], owner), number)
        for (kind, owner), number in sorted(totals.items(), key=lambda one: -one[1])
    ]


@page("person.look", "claim.look", "fund.look", "plan.look")
def institution(request: Asking, institution_id: UUID) -> HttpResponse:
    """One institution today, its past and its designations."""
    found = selectors.get(institution_id, request.today)
    past = selectors.past(institution_id)
    if found is None and not past:
        raise NotFound(t("没有这个机构", "No such institution"), where=str(institution_id))
    code = found.area_code if found else past[0].area_code
    context = {
        "id": institution_id,
        "today": request.today,
        "ownership": t(OWNERSHIPS[found.ownership], found.ownership) if found else "",
        "parent": selectors.names([found.parent_id]).get(found.parent_id)
        if found and found.parent_id
        else "",
        "found": found,
        "name": found.name if found else past[0].name,
        "type": citypack.title("institution-types", found.type) if found else "",
        "path": " › ".join(areas.path(code)),
        "past": [(one, citypack.title("institution-types", one.type)) for one in past],
        "designations": selectors.designations(institution_id),
    }
    return render(request, "portal/people/institution.html", context)
