"""Verbs on staff: hire, end, and many at once."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.periods import period_fault
from kangcheng.registry.permission import require
from kangcheng.registry.staff.models import Staff, StaffHours
from kangcheng.registry.staff.types import NewStaff

PERMISSION = "staff.write"
_COLUMNS = (
    "id", "institution", "person", "name", "post", "department", "licence_kind", "licence_number", "title", "contract",
    "main", "managing", "user_id", "valid_from", "valid_to",
)  # fmt: skip


class StaffError(KangchengError):
    """A post cannot be ended as asked."""


def hire(*, new: NewStaff, by: Actor, on: date, why: str = "") -> UUID:
    """A person takes up a post; the same licence twice in one institution at one time is refused (Faults)."""
    return _write([new], "staff.hire", by=by, on=on, why=why)[0]


def bulk(rows: Iterable[NewStaff], *, by: Actor, on: date, why: str = "") -> list[UUID]:
    """Many posts with one COPY and one audit event."""
    return _write(list(rows), "staff.bulk", by=by, on=on, why=why)


def end(*, staff_id: UUID, valid_to: date, by: Actor, on: date, why: str) -> None:
    """The post is given up: its last day is the day before `valid_to`."""
    with acting(by=by, on=on, why=why, action="staff.end"):
        row = Staff.objects.select_for_update().filter(pk=staff_id).first()
        if row is None or valid_to < row.valid_from:
            raise StaffError("没有这个岗位，或止期早于起期 (no such post, or ends before it starts)")
        require(by, PERMISSION, institution=row.institution_id)
        row.valid_to = valid_to
        row.save(update_fields=["valid_to"])
        StaffHours.objects.filter(staff=row, valid_from__gte=valid_to).delete()
        StaffHours.objects.filter(staff=row).exclude(valid_to__lte=valid_to).update(valid_to=valid_to)
        record(action="staff.end", subject=f"institution:{row.institution_id}", by=by, on=on, why=why)


def _write(rows: Sequence[NewStaff], action: str, *, by: Actor, on: date, why: str) -> list[UUID]:
    for institution_id in {row.institution_id for row in rows}:
        require(by, PERMISSION, institution=institution_id)
    many = action.endswith("bulk")
    faults: list[Fault | None] = []
    for line, row in enumerate(rows, 1):
        place = line if many else None
        faults.append(period_fault(row.valid_from, row.valid_to, place))
        for field in ("name", "post"):
            if not getattr(row, field).strip():
                faults.append(Fault(field, "必填项为空 (blank)", line=place))
    if any(faults):
        raise Faults([fault for fault in faults if fault], where="员工", todo="改正后重试")
    ids = [new_id() for _ in rows]
    with acting(by=by, on=on, why=why, action=action), refusing("员工"):
        copy_in(Staff, _COLUMNS, map(_copied, ids, rows))
        subject = "staff:many" if many else f"institution:{rows[0].institution_id}"
        record(action=action, subject=subject, by=by, on=on, why=why, detail={"rows": len(rows)})
    return ids


def _copied(key: UUID, row: NewStaff) -> tuple[object, ...]:
    return (
        key, row.institution_id, row.person_id, row.name.strip(), row.post, row.department, row.licence_kind,
        row.licence_number, row.title, row.contract, row.main, row.managing_id, row.user_id, row.valid_from, row.valid_to,
    )  # fmt: skip
