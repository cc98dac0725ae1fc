"""Life events: what one would change, recording it once, taking it back; and money paid for care after a death."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse as url_of
from django.views.decorators.http import require_POST

from kangcheng.access import people as gate
from kangcheng.funds.recovery import selectors as recovery
from kangcheng.funds.recovery import services as recovering
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.counter.places import narrowed
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.people.purposes import acting_for
from kangcheng.portal.words import Words, t
from kangcheng.registry.events import selectors, services
from kangcheng.registry.events.types import KINDS, KINDS_EN, TABLES, Effect, NewEvent
from kangcheng.registry.institutions import selectors as institutions

COLUMNS = (
    Column("recorded", Words("登记时间", "Recorded"), "moment", order="recorded"),
    Column(
        "kind",
        Words("事件", "Event"),
        "tag",
        order="kind",
        tone=lambda r: "bad" if r["code"] == "death" else "info",
    ),
    Column("happened", Words("发生日期", "Happened on"), "day", order="happened"),
    Column("effects", Words("引起的变化", "Changes"), "number", order="effects"),
    Column("why", Words("依据", "Paper")),
    Column("state", Words("状态", "State"), "tag", tone=lambda r: "" if r["gone"] else "good"),
    Column("open", Words("居民", "Resident"), link=lambda r: r["url"]),
)
LATE = (
    Column("number", Words("结算号", "Number"), "mono", order="number", link=lambda r: r["url"]),
    Column("death", Words("死亡日期", "Died on"), "day", order="death"),
    Column("admitted", Words("就诊日期", "Care began"), "day", order="admitted"),
    Column("place", Words("机构", "Institution"), order="place"),
    Column("fund", Words("各方已付", "Paid"), "yuan", order="fund"),
)


@page("person.write")
def listed(request: Asking) -> HttpResponse:
    """Events recorded for people within reach, newest first."""
    rows = [
        {
            "recorded": one.recorded_at, "kind": _kind(one.kind), "code": one.kind, "happened": one.happened_on,
            "effects": len(one.effects), "why": one.why, "gone": one.state == "reversed",
            "state": t("已撤销", "taken back") if one.state == "reversed" else t("有效", "recorded"),
            "open": t("打开", "open"), "url": url_of("portal:person_events", args=(one.person_id,)),
        }
        for one in selectors.latest(by=request.actor)
    ]  # fmt: skip
    kinds = [(code, _kind(code)) for code in KINDS]
    filters = (
        Filter(
            "kind", Words("事件", "Event"), lambda all_, text: [r for r in all_ if r["code"] == text], kinds
        ),
    )
    if wants_sheet(request):
        return sheet(
            request, rows, COLUMNS, filters=filters, sort="-recorded", name=t("生命事件", "life-events")
        )
    live = [r for r in rows if not r["gone"]]
    context = {
        "title": t("生命事件", "Life events"),
        "about": t("在居民页登记一次，参保、类别、家庭、拨付随之改变；可撤销", "Recorded once on the resident's page; all else follows"),
        "figures": [
            (t("有效事件", "recorded"), len(live), ""),
            (t("死亡", "deaths"), sum(r["code"] == "death" for r in live), ""),
            (t("迁移", "moves"), sum(r["code"] in ("move", "depart") for r in live), ""),
        ],
        "listing": listing(request, rows, COLUMNS, filters=filters, sort="-recorded"),
    }  # fmt: skip
    return render(request, "portal/people/plain_list.html", context)


@page("person.write", purpose="care")
def of_person(request: Asking, person_id: UUID) -> HttpResponse:
    """One person's events; a new one is shown with all it would change before it is recorded."""
    actor = acting_for(request)
    person = gate.get_person(
        by=actor, person_id=person_id, on=request.today, what="events", why=t("生命事件登记", "life event")
    )
    context: dict[str, Any] = {
        "person": person, "events": [_shown(one) for one in selectors.of_person(person.id)], "today": request.today,
        "kinds": [(code, _kind(code)) for code in KINDS], "given": request.POST,
    }  # fmt: skip
    if request.method == "POST":
        try:
            new = _new(request, person.id)
            if request.POST.get("do") == "record":
                services.record_event(new=new, by=request.actor, on=request.today)
                messages.success(
                    request,
                    t("已登记，各处随之改变；可撤销。", "Recorded; all else follows. It can be taken back."),
                    extra_tags="good",
                )
                return redirect("portal:person_events", person.id)
            effects = services.preview(new=new, by=request.actor, on=request.today)
            context |= {"preview": [_effect(one) for one in effects], "chosen": new}
            if new.kind == "death":
                context["late"] = [one for one in recovery.after_death() if one.person_id == person.id]
                context["stopped"] = len(recovery.waiting_payouts(person.id))
        except KangchengError as error:
            context |= {"error": error, "faults": error.faults if isinstance(error, Faults) else ()}
    return render(request, "portal/people/events.html", context, status=422 if "error" in context else 200)


