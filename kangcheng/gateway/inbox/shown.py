"""A message as a page shows it: fields by name with numbers masked, what stands masked is not changed by saving it."""

import re
from dataclasses import dataclass

import orjson

from kangcheng.gateway.inbox.models import InboxMessage
from kangcheng.gateway.inbox.types import Shown
from kangcheng.kernel.ids import mask_identity
from kangcheng.records.inbox import selectors as hl7v2

IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


@dataclass(frozen=True)
class Field:
    """One field: its place, its text with numbers masked, whether it was corrected and whether a fault names it."""

    place: str
    text: str
    corrected: bool
    faulty: bool


def fields_of(row: InboxMessage) -> list[Field]:
    """The fields of a message; for FHIR none, its sender corrects it."""
    before, now = dict(_fields(row, row.body)), _fields(row, row.corrected or row.body)
    faults = [where for where, _, _ in row.faults]
    return [
        Field(
            place, masked(text), before.get(place, "") != text, any(_names(where, place) for where in faults)
        )
        for place, text in now
    ]


def edits(row: InboxMessage, given: dict[str, str]) -> dict[str, str]:
    """What was really changed of the fields as they were shown."""
    shown = {field.place: field.text for field in fields_of(row)}
    return {place: text for place, text in given.items() if shown.get(place, "") != text}


def shown(row: InboxMessage) -> Shown:
    """Everything of a message that a page needs."""
    open_ = row.state != "taken" and row.channel != "fhir"
    return Shown(
        row.pk, row.machine.title, row.channel, row.kind, row.control_id, row.state, row.created_at, row.ended_at, row.tries,
        row.mapping, row.release[:12], tuple(tuple(one) for one in row.faults), tuple(row.made), tuple(fields_of(row)), open_,
    )  # fmt: skip


def masked(text: str) -> str:
    """The text with identity numbers and phones masked."""
    return PHONE.sub(
        lambda one: f"{one[0][:3]}****{one[0][7:]}", IDENTITY.sub(lambda one: mask_identity(one[0]), text)
    )


def _fields(row: InboxMessage, text: str) -> list[tuple[str, str]]:
    if row.channel == "hl7v2":
        return hl7v2.fields_of(text)
    return list(orjson.loads(text).items()) if row.channel == "sheet" else []


def _names(where: str, place: str) -> bool:
    """Whether a fault at PID-8 or PID-5.1 is about the field PID[1]-8 or PID[1]-5."""
    return any(one.partition(".")[0] == re.sub(r"\[\d+\]", "", place) for one in where.split())
