"""Verbs on institutions: register, change, close, designate, and many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.kernel.pinyin import initials
from kangcheng.registry import vocabulary
from kangcheng.registry.areas.selectors import unknown
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.institutions import models
from kangcheng.registry.institutions.rules import check
from kangcheng.registry.institutions.types import NewInstitution
from kangcheng.registry.permission import require, require_city

PERMISSION = "institution.write"
_TERM = (
    "id", "institution", "name", "name_pinyin", "level", "type", "ownership", "governed_by", "area_code", "parent",
    "beds", "functions", "equipment", "consortium", "standardised", "longitude", "latitude", "why", "valid_from",
    "valid_to",
)  # fmt: skip
CHANGEABLE = {
    "name", "level", "type", "ownership", "governed_by", "area_code", "parent_id", "beds", "functions",
    "equipment", "consortium", "standardised", "longitude", "latitude",
}  # fmt: skip


class InstitutionError(KangchengError):
    """An institution cannot be changed as asked."""


def register(*, new: NewInstitution, by: Actor, on: date, why: str = "") -> UUID:
    """Register an institution; returns its id. Raises Faults for each wrong field."""
    return _write([new], "institution.register", by=by, on=on, why=why)[0]


def bulk(rows: Iterable[NewInstitution], *, by: Actor, on: date, why: str = "") -> list[UUID]:
    """Register many with one audit event; all of them, or none and every fault. A parent stands before its children."""
    return _write(list(rows), "institution.bulk", by=by, on=on, why=why)


def change(*, institution_id: UUID, valid_from: date, by: Actor, on: date, why: str, **changes: Any) -> None:
    """From `valid_from` the institution has another name, level, type ...: its present term ends, a new one begins."""
    strange = set(changes) - CHANGEABLE
    if strange:
        raise Faults([Fault(name, "没有这个字段 (no such field)") for name in sorted(strange)], where="机构")
    with acting(by=by, on=on, why=why, action="institution.change"), refusing("机构"):
        require(by, PERMISSION, institution=institution_id)
        term = _open_term(institution_id, valid_from)
        new = as_new(term, valid_from, {**changes, "why": why})
        faults = faults_of([new], on)
        if faults:
            raise Faults(faults, where="机构", todo="改正后重试")
        valid_to, term.valid_to = term.valid_to, valid_from
        term.save(update_fields=["valid_to"])
        models.Term.objects.create(**term_columns(institution_id, new) | {"valid_to": valid_to})
        detail = {"fields": sorted(changes), "from": valid_from.isoformat()}
        record(
            action="institution.change",
            subject=f"institution:{institution_id}",
            by=by,
            on=on,
            why=why,
            detail=detail,
        )


def close(*, institution_id: UUID, closed_on: date, by: Actor, on: date, why: str) -> None:
    """The institution is closed from `closed_on`; its designations end with it."""
    with acting(by=by, on=on, why=why, action="institution.close"):
        require_city(by, PERMISSION)
        term = _open_term(institution_id, closed_on)
        term.valid_to = closed_on
        term.save(update_fields=["valid_to"])
        open_ones = models.Designation.objects.filter(
            institution_id=institution_id, valid_to=None, valid_from__lte=closed_on
        )
        open_ones.update(valid_to=closed_on, why_ended="机构关闭")
        record(action="institution.close", subject=f"institution:{institution_id}", by=by, on=on, why=why)


def designate(
    *, institution_id: UUID, valid_from: date, by: Actor, on: date, why: str = "", scheme: str = "",
    valid_to: date | None = None,
) -> UUID:  # fmt: skip
    """The fund pays there from `valid_from`, for one scheme or for all (""). Returns the designation's id."""
    require_city(by, PERMISSION)
    with acting(by=by, on=on, why=why, action="institution.designate"), refusing("定点"):
        row = models.Designation.objects.create(
            institution_id=institution_id, scheme=scheme, valid_from=valid_from, valid_to=valid_to
        )
        detail = {"scheme": scheme, "from": valid_from.isoformat()}
        record(
            action="institution.designate",
            subject=f"institution:{institution_id}",
            by=by,
            on=on,
            why=why,
            detail=detail,
        )
    return row.pk


