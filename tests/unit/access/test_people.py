"""The gate: who is let in, who is not, and what both leave behind."""

from datetime import date, timedelta

import pytest

from kangcheng.access import people
from kangcheng.access.contacts import selectors as contact_selectors
from kangcheng.access.contacts import services as contacts
from kangcheng.access.emergencies import selectors as emergencies
from kangcheng.access.emergencies import services as emergency_services
from kangcheng.access.errors import NotPermitted, Refused
from kangcheng.base.audit import AuditEvent
from kangcheng.base.models import LookLog
from kangcheng.kernel.ids import new_id
from kangcheng.registry.cards import services as cards
from kangcheng.registry.cards.types import NewCard
from kangcheng.registry.households import services as households
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.people import services as person_services
from kangcheng.registry.relations import services as relations
from kangcheng.registry.relations.types import NewRelation
from tests.unit.registry.conftest import OTHER_VILLAGE, VILLAGE, identity

pytestmark = pytest.mark.django_db


def looked(person_id):
    return list(LookLog.objects.filter(person_id=person_id).values_list("what", "why"))


def test_a_look_in_scope_is_logged_and_costs_two_statements(someone, actor, today, django_assert_num_queries):
    who, officer = someone(1), actor("fund_officer", areas=["150302"], purpose="settlement")
    with django_assert_num_queries(2):
        assert people.get_person(by=officer, person_id=who, on=today, why="核对待遇").id == who
    row = LookLog.objects.get()
    assert (row.person_id, row.actor_id, row.purpose, row.why) == (
        who,
        officer.user_id,
        "settlement",
        "核对待遇",
    )


def test_a_stranger_and_nobody_get_the_same_answer_and_leave_no_look(someone, actor, today):
    elsewhere, officer = someone(1, area=OTHER_VILLAGE), actor("fund_officer", areas=["150302"])
    answers = set()
    for person_id in (elsewhere, new_id()):
        with pytest.raises(Refused) as caught:
            people.get_person(by=officer, person_id=person_id, on=today, why="好奇")
        answers.add(str(caught.value))
    assert len(answers) == 1 and LookLog.objects.count() == 0
    events = AuditEvent.objects.filter(action="access.refused").order_by("created_at")
    assert (
        events[0].subject == f"person:{elsewhere}"
        and events[0].actor_id == officer.user_id
        and len(events) == 2
    )


def test_roles_without_the_permission_see_nobody(someone, actor, today):
    who = someone(1)
    for role in ("inspector", "bureau_leader", "system_admin", "security_admin", "audit_admin", "resident"):
        nosy = actor(role, areas=[""])
        with pytest.raises(Refused):
            people.get_person(by=nosy, person_id=who, on=today)
        assert people.search(by=nosy, wanted=people.Wanted(), on=today).count == 0


def test_showing_a_card_at_the_counter_opens_the_file_for_a_while(someone, hospital, actor, system, today):
    who, place = someone(1), hospital(1)
    cards.issue(new=NewCard(who, "evoucher", "EV-000001", date(2024, 1, 1)), by=system, on=today)
    cashier = actor("cashier", institutions=[place])
    with pytest.raises(Refused):
        people.get_person(by=cashier, person_id=who, on=today)
    assert people.search(by=cashier, wanted=people.Wanted(text="测试"), on=today).rows == ()
    assert [one.id for one in people.find(by=cashier, how="evoucher", value="EV-000001", on=today)] == [who]
    assert looked(who) == [("find:evoucher", "")]
    assert people.get_person(by=cashier, person_id=who, on=today + timedelta(days=29)).id == who
    with pytest.raises(Refused):
        people.get_person(by=cashier, person_id=who, on=today + timedelta(days=30))
    people.find(by=cashier, how="identity", value=identity(1), on=today)
    assert len(contact_selectors.of(who)) == 1  # the second time the file is open already


