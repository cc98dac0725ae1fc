"""Messages in files: several HL7 v2 messages after each other, or one FHIR bundle."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from hashlib import sha256

from kangcheng.gateway.inbox.receiving import LONGEST_ID, receive
from kangcheng.gateway.inbox.types import InboxError, Incoming
from kangcheng.gateway.machines.types import Caller
from kangcheng.policy.pack import Pack
from kangcheng.records import texts
from kangcheng.records.inbox import selectors as hl7v2


def of_hl7(content: bytes, sender: str) -> list[Incoming]:
    """Every message of a file. Raises MessageError for one that cannot be read, InboxError for one of somebody else."""
    found = []
    for raw in re.split(rb"(?m)^(?=MSH)", re.sub(rb"\r\n?|\n", b"\n", content.strip(b"\x0b\x1c\r\n"))):
        if raw.strip():
            message = hl7v2.read(raw)
            if message.head.facility != sender:
                raise InboxError("不是该系统发出的消息 (of another sender)", where="MSH-4", rule=sender)
            found.append(Incoming("hl7v2", message.head.kind, message.head.control_id, message.text))
    return found


def of_bundle(content: bytes | str) -> list[Incoming]:
    """A bundle; its number is its identifier, its id, or a digest. Raises NotJson."""
    text = content.decode("utf-8-sig", "replace") if isinstance(content, bytes) else content
    bundle = texts.read(text)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise InboxError("不是 Bundle (not a Bundle)", where="resourceType")
    named = bundle.get("identifier", {})
    number = (named.get("value") if isinstance(named, dict) else "") or bundle.get("id")
    number = number if isinstance(number, str) else sha256(text.encode()).hexdigest()
    return [Incoming("fhir", str(bundle.get("type", ""))[:40], number[:LONGEST_ID], text)]


def receive_all(
    new: Iterable[Incoming], *, sender: str, caller: Caller, pack: Pack, on: date, now: datetime
) -> Iterator[str]:
    """Receive them one after the other; the state of each, or `again`."""
    for one in new:
        found = receive(new=one, sender=sender, caller=caller, pack=pack, on=on, now=now)
        yield "again" if found.again and found.state != "refused" else found.state
