"""Notices: one's own with an unread mark, how one wants to be told, and which households still have to hear of a policy."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.households import selectors as registered
from kangcheng.work.notices import selectors, services
from kangcheng.work.notices.types import HOW, NoticeError, PolicyNotice

DOORS = ("work.do", "own.look")
POOR = "registered_poor"
PAGES = {"case": "case", "task": "task"}  # source kind -> page that shows it
HOW_EN = {
    "visit": "visit",
    "phone": "telephone",
    "meeting": "meeting",
    "leaflet": "leaflet",
    "sms": "SMS",
    "broadcast": "broadcast",
}
TOPICS_EN = {
    "process.remind": "case due soon", "process.overdue": "case late", "process.escalate": "case escalated",
    "task.due": "task due", "task.escalate": "task escalated",
}  # fmt: skip

COLUMNS = (
    Column("title", Words("标题", "Title"), source="notice.title", link=lambda r: _link(r)),
    Column("body", Words("内容", "Text"), source="notice.body"),
    Column("sender", Words("发出", "From"), source="notice.sent_name"),
    Column("at", Words("时间", "When"), "moment", source="created_at", order="created_at"),
    Column(
        "read", Words("阅读", "Read"), "tag", source=lambda r: t("已读", "read") if r.read_at else t("未读", "unread"),
        tone=lambda r: "" if r.read_at else "warn",
    ),
)  # fmt: skip
FILTERS = (
    Filter("q", Words("标题", "Title"), "notice__title__icontains"),
    Filter(
        "read", Words("阅读", "Read"), lambda rows, text: rows.filter(read_at__isnull=text == "no"),
        [("no", Words("未读", "unread")), ("yes", Words("已读", "read"))],
    ),
)  # fmt: skip


def _link(row: Any) -> str | None:
    kind, source = row.notice.source_kind, row.notice.source
    return reverse(f"portal:{PAGES[kind]}", args=(source,)) if kind in PAGES and source else None


@page(*DOORS)
def notices(request: Asking) -> HttpResponse:
    """The reader's own notices, newest first."""
    rows = selectors.inbox(request.actor)
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=t("通知", "notices"))
    context = {
        "listing": listing(request, rows, COLUMNS, filters=FILTERS, empty=Words("没有通知", "No notice")),
        "unread_count": selectors.unread(request.actor.user_id),
    }
    return render(request, "portal/work/notices.html", context)


@page(*DOORS)
@require_POST
def read(request: Asking) -> HttpResponse:
    """Mark all of one's own notices as read."""
    services.read(notice_ids=[], by=request.actor, on=request.today, at=timezone.now())
    return redirect("portal:notices")


@page(*DOORS)
def preferences(request: Asking) -> HttpResponse:
    """How the reader wants to be told besides here."""
    error = None
    if request.method == "POST":
        try:
            services.prefer(
                by_email=bool(request.POST.get("by_email")), by_sms=bool(request.POST.get("by_sms")),
                email=request.POST.get("email", ""), phone=request.POST.get("phone", ""),
                muted=[name for name in request.POST.getlist("muted") if name in selectors.MUTABLE],
                by=request.actor, on=request.today,
            )  # fmt: skip
        except KangchengError as refusal:
            error = refusal
        else:
            messages.success(request, t("已保存。", "Saved."), extra_tags="good")
            return redirect("portal:notice_preferences")
    known = selectors.preferences(request.actor.user_id)
    context = {
        "known": known,
        "topics": [
            (code, t(zh, TOPICS_EN[code]), code in known.muted) for code, zh in selectors.MUTABLE.items()
        ],
        "error": error,
    }
    return render(request, "portal/work/preferences.html", context, status=422 if error else 200)


@page("person.look")
def policies(request: Asking) -> HttpResponse:
    """Policies that every household is to hear of, with how many have; announcing another."""
    error = None
    if request.method == "POST":
        try:
            made = services.announce(
                title=request.POST.get("title", ""), body=request.POST.get("body", ""), clause=request.POST.get("clause", ""),
                area_code=request.POST.get("area", "").strip(), by=request.actor, on=request.today,
                key=request.POST.get("key", "")[:60] or str(new_id()),
            )  # fmt: skip
        except KangchengError as refusal:
            error = refusal
        else:
            return redirect("portal:policy_notice", notice_id=made)
    context = {
        "rows": [_policy(one) for one in selectors.policies(request.actor, request.today)],
        "key": new_id(),
        "area": min(request.actor.areas, key=len, default=""),
        "error": error,
    }
    return render(request, "portal/work/policies.html", context, status=422 if error else 200)


