"""Verbs on guardians and agents."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.periods import period_fault, person_faults
from kangcheng.registry.permission import require
from kangcheng.registry.relations.models import PersonRelation
from kangcheng.registry.relations.types import KINDS, NewRelation

_COLUMNS = ("id", "person", "holder", "kind", "valid_from", "valid_to", "evidence", "granted_by")


class RelationError(KangchengError):
    """A relation cannot be ended as asked."""


def grant(*, new: NewRelation, by: Actor, on: date, why: str = "") -> UUID:
    """Register a guardian or an agent; an agent needs evidence (a letter of authority) and a last day (Faults)."""
    return _write([new], "relation.grant", "person.write", by=by, on=on, why=why)[0]


def bulk(rows: Iterable[NewRelation], *, by: Actor, on: date, why: str = "") -> list[UUID]:
    """Register many with one COPY and one audit event."""
    return _write(list(rows), "relation.bulk", "person.import", by=by, on=on, why=why)


def end(*, relation_id: UUID, by: Actor, on: date, why: str) -> None:
    """The holder may no longer act for the person from `on`."""
    with acting(by=by, on=on, why=why, action="relation.end"):
        row = PersonRelation.objects.select_for_update().filter(pk=relation_id).first()
        if row is None or (row.valid_to and row.valid_to <= on):
            raise RelationError("没有这条在用关系 (no such relation in force)")
        require(by, "person.write", area=locked(row.person_id).area_code)
        row.valid_to = max(on, row.valid_from)
        row.save(update_fields=["valid_to"])
        record(
            action="relation.end",
            subject=f"person:{row.person_id}",
            by=by,
            on=on,
            why=why,
            detail={"kind": row.kind},
        )


def _write(
    rows: Sequence[NewRelation], action: str, permission: str, *, by: Actor, on: date, why: str
) -> list[UUID]:
    many = action.endswith("bulk")
    faults = person_faults(by, permission, (row.person_id for row in rows), numbered=many)
    faults += _faults(rows, numbered=many)
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0), where="监护与代理", todo="改正后重试")
    ids = [new_id() for _ in rows]
    with acting(by=by, on=on, why=why, action=action), refusing("监护与代理"):
        copy_in(
            PersonRelation,
            _COLUMNS,
            (
                (key, r.person_id, r.holder_id, r.kind, r.valid_from, r.valid_to, r.evidence, by.user_id)
                for key, r in zip(ids, rows, strict=True)
            ),
        )
        subject = "relation:many" if many else f"person:{rows[0].person_id}"
        record(action=action, subject=subject, by=by, on=on, why=why, detail={"rows": len(rows)})
    return ids


def _faults(rows: Sequence[NewRelation], *, numbered: bool) -> list[Fault]:
    faults: list[Fault | None] = []
    for line, row in enumerate(rows, 1):
        place = line if numbered else None
        if row.kind not in KINDS:
            faults.append(
                Fault("kind", f"没有这种关系 (unknown kind) {row.kind!r}", "、".join(KINDS), line=place)
            )
        if row.kind == "agent" and (not row.evidence or row.valid_to is None):
            faults.append(
                Fault(
                    "evidence",
                    "代理须有授权书和止期 (agency needs a letter and a last day)",
                    "授权委托",
                    line=place,
                )
            )
        faults.append(period_fault(row.valid_from, row.valid_to, place))
    return [fault for fault in faults if fault]
