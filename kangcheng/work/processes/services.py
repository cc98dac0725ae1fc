"""Verbs of processes: open a case, take a step, return it, give an opinion, withdraw it; ring what is due.

Who may do what, with what filled in and by when, is the pack's. A case runs on the entry it was opened with.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kangcheng.base import outbox
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault
from kangcheng.kernel.ids import new_id
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import listed
from kangcheng.policy.machine import Journey, Opinion, Refused, Step, open_case, opine, take
from kangcheng.policy.pack import Pack
from kangcheng.work.processes import cases, clock, given, rules, selectors
from kangcheng.work.processes.models import Case, CaseStep
from kangcheng.work.processes.types import CaseView, NoSuchCase, ProcessError, Subject, Upload

LONGEST_COMMENT = 1000
TOPIC = "work.process"


def open(
    *, process: str, subject: Subject, pack: Pack, by: Actor, on: date, key: str, role: str = "",
    fields: Mapping[str, Any] | None = None, files: Mapping[str, Upload] | None = None, at: datetime | None = None,
) -> CaseView:  # fmt: skip
    """Open a case of `process` as `role` of the process (its only possible one by default). The same `key` again gives the same case.

    Raises Refused (Faults) with every reason of the entry, Faults for values that do not read, ProcessError when the role is
    not the actor's here.
    """
    key = f"{by.user_id}:{key}"[:100]
    before = Case.objects.filter(key=key).first()
    if before is not None:
        return selectors.case(before.pk, by=by)
    entry = cases.entry_in(pack, process)
    place = rules.Place(subject.institution_id, subject.area_code, str(by.user_id))
    acts_as = _opening_role(entry, by, role, place, subject)
    values = given.read(entry, fields or {}, files or {})
    journey = open_case(entry, Step("open", str(by.user_id), acts_as, 0, values.seen))
    moment = cases.moment_of(on, at)
    try:
        with acting(by=by, on=on, why="", action="process.open"):
            case = _new(entry, pack, subject, journey, values.fields, by, on, moment, key)
            _append(case, "open", "open", acts_as, by, on, moment, values=values)
            clock.wind(case, entry, journey)
            record(
                action="process.open", subject=f"case:{case.pk}", by=by, on=on, detail={"process": process}
            )
            outbox.append(
                TOPIC, str(case.pk), {"case": str(case.pk), "process": process, "state": case.state}
            )
    except IntegrityError:
        raced = Case.objects.filter(key=key).first()  # the same form sent twice at the same moment
        if raced is None:
            raise
        return selectors.case(raced.pk, by=by)
    return selectors.case(case.pk, by=by)


def take_step(
    *, case_id: UUID, do: str, role: str, by: Actor, on: date, key: str = "", fields: Mapping[str, Any] | None = None,
    files: Mapping[str, Upload] | None = None, comment: str = "", at: datetime | None = None,
) -> CaseView:  # fmt: skip
    """Take one step of the case as `role` of the process; returns and withdrawals are steps of those kinds.

    A step that two persons confirm stays where it is until the second has. The same `key` again changes nothing.
    Raises Refused with every reason, NoSuchCase for a case out of reach.
    """
    with acting(by=by, on=on, why=comment[:500], action="process.step"):
        case = _locked(case_id, by)
        if _repeated(case, key):
            return selectors.case(case.pk, by=by)
        entry, _ = cases.entry_of(case.definition)
        _may(entry, case, do, role, by)
        _short(comment)
        values = given.read(entry, fields or {}, files or {})
        moment = _later_than_before(case, on, cases.moment_of(on, at))
        day = rules.days_between(case.opened_on, on)
        before = cases.journey_of(case)
        journey = take(entry, before, Step(do, str(by.user_id), role, day, values.seen, comment))
        _moved(case, entry, before, journey, do, role, by, on, moment, values, comment, key)
    return selectors.case(case_id, by=by)


def give_opinion(
    *, case_id: UUID, role: str, agrees: bool, by: Actor, on: date, comment: str = "", key: str = "",
    at: datetime | None = None,
) -> CaseView:  # fmt: skip
    """Give the opinion of `role` on the case in its present state. Raises Refused, NoSuchCase."""
    with acting(by=by, on=on, why=comment[:500], action="process.opinion"):
        case = _locked(case_id, by)
        if _repeated(case, key):
            return selectors.case(case.pk, by=by)
        entry, _ = cases.entry_of(case.definition)
        _reach(entry, case, role, "case", by, "opinion")
        _short(comment)
        moment = _later_than_before(case, on, cases.moment_of(on, at))
        opinion = Opinion(str(by.user_id), role, agrees, comment, rules.days_between(case.opened_on, on))
        journey = opine(entry, cases.journey_of(case), opinion)
        _append(case, "opinion", "opinion", role, by, on, moment, agrees=agrees, comment=comment, key=key)
        clock.await_roles(case, entry, journey)
        record(action="process.opinion", subject=f"case:{case.pk}", by=by, on=on, detail={"agrees": agrees})
    return selectors.case(case_id, by=by)


def send_back(
    *,
    case_id: UUID,
    do: str,
    role: str,
    why: str,
    by: Actor,
    on: date,
    key: str = "",
    at: datetime | None = None,
) -> CaseView:
    """Return the case for correction by its step `do` of kind return, saying why."""
    return take_step(case_id=case_id, do=do, role=role, comment=why, by=by, on=on, key=key, at=at)


def withdraw(
    *, case_id: UUID, why: str, by: Actor, on: date, key: str = "", at: datetime | None = None
) -> CaseView:
    """Take the case back, by the applicant and with a reason. Raises Refused when no step of kind withdraw leaves its state."""
    case = selectors.case(case_id, by=by)
    for row in case.entry.get("transitions"):
        if row.get("kind") == "withdraw" and case.state in listed(row["from"]):
            role = next(
                (name for name in listed(row["by"]) if name in cases.acting_as(case.entry, by)),
                listed(row["by"])[0],
            )
            return take_step(
                case_id=case_id, do=row["id"], role=role, comment=why, by=by, on=on, key=key, at=at
            )
    raise Refused(
        [Fault("withdraw", f"现在的状态是 {case.state_title}，不能撤回 (cannot be withdrawn)")],
        what="不能撤回 (refused)",
    )


def ring(*, now: datetime, by: Actor, limit: int = 500) -> int:
    """Tell whom the alarms due at `now` name: reminders, overdue cases, escalations. Each rings once; returns how many rang."""
    return clock.ring(now=now, by=by, limit=limit)


def _new(
    entry: Entry, pack: Pack, subject: Subject, journey: Journey, fields: Mapping[str, Any], by: Actor, on: date,
    moment: datetime, key: str,
) -> Case:  # fmt: skip
    row_id = new_id()
    label = str(fields.get(str(entry.get("label", "")), ""))[:200]
    return Case.objects.create(
        id=row_id, number=f"{on:%Y%m%d}-{row_id.hex[-8:].upper()}", definition=cases.keep(entry, pack), process=entry.id,
        release_hash=pack.release_hash, subject_kind=subject.kind, subject=subject.id, institution_id=subject.institution_id,
        area_code=subject.area_code, label=label, state=journey.state, final=rules.is_final(entry, journey.state),
        since=moment, opened_by=by.user_id, opened_name=by.name, opened_on=on, key=key,
    )  # fmt: skip


def _opening_role(entry: Entry, by: Actor, role: str, place: rules.Place, subject: Subject) -> str:
    """The role of the process as which the actor opens. Raises ProcessError."""
    wanted = str(entry.get("subject", "institution"))
    if subject.kind != wanted:
        raise ProcessError("案件的对象不对 (wrong subject)", where=entry.id, rule=f"应为 {wanted}")
    able = [role] if role else rules.may_open(entry, by.roles if SYSTEM not in by.roles else _all(entry))
    own = subject.kind == "person" and (
        subject.own or (bool(by.person_id) and subject.id == str(by.person_id))
    )
    for name in able:
        if own and name in cases.acting_as(entry, by):
            return name
        if cases.reaches(entry, name, "case", by, place):
            return name
    raise ProcessError(
        "您不能在这里发起这个流程 (not permitted)", where=entry.title, rule="角色与机构由流程规定",
        todo="由该机构有此角色的人发起",
    )  # fmt: skip


def _all(entry: Entry) -> list[str]:
    return [role for name in entry.get("roles") for role in rules.holders(entry, name)]


def _locked(case_id: UUID, by: Actor) -> Case:
    """The case, locked against others until the end of the transaction. Raises NoSuchCase."""
    case = (
        Case.objects.select_for_update(of=("self",)).select_related("definition").filter(pk=case_id).first()
    )
    if case is None or not cases.sees(case, by):
        raise NoSuchCase("没有这个案件 (no such case)", where=str(case_id))
    return case


def _repeated(case: Case, key: str) -> bool:
    return bool(key) and CaseStep.objects.filter(case=case, key=key).exists()


def _may(entry: Entry, case: Case, do: str, role: str, by: Actor) -> None:
    """Raise Refused when the step's role is not the actor's for this case. Unknown steps are the machine's to refuse."""
    row = next((one for one in entry.get("transitions") if one["id"] == do), None)
    if row is not None and role in listed(row["by"]):
        _reach(entry, case, role, rules.scope_of(row), by, do)