HOUSEHOLDS = (
    Column("number", Words("户号", "Household"), "mono", order="number"),
    Column("area", Words("所在地", "Area"), order="area"),
    Column("poor", Words("建档立卡户", "Registered poor"), source=lambda r: t("是", "yes") if r["poor"] else "", order="poor"),
)  # fmt: skip
HOUSEHOLD_FILTERS = (
    Filter("number", Words("户号", "Household"), "number"),
    Filter("area", Words("所在地", "Area"), "area"),
    Filter(
        "poor", Words("建档立卡户", "Registered poor"),
        lambda shown, text: [row for row in shown if row["poor"] == (text == "yes")],
        [("yes", Words("是", "yes")), ("no", Words("否", "no"))],
    ),
)  # fmt: skip
SHOWN_TOLD = 50


@page("person.look")
def policy(request: Asking, notice_id: UUID) -> HttpResponse:
    """Households not yet told of one policy; recording those told."""
    try:
        found = selectors.policy(notice_id, request.actor, request.today)
    except NoticeError:
        raise NotFound(t("没有这条入户告知", "No such notice"), where=str(notice_id)) from None
    if request.method == "POST":
        count = _told(request, notice_id)
        messages.success(
            request, t(f"已记录 {count} 户。", f"{count} households recorded."), extra_tags="good"
        )
        return redirect("portal:policy_notice", notice_id=notice_id)
    left = selectors.not_told(notice_id, request.actor, request.today)
    poor = registered.with_category(found.area_code, POOR, request.today)
    names = areas.names({one.area_code for one in left})
    rows = [
        {"id": one.id, "number": one.number, "area": names.get(one.area_code, one.area_code), "poor": one.id in poor}
        for one in left
    ]  # fmt: skip
    if wants_sheet(request):
        return sheet(request, rows, HOUSEHOLDS, filters=HOUSEHOLD_FILTERS, name=t("未告知家庭", "not told"))
    context = {
        "notice": _policy(found),
        "listing": listing(
            request,
            rows,
            HOUSEHOLDS,
            filters=HOUSEHOLD_FILTERS,
            empty=Words("各户都已告知", "Every household has been told"),
        ),
        "how": [(code, t(zh, HOW_EN[code])) for code, zh in HOW.items()],
        "poor": len(poor),
        "poor_left": sum(bool(row["poor"]) for row in rows),
        "told": _told_rows(notice_id),
    }
    return render(request, "portal/work/policy.html", context)


def _told_rows(notice_id: UUID) -> list[dict[str, Any]]:
    """Household, how, when and by whom, of those told last."""
    rows = list(selectors.told_households(notice_id))[:SHOWN_TOLD]
    found = {one["household_id"]: registered.get(one["household_id"]) for one in rows}
    return [
        row | {"number": one.number if (one := found[row["household_id"]]) else "", "how": t(HOW[row["how"]], HOW_EN[row["how"]])}
        for row in rows
    ]  # fmt: skip


def _told(request: Asking, notice_id: UUID) -> int:
    """Households named by their numbers, one a line or separated by spaces. Raises NoticeError naming those not found."""
    numbers = (
        request.POST.get("numbers", "").replace(",", " ").replace("，", " ").replace("、", " ").split()[:2000]
    )
    found = {number: registered.by_number(number) for number in dict.fromkeys(numbers)}
    unknown = [
        number for number, one in found.items() if one is None or not request.actor.covers_area(one.area_code)
    ]
    if unknown or not found:
        raise NoticeError(
            t("没有这些户号", "No such households"),
            where="、".join(unknown[:10]),
            todo=t("核对户号", "check the numbers"),
        )
    return services.households_told(
        notice_id=notice_id, households=[one.id for one in found.values() if one], how=request.POST.get("how", ""),
        by=request.actor, on=request.today,
    )  # fmt: skip


def _policy(one: PolicyNotice) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "clause": one.clause, "sent_on": one.sent_on, "households": one.households,
        "told": one.told, "left": one.left, "area": areas.names([one.area_code]).get(one.area_code, one.area_code),
        "share": one.told / one.households if one.households else None,
    }  # fmt: skip
