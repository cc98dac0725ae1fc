"""Verbs of notices: tell users or the holders of a role, mark as read, send what waits, record households told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kangcheng.base.accounts import selectors as accounts
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.work.notices.channels import problem_of
from kangcheng.work.notices.models import HouseholdTold, Notice, Preference, Telling
from kangcheng.work.notices.types import HOW, Channel, NoticeError

OWN_DATA = frozenset({"resident"})  # held by everybody in the city: such a role is never told as a whole


def tell(
    *, users: Iterable[UUID], title: str, by: Actor, on: date, key: str, body: str = "", topic: str = "note",
    source_kind: str = "", source: str = "",
) -> UUID:  # fmt: skip
    """Tell these users; the same `key` again tells nobody twice. Returns the notice's id."""
    with acting(by=by, on=on, why="", action="notice.tell"):
        notice, made = Notice.objects.get_or_create(
            key=key[:100],
            defaults={
                "id": new_id(), "topic": topic, "title": title[:200], "body": body[:4000], "source_kind": source_kind,
                "source": source, "sent_by": by.user_id, "sent_name": by.name, "sent_on": on,
            },
        )  # fmt: skip
        if made:
            told = sorted(set(users))
            Telling.objects.bulk_create(_tellings(notice, told))
            record(
                action="notice.tell",
                subject=f"notice:{notice.pk}",
                by=by,
                on=on,
                detail={"users": len(told), "topic": topic},
            )
    return notice.pk


def tell_roles(
    *, roles: Sequence[str], institution_id: UUID | None, area_code: str, title: str, by: Actor, on: date, key: str,
    body: str = "", topic: str = "note", source_kind: str = "", source: str = "",
) -> UUID:  # fmt: skip
    """Tell everybody who holds one of `roles` at the institution or over the area on the day."""
    users = {
        grant.user_id
        for role in roles
        if role not in OWN_DATA
        for grant in accounts.holders(role, on)
        if _here(grant.institution_id, grant.area_code, institution_id, area_code)
    }
    return tell(
        users=users,
        title=title,
        body=body,
        topic=topic,
        source_kind=source_kind,
        source=source,
        by=by,
        on=on,
        key=key,
    )


def read(*, notice_ids: Sequence[UUID], by: Actor, on: date, at: datetime) -> int:
    """Mark one's own notices as read; others' are left alone. Returns how many were unread."""
    rows = Telling.objects.filter(user_id=by.user_id, channel="app", read_at=None)
    if notice_ids:
        rows = rows.filter(notice_id__in=notice_ids)
    with acting(by=by, on=on, why="", action="notice.read"):
        return rows.update(read_at=at)


def prefer(
    *, by_email: bool, by_sms: bool, email: str, phone: str, muted: Sequence[str], by: Actor, on: date
) -> None:
    """Say how one wants to be told besides in the application. A blank address keeps the one there is."""
    row = Preference.objects.filter(user_id=by.user_id).first() or Preference(id=new_id(), user_id=by.user_id)
    row.email, row.phone = email.strip() or row.email, phone.strip() or row.phone
    faults = []
    if by_email and "@" not in (row.email or ""):
        faults.append(Fault("email", "请填写邮箱 (an address is needed)"))
    if by_sms and not ((row.phone or "").isdigit() and len(row.phone or "") == 11):
        faults.append(Fault("phone", "请填写11位手机号 (eleven digits)"))
    if faults:
        raise Faults(faults, what="通知偏好没有保存 (not saved)")
    row.by_email, row.by_sms, row.muted = by_email, by_sms, sorted(set(muted))[:50]
    with acting(by=by, on=on, why="", action="notice.prefer"):
        row.save()
        record(action="notice.prefer", subject=f"user:{by.user_id}", by=by, on=on)