def test_finding_outside_the_scope_finds_nobody_for_those_without_a_counter(someone, actor, today):
    someone(1)
    officer = actor("fund_officer", areas=["150303"])
    assert people.find(by=officer, how="identity", value=identity(1), on=today) == []
    assert people.find(by=officer, how="identity", value=identity(9), on=today) == []
    assert (
        AuditEvent.objects.filter(action="access.found_nobody").count() == 2 and LookLog.objects.count() == 0
    )
    with pytest.raises(NotPermitted):
        people.find(by=actor("inspector", areas=[""]), how="identity", value=identity(1), on=today)


def test_residents_see_themselves_and_those_they_act_for(someone, actor, system, today):
    me, child, neighbour = someone(1), someone(2), someone(3)
    relations.grant(
        new=NewRelation(child, me, "guardian", date(2020, 1, 1), date(2024, 6, 1)), by=system, on=today
    )
    resident = actor("resident", person=me)
    assert [one.id for one in people.family(by=resident, on=today)] == [me, child]
    assert people.get_person(by=resident, person_id=child, on=today).id == child
    assert people.get_contact(by=resident, person_id=child, on=today, why="本人").identity == identity(2)
    for person_id, day in ((neighbour, today), (child, date(2024, 6, 1))):
        with pytest.raises(Refused):
            people.get_person(by=resident, person_id=person_id, on=day)
    assert people.search(by=resident, wanted=people.Wanted(), on=today).count == 2
    with pytest.raises(NotPermitted):
        people.family(by=actor("cashier"), on=today)


def test_a_person_may_read_who_looked(someone, actor, today):
    me = someone(1)
    people.get_person(by=actor("fund_officer", areas=[""]), person_id=me, on=today, why="核对", what="claim")
    seen = people.looks(by=actor("resident", person=me), person_id=me, on=today)
    assert [(look.what, look.why, look.who) for look in seen] == [("claim", "核对", "测试员")]
    assert len(people.looks(by=actor("audit_admin"), person_id=me, on=today)) == 1
    for nosy in (actor("resident", person=new_id()), actor("fund_officer", areas=[""])):
        with pytest.raises(Refused):
            people.looks(by=nosy, person_id=me, on=today)


def test_clear_numbers_are_for_those_who_may_write(someone, actor, today):
    who = someone(1, phone="13800001234")
    with pytest.raises(NotPermitted):
        people.get_contact(by=actor("fund_auditor", areas=[""]), person_id=who, on=today, why="看")
    with pytest.raises(Refused):
        people.get_contact(by=actor("fund_officer", areas=["150303"]), person_id=who, on=today, why="看")
    got = people.get_contact(by=actor("fund_officer", areas=[""]), person_id=who, on=today, why="更正电话")
    assert got.phone == "13800001234" and looked(who) == [("contact", "更正电话")]


def test_consent_opens_a_file_for_its_purpose_and_can_be_taken_back(someone, hospital, actor, today):
    me, place = someone(1), hospital(1)
    resident = actor("resident", person=me)
    tie = contacts.consent(
        person_id=me,
        institution_id=place,
        purpose="research",
        valid_to=date(2024, 12, 31),
        by=resident,
        on=today,
    )
    researcher = actor("clinician", institutions=[place], purpose="research")
    assert people.get_person(by=researcher, person_id=me, on=today).id == me
    with pytest.raises(Refused):
        people.get_person(
            by=actor("clinician", institutions=[place], purpose="treatment"), person_id=me, on=today
        )
    with pytest.raises(NotPermitted):
        contacts.withdraw(contact_id=tie, by=actor("resident", person=someone(2)), on=today)
    contacts.withdraw(contact_id=tie, by=resident, on=today, why="改主意")
    with pytest.raises(Refused):
        people.get_person(by=researcher, person_id=me, on=today)
    with pytest.raises(NotPermitted):
        contacts.consent(
            person_id=me, institution_id=place, purpose="research", valid_to=date(2025, 1, 1),
            by=actor("clinician", institutions=[place]), on=today,
        )  # fmt: skip


def test_research_and_statistics_never_open_a_person_by_area(someone, actor, today):
    who = someone(1)
    for purpose in ("research", "statistics"):
        with pytest.raises(Refused):
            people.get_person(
                by=actor("disease_control", areas=[""], purpose=purpose), person_id=who, on=today
            )


