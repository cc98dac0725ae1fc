"""Exports of personal data: asked for with a reason, decided by somebody else, fetched with a watermark until they run out."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.access.exports import lists, selectors, services
from kangcheng.access.exports.types import STATES, Request
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import as_file
from kangcheng.portal.people.asked import opened
from kangcheng.portal.people.purposes import PURPOSES, asked_for
from kangcheng.portal.words import t

TONES = {"requested": "warn", "approved": "good", "refused": "bad", "fetched": "info"}
STATES_EN = {"requested": "waiting", "approved": "approved", "refused": "refused", "fetched": "taken"}
SEALED = ("identity", "phone", "address")  # columns that leave in the clear: marked in the form
USUAL = ("name", "sex", "age", "area", "categories")


@page("person.export", "export.approve", "role.grant", purpose="work")
def exports(request: Asking) -> HttpResponse:
    """Requests to decide, and one's own."""
    context = {
        "to_decide": [_row(one, request) for one in selectors.to_decide(request.actor)],
        "mine": [_row(one, request) for one in selectors.mine(request.actor)],
        "may_ask": request.actor.may("person.export"),
    }
    return render(request, "portal/people/exports.html", context)


def _row(one: Request, request: Asking) -> dict[str, Any]:
    return {
        "request": one,
        "title": lists.LISTS[one.list_name].title if one.list_name in lists.LISTS else one.list_name,
        "columns": "、".join(_headings(one)),
        "wanted": "；".join(
            f"{_wanted_title(key)} {_wanted_text(key, value)}" for key, value in one.wanted.items() if value
        ),
        "state": t(STATES[one.state], STATES_EN[one.state]),
        "tone": TONES[one.state],
        "open": one.open_on(request.today),
        "sealed": bool(set(one.columns) & set(SEALED)),
    }


def _headings(one: Request) -> list[str]:
    known = lists.LISTS[one.list_name].columns if one.list_name in lists.LISTS else {}
    return [known.get(name, name) for name in one.columns]


def _wanted_title(key: str) -> str:
    return {
        "text": t("查找", "search"), "category": t("人员类别", "category"), "scheme": t("险种", "scheme"), "area": t("区划", "area"),
    }.get(key, key)  # fmt: skip


def _wanted_text(key: str, value: str) -> str:
    lists_ = {"category": "person-categories", "scheme": "schemes"}
    return citypack.title(lists_[key], value) if key in lists_ else str(value)


@page("person.export", purpose="work")
def new(request: Asking) -> HttpResponse:
    """Ask for a list: which people, which columns, what for."""
    if request.method == "POST":
        wanted = {
            key: request.POST.get(key, "").strip()[:80] for key in ("text", "category", "scheme", "area")
        }
        purpose = request.POST.get("purpose", "")
        actor = replace(request.actor, purpose=purpose) if purpose in PURPOSES else request.actor
        services.request(
            list_name="residents", wanted={key: value for key, value in wanted.items() if value}, columns=request.POST.getlist("columns"),
            reason=request.POST.get("reason", "")[:500], by=actor, on=request.today,
        )  # fmt: skip
        messages.success(
            request,
            t(
                "申请已提交，等待局领导或安全管理员审批。",
                "Sent: the bureau leader or the security administrator decides.",
            ),
            extra_tags="good",
        )
        return redirect("portal:exports")
    columns = [
        (name, title, name in USUAL, name in SEALED)
        for name, title in lists.LISTS["residents"].columns.items()
    ]
    context = {
        "columns": columns,
        "purposes": PURPOSES.items(),
        "purpose": asked_for(request),
        "ask": request.GET,
        "typed": opened(request.GET.get("find", "")[:1000]),
        "categories": citypack.choices("person-categories"),
        "schemes": citypack.choices("schemes"),
    }
    return render(request, "portal/people/export_new.html", context)


@page("export.approve", "role.grant", purpose="work")
@require_POST
def decide(request: Asking, request_id: UUID) -> HttpResponse:
    """Yes or no, with a reason; never on one's own request."""
    why = request.POST.get("why", "")[:500]
    if request.POST.get("do") == "approve":
        services.approve(request_id=request_id, by=request.actor, on=request.today, why=why)
        messages.success(
            request,
            t("已批准，七日内可导出。", "Approved: it can be taken within seven days."),
            extra_tags="good",
        )
    else:
        services.refuse(request_id=request_id, by=request.actor, on=request.today, why=why)
        messages.success(request, t("已驳回。", "Refused."), extra_tags="good")
    return redirect("portal:exports")


@page("person.export", purpose="work")
@require_POST
def fetch(request: Asking, request_id: UUID) -> HttpResponse:
    """The approved list as .xlsx, for its asker only; everybody in it is a logged look."""
    asked = selectors.get(request_id, request.actor)
    done = services.fetch(request_id=request_id, by=request.actor, on=request.today, at=timezone.localtime())
    return as_file(done.content, f"{asked.number}.xlsx")
