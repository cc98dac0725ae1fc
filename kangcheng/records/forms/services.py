"""Verbs: put a filled form into a resident's record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import record
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.records.forms import rules
from kangcheng.records.forms.fhir import observations, response
from kangcheng.records.forms.types import Answer, Form
from kangcheng.records.store import services as store
from kangcheng.records.store.types import Draft, Stored
from kangcheng.records.validation.services import faults_of

PERMISSION = "record.write"


def submit(
    form: Form, answers: Mapping[str, Answer], *, subject: UUID, institution: UUID | None = None, by: Actor, on: date,
    at: datetime, why: str = "",
) -> list[Stored]:  # fmt: skip
    """Check the answers and write the QuestionnaireResponse and the Observations taken out of it, all or none.

    `subject`: the resident's id, known to the caller to exist; `at`: when it was filled in. Raises Faults with every item
    that is wrong; nothing is written then.
    """
    if not by.may(PERMISSION):
        raise KangchengError("无权书写健康档案 (not permitted)", rule=PERMISSION, todo="联系安全管理员授权")
    found = rules.outcome(form, answers)
    if found.faults:
        raise Faults(found.faults, where=form.title)
    patient, when = f"Patient/{subject}", at.isoformat(timespec="seconds")
    key = str(new_id())
    answered = {**response(form, found, subject=patient, authored=when), "id": key}
    taken = observations(form, found, subject=patient, when=when, source=f"QuestionnaireResponse/{key}")
    faults = [fault for one in (answered, *taken) for fault in faults_of(one)]
    if faults:
        raise Faults(faults, where=form.title)
    drafts = [Draft(answered, subject, key, institution=institution, fresh=True)]
    drafts += [Draft(one, subject, institution=institution) for one in taken]
    with transaction.atomic():
        record(
            action="form.submit", subject=f"form:{form.id}", by=by, on=on, why=why, detail={"response": key}
        )
        return store.put_many(drafts, by=by, on=on, why=why)
