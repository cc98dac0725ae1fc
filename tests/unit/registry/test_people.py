"""People: registered, found, changed, merged; numbers sealed; everything said who and why."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kangcheng.base.audit import AuditEvent
from kangcheng.base.outbox import OutboxEvent
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import IdentityError
from kangcheng.registry.cards import services as cards
from kangcheng.registry.cards.types import NewCard
from kangcheng.registry.households import selectors as homes
from kangcheng.registry.households import services as households
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.people import selectors, services
from kangcheng.registry.people.models import Resident
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.permission import NotPermitted
from kangcheng.registry.relations import services as relations
from kangcheng.registry.relations.types import NewRelation
from tests.unit.registry.conftest import OTHER_VILLAGE, VILLAGE, identity

pytestmark = pytest.mark.django_db


def test_a_registered_person_is_found_by_number_in_one_query(someone, django_assert_num_queries):
    who = someone(1, name="张小明", phone="138 0000 1234", address="和平社区1号")
    with django_assert_num_queries(1):
        found = selectors.find_by_identity(identity(1))
    assert (
        found.id == who and found.name == "张小明" and found.sex == "M" and found.birth_on == date(1980, 1, 1)
    )
    assert (
        found.identity_masked == f"150302********{identity(1)[-4:]}" and found.phone_masked == "138****1234"
    )
    assert found.name_masked == "张**"


def test_the_number_is_found_by_its_index(someone):
    someone(1)
    Resident.objects.bulk_create(
        Resident(name="甲", name_pinyin="jia", name_initials="j", sex="M", birth_on=date(1980, 1, 1), area_code="150302",
                 identity_index=n.to_bytes(32, "big"), identity="x")
        for n in range(2_000)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        selectors.find_by_identity(identity(1))
    with connection.cursor() as sql:
        sql.execute("ANALYZE registry_resident")  # as the server does by itself
        sql.execute("EXPLAIN " + asked[0]["sql"])
        plan = " ".join(row[0] for row in sql.fetchall())
    assert "resident_identity" in plan


def test_sealed_columns_hold_no_clear_text_and_open_again(someone):
    who = someone(1, phone="13800001234", address="和平社区1号")
    with connection.cursor() as sql:
        sql.execute("SELECT identity, phone, address FROM registry_resident WHERE id = %s", [who])
        stored = b"".join(bytes(value) for value in sql.fetchone())
    for text in (identity(1), "13800001234", "和平社区1号"):
        assert text.encode() not in stored
    opened = selectors.contact(who)
    assert (opened.identity, opened.phone, opened.address) == (identity(1), "13800001234", "和平社区1号")
    assert identity(1) not in repr(opened)


def test_every_fault_of_a_person_is_named_at_once(county, system, today):
    new = NewPerson(
        name="", area_code="99", identity=identity(1), sex="F", birth_on=date(1981, 1, 1), phone="12"
    )
    with pytest.raises(Faults) as caught:
        services.register(new=new, by=system, on=today)
    assert {fault.where for fault in caught.value.faults} == {"name", "sex", "birth_on", "phone", "area_code"}
    assert Resident.objects.count() == 0


def test_one_number_one_person(someone):
    someone(1)
    with pytest.raises(Faults, match="身份证号已登记"):
        someone(1)
    assert Resident.objects.count() == 1


def test_a_malformed_number_is_refused_without_being_repeated():
    with pytest.raises(IdentityError) as caught:
        selectors.find_by_identity("150302198001010019")
    assert "1980010100" not in str(caught.value)


def test_who_may_register_and_where(county, actor, today):
    new = NewPerson(name="李四", area_code=VILLAGE, identity=identity(2))
    for wrong in (
        actor("inspector", areas=[""]),
        actor("village_doctor", areas=["150303"]),
        actor("village_doctor"),
    ):
        with pytest.raises(NotPermitted):
            services.register(new=new, by=wrong, on=today)
    services.register(new=new, by=actor("village_doctor", areas=["150302001"]), on=today)


def test_a_write_says_who_when_and_why(someone, actor, today):
    who = someone(3)
    officer = actor("fund_officer", areas=[""])
    changed = services.update(
        person_id=who, by=officer, on=today, why="来电更正", phone="13900005678", name="王五"
    )
    assert set(changed) == {"phone", "name"}
    event = AuditEvent.objects.filter(action="person.update").get()
    assert (event.actor_id, event.why, event.subject, event.detail) == (
        officer.user_id, "来电更正", f"person:{who}", {"fields": ["name", "phone"]},
    )  # fmt: skip
    old = Resident.pgh_event_model.objects.get(pgh_obj_id=who)
    assert old.name == "测试丁" and old.pgh_context.metadata["why"] == "来电更正"
    assert selectors.get(who).phone_masked == "139****5678"
    assert services.update(person_id=who, by=officer, on=today, name="王五") == ()


def test_a_change_may_not_carry_a_person_into_an_area_of_others(someone, actor, today):
    who = someone(3)
    with pytest.raises(NotPermitted):
        services.update(
            person_id=who, by=actor("fund_officer", areas=["150302"]), on=today, area_code=OTHER_VILLAGE
        )
    assert selectors.get(who).area_code == VILLAGE


def test_found_by_what_is_shown_at_the_counter(someone, system, today):
    child, mother, grandson = someone(1, birth=date(2020, 2, 2)), someone(2, sex="F"), someone(3)
    for kind, number in (("evoucher", "EV-000001"), ("social_card", "SC0000001")):
        cards.issue(new=NewCard(child, kind, number, valid_from=date(2024, 1, 1)), by=system, on=today)
    relations.grant(new=NewRelation(child, mother, "guardian", date(2020, 2, 2)), by=system, on=today)
    letter = NewRelation(mother, grandson, "agent", date(2024, 5, 1), date(2024, 6, 1), "授权书")
    relations.grant(new=letter, by=system, on=today)

    def ids(by, value, on=today):
        return [person.id for person in selectors.find(by=by, value=value, on=on)]

    number = identity(2, sex="F")
    assert ids("identity", identity(1, birth=date(2020, 2, 2))) == [child]
    assert (
        ids("evoucher", "EV-000001") == ids("social_card", "SC0000001") == ids("guardian", number) == [child]
    )
    assert ids("agent", identity(3)) == [mother]
    assert (
        ids("agent", identity(3), date(2024, 6, 1)) == []
        and ids("evoucher", "EV-000001", date(2023, 1, 1)) == []
    )
    assert ids("guardian", identity(9)) == [] and ids("evoucher", "EV-999999") == []
    with pytest.raises(ValueError):
        selectors.find(by="face", value="x", on=today)


def test_a_card_number_leads_to_one_person_at_a_time(someone, system, today):
    a, b = someone(1), someone(2)
    first = cards.issue(new=NewCard(a, "social_card", "SC0000001", date(2024, 1, 1)), by=system, on=today)
    with pytest.raises(Faults, match="已属于另一人"):
        cards.issue(new=NewCard(b, "social_card", "SC0000001", date(2024, 3, 1)), by=system, on=today)
    cards.end(card_id=first, by=system, on=today, why="挂失")
    cards.issue(new=NewCard(b, "social_card", "SC0000001", today), by=system, on=today)
    assert selectors.find(by="social_card", value="SC0000001", on=today)[0].id == b
    assert selectors.find(by="social_card", value="SC0000001", on=date(2024, 2, 1))[0].id == a


def test_an_agent_needs_a_letter_and_a_last_day(someone, system, today):
    a, b = someone(1), someone(2)
    with pytest.raises(Faults, match="授权书"):
        relations.grant(new=NewRelation(a, b, "agent", today), by=system, on=today)
    with pytest.raises(Faults, match="本人"):
        relations.grant(new=NewRelation(a, a, "guardian", today), by=system, on=today)


def test_a_person_lives_in_one_household_at_a_time(someone, system, today):
    who = someone(1)
    first = households.open_household(new=NewHousehold("H-1", VILLAGE), by=system, on=today)
    second = households.open_household(new=NewHousehold("H-2", VILLAGE), by=system, on=today)
    households.join(new=NewMember(who, first, "head", date(2020, 1, 1)), by=system, on=today)
    households.join(new=NewMember(who, second, "spouse", date(2023, 1, 1)), by=system, on=today)
    assert (
        homes.of(who, date(2022, 12, 31)).number == "H-1" and homes.of(who, date(2023, 1, 1)).number == "H-2"
    )
    assert (
        selectors.get(who).household_id == second
        and selectors.get(who, date(2021, 1, 1)).household_id == first
    )
    assert [member.role for member in homes.members(second, today)] == ["spouse"]
    with pytest.raises(Faults, match="另一户"):
        households.join(new=NewMember(who, first, "head", date(2022, 6, 1)), by=system, on=today)


def test_a_merge_leads_to_the_golden_row_and_can_be_taken_back(someone, actor, today, system):
    golden, twice, thrice = someone(1), someone(2), someone(3)
    services.merge(golden=twice, absorbed=thrice, by=system, on=today, why="同名同生日同住址")
    services.merge(golden=golden, absorbed=twice, by=system, on=today, why="证件复核")
    assert {selectors.resolve(one) for one in (golden, twice, thrice)} == {golden}
    assert selectors.find_by_identity(identity(3)).id == golden and selectors.get(twice).id == golden
    assert set(selectors.ids_of(thrice)) == {golden, twice, thrice}
    assert [event.topic for event in OutboxEvent.objects.order_by("seq")] == ["registry.person.merged"] * 2
    with pytest.raises(Faults):
        services.merge(golden=twice, absorbed=golden, by=system, on=today, why="反向")
    services.unmerge(absorbed=thrice, by=system, on=today, why="不是同一人")
    assert selectors.resolve(thrice) == thrice and selectors.resolve(twice) == golden
    with pytest.raises(services.PersonMissing):
        services.unmerge(absorbed=thrice, by=system, on=today, why="再次")


def test_a_person_registered_in_error_frees_the_number(someone, system, today):
    who = someone(1)
    services.leave(person_id=who, reason="error", by=system, on=today, why="录错")
    assert selectors.find_by_identity(identity(1)) is None
    assert someone(1) != who and selectors.get(who).left_why == "error"


def test_death_is_told_to_those_above(someone, system, today):
    who = someone(1)
    with pytest.raises(Faults):
        services.record_death(person_id=who, death_on=today + timedelta(days=1), by=system, on=today)
    services.record_death(person_id=who, death_on=date(2024, 5, 1), by=system, on=today, why="死亡证明")
    event = OutboxEvent.objects.get(topic="registry.person.died")
    assert event.payload == {"person": str(who), "on": "2024-05-01"} and selectors.get(who).death_on == date(
        2024, 5, 1
    )
    assert event.created_at <= timezone.now()
