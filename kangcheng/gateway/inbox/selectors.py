"""Questions about messages: lists, one of them, and the monitor of who is connected."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from kangcheng.base.accounts.types import Actor
from kangcheng.gateway.inbox.models import InboxMessage
from kangcheng.gateway.inbox.types import PERMISSION, Connection, Day, Sender
from kangcheng.gateway.machines.models import Machine
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions.types import Institution

SPAN = 7  # days, today included: who sent within them is connected


def reach(by: Actor, on: date) -> Q:
    """The messages (and machines) the actor is responsible for: of its institutions, or of those in its areas."""
    held = by.where(PERMISSION)
    if not by.may(PERMISSION):
        return Q(pk__in=[])
    return Q() if "" in held.areas else Q(institution_id__in=list(_places(held, on)))


def messages(by: Actor, on: date) -> QuerySet[InboxMessage]:
    """Messages the actor may see, newest first; bodies are not read."""
    rows = InboxMessage.objects.filter(reach(by, on)).select_related("machine").defer("body", "corrected")
    return rows.order_by("-created_at", "pk")


def message(by: Actor, on: date, message_id: UUID) -> InboxMessage | None:
    """One message with its body, if the actor may see it."""
    return InboxMessage.objects.filter(reach(by, on), pk=message_id).select_related("machine").first()


def senders(by: Actor, on: date) -> list[Sender]:
    """Every sending system in reach with what it sent today, in the last days and what is open, by title."""
    machines = list(Machine.objects.filter(reach(by, on)).order_by("title", "pk"))
    since = on - timedelta(days=SPAN - 1)
    counts = _counts([one.pk for one in machines], since)
    days = InboxMessage.objects.filter(machine__in=machines, received_on=on).values_list("machine")
    today = dict(days.annotate(n=Count("pk")).order_by())
    rows = InboxMessage.objects.filter(machine__in=machines).values_list("machine")
    last = dict(rows.annotate(last=Max("created_at")).order_by())
    names = institutions.names([one.institution_id for one in machines if one.institution_id])
    return [
        Sender(
            one.pk, one.code, one.title, one.institution_id, names.get(one.institution_id, "") if one.institution_id else "",
            today.get(one.pk, 0), sum(counts.get((one.pk, state), 0) for state in ("taken", "refused", "waiting")),
            counts.get((one.pk, "taken"), 0), counts.get((one.pk, "refused"), 0), counts.get((one.pk, "waiting"), 0),
            last.get(one.pk), any(key[0] == one.pk for key in counts),
        )
        for one in machines
    ]  # fmt: skip


def days(by: Actor, on: date, span: int = 14) -> list[Day]:
    """Messages of each of the last days, in reach, oldest first; days without any are there too."""
    since = on - timedelta(days=span - 1)
    rows = InboxMessage.objects.filter(reach(by, on), received_on__gte=since).values_list(
        "received_on", "state"
    )
    counts = {(day, state): n for day, state, n in rows.annotate(n=Count("pk")).order_by()}
    every = [since + timedelta(days=at) for at in range(span)]
    return [
        Day(day, *(counts.get((day, state), 0) for state in ("taken", "refused", "waiting"))) for day in every
    ]


def connections(by: Actor, on: date) -> list[Connection]:
    """By type of institution: how many are open, and how many of them sent anything in the last days."""
    held = by.where(PERMISSION)
    if not by.may(PERMISSION):
        return []
    here = _open(held, on)
    since = on - timedelta(days=SPAN - 1)
    ids = InboxMessage.objects.filter(received_on__gte=since, institution_id__isnull=False)
    sending = set(ids.values_list("institution_id", flat=True).order_by().distinct())
    total, connected = (
        Counter(one.type for one in here),
        Counter(one.type for one in here if one.id in sending),
    )
    return [Connection(type_, n, connected[type_]) for type_, n in sorted(total.items())]


def _counts(machines: Iterable[UUID], since: date) -> dict[tuple[UUID, str], int]:
    rows = InboxMessage.objects.filter(machine__in=list(machines), received_on__gte=since)
    found = rows.values_list("machine", "state").annotate(n=Count("pk")).order_by()
    return {(machine, state): n for machine, state, n in found}


def _open(held: Actor, on: date) -> list[Institution]:
    """Institutions open on the day in the actor's areas, and those it is bound to."""
    found = {one.id: one for area in held.areas for one in institutions.list_on(on, area=area)}
    found |= institutions.get_many(held.institutions, on)
    return list(found.values())


def _places(held: Actor, on: date) -> set[UUID]:
    """The same as ids; a closed institution's messages stay with those who were bound to it."""
    return {one.id for one in _open(held, on)} | set(held.institutions)
