"""Verbs on emergencies: open a file in need, look into it afterwards."""

from datetime import date
from uuid import UUID

from kangcheng.access import periods
from kangcheng.access.emergencies.models import Emergency
from kangcheng.access.errors import NotPermitted, Refused
from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import KangchengError
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people.types import Person

CLINICIANS = ("clinician", "village_doctor")
REASON = 6  # characters below which a reason says nothing


class EmergencyError(KangchengError):
    """A file cannot be opened in an emergency, or looked into, as asked."""


def break_glass(*, person_id: UUID, reason: str, by: Actor, on: date) -> Person:
    """A clinician sees a person outside their scope as long as the pack says (a night shift); flagged for review, told to the audit office.

    Raises NotPermitted for other roles, EmergencyError without a reason, Refused for an unknown person.
    """
    if not by.has(*CLINICIANS):
        raise NotPermitted("紧急查看仅限医师 (clinicians only)", rule="角色：医师、村医")
    if len(reason.strip()) < REASON:
        raise EmergencyError("请写明紧急情况 (say why)", where="reason", rule=f"至少 {REASON} 个字")
    person = people.get(person_id, on)
    if person is None:
        record(action="access.refused", subject=f"person:{person_id}", by=by, on=on, why=reason)
        raise Refused()
    with acting(by=by, on=on, why=reason, action="access.break_glass"):
        row = Emergency.objects.create(
            person_id=person.id,
            user_id=by.user_id,
            user_name=by.name,
            reason=reason.strip(),
            valid_from=on,
            valid_to=periods.end_of(periods.EMERGENCY, on),
        )
        record(action="access.break_glass", subject=f"person:{person.id}", by=by, on=on, why=reason)
        outbox.append("access.break_glass", str(row.pk), {"emergency": str(row.pk), "user": str(by.user_id)})
    return person


def review(*, emergency_id: UUID, justified: bool, finding: str, by: Actor, on: date) -> None:
    """The audit administrator (never the clinician) says whether the opening was justified."""
    if not by.may("audit.look"):
        raise NotPermitted("紧急查看由审计管理员复核 (audit administrator only)")
    with acting(by=by, on=on, why=finding, action="access.review"):
        row = Emergency.objects.select_for_update().filter(pk=emergency_id, reviewed_by=None).first()
        if row is None or row.user_id == by.user_id:
            raise EmergencyError("没有这条待复核的紧急查看，或为本人所开 (none waiting, or one's own)")
        row.reviewed_by, row.reviewed_on, row.justified, row.finding = by.user_id, on, justified, finding
        row.save(update_fields=["reviewed_by", "reviewed_on", "justified", "finding"])
        detail = {"justified": justified}
        record(
            action="access.review", subject=f"emergency:{row.pk}", by=by, on=on, why=finding, detail=detail
        )
