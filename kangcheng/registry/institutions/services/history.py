"""Verbs on what was written about an institution: put a stretch right, take the newest change back, reopen."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import ProtectedError

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.registry.copying import refusing
from kangcheng.registry.institutions import models
from kangcheng.registry.institutions.services.register import (
    CHANGEABLE,
    PERMISSION,
    InstitutionError,
    as_new,
    faults_of,
    term_columns,
)
from kangcheng.registry.permission import require, require_city

CLOSED = "机构关闭"


def correct(*, term_id: UUID, by: Actor, on: date, why: str, **changes: Any) -> tuple[str, ...]:
    """Put right what a stretch says (it was always so); returns the fields that differ. The old words stay in the history.

    Raises Faults for a value that cannot be, InstitutionError for an unknown stretch or a missing reason.
    """
    strange = set(changes) - CHANGEABLE
    if strange:
        raise Faults([Fault(name, "没有这个字段 (no such field)") for name in sorted(strange)], where="机构")
    with acting(by=by, on=on, why=why, action="institution.correct"), refusing("机构"):
        term = _term(term_id)
        require(by, PERMISSION, institution=term.institution_id)
        _reasoned(why)
        new = as_new(term, term.valid_from, {**changes, "why": term.why})
        if faults := faults_of([new], on):
            raise Faults(faults, where="机构", todo="改正后重试")
        values = term_columns(term.institution_id, new) | {"valid_to": term.valid_to}
        changed = tuple(name for name in values if getattr(term, name) != values[name])
        if changed:
            models.Term.objects.filter(pk=term.pk).update(**{name: values[name] for name in changed})
            _record("institution.correct", term.institution_id, by, on, why, {"fields": list(changed)})
    return changed


def undo(*, institution_id: UUID, by: Actor, on: date, why: str) -> str:
    """Take back the newest act on the institution: "closed", "changed" or "opened"; returns which.

    An opening goes only while nothing hangs on the institution. Raises InstitutionError.
    """
    with acting(by=by, on=on, why=why, action="institution.undo"), refusing("机构"):
        require_city(by, PERMISSION)
        _reasoned(why)
        terms = models.Term.objects.select_for_update().filter(institution_id=institution_id)
        newest = list(terms.order_by("-valid_from")[:2])
        if not newest:
            raise InstitutionError("没有这个机构 (no such institution)", where=str(institution_id))
        what = _take_back(newest)
        _record("institution.undo", institution_id, by, on, why, {"act": what})
    return what


def _take_back(newest: list[models.Term]) -> str:
    last = newest[0]
    if last.valid_to is not None:
        _reopen(last)
        return "closed"
    if len(newest) > 1 and newest[1].valid_to == last.valid_from:
        last.delete()
        models.Term.objects.filter(pk=newest[1].pk).update(valid_to=None)
        return "changed"
    _unregister(last.institution_id)
    return "opened"


def _reopen(last: models.Term) -> None:
    closed_on = last.valid_to
    models.Term.objects.filter(pk=last.pk).update(valid_to=None)
    models.Designation.objects.filter(
        institution_id=last.institution_id, valid_to=closed_on, why_ended=CLOSED
    ).update(valid_to=None, why_ended="")


def _unregister(institution_id: UUID) -> None:
    try:
        models.Term.objects.filter(institution_id=institution_id).delete()
        models.Designation.objects.filter(institution_id=institution_id).delete()
        models.Institution.objects.filter(pk=institution_id).delete()
    except ProtectedError as error:
        raise InstitutionError(
            "该机构已有人员或下级机构 (staff or children hang on it)", todo="先移出人员和下级机构，或办理关闭"
        ) from error


def _term(term_id: UUID) -> models.Term:
    found = models.Term.objects.select_for_update().select_related("institution").filter(pk=term_id).first()
    if found is None:
        raise InstitutionError("没有这段情况 (no such stretch)", where=str(term_id))
    return found


def _reasoned(why: str) -> None:
    if not why.strip():
        raise InstitutionError("须写明原因 (say why)", where="why", todo="填写原因或依据")


def _record(action: str, institution_id: UUID, by: Actor, on: date, why: str, detail: dict[str, Any]) -> None:
    record(action=action, subject=f"institution:{institution_id}", by=by, on=on, why=why, detail=detail)
