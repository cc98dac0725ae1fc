"""A case is opened once, walks its steps, and whoever may not is told every reason."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.errors import Faults
from kangcheng.policy.machine import Refused
from kangcheng.work.processes import selectors, services
from kangcheng.work.processes.models import Case, CaseAlarm, CaseStep
from kangcheng.work.processes.types import NoSuchCase, ProcessError, Subject

MONDAY, HOSPITAL = date(2026, 11, 9), UUID(int=11)
PAPER = {"quotation": ("报价.pdf", "application/pdf", b"%PDF-1.4 quotation")}
TUESDAY = MONDAY + timedelta(days=1)


def step(case, do, role, by, on=MONDAY, **more):
    return services.take_step(case_id=case.id, do=do, role=role, by=by, on=on, **more)


def test_the_whole_way_of_a_purchase(submitted, people):
    case = submitted()
    assert case.state == "submitted" and case.fields["amount"] == 420000
    assert case.due_at.date() == date(2026, 11, 16) and case.due_sure
    case = step(case, "review", "section", people.section, TUESDAY, fields={"need": "必要"})
    case = step(case, "approve", "leader", people.leader, TUESDAY)
    assert case.due_at.date() == date(2027, 1, 9) and case.due_sure  # calendar days need no holidays
    tender = {"bidders": "3", "supplier": "某公司", "price": "4100"}
    case = step(
        case, "tender", "applicant", people.applicant, date(2026, 11, 24), fields=tender,
        files={"tender_file": ("中标.pdf", "application/pdf", b"%PDF-1.4 award")},
    )  # fmt: skip
    case = step(
        case, "accept", "receiver", people.applicant, date(2026, 11, 24), fields={"arrived": "2026-11-23"}
    )
    assert case.state == "tendered" and case.steps[-1].kind == "confirm"
    case = step(case, "accept", "receiver", people.doctor, date(2026, 11, 24))
    assert case.final and case.closed_on == date(2026, 11, 24)
    assert [one.kind for one in case.steps] == ["open", *["step"] * 4, "confirm", "step"]
    assert not selectors.worklist(people.leader).exists()
    assert case.late_steps == 0


def test_a_case_is_opened_once_per_form(opened):
    first, again = opened(key="form-1"), opened(key="form-1")
    assert first.id == again.id and Case.objects.count() == 1


def test_a_step_sent_twice_is_taken_once(opened, people):
    case = opened()
    for _ in range(2):
        after = step(case, "submit", "applicant", people.applicant, files=PAPER, key="k1")
    assert after.state == "submitted" and CaseStep.objects.filter(case_id=case.id).count() == 2


def test_what_is_not_an_amount_is_named(opened):
    with pytest.raises(Faults, match="采购金额"):
        opened("四千多")
    assert Case.objects.count() == 0


@pytest.mark.parametrize("who", ["section", "elsewhere", "stranger"])
def test_only_the_institution_opens_its_case(opened, people, who):
    with pytest.raises(ProcessError):
        opened(by=getattr(people, who))


def test_a_case_about_something_else_is_refused(db, pack, people):
    with pytest.raises(ProcessError, match="wrong subject"):
        services.open(
            process="equipment-purchase", subject=Subject("area", "360803", None, "360803"), pack=pack,
            by=people.applicant, on=MONDAY, key="x", fields={},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "role", "error"),
    [
        ("far_section", "section", NoSuchCase),
        ("elsewhere", "section", NoSuchCase),
        ("stranger", "section", NoSuchCase),
        ("leader", "section", Refused),
        ("applicant", "section", Refused),
        ("colleague", "applicant", Refused),
    ],
)
def test_a_crafted_step_is_refused_and_changes_nothing(submitted, people, who, role, error):
    case = submitted()
    with pytest.raises(error):
        step(case, "review", role, getattr(people, who), fields={"need": "必要"})
    assert Case.objects.get(pk=case.id).state == "submitted"
    assert CaseStep.objects.filter(case_id=case.id).count() == 2


def test_every_reason_is_given_at_once(submitted, people):
    case = submitted()
    with pytest.raises(Refused) as refused:
        step(case, "approve", "leader", people.leader, fields={"amount": "3999"})
    text = str(refused.value)
    assert all(words in text for words in ("wrong state", "这一步不填", "必要性审查结论为必要"))


def test_a_file_cannot_be_named_instead_of_uploaded(opened, people):
    case = opened()
    with pytest.raises(Faults, match="upload a file"):
        step(case, "submit", "applicant", people.applicant, fields={"quotation": {"file": str(HOSPITAL)}})


def test_a_program_is_not_taken_as_an_attachment(opened, people):
    with pytest.raises(Faults, match="media type"):
        step(
            opened(), "submit", "applicant", people.applicant,
            files={"quotation": ("a.exe", "application/x-msdownload", b"MZ")},
        )  # fmt: skip


def test_opinions_of_two_roles_before_a_large_purchase(submitted, people):
    case = submitted("100000")
    case = step(case, "review", "section", people.section, fields={"need": "必要"})
    with pytest.raises(Refused, match="还差 2 个会签意见"):
        step(case, "approve-large", "leader", people.leader)
    with pytest.raises(Refused, match="不同意须写意见"):
        services.give_opinion(case_id=case.id, role="finance", agrees=False, by=people.finance, on=MONDAY)
    services.give_opinion(case_id=case.id, role="finance", agrees=True, by=people.finance, on=MONDAY)
    with pytest.raises(Refused, match="已有意见"):
        services.give_opinion(case_id=case.id, role="finance", agrees=True, by=people.finance, on=MONDAY)
    services.give_opinion(case_id=case.id, role="section", agrees=True, by=people.section, on=MONDAY)
    with pytest.raises(Refused, match="outside your reach"):  # only the whole city's leader
        step(case, "approve-large", "leader", people.county_leader)
    assert step(case, "approve-large", "leader", people.leader).state == "approved"


def test_returned_with_a_reason_and_sent_again(submitted, people):
    case = submitted()
    with pytest.raises(Refused, match="须写意见"):
        services.send_back(
            case_id=case.id, do="return", role="section", why=" ", by=people.section, on=MONDAY
        )
    case = services.send_back(
        case_id=case.id, do="return", role="section", why="报价不全", by=people.section, on=MONDAY
    )
    assert (case.state, case.returns, case.due_at) == ("drafted", 1, None)
    assert case.steps[-1].comment == "报价不全"
    assert (
        step(case, "submit", "applicant", people.applicant, fields={"amount": "4500"}).fields["amount"]
        == 450000
    )


def test_only_the_applicant_withdraws_and_nothing_follows(submitted, people):
    case = submitted()
    with pytest.raises(Refused, match="only the applicant"):
        services.withdraw(case_id=case.id, why="不买了", by=people.colleague, on=MONDAY)
    case = services.withdraw(case_id=case.id, why="不买了", by=people.applicant, on=MONDAY)
    assert case.final and case.state == "withdrawn"
    with pytest.raises(Refused, match="wrong state"):
        step(case, "review", "section", people.section, fields={"need": "必要"})
    assert not CaseAlarm.objects.filter(case_id=case.id, dropped=False).exists()


def test_a_step_cannot_be_dated_before_the_one_before(submitted, people):
    with pytest.raises(ProcessError, match="before the step before"):
        step(submitted(), "review", "section", people.section, date(2026, 11, 8), fields={"need": "必要"})


def test_a_late_step_is_counted(submitted, people):
    case = step(submitted(), "review", "section", people.section, date(2026, 11, 17), fields={"need": "必要"})
    assert case.late_steps == 1 and case.steps[-1].on_time is False


def test_the_worklist_has_what_waits_for_the_actor_overdue_first(submitted, opened, people):
    first, second = submitted(), submitted()
    draft = opened()
    step(first, "review", "section", people.section, fields={"need": "必要"})
    assert list(selectors.worklist(people.section).values_list("pk", flat=True)) == [second.id]
    assert list(selectors.worklist(people.leader).values_list("pk", flat=True)) == [first.id]
    assert list(selectors.worklist(people.applicant).values_list("pk", flat=True)) == [draft.id]
    for who in ("far_section", "elsewhere", "stranger"):
        assert not selectors.worklist(getattr(people, who)).exists()
        assert not selectors.visible(getattr(people, who)).exists()
    assert selectors.visible(people.section).count() == 3


def test_steps_offered_say_what_stands_against_them(submitted, people):
    case = submitted()
    offered = {one.do: one for one in selectors.next_steps(case.id, people.section)}
    assert set(offered) == {"return", "review"} and offered["review"].hindrances == ()
    assert [one["id"] for one in offered["review"].requires] == ["need"]
    step(case, "review", "section", people.section, fields={"need": "必要"})
    offered = {one.do: one for one in selectors.next_steps(case.id, people.leader)}
    assert offered["approve"].hindrances == ()
    assert any("100000" in words for words in offered["approve-large"].hindrances)


def test_load_and_delay(submitted, people):
    now = datetime(2026, 11, 20, tzinfo=CHINA_TZ)
    submitted()
    services.withdraw(case_id=submitted().id, why="不买了", by=people.applicant, on=date(2026, 11, 11))
    load = selectors.load("equipment-purchase", by=people.section, now=now)
    assert (load.open, load.overdue, load.closed, load.closed_on_time, load.mean_days) == (1, 1, 1, 1, 2.0)
    assert selectors.load("equipment-purchase", by=people.far_section, now=now).open == 0
