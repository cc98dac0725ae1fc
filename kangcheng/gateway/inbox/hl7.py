"""One HL7 v2 message in, its acknowledgement out."""

from datetime import datetime
from uuid import uuid4

import structlog

from kangcheng.gateway.inbox.receiving import PURPOSE, receive
from kangcheng.gateway.inbox.types import InboxError, Incoming
from kangcheng.gateway.machines.selectors import caller_of, named
from kangcheng.gateway.machines.types import Caller
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.pack import Pack
from kangcheng.records.inbox import selectors as hl7v2
from kangcheng.records.inbox.selectors import Head, Message

log = structlog.get_logger(__name__)
CODES = {"taken": "AA", "waiting": "AA", "refused": "AE"}


def answer(raw: bytes, *, peer: str, pack: Pack, now: datetime) -> bytes:
    """Keep and take the message; AA taken or waiting for people, AE kept with faults, AR not kept.

    `peer` is the name on the sender's certificate, "" where the line itself is trusted: it must be the sending facility.
    What the database raises becomes AR, so that the sender sends again.
    """
    head: Head | None = None
    try:
        message = hl7v2.read(raw)
        head = message.head
        code, words = _received(message, peer, pack, now)
    except KangchengError as error:
        code, words = "AR", str(error)
    except Exception:  # a line stays open whatever one message does; nothing was kept, the sender tries again
        log.exception("message failed", kind=head.kind if head else "")
        code, words = "AR", "系统内部错误，请稍后重发 (try again later)"
    return hl7v2.acknowledgement(head, code, words, now.astimezone(CHINA_TZ), uuid4().hex[:20])


def _received(message: Message, peer: str, pack: Pack, now: datetime) -> tuple[str, str]:
    head, on = message.head, now.astimezone(CHINA_TZ).date()
    caller = _sender(head, peer, now)
    new = Incoming("hl7v2", head.kind, head.control_id, message.text)
    found = receive(new=new, sender=head.facility, caller=caller, pack=pack, on=on, now=now)
    words = "；".join(f"{fault.where} {fault.what}" for fault in found.faults)
    return CODES[found.state], words if found.state == "refused" else ""


def _sender(head: Head, peer: str, now: datetime) -> Caller:
    if peer and peer != head.facility:
        raise InboxError("发送机构与证书不符 (facility differs from the certificate)", where="MSH-4")
    machine = named(head.facility) if head.facility else None
    on = now.astimezone(CHINA_TZ).date()
    caller = caller_of(machine.pk, PURPOSE, on) if machine else None
    if caller is None:
        raise InboxError(
            "发送机构未登记为接入系统，或已停用 (unknown sender)", where="MSH-4", rule="MSH-4 为接入系统代号",
            todo="kangcheng machines register",
        )  # fmt: skip
    return caller
