"""Staff: who works where and for whom, hours at each site, titles and training. Names only within the reader's institutions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.staff import selectors, services
from kangcheng.registry.staff.types import CONTRACTS, CONTRACTS_EN, NewStaff, Staff

WRITE = "staff.write"
POSTS = {
    "clinician": Words("医师", "Clinician"), "doctor": Words("医师", "Doctor"), "nurse": Words("护士", "Nurse"),
    "pharmacist": Words("药师", "Pharmacist"), "village_doctor": Words("乡村医生", "Village doctor"),
    "cashier": Words("收费员", "Cashier"), "institution_manager": Words("负责人", "Manager"),
    "disease_control": Words("疾控人员", "Disease control"), "inspector": Words("监督员", "Inspector"),
    "technician": Words("技师", "Technician"),
}  # fmt: skip
COLUMNS = (
    Column("name", Words("姓名", "Name"), order="name", link=lambda r: r["url"]),
    Column("post", Words("岗位", "Post"), order="post"),
    Column("title", Words("职称", "Title"), order="title"),
    Column("place", Words("工作单位", "Works at"), order="place"),
    Column("managing", Words("管理单位", "Managed by"), order="managing"),
    Column("contract", Words("用人方式", "Contract"), order="contract"),
    Column("hours", Words("每周出诊小时", "Hours a week"), "number", order="hours"),
    Column("kind", Words("执业点", "Site"), "tag", tone=lambda r: "info" if r["further"] else ""),
)


@page(WRITE)
def listed(request: Asking) -> HttpResponse:
    """All posts within reach; filters by institution, further sites, and managed above."""
    found = _within(request)
    names = institutions.names(
        {one.institution_id for one in found} | {one.managing_id for one in found if one.managing_id}
    )
    hours = selectors.hours([one.id for one in found], request.today)
    rows = [_row(one, names, hours) for one in found]
    filters = (
        Filter("name", Words("姓名", "Name"), "name"),
        Filter(
            "institution", Words("机构", "Institution"),
            lambda all_, text: [r for r in all_ if text == r["place_id"] or text in r["place"]],
        ),
        Filter(
            "site", Words("范围", "Which"), lambda all_, text: [r for r in all_ if r[text]],
            [("further", t("多点执业", "further sites")), ("above", t("管理单位另有", "managed elsewhere"))],
        ),
    )  # fmt: skip
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=filters, sort="place", name=t("人员", "staff"))
    further = [r for r in rows if r["further"]]
    given = sum(r["hours"] for r in further)
    context = {
        "title": t("人员与执业", "Staff and practice"),
        "about": t("管理单位与工作单位分开登记；同一医师的出诊时间不得重叠", "Who manages apart from where one works; hours never overlap"),
        "figures": [
            (t("在岗", "in post"), len(rows), ""),
            (t("多点执业点", "further sites"), len(further), t("每周", "a week") + f" {given:g} h"),
            (t("管理单位另有的", "managed elsewhere"), sum(r["above"] for r in rows), ""),
        ],
        "actions": [(reverse("portal:staff_new"), t("登记人员或执业点", "Register somebody or a further site"))],
        "listing": listing(request, rows, COLUMNS, filters=filters, sort="place"),
    }  # fmt: skip
    return render(request, "portal/people/plain_list.html", context)


@page(WRITE)
def member(request: Asking, staff_id: UUID) -> HttpResponse:
    """One post: every site under the licence with its hours, contract, titles, training and what was written before."""
    found = _mine(request, staff_id)
    sites = selectors.sites(found.licence_number) or [found]
    hours = selectors.hours([one.id for one in sites], request.today)
    places = institutions.names(
        {one.institution_id for one in sites} | {one.managing_id for one in sites if one.managing_id}
    )
    context = {
        "found": found, "post": POSTS.get(found.post, found.post), "place": places.get(found.institution_id, ""),
        "managing": places.get(found.managing_id or found.institution_id, ""),
        "contract": _contract(found.contract), "contracts": [(code, _contract(code)) for code in CONTRACTS],
        "sites": [
            {"staff": one, "place": places.get(one.institution_id, ""), "slots": list(map(services.slot_words, hours.get(one.id, ()))),
             "hours": sum(slot.minutes for slot in hours.get(one.id, ())) / 60}
            for one in sites
        ],
        "written": "；".join(services.slot_words(slot) for slot in hours.get(found.id, ())),
        "trainings": selectors.trainings(found.id), "earlier": selectors.earlier(found.id),
        "places": institutions.list_on(request.today), "today": request.today,
    }  # fmt: skip
    return render(request, "portal/people/staff_member.html", context)


@page(WRITE)
def new(request: Asking) -> HttpResponse:
    """Register a post, or a further practice site of somebody known by the licence."""
    if request.method != "POST":
        context = {
            "places": institutions.list_on(request.today), "posts": POSTS.items(), "today": request.today,
            "contracts": [(code, _contract(code)) for code in CONTRACTS], "licence": request.GET.get("licence", "")[:32],
        }  # fmt: skip
        return render(request, "portal/people/staff_new.html", context)
    given = request.POST
    new_ = NewStaff(
        institution_id=_uuid(given.get("institution", "")), name=given.get("name", "").strip()[:64],
        post=given.get("post", "")[:32], valid_from=parse_date(given.get("day", "")), title=given.get("title", "").strip()[:32],
        licence_number=given.get("licence", "").strip()[:32], contract=given.get("contract", "")[:16],
        main=given.get("further") != "yes", managing_id=_uuid(given["managing"]) if given.get("managing") else None,
    )  # fmt: skip
    staff_id = services.hire(new=new_, by=request.actor, on=request.today, why=given.get("why", "")[:200])
    messages.success(request, t("已登记。", "Registered."), extra_tags="good")
    return redirect("portal:staff_member", staff_id)


@page(WRITE)
@require_POST
def act(request: Asking, staff_id: UUID, verb: str) -> HttpResponse:
    """Hours, managing unit and contract, title, training, or the end of the post."""
    _mine(request, staff_id)
    given = request.POST
    by: dict[str, Any] = {"by": request.actor, "on": request.today, "why": given.get("why", "").strip()[:200]}
    if verb == "hours":
        slots = services.read_slots(given.get("hours", "")[:2000])
        services.set_hours(staff_id=staff_id, hours=slots, valid_from=parse_date(given.get("day", "")), **by)
    elif verb == "manage":
        managing = _uuid(given["managing"]) if given.get("managing") else None
        services.manage(staff_id=staff_id, managing_id=managing, contract=given.get("contract", ""), **by)
    elif verb == "promote":
        services.promote(staff_id=staff_id, title=given.get("title", "")[:32], **by)
    elif verb == "train":
        taught = given.get("training_hours", "")
        services.train(
            staff_id=staff_id, course=given.get("course", "")[:100], hours=int(taught) if taught.isdigit() and len(taught) < 5 else 0,
            passed=given.get("passed") == "yes", taken_on=parse_date(given.get("day", "")), **by,
        )  # fmt: skip
    elif verb == "end":
        services.end(staff_id=staff_id, valid_to=parse_date(given.get("day", "")), **by)
    else:
        raise NotFound(t("没有这项操作", "No such act"), where=verb)
    messages.success(
        request,
        t("已登记，原情况留在变更记录中。", "Written; what it was stays in the history."),
        extra_tags="good",
    )
    return redirect("portal:staff_member", staff_id)


def _within(request: Asking) -> list[Staff]:
    actor = request.actor
    if "" in actor.areas:
        return selectors.every(request.today)
    found = {one.id: one for area in actor.areas for one in selectors.every(request.today, area=area)}
    found |= {one.id: one for one in selectors.every(request.today, institutions=actor.institutions)}
    return list(found.values())


def _mine(request: Asking, staff_id: UUID) -> Staff:
    found = selectors.get(staff_id)
    if found is None:
        raise NotFound(t("没有这个岗位", "No such post"), where=str(staff_id))
    if not request.actor.covers_institution(found.institution_id) and found.id not in {
        one.id for one in _within(request)
    }:
        raise NotFound(t("没有这个岗位", "No such post"), where=str(staff_id))
    return found


def _row(one: Staff, names: dict[UUID, str], hours: dict[UUID, Any]) -> dict[str, Any]:
    return {
        "name": one.name, "post": str(POSTS.get(one.post, one.post)), "title": one.title, "place": names.get(one.institution_id, ""),
        "place_id": str(one.institution_id), "managing": names.get(one.managing_id, "") if one.managing_id else "",
        "contract": _contract(one.contract), "hours": sum(slot.minutes for slot in hours.get(one.id, ())) / 60,
        "further": not one.main, "above": one.managing_id is not None, "kind": t("主要", "main") if one.main else t("多点", "further"),
        "url": reverse("portal:staff_member", args=(one.id,)),
    }  # fmt: skip


def _contract(code: str) -> str:
    return t(CONTRACTS.get(code, code), CONTRACTS_EN.get(code, code))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Faults([Fault("institution", "没有这个机构 (no such institution)")], where="员工") from None
