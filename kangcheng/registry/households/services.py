"""Verbs on households."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.areas.selectors import unknown
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.households.models import Household, Membership
from kangcheng.registry.households.types import ROLES, NewHousehold, NewMember
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.permission import require, require_areas

_HOUSEHOLD = ("id", "number", "area_code", "batch_id")
_MEMBER = ("id", "person", "household", "role", "valid_from", "valid_to", "batch_id")


def open_household(*, new: NewHousehold, by: Actor, on: date, why: str = "") -> UUID:
    """Open a household without members; raises Faults for a number in use or an unknown area."""
    require(by, "person.write", area=new.area_code)
    _refuse([*_household_faults([new])])
    household_id = new.id or new_id()
    with acting(by=by, on=on, why=why, action="household.open"), refusing("家庭"):
        Household.objects.create(id=household_id, number=new.number, area_code=new.area_code)
        record(action="household.open", subject=f"household:{household_id}", by=by, on=on, why=why)
    return household_id


def join(*, new: NewMember, by: Actor, on: date, why: str = "") -> UUID:
    """A person joins a household, leaving the one they were in on the day before."""
    _refuse(_member_faults([new]))
    with acting(by=by, on=on, why=why, action="household.join"), refusing("家庭成员"):
        require(by, "person.write", area=locked(new.person_id).area_code)
        stay = Membership.objects.filter(
            person_id=new.person_id, valid_to=None, valid_from__lt=new.valid_from
        )
        stay.update(valid_to=new.valid_from)
        row = Membership.objects.create(
            person_id=new.person_id,
            household_id=new.household_id,
            role=new.role,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
        )
        detail = {"household": str(new.household_id), "role": new.role}
        record(
            action="household.join", subject=f"person:{new.person_id}", by=by, on=on, why=why, detail=detail
        )
    return row.pk


def leave(*, person_id: UUID, by: Actor, on: date, why: str = "") -> bool:
    """The person leaves their household on `on`; False when they were in none."""
    with acting(by=by, on=on, why=why, action="household.leave"):
        require(by, "person.write", area=locked(person_id).area_code)
        left = Membership.objects.filter(person_id=person_id, valid_to=None, valid_from__lte=on).update(
            valid_to=on
        )
        if left:
            record(action="household.leave", subject=f"person:{person_id}", by=by, on=on, why=why)
    return bool(left)


def bulk(
    households: Iterable[NewHousehold],
    members: Iterable[NewMember],
    *,
    by: Actor,
    on: date,
    why: str = "",
    batch_id: UUID | None = None,
) -> list[UUID]:
    """Open many households and seat their members (two COPYs, one audit event); returns the households' ids in order."""
    homes, seats = list(households), list(members)
    require_areas(by, "person.import", {home.area_code for home in homes})
    _refuse([*_household_faults(homes, numbered=True), *_member_faults(seats, numbered=True)])
    ids = [home.id or new_id() for home in homes]
    with acting(by=by, on=on, why=why, action="household.bulk"), refusing("家庭"):
        copy_in(
            Household,
            _HOUSEHOLD,
            ((key, home.number, home.area_code, batch_id) for key, home in zip(ids, homes, strict=True)),
        )
        copy_in(
            Membership,
            _MEMBER,
            (
                (new_id(), m.person_id, m.household_id, m.role, m.valid_from, m.valid_to, batch_id)
                for m in seats
            ),
        )
        detail = {"households": len(homes), "members": len(seats), "batch": str(batch_id or "")}
        record(action="household.bulk", subject="household:many", by=by, on=on, why=why, detail=detail)
    return ids


def _household_faults(rows: list[NewHousehold], *, numbered: bool = False) -> list[Fault]:
    missing = unknown({row.area_code for row in rows})
    faults = []
    for line, row in enumerate(rows, 1):
        place = line if numbered else None
        if not row.number.strip():
            faults.append(Fault("number", "户号为空 (household number blank)", line=place))
        if row.area_code in missing:
            faults.append(Fault("area_code", f"没有这个区划 (unknown area) {row.area_code!r}", line=place))
    return faults


def _member_faults(rows: list[NewMember], *, numbered: bool = False) -> list[Fault]:
    return [
        Fault(
            "role",
            f"没有这种与户主关系 (unknown role) {row.role!r}",
            "、".join(ROLES),
            line=line if numbered else None,
        )
        for line, row in enumerate(rows, 1)
        if row.role not in ROLES
    ]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Faults(faults, where="家庭", todo="改正后重试")