def test_an_institution_speaks_for_itself_only(someone, hospital, actor, today):
    who, place, other = someone(1), hospital(1), hospital(2)
    doctor = actor("clinician", institutions=[place])
    with pytest.raises(NotPermitted):
        contacts.open_contact(person_id=who, institution_id=other, kind="stay", by=doctor, on=today)
    with pytest.raises(contacts.ContactError):
        contacts.open_contact(person_id=who, institution_id=place, kind="consent", by=doctor, on=today)
    tie = contacts.open_contact(person_id=who, institution_id=place, kind="stay", by=doctor, on=today)
    assert people.may_see(by=doctor, person_id=who, on=date(2025, 1, 1))
    contacts.end(contact_id=tie, by=doctor, on=today, why="出院")
    assert not people.may_see(by=doctor, person_id=who, on=today)


def test_in_an_emergency_a_clinician_opens_a_file_and_somebody_looks_into_it(someone, actor, today):
    who, doctor = someone(1), actor("clinician")
    with pytest.raises(emergency_services.EmergencyError):
        emergency_services.break_glass(person_id=who, reason="急", by=doctor, on=today)
    with pytest.raises(NotPermitted):
        emergency_services.break_glass(person_id=who, reason="窗口急用资料", by=actor("cashier"), on=today)
    with pytest.raises(Refused):
        emergency_services.break_glass(person_id=new_id(), reason="昏迷送来急救室", by=doctor, on=today)
    emergency_services.break_glass(person_id=who, reason="昏迷送来急救室", by=doctor, on=today)
    assert people.get_person(by=doctor, person_id=who, on=today + timedelta(days=1)).id == who
    for other, day in ((doctor, today + timedelta(days=2)), (actor("clinician"), today)):
        with pytest.raises(Refused):
            people.get_person(by=other, person_id=who, on=day)
    waiting = emergencies.waiting()
    assert [one.reason for one in waiting] == ["昏迷送来急救室"]
    assert AuditEvent.objects.filter(action="access.break_glass").count() == 1
    given = {"emergency_id": waiting[0].id, "justified": True, "finding": "急救记录相符", "on": today}
    with pytest.raises(NotPermitted):
        emergency_services.review(**given, by=doctor)
    emergency_services.review(**given, by=actor("audit_admin"))
    assert emergencies.waiting() == [] and emergencies.openings()[0].justified is True


def test_a_household_shows_only_those_in_scope(someone, actor, system, today):
    here, there = someone(1), someone(2, area=OTHER_VILLAGE)
    home = households.open_household(new=NewHousehold("H-1", VILLAGE), by=system, on=today)
    for who, role in ((there, "head"), (here, "spouse")):
        households.join(new=NewMember(who, home, role, date(2020, 1, 1)), by=system, on=today)
    local = actor("village_doctor", areas=["150302001"])
    assert [one.id for one in people.household(by=local, household_id=home, on=today)] == [here]
    assert looked(there) == [] and looked(here) == [("household", "")]
    everybody = people.household(by=system, household_id=home, on=today)
    assert [one.id for one in everybody] == [there, here]


def test_a_merged_person_is_judged_and_logged_as_the_golden_one(someone, hospital, actor, system, today):
    golden, absorbed, place = someone(1), someone(2, area=OTHER_VILLAGE), hospital(1)
    doctor = actor("clinician", institutions=[place])
    contacts.open_contact(person_id=absorbed, institution_id=place, kind="stay", by=doctor, on=today)
    person_services.merge(golden=golden, absorbed=absorbed, by=system, on=today, why="同一人")
    assert people.get_person(by=doctor, person_id=absorbed, on=today).id == golden
    assert looked(golden) and not looked(absorbed)
    with pytest.raises(Refused):  # the area of the row that was absorbed gives no right any more
        people.get_person(by=actor("fund_officer", areas=["150303"]), person_id=absorbed, on=today)
