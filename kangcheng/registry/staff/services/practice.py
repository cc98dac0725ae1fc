"""Verbs on how somebody works: hours at each site, further sites, who manages, title, training."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.registry.copying import refusing
from kangcheng.registry.permission import require
from kangcheng.registry.staff.models import Staff, StaffHours, StaffTraining
from kangcheng.registry.staff.rules import Slot, clash_words, slot_faults
from kangcheng.registry.staff.services.posts import PERMISSION, StaffError
from kangcheng.registry.staff.types import CONTRACTS
from kangcheng.registry.validity import holds


def set_hours(
    *, staff_id: UUID, hours: Sequence[Slot], valid_from: date, by: Actor, on: date, why: str = ""
) -> None:
    """From `valid_from` the person is at the post in these weekly slots (weekday 1-7, minutes from, to), no others.

    Raises Faults for a slot that cannot be, and for one in which the same licence is at another site: nobody is in two
    places at once. Raises StaffError for a post without a licence number.
    """
    with acting(by=by, on=on, why=why, action="staff.hours"), refusing("出诊时间"):
        row = _post(staff_id, by)
        if not row.licence_number:
            raise StaffError("没有执业证号，不能排出诊时间 (no licence number)", where=row.post)
        if faults := [*slot_faults(hours), *_clashes(row, hours, valid_from)]:
            raise Faults(faults, where="出诊时间", todo="调整时间后重试；本次未写入任何内容")
        _replace(row, hours, valid_from)
        detail = {"slots": len(hours), "from": valid_from.isoformat()}
        record(action="staff.hours", subject=f"staff:{row.pk}", by=by, on=on, why=why, detail=detail)


def manage(*, staff_id: UUID, managing_id: UUID | None, contract: str, by: Actor, on: date, why: str) -> None:
    """Say which unit manages the person (None: the one they work at) and by what contract. Raises Faults."""
    if contract not in CONTRACTS and contract:
        raise Faults(
            [Fault("contract", f"没有这种用人方式 (no such contract) {contract!r}", "、".join(CONTRACTS))]
        )
    with acting(by=by, on=on, why=why, action="staff.manage"), refusing("管理单位"):
        row = _post(staff_id, by)
        row.managing_id = None if managing_id == row.institution_id else managing_id
        row.contract = contract
        row.save(update_fields=["managing", "contract"])
        detail = {"managing": str(managing_id or ""), "contract": contract}
        record(action="staff.manage", subject=f"staff:{row.pk}", by=by, on=on, why=why, detail=detail)


def promote(*, staff_id: UUID, title: str, by: Actor, on: date, why: str) -> None:
    """The person holds another professional title; the earlier one stays in the history."""
    with acting(by=by, on=on, why=why, action="staff.promote"), refusing("职称"):
        row = _post(staff_id, by)
        row.title = title.strip()
        row.save(update_fields=["title"])
        record(
            action="staff.promote", subject=f"staff:{row.pk}", by=by, on=on, why=why, detail={"title": title}
        )


def train(
    *,
    staff_id: UUID,
    course: str,
    hours: int,
    passed: bool,
    taken_on: date,
    by: Actor,
    on: date,
    why: str = "",
) -> UUID:
    """Write down a course the person has taken; returns its id."""
    if hours <= 0 or not course.strip():
        raise Faults([Fault("hours", "学时和培训内容必填 (course and hours)", "学时大于 0")], where="培训")
    with acting(by=by, on=on, why=why, action="staff.train"), refusing("培训"):
        row = _post(staff_id, by)
        made = StaffTraining.objects.create(
            staff=row, course=course.strip(), hours=hours, passed=passed, on=taken_on
        )
        record(
            action="staff.train", subject=f"staff:{row.pk}", by=by, on=on, why=why, detail={"hours": hours}
        )
    return made.pk


def _post(staff_id: UUID, by: Actor) -> Staff:
    row = Staff.objects.select_for_update().filter(pk=staff_id).first()
    if row is None:
        raise StaffError("没有这个岗位 (no such post)", where=str(staff_id))
    require(by, PERMISSION, institution=row.institution_id)
    return row


def _clashes(row: Staff, hours: Sequence[Slot], valid_from: date) -> list[Fault]:
    """Slots in which the licence is at another post from the day on."""
    others = StaffHours.objects.filter(licence_number=row.licence_number).exclude(staff_id=row.pk)
    later = others.exclude(valid_to__lte=valid_from).select_related("staff")
    found = []
    for weekday, starts, ends in hours:
        for other in later.filter(weekday=weekday, starts__lt=ends, ends__gt=starts):
            place = (
                other.staff.institution.terms.order_by("-valid_from").values_list("name", flat=True).first()
            )
            words = clash_words(
                (weekday, starts, ends), (other.weekday, other.starts, other.ends), place or ""
            )
            found.append(Fault("hours", words, "同一医师同一时间只在一处"))
    return found


def _replace(row: Staff, hours: Sequence[Slot], valid_from: date) -> None:
    mine = StaffHours.objects.filter(staff=row)
    mine.filter(valid_from__gte=valid_from).delete()
    mine.filter(holds(valid_from)).update(valid_to=valid_from)
    StaffHours.objects.bulk_create(
        StaffHours(
            staff=row, licence_number=row.licence_number, weekday=weekday, starts=starts, ends=ends,
            valid_from=valid_from, valid_to=row.valid_to,
        )
        for weekday, starts, ends in hours
    )  # fmt: skip
