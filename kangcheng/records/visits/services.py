"""Verbs: write a visit, correct its note."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.records import texts
from kangcheng.records.recognition import services as recognition
from kangcheng.records.store import services as store
from kangcheng.records.store.types import Draft, Stored
from kangcheng.records.validation.services import faults_of
from kangcheng.records.visits.fhir import composition, resources
from kangcheng.records.visits.types import Note, Place

PERMISSION = "record.write"
Segment = Callable[[dict[str, Any]], str]


def write(
    note: Note, *, subject: UUID, place: Place, segment: Segment, by: Actor, on: date, at: datetime, why: str = ""
) -> str:  # fmt: skip
    """Write the visit signed by `by`: everything or nothing. Returns its id. `segment` names a resource's sensitive category.

    Raises Faults with everything that is missing or wrong; nothing is written then.
    """
    _allowed(by, place)
    missing = []
    if not note.complaint.strip():
        missing.append(Fault("complaint", "未写主诉 (no complaint)", "病历书写", "写明主诉"))
    if not note.diagnoses:
        missing.append(Fault("diagnosis", "未下诊断 (no diagnosis)", "病历书写", "从 ICD-10 目录选一项"))
    if missing:
        raise Faults(missing, where="病历")
    key = str(new_id())
    made = resources(
        note, key=key, subject=subject, place=place, author=by.name, when=at.isoformat(timespec="seconds")
    )
    faults = [fault for one in made for fault in faults_of(one)]
    if faults:
        raise Faults(faults, where="病历")
    # One sensitive diagnosis keeps the whole visit apart: its note and its medicines would tell.
    apart = next(filter(None, map(segment, made)), "")
    drafts = [Draft(one, subject, one["id"], segment=apart, institution=place.id, fresh=True) for one in made]
    with transaction.atomic():
        record(
            action="visit.write",
            subject=f"visit:{key}",
            by=by,
            on=on,
            why=why,
            detail={"resources": len(made)},
        )
        store.put_many(drafts, by=by, on=on, why=why)
        recognition.keep(note.tests, subject=subject, encounter=key, institution=place.id, by=by, on=on)
    return key


def amend(
    held: Stored, note: Note, *, expect: int, place: Place, by: Actor, on: date, at: datetime, why: str
) -> Stored:
    """A new version of a note, by the institution that wrote it, saying why; the version before stays. Raises Conflict."""
    _allowed(by, place)
    if held.institution_id != place.id:
        raise KangchengError("只能更正本机构的病历 (another institution's note)", rule="谁写入谁修改")
    if not why.strip() or not note.complaint.strip():
        raise Faults(
            [Fault("why", "更正须写原因和主诉 (reason and complaint needed)", "病历书写", "补全后再签名")]
        )
    before = texts.read(held.body or "{}")
    made = composition(
        note, held.logical_id, before["subject"], before["custodian"], by.name, at.isoformat(timespec="seconds"),
        status="amended",
    )  # fmt: skip
    draft = Draft(made, held.subject_id, held.logical_id, expect, held.segment, held.institution_id)
    with transaction.atomic():
        record(action="visit.amend", subject=f"visit:{held.logical_id}", by=by, on=on, why=why)
        return store.put_many([draft], by=by, on=on, why=why)[0]


def _allowed(by: Actor, place: Place) -> None:
    if not by.may(PERMISSION) or not by.where(PERMISSION).covers_institution(place.id):
        raise KangchengError(
            "无权在此机构书写健康档案 (not permitted)", rule=PERMISSION, todo="联系安全管理员授权"
        )
