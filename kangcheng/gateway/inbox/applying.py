"""A message into the record: mapped, checked whole, its resident found or made by matching, all of it kept or nothing."""

from datetime import date, datetime

import orjson
from django.db import DataError, transaction

from kangcheng.gateway.fhir import newcomers, writing
from kangcheng.gateway.fhir.exchange import Asked
from kangcheng.gateway.inbox.types import Effect
from kangcheng.gateway.machines.types import Caller
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.policy.pack import Pack
from kangcheng.records import texts
from kangcheng.records.inbox import selectors as inbox
from kangcheng.records.inbox.types import RESIDENT, Mapping, Result
from kangcheng.records.validation.services import faults_of
from kangcheng.registry.matching import services as matching

WHYS = {"hl7v2": "HL7 v2", "fhir": "FHIR", "sheet": "表格"}
MOST_FAULTS = 100


def apply(
    channel: str,
    kind: str,
    body: str,
    mapping_id: str,
    sender: str,
    caller: Caller,
    pack: Pack,
    on: date,
    now: datetime,
) -> Effect:
    """What the message does; with faults nothing stays of it. Never raises for what was sent."""
    named = mapping_id
    try:
        with transaction.atomic():
            mapping = _mapping(channel, kind, mapping_id, sender, pack)
            named = mapping.id if mapping else ""
            result = _mapped(channel, body, sender, mapping)
            refuse(list(result.faults))
            return _kept(result, named, channel, caller, on, now)
    except Faults as error:
        return Effect("refused", named, error.faults[:MOST_FAULTS])
    except KangchengError as error:
        return Effect("refused", named, (Fault(error.where, error.what, error.rule, error.todo),))
    except DataError:  # its own words would quote what was sent
        what = "内容过长、超出范围或含不能保存的字符 (cannot be stored)"
        return Effect("refused", named, (Fault("message", what),))


def _mapping(channel: str, kind: str, mapping_id: str, sender: str, pack: Pack) -> Mapping | None:
    if channel == "fhir":
        return None
    found = inbox.named(pack, mapping_id) if mapping_id else inbox.for_message(pack, kind, sender)
    if found is None:
        raise KangchengError(
            f"没有适用于这类消息的映射 (no mapping) {kind[:40]!r}", where="MSH-9" if channel == "hl7v2" else "mapping",
            rule="政策包的 mapping 条目", todo="在包里为这类消息写一份映射，再重放",
        )  # fmt: skip
    return found


def _mapped(channel: str, body: str, sender: str, mapping: Mapping | None) -> Result:
    if mapping is None:
        bundle = texts.read(body)
        refuse(faults_of(bundle))
        return inbox.of_bundle(bundle, sender)
    if channel == "sheet":
        return inbox.of_row(mapping, orjson.loads(body), sender)
    return inbox.of_message(mapping, inbox.Message(body), sender)


def _kept(result: Result, mapping: str, channel: str, caller: Caller, on: date, now: datetime) -> Effect:
    patient = result.patient or {}
    refuse(_not_allowed(result, caller) + faults_of(patient) + _invalid(result))
    asked = Asked("POST", (), [], {"x-reason": WHYS[channel]}, b"", caller, on, now, "")
    new = newcomers.record_of(asked, patient)
    found = matching.receive(new=new, by=caller.actor, on=on, why=WHYS[channel])
    if found.person_id is None:
        told = tuple(Fault("Patient", doubt) for doubt in found.doubts or ("待认定 (undecided)",))
        return Effect("waiting", mapping, told)
    person = newcomers.meet(asked, found.person_id)
    led = {RESIDENT: f"Patient/{person.id}"}
    wishes = [
        writing.Wish(inbox.redirected(one.resource, led) | {"id": one.logical_id}, one.logical_id)
        for one in result.made
    ]
    rows = writing.keep(asked, wishes)
    return Effect("taken", mapping, (), tuple(f"{row.type}/{row.logical_id}" for row in rows), person.id)


def _not_allowed(result: Result, caller: Caller) -> list[Fault]:
    """Types that the sender's scopes do not let it write; a message may always be a new version."""
    wanted = {("Patient", "c")} | {(one.type, letter) for one in result.made for letter in "cu"}
    return [
        Fault(kind, "接入系统的范围不含此写入 (outside the machine's scopes)", f"system/{kind}.{letter}")
        for kind, letter in sorted(wanted)
        if not caller.scopes.allow(kind, letter)
    ]


def _invalid(result: Result) -> list[Fault]:
    return [fault for one in result.made for fault in faults_of(one.resource)]


def refuse(faults: list[Fault]) -> None:
    """Raise all faults at once, if there are any."""
    if faults:
        raise Faults(faults)
