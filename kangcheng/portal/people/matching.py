"""Who is whom: the queue of pairs that may be one person, the explanation and decision of one, records taken in by hand."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kangcheng.access import people as gate
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import mask_name
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.people import matching_words as words
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.matching import selectors, services
from kangcheng.registry.matching.types import PAIR_STATES, PAIR_STATES_EN, NewRecord, Pair, Source
from kangcheng.registry.people import selectors as people

TONES = {"open": "warn", "same": "good", "different": "info", "closed": ""}
COLUMNS = (
    Column("person", Words("登记居民", "Registered"), link=lambda r: r["url"]),
    Column("other", Words("来源记录或另一登记", "Record or second registration")),
    Column("source", Words("来源", "Source"), order="source"),
    Column("chance", Words("同一人概率", "Chance"), "percent", order="chance"),
    Column("doubts", Words("为何要人看", "Why it waits")),
    Column("area", Words("居住地", "Home"), order="area"),
    Column("asked_on", Words("提出日期", "Since"), "day", order="asked_on"),
    Column("state", Words("状态", "State"), "tag", tone=lambda r: r["tone"]),
)
STUCK = (
    Column("name", Words("姓名", "Name"), link=lambda r: r["url"]),
    Column("source", Words("来源", "Source"), order="source"),
    Column("number", Words("院内编号", "Number"), "mono"),
    Column("seen_on", Words("收到", "Received"), "day", order="seen_on"),
    Column("doubts", Words("为何要人看", "Why it waits")),
)
FILTERS = (
    Filter("source", Words("来源", "Source"), "source"),
    Filter("area", Words("居住地", "Home"), "area"),
    Filter("doubts", Words("疑点", "Doubt"), "doubts"),
)


def acting(request: Asking) -> Actor:
    """The actor, looking at people in order to tell them apart."""
    return replace(request.actor, purpose="matching")


@page("person.write", purpose="matching")
def queue(request: Asking) -> HttpResponse:
    """Pairs by state, the likeliest first; names starred: who opens a pair has looked at both."""
    state = request.GET.get("state", "open")
    state = state if state in PAIR_STATES else "open"
    found = selectors.pairs(by=request.actor, state=state)
    places = areas.names({one.area_code for one in found})
    writers = institutions.names({one.institution_id for one in found if one.institution_id})
    rows = [_row(one, places, writers) for one in found]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=t("疑似同一人", "pairs"))
    stuck = [_stuck(one) for one in selectors.stuck(by=request.actor)]
    empty = Words("没有这种状态的疑似同一人", "No pair in this state")
    context = {
        "listing": listing(request, rows, COLUMNS, filters=FILTERS, empty=empty),
        "stuck": listing(request, stuck, STUCK, export=False),
        "stuck_count": len(stuck),
        "states": [(code, t(zh, PAIR_STATES_EN[code])) for code, zh in PAIR_STATES.items()],
        "state": state,
    }
    return render(request, "portal/people/matching.html", context)


def _row(found: Pair, places: dict[str, str], writers: dict[UUID, str]) -> dict[str, Any]:
    writer = writers.get(found.institution_id, found.source) if found.institution_id else found.source
    return {
        "person": mask_name(found.person_name), "other": mask_name(found.other_name) or "—",
        "source": writer or t("重复登记", "registered twice"), "chance": found.chance,
        "doubts": "；".join(words.doubts(found.doubts)) or "—", "area": places.get(found.area_code, found.area_code),
        "asked_on": found.asked_on, "state": t(PAIR_STATES[found.state], PAIR_STATES_EN[found.state]),
        "tone": TONES[found.state], "url": reverse("portal:match_pair", args=(found.id,)),
    }  # fmt: skip


def _stuck(found: Source) -> dict[str, Any]:
    return {
        "name": mask_name(found.name), "source": found.system, "number": found.number, "seen_on": found.seen_on,
        "doubts": "；".join(words.doubts(found.doubts)), "url": reverse("portal:match_record", args=(found.id,)),
    }  # fmt: skip


@page("person.write", purpose="matching")
def pair(request: Asking, pair_id: UUID) -> HttpResponse:
    """One pair, field by field with weights; the decision. Opening it is a look at both people."""
    found = selectors.pair(pair_id, by=request.actor)
    if found is None:
        raise NotFound(t("没有这一对", "No such pair"), todo=t("返回列表", "go back to the list"))
    if request.method == "POST":
        return _decide(request, found)
    for person_id in filter(None, (found.person_id, found.other_id)):
        gate.get_person(by=acting(request), person_id=person_id, on=request.today, what="matching")
    one, other = selectors.sides(found, request.today)
    names = {
        code: " › ".join(path[2:])
        for code, path in areas.paths({one.area_code, other.area_code} - {""}).items()
    }
    context = {
        "pair": found, "one": one, "other": other, "lines": words.lines(found, one, other, names),
        "picture": words.waterfall(found.parts), "doubts": words.doubts(found.doubts),
        "weight": f"{found.weight:.1f}", "state": t(PAIR_STATES[found.state], PAIR_STATES_EN[found.state]),
        "tone": TONES[found.state], "linked": people.resolve(found.person_id),
        "said": any(one["by"] == str(request.actor.user_id) for one in found.opinions) and found.state == "open",
    }  # fmt: skip
    return render(request, "portal/people/match_pair.html", context)


def _decide(request: Asking, found: Pair) -> HttpResponse:
    same = request.POST.get("do") == "same"
    why = request.POST.get("why", "").strip()
    state = services.decide(pair_id=found.id, same=same, by=request.actor, on=request.today, why=why)
    told = {
        "same": t("已认定为同一人。", "Decided: the same person."),
        "different": t("已认定不是同一人，不再询问。", "Decided: not the same. It will not be asked again."),
        "open": t("意见已记录，等待另一人认定。", "Noted: a second person has to agree."),
    }
    messages.success(request, told[state], extra_tags="good")
    return redirect("portal:matching")


@page("person.write", purpose="matching")
def new(request: Asking) -> HttpResponse:
    """Take in one record of an institution by hand."""
    places = institutions.list_on(request.today)
    places = [place for place in places if request.actor.covers_area(place.area_code)]
    typed = {name: request.POST.get(name, "").strip()[:200] for name in TYPED}
    if request.method == "POST":
        sent = services.receive(
            new=_new(typed, places), by=request.actor, on=request.today, why=t("人工登记", "by hand")
        )
        for note in sent.notes:
            messages.warning(request, note.what, extra_tags="warn")
        if sent.person_id:
            messages.success(request, _became(sent.how, sent.changed), extra_tags="good")
            return redirect("portal:person_sources", person_id=sent.person_id)
        messages.warning(
            request, t("待认定：", "Waiting: ") + "；".join(words.doubts(sent.doubts)), extra_tags="warn"
        )
        return redirect("portal:matching")
    return render(request, "portal/people/match_new.html", {"places": places, "typed": typed})


TYPED = (
    "institution", "number", "name", "sex", "birth_on", "identity", "phone", "area", "address", "household",
    "mother_identity", "birth_order",
)  # fmt: skip


def _became(how: str, changed: bool) -> str:
    if not changed:
        return t("内容与上次相同，没有变化。", "The same as before: nothing has changed.")
    if how == "new":
        return t("没有相符的居民，已新建档案。", "Nobody fits: a new person was made.")
    return t("已归并到该居民。", "Linked to this person.")


def _new(typed: dict[str, str], places: list[Any]) -> NewRecord:
    """The form as a record. Raises NotFound for an institution or area that is not the actor's."""
    place = next((one for one in places if str(one.id) == typed["institution"]), None)
    if place is None:
        raise NotFound(t("请选择机构", "Choose an institution"), where="institution")
    found = areas.find([typed["area"]]).get(typed["area"], []) if typed["area"] else []
    if len(found) != 1:
        raise KangchengError(
            t("区划不存在或重名", "no such area, or several"),
            where="area",
            todo=t("填写 12 位区划代码", "give the 12-digit code"),
        )
    order = typed["birth_order"]
    return NewRecord(
        system=place.code, number=typed["number"], name=typed["name"], area_code=found[0].code, sex=typed["sex"],
        birth_on=parse_date(typed["birth_on"]) if typed["birth_on"] else None, identity=typed["identity"],
        phone=typed["phone"], address=typed["address"], household=typed["household"][:32], institution_id=place.id,
        mother_identity=typed["mother_identity"], birth_order=int(order) if order in tuple("123456") else None,
    )  # fmt: skip


@page("person.write", purpose="matching")
def waiting_record(request: Asking, record_id: UUID) -> HttpResponse:
    """A record nobody can be offered for: whoever knows the person gives it to them by identity number."""
    found = selectors.record(record_id, by=request.actor)
    if found is None or found.person_id:
        raise NotFound(
            t("没有这条待认定记录", "No such record waiting"), todo=t("返回列表", "go back to the list")
        )
    if request.method == "POST":
        seen = gate.find(
            by=acting(request), how="identity", value=request.POST.get("identity", "")[:32], on=request.today
        )
        if not seen:
            raise NotFound(t("没有找到这个人", "Nobody found"), where="identity")
        services.attach(
            record_id=record_id,
            person_id=seen[0].id,
            by=request.actor,
            on=request.today,
            why=request.POST.get("why", "")[:200],
        )
        messages.success(request, t("已归并到该居民。", "Linked to this person."), extra_tags="good")
        return redirect("portal:person_sources", person_id=seen[0].id)
    context = {
        "found": found,
        "doubts": words.doubts(found.doubts),
        "area": " › ".join(areas.path(found.area_code)),
    }
    return render(request, "portal/people/match_record.html", context)
