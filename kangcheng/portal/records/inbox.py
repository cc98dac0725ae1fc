"""The inbox: who is connected, which messages failed, one of them corrected and played again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.base.audit import acting, record
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.records import inbox_source as source
from kangcheng.portal.words import Words, t

STATES = {
    "taken": Words("已入库", "taken"),
    "refused": Words("有错误", "refused"),
    "waiting": Words("待认定居民", "waiting for a resident"),
}
CHANNELS = {
    "hl7v2": Words("HL7 v2", "HL7 v2"),
    "fhir": Words("FHIR", "FHIR"),
    "sheet": Words("表格", "Sheet"),
}
TONES = {"taken": "good", "refused": "bad", "waiting": "warn"}
SENDERS = (
    Column(
        "title",
        Words("接入系统", "System"),
        link=lambda r: f"{reverse('portal:inbox_messages')}?sender={r.code}",
    ),
    Column("institution", Words("机构", "Institution")),
    Column("today", Words("今日", "Today"), "number"),
    Column("days", Words("近 7 日", "7 days"), "number"),
    Column("taken", Words("入库", "Taken"), "number"),
    Column("refused", Words("有错误", "Refused"), "number"),
    Column("waiting", Words("待认定", "Waiting"), "number"),
    Column("last", Words("最近一条", "Last"), "moment"),
    Column(
        "state",
        Words("状态", "State"),
        "tag",
        source=lambda r: t("在用", "connected") if r.connected else t("无消息", "silent"),
        tone=lambda r: "good" if r.connected else "bad",
    ),
)
COLUMNS = (
    Column("created_at", Words("收到", "Received"), "moment", order="created_at", link=lambda r: _address(r.pk)),
    Column("sender", Words("接入系统", "System"), source="machine.title", order="machine__title"),
    Column("channel", Words("方式", "Way"), source=lambda r: CHANNELS[r.channel]),
    Column("kind", Words("类型", "Kind"), "code", order="kind"),
    Column("control_id", Words("消息号", "Number"), "code"),
    Column(
        "state", Words("状态", "State"), "tag", source=lambda r: STATES[r.state], order="state",
        tone=lambda r: TONES[r.state],
    ),
    Column("fault", Words("错误", "Fault"), source=lambda r: "；".join(f"{f[0]} {f[1]}" for f in r.faults[:2])),
    Column("tries", Words("次数", "Tries"), "number", order="tries"),
)  # fmt: skip
FILTERS = (
    Filter("state", Words("状态", "State"), "state", choices=tuple(STATES.items()), kind="choice"),
    Filter("sender", Words("接入系统代号", "System code"), "machine__code"),
    Filter("kind", Words("类型", "Kind"), "kind__startswith"),
    Filter("day", Words("收到日期", "Received on"), "received_on", kind="day"),
)


@page("inbox.work")
def inbox(request: Asking) -> HttpResponse:
    """The monitor: connection rate, messages a day, every sending system with its last message."""
    ask, given = source.selectors(), (request.actor, request.today)
    rows = ask.senders(*given)
    if wants_sheet(request):
        return sheet(request, rows, SENDERS, name=t("接入监测", "inbox"))
    types = [
        (citypack.title("institution-types", one.type), one, _percent(one.connected, one.open))
        for one in ask.connections(*given)
    ]
    total, connected = sum(one.open for _, one, _ in types), sum(one.connected for _, one, _ in types)
    shown = {
        "listing": listing(request, rows, SENDERS, empty=Words("没有接入系统", "No system is connected")),
        "types": types, "total": total, "connected": connected, "rate": _percent(connected, total), "days": ask.days(*given),
        "open": sum(one.refused + one.waiting for one in rows),
    }  # fmt: skip
    return render(request, "portal/records/inbox.html", shown)


@page("inbox.work")
def inbox_messages(request: Asking) -> HttpResponse:
    """Messages, newest first."""
    rows = source.selectors().messages(request.actor, request.today)
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=t("接入消息", "messages"))
    empty = Words("没有符合条件的消息", "No message matches")
    found = listing(request, rows, COLUMNS, filters=FILTERS, empty=empty)
    return render(request, "portal/records/inbox_messages.html", {"listing": found})


@page("inbox.work")
def inbox_message(request: Asking, message_id: UUID) -> HttpResponse:
    """One message: its fields and faults. That it was opened is written down."""
    one = source.shown().shown(_message(request, message_id))
    with acting(by=request.actor, on=request.today, why="", action="inbox.look"):
        record(action="inbox.look", subject=f"message:{one.id}", by=request.actor, on=request.today)
    shown = {
        "one": one,
        "state": STATES[one.state],
        "tone": TONES[one.state],
        "channel": CHANNELS[one.channel],
    }
    return render(request, "portal/records/inbox_message.html", shown)


@page("inbox.work")
@require_POST
def inbox_correct(request: Asking, message_id: UUID) -> HttpResponse:
    """Save corrected fields and play the message again."""
    given = {name.removeprefix("f:"): request.POST[name] for name in request.POST if name.startswith("f:")}
    changes = source.shown().edits(_message(request, message_id), given)
    why = request.POST.get("why", "").strip()
    done = source.services().correct(message_id=message_id, fields=changes, why=why, **_acting(request))
    return _told(request, message_id, done.state)


@page("inbox.work")
@require_POST
def inbox_replay(request: Asking, message_id: UUID) -> HttpResponse:
    """Play the message again as it is."""
    _message(request, message_id)
    done = source.services().replay(message_id=message_id, **_acting(request))
    return _told(request, message_id, done.state)


def _message(request: Asking, message_id: UUID) -> Any:
    row = source.selectors().message(request.actor, request.today, message_id)
    if row is None:
        raise NotFound(t("没有这条消息", "No such message"))
    return row


def _acting(request: Asking) -> dict[str, Any]:
    return {"by": request.actor, "on": request.today, "pack": citypack.pack(), "now": timezone.now()}


def _told(request: Asking, message_id: UUID, state: str) -> HttpResponse:
    words = {
        "taken": t("已入库", "Taken into the record"),
        "refused": t("仍有错误，见下", "Still refused: see below"),
        "waiting": t(
            "居民待认定，认定后再重放", "Waits: play it again once people have decided who the resident is"
        ),
    }
    (messages.success if state == "taken" else messages.warning)(request, words[state])
    return redirect(_address(message_id))


def _address(message_id: UUID) -> str:
    return reverse("portal:inbox_message", args=(message_id,))


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}%" if whole else "—"
