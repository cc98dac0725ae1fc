"""Register one person, or many by COPY."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.areas.selectors import unknown
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.people import models
from kangcheng.registry.people.columns import COPIED, columns, forward_identity, identity_indexes
from kangcheng.registry.people.rules import check
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.permission import require, require_areas


def register(*, new: NewPerson, by: Actor, on: date, why: str = "") -> UUID:
    """Register one person; returns the id. Raises Faults naming each wrong field, an identity number in use included."""
    require(by, "person.write", area=new.area_code)
    checked = check(new, on)
    faults = [*checked.faults, *_area_faults([checked.person])]
    if faults:
        raise Faults(faults, where="居民", todo="改正后重新登记")
    person_id = new.id or new_id()
    with acting(by=by, on=on, why=why, action="person.register"), refusing("居民"):
        forward_identity(checked.person.identity)
        models.Resident.objects.create(id=person_id, **columns(checked.person))
        record(action="person.register", subject=f"person:{person_id}", by=by, on=on, why=why)
    return person_id


def bulk(
    rows: Iterable[NewPerson], *, by: Actor, on: date, why: str = "", batch_id: UUID | None = None
) -> list[UUID]:
    """Register many people with one COPY and one audit event: all of them, or none and every fault with its row number.

    Returns their ids in the order of the rows; a row's own `id` is kept.
    """
    checks = [check(row, on, line) for line, row in enumerate(rows, 1)]
    people = [one.person for one in checks]
    require_areas(by, "person.import", {person.area_code for person in people})
    faults = [fault for one in checks for fault in one.faults]
    numbers = [person.identity for person in people]
    faults += _area_faults(people, numbered=True)
    faults += _repeated(numbers)
    faults += _registered(numbers)
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0), where="居民", todo="改正后整批重报")
    ids = [person.id or new_id() for person in people]
    with acting(by=by, on=on, why=why, action="person.bulk"), refusing("居民"):
        copy_in(models.Resident, COPIED, map(_copied, ids, people, [batch_id] * len(ids)))
        detail = {"rows": len(ids), "batch": str(batch_id or "")}
        record(action="person.bulk", subject="person:many", by=by, on=on, why=why, detail=detail)
    return ids


def registered(numbers: Iterable[str]) -> dict[str, UUID]:
    """Identity number (18 characters) -> person of those that are registered. One query."""
    asked = {index: number for number in set(numbers) for index in identity_indexes(number)}
    with connection.cursor() as sql:
        sql.execute(
            "SELECT identity_index, id FROM registry_resident "
            "WHERE identity_index = ANY(%s) AND left_why <> 'error'",
            [list(asked)],
        )
        return {asked[bytes(index)]: person_id for index, person_id in sql.fetchall()}


def _copied(person_id: UUID, person: NewPerson, batch_id: UUID | None) -> tuple[object, ...]:
    values = columns(person) | {"id": person_id, "left_why": "", "batch_id": batch_id}
    return tuple(values[name] for name in COPIED)


def _area_faults(people: Sequence[NewPerson], *, numbered: bool = False) -> list[Fault]:
    missing = unknown(
        {person.area_code for person in people} | {p.registered_area_code for p in people} - {""}
    )
    faults = []
    for line, person in enumerate(people, 1) if missing else ():
        for where in ("area_code", "registered_area_code"):
            if getattr(person, where) in missing:
                what = f"没有这个区划 (unknown area) {getattr(person, where)!r}"
                faults.append(
                    Fault(
                        where,
                        what,
                        "须在区划代码表中",
                        "核对代码，或先载入区划",
                        line=line if numbered else None,
                    )
                )
    return faults


def _repeated(numbers: Sequence[str]) -> list[Fault]:
    counts = Counter(number for number in numbers if number)
    first: dict[str, int] = {}
    faults = []
    for line, number in enumerate(numbers, 1):
        if not number or counts[number] == 1:
            continue
        if number in first:
            what = f"身份证号与第 {first[number]} 行相同 (number twice)"
            faults.append(Fault("identity", what, "一个身份证号只登记一人", "删去重复行", line=line))
        first.setdefault(number, line)
    return faults


def _registered(numbers: Sequence[str]) -> list[Fault]:
    known = registered(number for number in numbers if number)
    return [
        Fault(
            "identity", "身份证号已登记 (number registered)", "一个身份证号只登记一人", "删去该行", line=line
        )
        for line, number in enumerate(numbers, 1)
        if number in known
    ]