@page("person.write")
@require_POST
def reverse(request: Asking, event_id: UUID) -> HttpResponse:
    """Take an event back, with a reason."""
    services.reverse(
        event_id=event_id, by=request.actor, on=request.today, why=request.POST.get("why", "").strip()[:200]
    )
    messages.success(request, t("已撤销，恢复原状。", "Taken back: all is as it was."), extra_tags="good")
    back = request.POST.get("person", "")
    try:
        return redirect("portal:person_events", UUID(back))
    except ValueError:
        return redirect("portal:events")


@page("claim.look")
def late(request: Asking) -> HttpResponse:
    """Settlements of care that began after the person's death: each is to be recovered."""
    found = recovery.after_death(institutions=narrowed(request.actor.where("claim.look")))
    names = institutions.names({one.institution_id for one in found})
    rows = [
        {
            "number": one.number, "death": one.death_on, "admitted": one.admitted_on, "place": names.get(one.institution_id, ""),
            "fund": one.fund, "url": url_of("portal:claim", args=(one.settlement_id,)), "id": str(one.settlement_id),
        }
        for one in found
    ]  # fmt: skip
    if wants_sheet(request):
        return sheet(request, rows, LATE, sort="-admitted", name=t("死亡后就诊", "care-after-death"))
    context = {
        "rows": rows, "count": len(rows), "total": sum(one.fund for one in found),
        "may_recover": request.actor.may("claim.settle"), "listing": listing(request, rows, LATE, sort="-admitted"),
    }  # fmt: skip
    return render(request, "portal/people/recovery.html", context)


@page("claim.settle")
@require_POST
def recover(request: Asking, settlement_id: UUID) -> HttpResponse:
    """Take back one settlement of care after a death: a mirrored entry, dated today."""
    if settlement_id not in {
        one.settlement_id for one in recovery.after_death(institutions=narrowed(request.actor))
    }:
        raise NotFound(t("没有这笔结算", "No such settlement"), where=str(settlement_id))
    recovering.recover(
        settlement_id=settlement_id, by=request.actor, on=request.today, why=request.POST.get("why", "").strip()[:200],
        key=f"recover:{settlement_id}",
    )  # fmt: skip
    messages.success(
        request, t("已追回：结算冲正，记入总账。", "Recovered: reversed in the ledger."), extra_tags="good"
    )
    return redirect("portal:recovery")


def _new(request: Asking, person_id: UUID) -> NewEvent:
    given = request.POST
    other = given.get("other", "").strip()
    try:
        other_id = UUID(other) if other else None
    except ValueError:
        other_id = None
    return NewEvent(
        person_id=person_id, kind=given.get("kind", "")[:16], happened_on=parse_date(given.get("day", "")),
        why=given.get("why", "").strip()[:200], area_code=given.get("area", "").strip()[:12], other_id=other_id,
        newborn_name=given.get("newborn", "").strip()[:64], newborn_sex=given.get("sex", "")[:1],
    )  # fmt: skip


def _kind(code: str) -> str:
    return t(KINDS.get(code, code), KINDS_EN.get(code, code))


def _shown(one: Any) -> dict[str, Any]:
    return {"event": one, "kind": _kind(one.kind), "effects": [_effect(effect) for effect in one.effects]}


def _effect(one: Effect) -> dict[str, Any]:
    titles = {"coverage": "schemes", "category": "person-categories"}
    about = citypack.title(titles[one.table], one.about) if one.table in titles else ""
    return {
        "table": TABLES.get(one.table, one.table),
        "about": about,
        "before": _words(one.before),
        "after": _words(one.after),
    }


def _words(values: dict[str, Any] | None) -> str:
    return "；".join(str(value) for value in (values or {}).values() if value) or "—"
