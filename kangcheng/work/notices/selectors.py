"""Questions about notices: one's inbox, who was told what and when, households not yet told."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from kangcheng.base.accounts.types import Actor
from kangcheng.registry.households import selectors as registered
from kangcheng.registry.households.types import Household
from kangcheng.work.notices.models import HouseholdTold, Notice, Preference, Telling
from kangcheng.work.notices.types import NoticeError, PolicyNotice, Preferences, Received, ToldUser

MUTABLE = {
    "process.remind": "流程即将到期", "process.overdue": "流程逾期", "process.escalate": "流程逾期上报", "task.due": "任务到期",
    "task.escalate": "任务逾期上报",
}  # fmt: skip


def unread(user_id: UUID) -> int:
    """How many notices the user has not opened. One query."""
    return Telling.objects.filter(user_id=user_id, channel="app", read_at=None).count()


def inbox(by: Actor) -> QuerySet[Telling]:
    """The actor's own notices, newest first, with their texts at hand."""
    return (
        Telling.objects.filter(user_id=by.user_id, channel="app")
        .select_related("notice")
        .order_by("-created_at", "pk")
    )


def received(row: Any) -> Received:
    """A row of `inbox` as its reader sees it."""
    notice = row.notice
    return Received(
        notice.pk, notice.topic, notice.title, notice.body, notice.source_kind, notice.source, notice.sent_name,
        notice.sent_on, row.created_at, row.read_at,
    )  # fmt: skip


def told(notice_id: UUID) -> list[ToldUser]:
    """Who was told of a notice, over which way, when, and whether it was read."""
    rows = Telling.objects.filter(notice_id=notice_id).order_by("channel", "user_id")
    return [ToldUser(r.user_id, r.channel, r.state, r.told_at, r.read_at, r.problem) for r in rows]


def about(source_kind: str, source: str) -> list[UUID]:
    """Notices about one thing, oldest first."""
    rows = Notice.objects.filter(source_kind=source_kind, source=source).order_by("created_at")
    return list(rows.values_list("pk", flat=True))


def policies(by: Actor, on: date) -> list[PolicyNotice]:
    """Notices for households in the actor's areas, newest first, with households and how many were told."""
    rows = (
        Notice.objects.filter(for_households=True)
        .annotate(count=Count("households"))
        .order_by("-sent_on", "pk")
    )
    return [_policy(row, row.count, on) for row in rows if by.covers_area(row.area_code)]


def policy(notice_id: UUID, by: Actor, on: date) -> PolicyNotice:
    """One of them. Raises NoticeError when there is none in the actor's areas."""
    row = Notice.objects.filter(pk=notice_id, for_households=True).first()
    if row is None or not by.covers_area(row.area_code):
        raise NoticeError("没有这条入户告知 (no such notice)", where=str(notice_id))
    return _policy(row, row.households.count(), on)


def not_told(notice_id: UUID, by: Actor, on: date) -> list[Household]:
    """Households of the notice's area that nobody has told yet, by area and number. Raises NoticeError."""
    found = policy(notice_id, by, on)
    done = set(HouseholdTold.objects.filter(notice_id=notice_id).values_list("household_id", flat=True))
    return [one for one in registered.in_area(found.area_code, on) if one.id not in done]


def told_households(notice_id: UUID) -> Sequence[dict[str, Any]]:
    """Household, way, day and who told, newest first."""
    rows = HouseholdTold.objects.filter(notice_id=notice_id).order_by("-told_on", "household_id")
    return [dict(row) for row in rows.values("household_id", "how", "told_on", "told_name")]


def preferences(user_id: UUID) -> Preferences:
    """How the user wants to be told; addresses masked."""
    row = Preference.objects.filter(user_id=user_id).first()
    if row is None:
        return Preferences()
    email, phone = row.email or "", row.phone or ""
    shown = f"{email[:1]}***{email[email.find('@') :]}" if email else ""
    return Preferences(
        row.by_email, row.by_sms, shown, f"{phone[:3]}****{phone[-4:]}" if phone else "", tuple(row.muted)
    )


def _policy(row: Notice, told_count: int, on: date) -> PolicyNotice:
    households = len(registered.in_area(row.area_code, on))
    return PolicyNotice(row.pk, row.title, row.clause, row.area_code, row.sent_on, households, told_count)