def deliver(*, channels: Mapping[str, Channel], now: datetime, by: Actor, limit: int = 200) -> int:
    """Send what waits for a way that is switched on; what fails says why. Returns how many were sent.

    Each message is marked in a transaction of its own, under a key that the way must treat as one message.
    """
    sent = 0
    waiting = Telling.objects.filter(state="waiting", channel__in=list(channels)).order_by("created_at")
    for telling_id in list(waiting.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = (
                Telling.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("notice")
                .filter(pk=telling_id, state="waiting")
                .first()
            )
            sent += row is not None and _send(row, channels[row.channel], now)
    return sent


def announce(*, title: str, body: str, clause: str, area_code: str, by: Actor, on: date, key: str) -> UUID:
    """A policy that every household of the area is to be told of. Raises NoticeError outside the actor's areas."""
    if not by.covers_area(area_code):
        raise NoticeError("不在您的辖区 (outside your area)", where=area_code)
    if not title.strip():
        raise NoticeError("请写明标题 (a title is needed)", where="title")
    with acting(by=by, on=on, why="", action="notice.announce"):
        notice, _ = Notice.objects.get_or_create(
            key=f"{by.user_id}:{key}"[:100],
            defaults={
                "id": new_id(), "topic": "policy", "title": title[:200], "body": body[:4000], "clause": clause[:100],
                "for_households": True, "area_code": area_code, "sent_by": by.user_id, "sent_name": by.name, "sent_on": on,
            },
        )  # fmt: skip
        record(
            action="notice.announce", subject=f"notice:{notice.pk}", by=by, on=on, detail={"area": area_code}
        )
    return notice.pk


def households_told(*, notice_id: UUID, households: Sequence[UUID], how: str, by: Actor, on: date) -> int:
    """Record that these households were told on the day; who was told before keeps the first record. Returns how many are new."""
    if how not in HOW:
        raise NoticeError("没有这种方式 (no such way)", where=how, rule="、".join(HOW))
    notice = Notice.objects.filter(pk=notice_id, for_households=True).first()
    if notice is None or not by.covers_area(notice.area_code):
        raise NoticeError("没有这条入户告知 (no such notice)", where=str(notice_id))
    with acting(by=by, on=on, why="", action="notice.households"):
        before = HouseholdTold.objects.filter(notice=notice).count()
        HouseholdTold.objects.bulk_create(
            (
                HouseholdTold(
                    id=new_id(),
                    notice=notice,
                    household_id=one,
                    how=how,
                    told_on=on,
                    told_by=by.user_id,
                    told_name=by.name,
                )
                for one in dict.fromkeys(households)
            ),
            ignore_conflicts=True,
        )
        new = HouseholdTold.objects.filter(notice=notice).count() - before
        record(
            action="notice.households",
            subject=f"notice:{notice.pk}",
            by=by,
            on=on,
            detail={"households": new},
        )
    return new


def _here(
    grant_institution: UUID | None, grant_area: str, institution_id: UUID | None, area_code: str
) -> bool:
    """Whether a grant does for an institution or area: bound to the institution, or over the area (blank: everywhere)."""
    if grant_institution is not None:
        return grant_institution == institution_id
    return area_code.startswith(grant_area)


def _tellings(notice: Notice, users: Sequence[UUID]) -> list[Telling]:
    """One row per user in the application, and one for each further way the user wants."""
    wanted = {row.user_id: row for row in Preference.objects.filter(user_id__in=users)}
    rows = []
    for user_id in users:
        rows.append(_telling(notice, user_id, "app", "sent"))
        choice = wanted.get(user_id)
        if choice and notice.topic not in choice.muted:
            rows += [
                _telling(notice, user_id, channel, "waiting")
                for channel, on in (("email", choice.by_email), ("sms", choice.by_sms))
                if on
            ]
    return rows


def _telling(notice: Notice, user_id: UUID, channel: str, state: str) -> Telling:
    return Telling(
        id=new_id(), notice=notice, user_id=user_id, channel=channel, state=state,
        told_at=notice.created_at if state == "sent" else None,
    )  # fmt: skip


def _send(row: Telling, channel: Channel, now: datetime) -> bool:
    choice = Preference.objects.filter(user_id=row.user_id).first()
    to = (choice.email if row.channel == "email" else choice.phone) if choice else None
    try:
        if not to:
            raise NoticeError("没有地址 (no address)")
        channel.send(to=to, title=row.notice.title, body=row.notice.body, key=str(row.pk))
    except KangchengError as error:
        row.state, row.problem = "failed", problem_of(error)
    else:
        row.state, row.told_at = "sent", now
    row.save(update_fields=["state", "told_at", "problem"])
    return row.state == "sent"