def end_designation(*, designation_id: UUID, valid_to: date, by: Actor, on: date, why: str) -> None:
    """The fund no longer pays there from `valid_to`."""
    require_city(by, PERMISSION)
    with acting(by=by, on=on, why=why, action="institution.undesignate"):
        row = models.Designation.objects.select_for_update().filter(pk=designation_id).first()
        if row is None or valid_to < row.valid_from:
            raise InstitutionError(
                "没有这条定点，或止期早于起期 (no such designation, or ends before it starts)"
            )
        row.valid_to, row.why_ended = valid_to, why
        row.save(update_fields=["valid_to", "why_ended"])
        subject = f"institution:{row.institution_id}"
        record(action="institution.undesignate", subject=subject, by=by, on=on, why=why)


def _write(rows: Sequence[NewInstitution], action: str, *, by: Actor, on: date, why: str) -> list[UUID]:
    require_city(by, PERMISSION)
    faults = faults_of(rows, on, numbered=action.endswith("bulk"))
    if faults:
        raise Faults(faults, where="机构", todo="改正后重试")
    ids = [row.id or new_id() for row in rows]
    with acting(by=by, on=on, why=why, action=action), refusing("机构"):
        copy_in(
            models.Institution, ("id", "code"), ((key, row.code) for key, row in zip(ids, rows, strict=True))
        )
        terms = [term_columns(key, row) for key, row in zip(ids, rows, strict=True)]
        copy_in(models.Term, _TERM, (_copied(term) for term in terms))
        copy_in(
            models.Designation,
            ("id", "institution", "scheme", "valid_from", "valid_to", "why_ended"),
            (
                (new_id(), key, "", row.designated_from, row.valid_to, "")
                for key, row in zip(ids, rows, strict=True)
                if row.designated_from
            ),
        )
        subject = f"institution:{ids[0]}" if len(ids) == 1 else "institution:many"
        record(action=action, subject=subject, by=by, on=on, why=why, detail={"rows": len(ids)})
    return ids


def faults_of(rows: Sequence[NewInstitution], on: date, *, numbered: bool = False) -> list[Fault]:
    """Every fault of the rows, their types, levels and areas as of the day."""
    types = vocabulary.codes(vocabulary.INSTITUTION_TYPES, on)
    levels = vocabulary.codes(vocabulary.LEVELS, on)
    missing = unknown(row.area_code for row in rows)
    faults = []
    for line, row in enumerate(rows, 1):
        place = line if numbered else None
        faults += check(row, types, levels, place)
        if row.area_code in missing:
            faults.append(Fault("area_code", f"没有这个区划 (unknown area) {row.area_code!r}", line=place))
    return faults


def term_columns(institution_id: UUID, new: NewInstitution) -> dict[str, Any]:
    """The columns of a stretch."""
    return {
        "institution_id": institution_id,
        "name": new.name.strip(),
        "name_pinyin": initials(new.name.strip()),
        "level": new.level,
        "type": new.type,
        "ownership": new.ownership,
        "governed_by": new.governed_by,
        "area_code": new.area_code,
        "parent_id": new.parent_id,
        "beds": new.beds,
        "functions": new.functions,
        "equipment": new.equipment,
        "consortium": new.consortium,
        "standardised": new.standardised,
        "longitude": new.longitude,
        "latitude": new.latitude,
        "why": new.why,
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
    }


def _copied(term: dict[str, Any]) -> tuple[Any, ...]:
    values = {name.removesuffix("_id"): value for name, value in term.items()} | {"id": new_id()}
    return tuple(values[name] for name in _TERM)


def _open_term(institution_id: UUID, day: date) -> models.Term:
    terms = models.Term.objects.select_for_update().filter(institution_id=institution_id, valid_from__lt=day)
    term = terms.order_by("-valid_from").first()
    if term is None or (term.valid_to is not None and term.valid_to <= day):
        raise InstitutionError(
            "该机构当日不在营 (institution not open on that day)", where=str(institution_id), todo="核对日期"
        )
    return term


def as_new(term: models.Term, valid_from: date, changes: dict[str, Any]) -> NewInstitution:
    """The stretch as it would be registered anew, with `changes`."""
    names = {field.name for field in fields(NewInstitution)} - {
        "code",
        "valid_from",
        "valid_to",
        "designated_from",
        "id",
        "why",
    }
    kept = {name: getattr(term, name) for name in names}
    return NewInstitution(code=term.institution.code, valid_from=valid_from, **{**kept, **changes})
