"""Where something is missing: townships without a centre, villages without a clinic, homes too far from care."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.people.place_tabs import tabs
from kangcheng.portal.people.places_map import MOST_UPLOAD, drawn
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.reach import selectors, services
from kangcheng.registry.reach.types import MEASURES, MEASURES_EN
from kangcheng.work.registers import selectors as registers
from kangcheng.work.registers import services as register_services
from kangcheng.work.registers.types import Asked

LOOK = ("person.look", "claim.look", "fund.look", "plan.look")
PLAN = "village-clinic-plan"
STATES = (
    ("no", Words("没有", "without")),
    ("below", Words("有，未达标", "not up to standard")),
    ("yes", Words("有", "with")),
)
NONE_LEFT = Words("所有行政村都有卫生室", "Every village has a clinic")
TOWNS = (
    Column("name", Words("街道、乡镇", "Township"), order="name"),
    Column("county", Words("县（区）", "County"), order="county"),
    Column("residents", Words("居民", "Residents"), "number", order="residents"),
    Column("centres", Words("中心、卫生院", "Centres")),
    Column(
        "state",
        Words("布点", "State"),
        "tag",
        tone=lambda r: {"no": "bad", "below": "warn"}.get(r["state_code"], "good"),
    ),
)
GAPS = (
    Column("name", Words("行政村", "Village"), order="name"),
    Column("town", Words("乡镇", "Township"), order="town"),
    Column("county", Words("县（区）", "County"), order="county"),
    Column("residents", Words("居民", "Residents"), "number", order="residents"),
    Column("way", Words("方式", "Way"), "tag", tone=lambda r: "info" if r["way"] else ""),
    Column("due", Words("期限", "Due"), "day", order="due"),
    Column(
        "state",
        Words("状态", "State"),
        "tag",
        tone=lambda r: {"no": "bad", "late": "bad"}.get(r["state_code"], "warn"),
    ),
)
REACHED = (
    Column("name", Words("居民点", "Place"), order="name"),
    Column("town", Words("街道、乡镇", "Township"), order="town"),
    Column("residents", Words("居民", "Residents"), "number", order="residents"),
    Column("metres", Words("路程（米）", "Metres"), "number", order="metres"),
    Column("minutes", Words("用时（分钟）", "Minutes"), "number", order="minutes"),
    Column("nearest", Words("最近机构", "Nearest")),
    Column("state", Words("时限内", "In time"), "tag", tone=lambda r: "good" if r["within"] else "bad"),
)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole * 100:.1f}%" if whole else "—"


def _chosen(name: str, title: Words, choices: Any) -> Filter:
    return Filter(
        name,
        title,
        lambda all_, text: [r for r in all_ if r["state_code"] == text],
        [(c, str(w)) for c, w in choices],
    )


@page(*LOOK)
def townships(request: Asking) -> HttpResponse:
    """Every subdistrict and township with its centres: at least one public one up to standard in each subdistrict."""
    found = selectors.townships(request.today)
    names = areas.names({one.area.code[:6] for one in found})
    titles = dict(STATES)
    rows = []
    for one in found:
        code = "no" if not one.served else "yes" if one.standard else "below"
        rows.append({
            "name": one.area.name, "county": names.get(one.area.code[:6], ""), "residents": one.residents,
            "centres": "、".join(i.name for i in one.institutions), "state_code": code, "state": str(titles[code]),
        })  # fmt: skip
    filters = (_chosen("state", Words("布点", "State"), STATES),)
    if wants_sheet(request):
        return sheet(
            request, rows, TOWNS, filters=filters, sort="county", name=t("街道乡镇布点", "townships")
        )
    served, standard = sum(one.served for one in found), sum(one.standard for one in found)
    context = {
        "title": t("街道、乡镇的社区卫生服务中心", "Community health centres by township"),
        "about": t("每个街道至少1所达标的公立中心；乡镇设中心或卫生院", "At least one public centre up to standard in each subdistrict"),
        "figures": [
            (t("设置率", "with a centre"), _percent(served, len(found)), f"{served} / {len(found)}"),
            (t("有达标公立中心", "with a public one up to standard"), _percent(standard, len(found)), f"{standard} / {len(found)}"),
            (t("没有中心的", "without a centre"), len(found) - served, ""),
        ],
        "listing": listing(request, rows, TOWNS, filters=filters, sort="county"), **tabs("portal:townships"),
    }  # fmt: skip
    return render(request, "portal/people/plain_list.html", context)


@page(*LOOK)
def villages(request: Asking) -> HttpResponse:
    """Administrative villages without a clinic, the way chosen for each and its deadline: the list must become empty."""
    every = [one for one in selectors.villages(request.today) if "村" in one.area.name]
    missing = [one for one in every if not one.served]
    plans = _plans(request)
    rows = [_gap(one, plans.get(one.area.code), request) for one in missing]
    names = areas.names({r["code"][:6] for r in rows} | {r["code"][:9] for r in rows})
    for row in rows:
        row |= {"county": names.get(row["code"][:6], ""), "town": names.get(row["code"][:9], "")}
    choices = (
        ("no", Words("未定方式", "no way chosen")),
        ("due", Words("办理中", "under way")),
        ("late", Words("逾期", "overdue")),
    )
    filters = (_chosen("state", Words("状态", "State"), choices),)
    if wants_sheet(request):
        return sheet(request, rows, GAPS, filters=filters, sort="county", name=t("空白行政村", "villages"))
    context = {
        "missing": len(missing), "villages": len(every), "chosen": sum(bool(r["way"]) for r in rows),
        "late": sum(r["state_code"] == "late" for r in rows), "rows": rows, "ways": _ways(),
        "year_end": request.today.replace(month=12, day=31), "today": request.today,
        "may_choose": request.actor.may("register.write") and request.actor.has("fund_officer", "bureau_officer", "bureau_leader"),
        "listing": listing(request, rows, GAPS, filters=filters, sort="county", empty=NONE_LEFT),
        **tabs("portal:villages"),
    }  # fmt: skip
    return render(request, "portal/people/villages.html", context)


@page("register.write")
@require_POST
def choose_way(request: Asking) -> HttpResponse:
    """How a village without a clinic gets one, and until when; a row of the plan register."""
    given = request.POST
    if given.get("way") not in _ways():
        raise Faults(
            [Fault("way", "须选三种方式之一 (choose one of the three ways)", "、".join(_ways().values()))]
        )
    values = {
        "village": given.get("village", ""), "way": given["way"], "chosen_on": request.today,
        "due_on": parse_date(given.get("due_on", "")),
    }  # fmt: skip
    register_services.create(
        register=registers.get_register(PLAN), values=values, by=request.actor, on=request.today,
        why=given.get("why", "").strip()[:200],
    )  # fmt: skip
    messages.success(
        request,
        t("已确定方式，可在台账中更改。", "Chosen; it can be changed in the register."),
        extra_tags="good",
    )
    return redirect("portal:villages")


@page(*LOOK)
def reach(request: Asking) -> HttpResponse:
    """How far everybody is from care, on a schematic map and as a list; the slowest first."""
    measure = request.GET.get("measure", "walk")
    measure = measure if measure in MEASURES else "walk"
    found = selectors.of_measure(measure)
    names = areas.names({one.area_code[:9] for one in found})
    places = institutions.names({one.institution_id for one in found if one.institution_id})
    rows = [
        {
            "name": one.name, "town": names.get(one.area_code[:9], ""), "residents": one.residents, "metres": one.metres,
            "minutes": one.minutes, "within": one.within, "state_code": "yes" if one.within else "no",
            "nearest": places.get(one.institution_id, "—") if one.institution_id else "—",
            "state": t("是", "yes") if one.within else t("否", "no"),
        }
        for one in found
    ]  # fmt: skip
    filters = (
        _chosen(
            "state", Words("时限内", "In time"), (("no", Words("否", "no")), ("yes", Words("是", "yes")))
        ),
    )
    if wants_sheet(request):
        return sheet(request, rows, REACHED, filters=filters, sort="-minutes", name=t("可达", "reach"))
    share = selectors.share(found)
    context = {
        "measure": measure, "measures": [(code, t(MEASURES[code], MEASURES_EN[code])) for code in MEASURES],
        "share": share, "outside": sum(not one.within for one in found), "count": len(found),
        "people_outside": sum(one.residents for one in found if not one.within),
        "limit": found[0].limit_seconds // 60 if found else None, "computed": found[0].computed_on if found else None,
        "by_road": bool(found and found[0].by_road), "map": drawn(found, request.today),
        "listing": listing(request, rows, REACHED, filters=filters, sort="-minutes"), **tabs("portal:reach"),
    }  # fmt: skip
    return render(request, "portal/people/reach.html", context)


@page("institution.write")
@require_POST
def compute(request: Asking) -> HttpResponse:
    """Compute a measure anew for all homes, along roads when a file of segments is given."""
    upload, measure = request.FILES.get("roads"), request.POST.get("measure", "")
    if upload and (upload.size or 0) > MOST_UPLOAD:
        raise Faults([Fault("roads", "路网文件过大 (file too large)", f"不超过 {MOST_UPLOAD // 2**20} MB")])
    roads = services.read_roads(upload.read()) if upload else ()
    within = services.compute(measure=measure, by=request.actor, on=request.today, roads=roads)
    messages.success(
        request,
        t(f"已重新计算，{within} 个居民点在时限内。", f"Computed: {within} places in time."),
        extra_tags="good",
    )
    return redirect(f"/places/reach/?measure={measure}")


def _ways() -> dict[str, str]:
    column = registers.get_register(PLAN).column("way")
    return dict(column.codes) if column is not None else {}


def _plans(request: Asking) -> dict[str, Any]:
    register = registers.get_register(PLAN)
    if not request.actor.may("register.look"):
        return {}
    return {row.values["village"]: row for row in registers.every(register, Asked(), request.actor)}


def _gap(one: selectors.Place, plan: Any, request: Asking) -> dict[str, Any]:
    due = plan.values.get("due_on") if plan else None
    due = parse_date(due) if isinstance(due, str) else due
    late = bool(due and due < request.today)
    state = (
        ("late", t("逾期", "overdue"))
        if late
        else ("due", t("办理中", "under way"))
        if plan
        else ("no", t("未定方式", "no way chosen"))
    )
    return {
        "code": one.area.code, "name": one.area.name, "residents": one.residents, "due": due,
        "way": _ways().get(plan.values["way"], "") if plan else "", "state_code": state[0], "state": state[1],
    }  # fmt: skip
