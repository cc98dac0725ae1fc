"""Verbs of the inbox: receive a message once, correct it, play it again."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

import orjson
from django.db import transaction

from kangcheng.access.errors import NotPermitted
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.gateway.inbox.applying import apply
from kangcheng.gateway.inbox.models import InboxMessage
from kangcheng.gateway.inbox.selectors import reach
from kangcheng.gateway.inbox.types import MOST_BYTES, PERMISSION, Effect, InboxError, Incoming, Outcome
from kangcheng.gateway.machines.selectors import caller_of
from kangcheng.gateway.machines.types import Caller
from kangcheng.kernel.errors import Fault
from kangcheng.policy.pack import Pack
from kangcheng.records import texts
from kangcheng.records.inbox import selectors as hl7v2
from kangcheng.records.inbox.types import MessageError

PURPOSE = "treatment"
LONGEST_ID = 128


def receive(*, new: Incoming, sender: str, caller: Caller, pack: Pack, on: date, now: datetime) -> Outcome:
    """Keep a message and take it into the record; once per (sender, channel, message number).

    The same message again answers as the first time; one that was refused is tried again. Raises InboxError for a
    message without a number, too large, or with the number of another one.
    """
    digest = sha256(new.body.encode()).digest()
    _refuse(new)
    with transaction.atomic():
        row, made = InboxMessage.objects.select_for_update().get_or_create(
            machine_id=caller.actor.user_id, channel=new.channel, control_id=new.control_id,
            defaults={
                "institution_id": caller.institution, "kind": new.kind[:40], "digest": digest, "body": new.body,
                "mapping": new.mapping, "state": "refused", "received_on": on,
            },
        )  # fmt: skip
        if not made and bytes(row.digest) != digest:
            raise InboxError(
                "消息号已用于另一条消息 (number of another message)", where=new.control_id, rule="消息号在发送方唯一",
                todo="换一个消息号重发",
            )  # fmt: skip
        if made or row.state == "refused":
            _try(row, sender, caller, pack, on, now)
        return Outcome(row.pk, row.state, faults_of(row), again=not made)


def correct(
    *, message_id: UUID, fields: Mapping[str, str], why: str, by: Actor, on: date, pack: Pack, now: datetime
) -> Outcome:
    """Change fields (PID[1]-5, or a column) of a message that was not taken, and play it again.

    What came stays as it came; the audit log keeps which fields were changed, not their text.
    """
    if not fields:
        raise InboxError("没有改动 (nothing changed)", where="fields")
    with acting(by=by, on=on, why=why, action="inbox.correct"):
        row = _open(message_id, by, on)
        row.corrected = _changed(row, fields)
        detail = {"fields": sorted(fields), "channel": row.channel}
        record(action="inbox.correct", subject=f"message:{row.pk}", by=by, on=on, why=why, detail=detail)
        return _again(row, pack, on, now)


def replay(*, message_id: UUID, by: Actor, on: date, pack: Pack, now: datetime, why: str = "") -> Outcome:
    """Try a message again that was not taken: the resident has been decided, or the pack has learned."""
    with acting(by=by, on=on, why=why, action="inbox.replay"):
        row = _open(message_id, by, on)
        record(action="inbox.replay", subject=f"message:{row.pk}", by=by, on=on, why=why)
        return _again(row, pack, on, now)


def replay_waiting(*, by: Actor, on: date, pack: Pack, now: datetime, limit: int = 500) -> int:
    """Try every message whose resident was undecided, oldest try first; returns how many are taken now."""
    ids = InboxMessage.objects.filter(state="waiting").order_by("ended_at", "pk").values_list("pk", flat=True)
    return sum(
        replay(message_id=one, by=by, on=on, pack=pack, now=now).state == "taken" for one in list(ids[:limit])
    )


def faults_of(row: InboxMessage) -> tuple[Fault, ...]:
    """The faults of a message as they were told."""
    return tuple(Fault(where, what, rule) for where, what, rule in row.faults)


def _try(row: InboxMessage, sender: str, caller: Caller, pack: Pack, on: date, now: datetime) -> None:
    body = row.corrected or row.body
    effect = apply(row.channel, row.kind, body, row.mapping, sender, caller, pack, on, now)
    _note(row, effect, pack, now)


def _note(row: InboxMessage, effect: Effect, pack: Pack, now: datetime) -> None:
    row.state, row.made, row.person_id = effect.state, list(effect.made), effect.person_id
    row.faults = [[_masked(text)[:500] for text in (one.where, one.what, one.rule)] for one in effect.faults]
    row.mapping, row.release = row.mapping or effect.mapping, pack.release_hash[:64]
    row.ended_at, row.tries = now, row.tries + 1
    row.save(
        update_fields=[
            "state", "made", "person_id", "faults", "mapping", "release", "ended_at", "tries", "corrected",
        ]
    )  # fmt: skip


def _masked(text: str) -> str:
    """The words of a fault without an identity number in them."""
    return str(orjson.loads(texts.write(text)))


def _refuse(new: Incoming) -> None:
    if not new.control_id.strip() or len(new.control_id) > LONGEST_ID:
        raise InboxError(
            "消息号为空或过长 (message number missing or too long)",
            where="MSH-10",
            rule=f"1 至 {LONGEST_ID} 字",
        )
    if len(new.body.encode()) > MOST_BYTES:
        raise InboxError("消息过大 (message too large)", where="message", rule=f"至多 {MOST_BYTES} 字节")
    if "\0" in new.body:
        raise InboxError("含不能保存的字符 (cannot be stored)", where="message")


def _open(message_id: UUID, by: Actor, on: date) -> InboxMessage:
    """The message, locked, if the actor may work on it and it is still open."""
    if not by.may(PERMISSION):
        raise NotPermitted(
            "您的角色不能进行此操作 (not permitted)", rule="需要权限：处理接入消息 (inbox.work)"
        )
    rows = InboxMessage.objects.select_for_update(of=("self",)).select_related("machine")
    row = rows.filter(reach(by, on), pk=message_id).first()
    if row is None:
        raise InboxError("没有这条消息，或不在您的职责范围内 (no such message)", where=str(message_id))
    if row.state == "taken":
        raise InboxError(
            "消息已入库，不能改 (already taken)", where=str(message_id), todo="由发送方发更正消息"
        )
    return row


def _changed(row: InboxMessage, fields: Mapping[str, str]) -> str:
    text = row.corrected or row.body
    if row.channel == "hl7v2":
        return hl7v2.changed(text, fields)
    if row.channel == "sheet":
        cells = orjson.loads(text)
        unknown = set(fields) - set(cells)
        if unknown:
            raise MessageError("没有这一列 (no such column)", where=min(unknown)[:40])
        return orjson.dumps(cells | dict(fields)).decode()
    raise InboxError("FHIR 消息由发送方改正后重发 (corrected by its sender)", where="fhir")


def _again(row: InboxMessage, pack: Pack, on: date, now: datetime) -> Outcome:
    caller = caller_of(row.machine_id, PURPOSE, on)
    if caller is None:
        raise InboxError("发送方已停用 (the sender is served no more)", where=row.machine.code)
    _try(row, row.machine.code, caller, pack, on, now)
    return Outcome(row.pk, row.state, faults_of(row), again=True)
