"""Forms: the list of them, one to try out or print, and one filled in for a resident."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kangcheng.access import people as gate
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.records import forms_rows as shown
from kangcheng.portal.words import Words, t
from kangcheng.records.forms import selectors, services
from kangcheng.records.forms.types import Answer, Form

COLUMNS = (
    Column("title", Words("表单", "Form"), order="title", link=lambda r: r["url"]),
    Column("version", Words("版本", "Version"), order="version"),
    Column("items", Words("项数", "Items"), "number", order="items"),
    Column("scores", Words("计分", "Scores"), "number", order="scores"),
    Column("source", Words("依据", "Source")),
)
FILTERS = (
    Filter("title", Words("表单", "Form"), "title"),
    Filter("source", Words("依据", "Source"), "source"),
)


@page("record.look", "record.write", "plan.look", "pack.look")
def forms(request: Asking) -> HttpResponse:
    """Every form of the city's pack."""
    rows = [_row(one, reverse("portal:form", args=(one.id,))) for one in selectors.forms(citypack.pack())]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=t("表单", "forms"))
    empty = Words("政策包里没有表单", "The pack has no form")
    return render(
        request,
        "portal/records/forms.html",
        {"listing": listing(request, rows, COLUMNS, filters=FILTERS, empty=empty)},
    )


def _row(form: Form, url: str) -> dict[str, Any]:
    items = sum(item.type not in ("group", "note") for item in form.every_item())
    return {"title": t(form.title, form.title_en), "version": form.version, "items": items, "scores": len(form.scores),
            "source": form.source, "url": url}  # fmt: skip


@page("record.look", "record.write", "plan.look", "pack.look")
def form(request: Asking, form_id: str) -> HttpResponse:
    """One form to try out: what is asked, what is wrong, what it comes to. Nothing is kept."""
    asked = _asked(form_id)
    given = shown.answers(asked, request.POST) if request.method == "POST" else {}
    return _shown(request, asked, given, {"trial": True})


@page("record.write", purpose="care")
def fill(request: Asking, person_id: UUID, form_id: str) -> HttpResponse:
    """One form filled in for a resident; kept whole in the record, or sent back with every fault."""
    asked = _asked(form_id)
    person = gate.get_person(by=request.actor, person_id=person_id, on=request.today, what="form")
    given = shown.answers(asked, request.POST) if request.method == "POST" else {}
    if request.method == "POST" and not request.htmx and not selectors.outcome(asked, given).faults:  # type: ignore[attr-defined]
        services.submit(
            asked, given, subject=person.id, by=request.actor, on=request.today, at=timezone.localtime()
        )
        messages.success(
            request,
            t(f"已写入健康档案：{asked.title}。", f"Written to the record: {asked.title}."),
            extra_tags="good",
        )
        return redirect("portal:person", person.id)
    return _shown(request, asked, given, {"person": person})


def _asked(form_id: str) -> Form:
    found = selectors.form(citypack.pack(), form_id)
    if found is None:
        raise NotFound(
            t("没有这张表单", "No such form"), where=form_id, todo=t("回到表单列表", "go back to the list")
        )
    return found


def _shown(request: Asking, asked: Form, given: dict[str, Answer], more: dict[str, Any]) -> HttpResponse:
    found = selectors.outcome(asked, given)
    typing = bool(request.htmx)  # type: ignore[attr-defined]
    sent = request.method == "POST" and not typing
    context = {
        "form": asked, "title": t(asked.title, asked.title_en), "sent": sent, "faults": len(found.faults) if sent else 0,
        "rows": shown.rows(asked, given, found, every_fault=sent), "conclusions": shown.conclusions(asked, found), **more,
    }  # fmt: skip
    if typing:
        return render(request, "portal/records/_form_rows.html", context)
    status = 422 if sent and found.faults else 200
    return render(request, "portal/records/form.html", context, status=status)
