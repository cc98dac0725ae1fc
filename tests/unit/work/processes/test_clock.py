"""Limits are rows: rung once, dropped when the case moves on, found again after any stop of the worker."""

from datetime import date, datetime, timedelta

import pytest

from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.work import jobs
from kangcheng.work.notices import selectors as notices
from kangcheng.work.processes import selectors, services
from kangcheng.work.processes.models import Case, CaseAlarm, CaseStep

MONDAY = date(2026, 11, 9)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CHINA_TZ)


def kinds(case):
    return list(CaseStep.objects.filter(case_id=case.id).order_by("seq").values_list("kind", flat=True))[2:]


@pytest.fixture
def late(submitted):
    """Due on 2026-11-16, reminder on the 13th."""
    return submitted()


def test_reminder_overdue_and_escalation_come_once_and_in_order(late, people, system):
    assert services.ring(now=at("2026-11-12 23:59"), by=system) == 0
    assert services.ring(now=at("2026-11-13 00:01"), by=system) == 1
    assert kinds(late) == ["remind"]
    assert services.ring(now=at("2026-11-16 23:00"), by=system) == 0
    for _ in range(3):  # a timer that runs again finds nothing more to do
        services.ring(now=at("2026-11-17 00:01"), by=system)
    assert kinds(late) == ["remind", "overdue", "escalate"]
    case = selectors.case(late.id, by=people.leader)
    assert case.escalated == ("区卫生局分管领导",) and case.overdue(at("2026-11-17 00:01"))
    assert late.id in selectors.worklist(people.leader).values_list("pk", flat=True)
    assert late.id not in selectors.worklist(people.finance).values_list("pk", flat=True)


def test_a_worker_that_was_down_for_weeks_forgets_nothing(late, system):
    """No job was queued anywhere: what is due is read from the rows by whichever run comes next."""
    moment = int(at("2026-12-20 08:00").timestamp())
    jobs.ring_cases.func(moment)
    jobs.ring_cases.func(moment)  # and the run that was due while it was down
    assert kinds(late) == ["remind", "overdue", "escalate"]
    assert not CaseAlarm.objects.filter(case_id=late.id, rung_at=None, dropped=False).exists()


def test_a_run_that_breaks_leaves_the_alarm_for_the_next(late, system, monkeypatch):
    from kangcheng.work.processes import clock

    def broken(**_):
        raise OSError("the machine stopped")

    monkeypatch.setattr(clock.notices, "tell_roles", broken)
    with pytest.raises(OSError, match="stopped"):
        services.ring(now=at("2026-11-13 08:00"), by=system)
    assert kinds(late) == []  # neither half a step nor a mark that it rang
    monkeypatch.undo()
    assert services.ring(now=at("2026-11-13 08:00"), by=system) == 1
    assert kinds(late) == ["remind"]


def test_a_case_that_moved_on_is_not_reminded_of_what_it_left(late, people, system):
    services.take_step(
        case_id=late.id, do="review", role="section", by=people.section, on=MONDAY, fields={"need": "必要"}
    )
    services.ring(now=at("2026-11-12 23:59"), by=system)
    assert kinds(late) == ["step"]
    services.ring(now=at("2026-11-13 00:00"), by=system)  # three working days of the leader end on the 12th
    assert kinds(late) == ["step", "overdue"]


def test_moving_on_ends_the_escalation(late, people, system):
    services.ring(now=at("2026-11-17 08:00"), by=system)
    services.take_step(
        case_id=late.id,
        do="review",
        role="section",
        by=people.section,
        on=date(2026, 11, 17),
        fields={"need": "可调剂"},
    )
    case = Case.objects.get(pk=late.id)
    assert case.escalated == "" and case.late_steps == 1


def test_a_limit_beyond_the_known_holidays_is_provisional(submitted):
    case = submitted()
    Case.objects.filter(pk=case.id).update(due_sure=True)
    from kangcheng.policy.deadlines import due_of
    from kangcheng.work.processes.cases import entry_of

    entry, calendar = entry_of(Case.objects.get(pk=case.id).definition)
    due = due_of(entry, "submitted", at("2026-12-28 09:00"), calendar)
    assert due.due.date() == date(2027, 1, 4) and not due.sure


def test_users_are_told_where_they_hold_the_role(late, system, db):
    from kangcheng.base.accounts import services as accounts

    told = {}
    for name, area in (("here", "360803"), ("far", "360802")):
        user = accounts.create_user(
            login=name, display_name=name, password="Lotus-Bridge-48", by=system, on=MONDAY
        )
        accounts.grant_role(user=user, role="bureau_officer", area_code=area, by=system, on=MONDAY)
        told[name] = user.id
    services.ring(now=at("2026-11-13 08:00"), by=system)
    assert notices.unread(told["here"]) == 1 and notices.unread(told["far"]) == 0


def test_hours_are_counted_to_the_minute(bench_entry):
    from kangcheng.policy.deadlines import due_of

    entry = bench_entry(
        {"within": "48", "unit": "hours", "remind": "4", "escalate": [{"after": "2", "to": "leader"}]}
    )
    due = due_of(entry, "asked", at("2026-11-13 16:30"))
    assert due.due == at("2026-11-15 16:30") and due.remind == due.due - timedelta(hours=4)
    assert due.escalate == ((at("2026-11-15 18:30"), "leader"),)


@pytest.fixture
def bench_entry():
    """Makes an entry of one state with a limit."""
    from kangcheng.work.processes.rules import kept

    def make(limit):
        body = {
            "id": "x", "title": "试", "start": "asked", "roles": {"leader": "领导"}, "transitions": [],
            "states": [{"id": "asked", "title": "问", "deadline": limit}],
        }  # fmt: skip
        return kept({"process": body, "calendar": None}, "test")[0]

    return make