def _reach(entry: Entry, case: Case, role: str, scope: str, by: Actor, do: str) -> None:
    if cases.reaches(entry, role, scope, by, cases.place_of(case)):
        return
    title = cases.role_title(entry, role)
    held = role in cases.acting_as(entry, by)
    words = f"您在这里不是{title} (outside your reach)" if held else f"您不是{title} (role not held)"
    if scope == "applicant" and held:
        words = "只能由申请人本人 (only the applicant)"
    raise Refused([Fault(do, words)], what="不能办理 (refused)")


def _short(comment: str) -> None:
    if len(comment) > LONGEST_COMMENT:
        raise ProcessError(
            "意见过长 (comment too long)", where="comment", rule=f"不超过 {LONGEST_COMMENT} 字"
        )


def _later_than_before(case: Case, on: date, moment: datetime) -> datetime:
    """Steps are not dated before the state they leave was entered; a day without an hour follows what was done on it."""
    if moment >= case.since:
        return moment
    if on >= case.since.astimezone(moment.tzinfo).date():
        return case.since
    raise ProcessError(
        "日期早于上一步 (before the step before)",
        where=str(on),
        rule=f"上一步 {case.since:%Y-%m-%d}",
        todo="核对日期",
    )


def _moved(
    case: Case, entry: Entry, before: Journey, journey: Journey, do: str, role: str, by: Actor, on: date, moment: datetime,
    values: given.Given, comment: str, key: str,
) -> None:  # fmt: skip
    """Store a step that the machine allowed."""
    moved = len(journey.states) > len(before.states)
    kind = "step" if moved else "confirm"
    on_time = None if not moved or case.due_at is None else moment <= case.due_at
    hours = int((moment - case.since).total_seconds() // 3600) if moved else None
    _append(
        case, kind, do, role, by, on, moment, values=values, comment=comment, key=key, state=journey.state,
        on_time=on_time, hours=hours,
    )  # fmt: skip
    name = str(entry.get("label", ""))
    if name in values.fields:
        case.label = str(values.fields[name])[:200]
    if moved:
        row = next(one for one in entry.get("transitions") if one["id"] == do)
        case.state, case.since = journey.state, moment
        case.final = rules.is_final(entry, journey.state)
        case.closed_on = on if case.final else None
        case.late_steps += on_time is False
        case.returns += row.get("kind") == "return"
        clock.wind(case, entry, journey)
    else:
        clock.await_roles(case, entry, journey)
    case.save()
    record(
        action="process.step", subject=f"case:{case.pk}", by=by, on=on, why=comment[:500], detail={"step": do}
    )
    outbox.append(
        TOPIC, str(case.pk), {"case": str(case.pk), "process": case.process, "state": case.state, "step": do}
    )


def _append(
    case: Case, kind: str, do: str, role: str, by: Actor, on: date, moment: datetime, *,
    values: given.Given | None = None, state: str = "", **more: Any,
) -> CaseStep:  # fmt: skip
    """Append one thing done. The case is locked (or new), so numbers cannot collide."""
    seq = CaseStep.objects.filter(case=case).count() + 1
    kept = given.store(values, by) if values else {}
    with transaction.atomic():
        return CaseStep.objects.create(
            id=new_id(), case=case, seq=seq, kind=kind, do=do, role=role, state=state or case.state, actor_id=by.user_id,
            actor_name=by.name, done_on=on, done_at=moment, fields=values.fields if values else {}, files=kept,
            sealed=values.sealed if values else None, **more,
        )  # fmt: skip
