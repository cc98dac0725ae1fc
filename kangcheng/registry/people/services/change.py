"""Change what is known of one person; record death or departure."""

from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.registry.areas.selectors import unknown
from kangcheng.registry.copying import refusing
from kangcheng.registry.people import models
from kangcheng.registry.people.columns import columns, forward_identity
from kangcheng.registry.people.rules import check
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.permission import require

CHANGEABLE = (
    "name", "sex", "birth_on", "death_on", "ethnicity", "identity", "phone", "address", "area_code",
    "registered_area_code",
)  # fmt: skip


def update(*, person_id: UUID, by: Actor, on: date, why: str = "", **changes: Any) -> tuple[str, ...]:
    """Change fields of NewPerson (`name=`, `phone=` ...); returns the names of those that really changed.

    Raises Faults for a value that cannot be, PersonMissing for an unknown person.
    """
    strange = [Fault(name, "没有这个字段 (no such field)") for name in changes if name not in CHANGEABLE]
    if strange:
        raise Faults(strange, where="居民")
    with acting(by=by, on=on, why=why, action="person.update"), refusing("居民"):
        row = locked(person_id)
        require(by, "person.write", area=row.area_code)
        old = _given(row)
        new = check(NewPerson(**{**old, **changes}), on)
        faults = [*new.faults, *_missing_area(new.person)]
        if faults:
            raise Faults(faults, where="居民", todo="改正后重试")
        require(by, "person.write", area=new.person.area_code)
        changed = tuple(name for name in CHANGEABLE if getattr(new.person, name) != old[name])
        if changed:
            forward_identity(new.person.identity)
            values = columns(new.person)
            values.pop("source")
            models.Resident.objects.filter(pk=row.pk).update(**values)
            detail = {"fields": list(changed)}
            record(action="person.update", subject=f"person:{row.pk}", by=by, on=on, why=why, detail=detail)
    return changed


def record_death(*, person_id: UUID, death_on: date, by: Actor, on: date, why: str = "") -> None:
    """Record the day of death; what it ends (coverage, accounts) hears of it by the outbox."""
    update(person_id=person_id, death_on=death_on, by=by, on=on, why=why)
    with acting(by=by, on=on, why=why, action="person.death"):
        outbox.append(
            "registry.person.died", str(person_id), {"person": str(person_id), "on": death_on.isoformat()}
        )


def leave(*, person_id: UUID, reason: str, by: Actor, on: date, why: str = "") -> None:
    """The person moved away ("moved"), or should never have been registered ("error": the number is free again)."""
    if reason not in ("moved", "error"):
        raise Faults(
            [Fault("reason", f"没有这种注销原因 (no such reason) {reason!r}", "moved 或 error")], where="居民"
        )
    with acting(by=by, on=on, why=why, action="person.leave"):
        row = locked(person_id)
        require(by, "person.write", area=row.area_code)
        row.left_on, row.left_why = on, reason
        row.save(update_fields=["left_on", "left_why"])
        detail = {"reason": reason}
        record(action="person.leave", subject=f"person:{row.pk}", by=by, on=on, why=why, detail=detail)


def _given(row: models.Resident) -> dict[str, Any]:
    return {name: _text(getattr(row, name), name) for name in CHANGEABLE}


def _text(value: Any, name: str) -> Any:
    return "" if value is None and name in ("identity", "phone", "address") else value


def _missing_area(person: NewPerson) -> list[Fault]:
    missing = unknown({person.area_code, person.registered_area_code} - {""})
    return [
        Fault(name, f"没有这个区划 (unknown area) {code!r}", "须在区划代码表中")
        for name, code in (
            ("area_code", person.area_code),
            ("registered_area_code", person.registered_area_code),
        )
        if code in missing
    ]
