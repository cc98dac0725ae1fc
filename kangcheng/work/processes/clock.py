"""Limits of cases as rows: wound when a state is entered, dropped when it is left, rung by the timer."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.ids import new_id
from kangcheng.policy.deadlines import due_of
from kangcheng.policy.entry import Entry
from kangcheng.policy.machine import Journey
from kangcheng.work.notices import services as notices
from kangcheng.work.processes import cases, rules
from kangcheng.work.processes.models import Case, CaseAlarm, CaseStep, CaseWaiting

TITLES = {"remind": "即将到期", "overdue": "已逾期", "escalate": "逾期上报"}


def wind(case: Case, entry: Entry, journey: Journey) -> None:
    """Set the limit of the state just entered, drop the alarms of the one left, and say who is waited for."""
    CaseAlarm.objects.filter(case=case, rung_at=None, dropped=False).update(dropped=True)
    _, calendar = cases.entry_of(case.definition)
    due = due_of(entry, case.state, case.since.astimezone(CHINA_TZ), calendar)
    case.due_at, case.due_sure, case.escalated = (due.due, due.sure, "") if due else (None, True, "")
    case.save(update_fields=["due_at", "due_sure", "escalated"])
    if due:
        moments = [("remind", due.remind, "")] if due.remind else []
        moments += [("overdue", due.due, ""), *(("escalate", moment, role) for moment, role in due.escalate)]
        CaseAlarm.objects.bulk_create(
            CaseAlarm(id=new_id(), case=case, kind=kind, state=case.state, at=moment, role=role)
            for kind, moment, role in moments
        )
    await_roles(case, entry, journey)


def await_roles(case: Case, entry: Entry, journey: Journey) -> None:
    """Write who may act now; those told of a delay stay until the case moves on."""
    rows = CaseWaiting.objects.filter(case=case)
    (rows.exclude(why="escalated") if case.escalated else rows).delete()
    CaseWaiting.objects.bulk_create(
        CaseWaiting(id=new_id(), case=case, role=one.role, acts_as=one.acts_as, scope=one.scope, why=one.why)
        for one in rules.awaited(entry, journey)
    )


def ring(*, now: datetime, by: Actor, limit: int) -> int:
    """Ring alarms due at `now`, each case in a transaction of its own; a case that another worker holds is left to it."""
    pending = _due(now).order_by("at").values_list("case_id", flat=True)[:limit]
    return sum(_ring(case_id, now, by) for case_id in dict.fromkeys(pending))


def _due(now: datetime) -> QuerySet[CaseAlarm]:
    return CaseAlarm.objects.filter(at__lte=now, rung_at=None, dropped=False)


def _ring(case_id: UUID, now: datetime, by: Actor) -> int:
    """Ring what is due of one case, in order; returns how many."""
    on = now.astimezone(CHINA_TZ).date()
    with acting(by=by, on=on, why="", action="process.alarm"):
        # The case first, as every step does: so neither waits for the other, and a step taken meanwhile has dropped its alarms.
        rows = Case.objects.select_for_update(skip_locked=True, of=("self",)).select_related("definition")
        case = rows.filter(pk=case_id).first()
        if case is None:
            return 0
        alarms = list(_due(now).filter(case=case).order_by("at", "-kind", "pk"))
        for alarm in alarms:
            _tell(case, alarm, by, now)
            CaseAlarm.objects.filter(pk=alarm.pk).update(rung_at=now)
            record(
                action="process.alarm", subject=f"case:{case_id}", by=by, on=on, detail={"kind": alarm.kind}
            )
    return len(alarms)


def _tell(case: Case, alarm: CaseAlarm, by: Actor, now: datetime) -> None:
    """Put the alarm into the timeline, the worklists and the notices."""
    entry, _ = cases.entry_of(case.definition)
    on = now.astimezone(CHINA_TZ).date()
    CaseStep.objects.create(
        id=new_id(), case=case, seq=CaseStep.objects.filter(case=case).count() + 1, kind=alarm.kind, do=alarm.kind,
        role=alarm.role, state=case.state, actor_id=by.user_id, actor_name=by.name, done_on=on, done_at=now,
    )  # fmt: skip
    if alarm.kind == "escalate":
        names = [name for name in case.escalated.split(",") if name]
        case.escalated = ",".join(dict.fromkeys([*names, alarm.role]))
        case.save(update_fields=["escalated"])
        roles = rules.holders(entry, alarm.role)
        CaseWaiting.objects.bulk_create(
            [
                CaseWaiting(
                    id=new_id(), case=case, role=role, acts_as=alarm.role, scope="case", why="escalated"
                )
                for role in roles
            ],
            ignore_conflicts=True,
        )
    else:
        roles = sorted(
            set(
                CaseWaiting.objects.filter(case=case, why__in=("step", "opinion")).values_list(
                    "role", flat=True
                )
            )
        )
    state = rules.state_row(entry, case.state)["title"]
    notices.tell_roles(
        roles=roles, institution_id=case.institution_id, area_code=case.area_code,
        title=f"{TITLES[alarm.kind]}：{entry.title}", body=f"{case.number} 现在“{state}”", topic=f"process.{alarm.kind}",
        source_kind="case", source=str(case.pk), key=f"alarm:{alarm.pk}", by=by, on=on,
    )  # fmt: skip
