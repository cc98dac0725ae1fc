"""Catalogues: national items, the mapping of hospital items and its approval by a second person, items no bill can carry."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.kernel.dates import parse_date
from kangcheng.portal.counter.places import chosen, own
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.catalogues import selectors, services
from kangcheng.registry.catalogues.types import CLASSES, KINDS, STATUSES, Item, Mapping, NewMapping
from kangcheng.registry.institutions import selectors as institutions

MOST = 2_000
ITEMS = (
    Column("code", Words("国家编码", "National code"), "mono", order="code"),
    Column("name", Words("名称", "Name"), order="name"),
    Column("kind", Words("种类", "Kind"), order="kind"),
    Column("insurance_class", Words("类别", "Class"), order="insurance_class"),
    Column("first_pay", Words("先行自付", "First pay"), "percent", order="first_pay"),
    Column("price", Words("价格（元）", "Price"), "yuan", order="price"),
    Column("price_limit", Words("限价（元）", "Price limit"), "yuan", order="price_limit"),
    Column("valid_from", Words("生效", "From"), "day", order="valid_from"),
)
ITEM_FILTERS = (Filter("name", Words("名称", "Name"), "name"), Filter("code", Words("编码", "Code"), "code"))


def _item(found: Item) -> dict[str, Any]:
    return {
        "code": found.code, "name": found.name, "kind": KINDS.get(found.kind, found.kind), "first_pay": found.first_pay,
        "insurance_class": CLASSES.get(found.insurance_class, found.insurance_class or "—"), "price": found.price,
        "price_limit": found.price_limit, "valid_from": found.valid_from,
    }  # fmt: skip


@page("catalogue.write", "fund.look")
def items(request: Asking) -> HttpResponse:
    """National items in force today."""
    kind = request.GET.get("kind", "")
    rows = [
        _item(one)
        for one in selectors.search("", request.today, kind=kind if kind in KINDS else "", limit=MOST)
    ]
    if wants_sheet(request):
        return sheet(request, rows, ITEMS, filters=ITEM_FILTERS, name=t("国家目录", "national items"))
    context = {
        "listing": listing(request, rows, ITEMS, filters=ITEM_FILTERS, sort="code"),
        "kinds": KINDS.items(),
        "kind": kind,
    }
    return render(request, "portal/people/items.html", context)


MAPPINGS = (
    Column("institution", Words("机构", "Institution"), order="institution"),
    Column("hospital_code", Words("院内编码", "Hospital code"), "mono", order="hospital_code"),
    Column("national_code", Words("国家编码", "National code"), "mono", order="national_code"),
    Column("status", Words("状态", "Status"), "tag", tone=lambda r: r["tone"], link=lambda r: r["url"]),
    Column("valid_from", Words("生效", "From"), "day", order="valid_from"),
    Column("reason", Words("原因", "Why")),
)
TONES = {"proposed": "warn", "approved": "good", "rejected": "bad"}
STATUSES_EN = {"proposed": "waiting", "approved": "approved", "rejected": "rejected"}


def _mapping(found: Mapping, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "institution": names.get(found.institution_id, "—"), "hospital_code": found.hospital_code, "national_code": found.national_code,
        "status": t(STATUSES[found.status], STATUSES_EN[found.status]), "tone": TONES[found.status], "valid_from": found.valid_from,
        "reason": found.reason, "url": f"/catalogues/mappings/{found.id}/" if found.status == "proposed" else None,
    }  # fmt: skip


@page("catalogue.write")
def mappings(request: Asking) -> HttpResponse:
    """Mappings by status; proposing one."""
    places = own(request.actor, request.today)
    if request.method == "POST":
        place = chosen(request, places)
        start = request.POST.get("valid_from", "").strip()
        new = NewMapping(
            place.id,
            request.POST.get("hospital_code", "").strip(),
            request.POST.get("national_code", "").strip(),
            parse_date(start) if start else request.today,
        )
        services.propose(new=new, by=request.actor, on=request.today, why=request.POST.get("why", ""))
        messages.success(
            request,
            t("对照已提交，等待另一人审核。", "Proposed: another person has to approve."),
            extra_tags="good",
        )
        return redirect("portal:mappings")
    status = request.GET.get("status", "proposed")
    narrowed = None if "" in request.actor.areas else [place.id for place in places]
    found = [
        m
        for m in selectors.mappings(status=status if status in STATUSES else "", limit=MOST)
        if narrowed is None or m.institution_id in narrowed
    ]
    names = institutions.names({m.institution_id for m in found})
    rows = [_mapping(m, names) for m in found]
    if wants_sheet(request):
        return sheet(request, rows, MAPPINGS, name=t("目录对照", "mappings"))
    context = {
        "listing": listing(request, rows, MAPPINGS, empty=Words("没有这种状态的对照", "None in this state")),
        "statuses": [(code, t(zh, STATUSES_EN[code])) for code, zh in STATUSES.items()],
        "status": status,
        "places": places,
        "today": request.today,
    }
    return render(request, "portal/people/mappings.html", context)


@page("catalogue.write")
def decide(request: Asking, mapping_id: UUID) -> HttpResponse:
    """Approve or send back one proposal, by somebody else than its proposer."""
    found = next((m for m in selectors.mappings(status="proposed", limit=MOST) if m.id == mapping_id), None)
    if found is None or not request.actor.covers_institution(found.institution_id):
        raise NotFound(
            t("没有这条待审核的对照", "No such proposal waiting"), todo=t("返回列表", "go back to the list")
        )
    if request.method == "POST":
        approve = request.POST.get("do") == "approve"
        verb = services.approve if approve else services.reject
        verb(mapping_id=mapping_id, by=request.actor, on=request.today, why=request.POST.get("why", ""))
        messages.success(
            request, t("已通过。", "Approved.") if approve else t("已退回。", "Sent back."), extra_tags="good"
        )
        return redirect("portal:mappings")
    hits = selectors.hospital_items(found.institution_id, request.today, text=found.hospital_code)
    names = institutions.names({found.institution_id})
    context = {
        "found": found,
        "national": selectors.item(found.national_code, request.today),
        "own": next((one for one in hits if one.code == found.hospital_code), None),
        "institution": next(iter(names.values()), ""),
    }
    return render(request, "portal/people/mapping.html", context)


WHY = {
    "proposed": Words("对照待审核", "mapping waits for approval"),
    "national": Words("国家项目已失效", "national item no longer in force"),
    "rejected": Words("对照被退回", "mapping was rejected"),
    "none": Words("没有对照", "no mapping"),
}
UNMAPPED = (
    Column("hospital_code", Words("院内编码", "Hospital code"), "mono", order="hospital_code"),
    Column("name", Words("名称", "Name"), order="name"),
    Column("kind", Words("种类", "Kind"), source=lambda r: KINDS.get(r.kind, r.kind)),
    Column("price", Words("价格（元）", "Price"), "yuan", order="price"),
    Column("why", Words("原因", "Why"), source=lambda r: str(WHY.get(r.why, r.why))),
)


@page("catalogue.write")
def unmapped(request: Asking) -> HttpResponse:
    """Items of one institution that no bill can carry today, and why."""
    places = own(request.actor, request.today)
    place = chosen(request, places)
    rows = selectors.unmapped(place.id, request.today)
    if wants_sheet(request):
        return sheet(request, rows, UNMAPPED, name=t("未对照项目", "unmapped"))
    context = {
        "listing": listing(request, rows, UNMAPPED, empty=Words("全部项目都已对照", "Every item is mapped")),
        "places": places,
        "place": place,
    }
    return render(request, "portal/people/unmapped.html", context)
