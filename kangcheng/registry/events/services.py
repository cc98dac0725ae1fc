"""Verbs of life events: what one would do, record it once, take it back. Modules above hear of it by the outbox."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from django.db import transaction

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.registry.copying import refusing
from kangcheng.registry.events.effects import apply, take_back
from kangcheng.registry.events.models import LifeEvent
from kangcheng.registry.events.selectors import event
from kangcheng.registry.events.types import KINDS, Effect, NewEvent
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.permission import require

TOPIC, REVERSED = "registry.life_event", "registry.life_event.reversed"


class EventError(KangchengError):
    """An event cannot be recorded or taken back as asked."""


class _Undo(Exception):
    """Takes back what a preview wrote."""


def preview(*, new: NewEvent, by: Actor, on: date) -> list[Effect]:
    """What recording the event would change; nothing stays written. Raises what `record_event` would."""
    found: list[Effect] = []
    try:
        with transaction.atomic():
            _checked(new, by, on)
            with acting(by=by, on=on, why=new.why, action="event.preview"):
                found = apply(new, by=by, on=on)
            raise _Undo
    except _Undo:
        return found


def record_event(*, new: NewEvent, by: Actor, on: date) -> UUID:
    """Record an event with everything that follows in the registry, in one transaction; returns its id.

    Raises Faults for a day that cannot be or a missing reason, NotPermitted for a person outside the actor's areas.
    """
    with acting(by=by, on=on, why=new.why, action="event.record"), refusing("生命事件"):
        _checked(new, by, on)
        effects = apply(new, by=by, on=on)
        row = LifeEvent.objects.create(
            person_id=new.person_id, kind=new.kind, happened_on=new.happened_on, why=new.why, by_user=by.user_id,
            detail={"area": new.area_code, "other": str(new.other_id or ""), "source": new.source},
            effects=[{**asdict(one), "id": str(one.id)} for one in effects],
        )  # fmt: skip
        payload = {
            "event": str(row.pk),
            "person": str(new.person_id),
            "kind": new.kind,
            "on": new.happened_on.isoformat(),
        }
        outbox.append(TOPIC, str(new.person_id), payload)
        detail = {"kind": new.kind, "effects": len(effects)}
        record(
            action="event.record", subject=f"person:{new.person_id}", by=by, on=on, why=new.why, detail=detail
        )
    return row.pk


def reverse(*, event_id: UUID, by: Actor, on: date, why: str) -> None:
    """Take an event back: what it changed is as it was. Raises EventError, or Faults where something was changed since."""
    if not why.strip():
        raise EventError("须写明原因 (say why)", where="why")
    with acting(by=by, on=on, why=why, action="event.reverse"), refusing("撤销生命事件"):
        row = LifeEvent.objects.select_for_update().filter(pk=event_id, state="recorded").first()
        if row is None:
            raise EventError("没有这个可撤销的事件 (no such event)", where=str(event_id))
        require(by, "person.write", area=locked(row.person_id).area_code)
        take_back(event(row).effects, by=by, on=on, why=why)
        row.state, row.reversed_on, row.reversed_why = "reversed", on, why
        row.save(update_fields=["state", "reversed_on", "reversed_why"])
        outbox.append(
            REVERSED,
            str(row.person_id),
            {"event": str(row.pk), "person": str(row.person_id), "kind": row.kind},
        )
        record(action="event.reverse", subject=f"person:{row.person_id}", by=by, on=on, why=why)


def _checked(new: NewEvent, by: Actor, on: date) -> None:
    person = locked(new.person_id)
    require(by, "person.write", area=person.area_code)
    faults = []
    if new.kind not in KINDS:
        faults.append(Fault("kind", f"没有这种事件 (no such event) {new.kind!r}", "、".join(KINDS)))
    if not new.why.strip():
        faults.append(Fault("why", "须写明依据 (say by which paper)", "死亡证明、迁移证等"))
    if new.happened_on > on or new.happened_on < person.birth_on:
        faults.append(Fault("happened_on", "日期在将来或早于出生 (day cannot be)"))
    if person.death_on is not None or person.left_on is not None:
        faults.append(Fault("person_id", "该居民已死亡或迁出 (died or gone)", "先撤销原登记"))
    if faults:
        raise Faults(faults, where="生命事件", todo="改正后重试")
