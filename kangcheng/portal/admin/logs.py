"""The audit log and the look log: who did what, and who looked at whom."""

from datetime import date

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from kangcheng.base.models import AuditEvent, LookLog
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.people.purposes import purpose_title
from kangcheng.portal.words import Words

EVENTS = (
    Column("created_at", Words("时间", "When"), "moment", order="created_at"),
    Column("action", Words("事项", "Action"), "mono", order="action"),
    Column("subject", Words("对象", "Subject"), "mono", order="subject"),
    Column("actor_name", Words("操作人", "Who"), order="actor_name"),
    Column("done_on", Words("业务日期", "Business day"), "day", order="done_on"),
    Column("why", Words("原因", "Why")),
    Column(
        "detail",
        Words("明细", "Detail"),
        "mono",
        source=lambda row: "；".join(f"{k}={v}" for k, v in row.detail.items())[:300],
    ),
)
EVENT_FILTERS = (
    Filter(
        "action", Words("事项", "Action"), "action__startswith", help=Words("如 account.", "e.g. account.")
    ),
    Filter("who", Words("操作人", "Who"), "actor_name__icontains"),
    Filter("subject", Words("对象", "Subject"), "subject__startswith"),
    Filter("day", Words("日期", "Day"), "created_at__date", kind="day"),
)
LOOKS = (
    Column("created_at", Words("时间", "When"), "moment", order="created_at"),
    Column("actor_name", Words("查看人", "Who looked"), order="actor_name"),
    Column("what", Words("内容", "What"), order="what"),
    Column("person_id", Words("居民编号", "Resident id"), "mono"),
    Column("purpose", Words("目的", "Purpose"), source=lambda row: purpose_title(row.purpose)),
    Column("why", Words("原因", "Why")),
)
LOOK_FILTERS = (
    Filter("who", Words("查看人", "Who looked"), "actor_name__icontains"),
    Filter("person", Words("居民编号", "Resident id"), lambda rows, text: _of_person(rows, text)),
    Filter("what", Words("内容", "What"), "what__icontains"),
    Filter("day", Words("日期", "Day"), "created_at__date", kind="day"),
)


@page("audit.look")
def audit(request: Asking) -> HttpResponse:
    """Every audited event, newest first."""
    rows = AuditEvent.objects.order_by("-created_at")
    if wants_sheet(request):
        return sheet(request, rows, EVENTS, filters=EVENT_FILTERS, name="审计日志")
    found = listing(request, rows, EVENTS, filters=EVENT_FILTERS, sort="-created_at")
    return render(
        request, "portal/admin/log.html", {"listing": found, "title": Words("审计日志", "Audit log")}
    )


@page("audit.look")
def looks(request: Asking) -> HttpResponse:
    """Every look at a person, newest first."""
    rows = LookLog.objects.order_by("-created_at")
    if wants_sheet(request):
        return sheet(request, rows, LOOKS, filters=LOOK_FILTERS, name="查阅记录")
    found = listing(request, rows, LOOKS, filters=LOOK_FILTERS, sort="-created_at")
    return render(
        request, "portal/admin/log.html", {"listing": found, "title": Words("查阅记录", "Look log")}
    )


def _of_person(rows: QuerySet[LookLog], text: str) -> QuerySet[LookLog]:
    from uuid import UUID

    try:
        return rows.filter(person_id=UUID(text))
    except ValueError:
        return rows.none()


def events_of_day(day: date) -> int:
    """How many events were audited on the day."""
    return AuditEvent.objects.filter(created_at__date=day).count()


def looks_of_day(day: date) -> int:
    """How many looks were logged on the day."""
    return LookLog.objects.filter(created_at__date=day).count()
