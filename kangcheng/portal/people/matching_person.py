"""Where a person's row comes from: records of institutions, merges and their history; parting and unmerging."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.access import people as gate
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.people.matching import acting
from kangcheng.portal.words import t
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.matching import selectors, services
from kangcheng.registry.matching.types import HOWS, Merge, Source

FIELDS = {
    "phone": ("电话", "phone"), "address": ("住址", "address"), "identity": ("身份证号", "identity number"),
    "name": ("姓名", "name"),
}  # fmt: skip


@page("person.write", purpose="matching")
def sources(request: Asking, person_id: UUID) -> HttpResponse:
    """The person's records and merges; the look is logged."""
    found = gate.get_person(by=acting(request), person_id=person_id, on=request.today, what="sources")
    rows = selectors.sources_of(found.id)
    names = institutions.names({one.institution_id for one in rows if one.institution_id})
    context = {
        "person": found,
        "rows": [_source(one, names) for one in rows],
        "merges": [_merge(one, found.id) for one in selectors.merges_of(found.id)],
    }
    return render(request, "portal/people/person_sources.html", context)


def _source(found: Source, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "source": found,
        "place": names.get(found.institution_id, found.system) if found.institution_id else found.system,
        "how": t(*HOWS[found.how]),
        "filled": "、".join(t(*FIELDS[name]) for name in found.filled),
        "may_part": found.how != "new",
    }


def _merge(found: Merge, golden: UUID) -> dict[str, Any]:
    return {"merge": found, "open": found.until is None and found.golden_id == golden}


@page("person.write", purpose="matching")
@require_POST
def part(request: Asking, record_id: UUID) -> HttpResponse:
    """A record leaves its person and becomes one of its own."""
    if selectors.record(record_id, by=request.actor) is None:
        raise NotFound(t("没有这条来源记录", "No such record"), todo=t("返回列表", "go back to the list"))
    own = services.part(
        record_id=record_id, by=request.actor, on=request.today, why=request.POST.get("why", "").strip()[:200]
    )
    told = t(
        "已分开，并为该记录另建档案；由它补入的内容已收回。",
        "Parted: the record has a person of its own, what it had filled in is taken back.",
    )
    messages.success(request, told, extra_tags="good")
    return redirect("portal:person_sources", person_id=own)


@page("person.write", purpose="matching")
@require_POST
def unmerge(request: Asking, person_id: UUID) -> HttpResponse:
    """Two merged residents are two again."""
    gate.get_person(by=acting(request), person_id=person_id, on=request.today, what="sources")
    services.unmerge(
        absorbed=person_id, by=request.actor, on=request.today, why=request.POST.get("why", "").strip()[:200]
    )
    messages.success(
        request, t("已撤销合并，两份档案各自独立。", "Unmerged: two people again."), extra_tags="good"
    )
    return redirect("portal:person_sources", person_id=person_id)


@page("person.write", purpose="matching")
@require_POST
def seek(request: Asking, person_id: UUID) -> HttpResponse:
    """Look for a second registration of this person."""
    found = gate.get_person(by=acting(request), person_id=person_id, on=request.today, what="sources")
    new = services.seek(person_ids=[found.id], by=request.actor, on=request.today)
    told = t(
        f"发现 {new} 份疑似重复登记，已列入待认定。", f"{new} possible second registrations are in the queue."
    )
    messages.success(request, told, extra_tags="good" if not new else "warn")
    return redirect("portal:person_sources", person_id=found.id)
