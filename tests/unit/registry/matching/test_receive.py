"""Records of institutions find their person, wait, or make a new one; decisions are remembered; parting loses nothing."""

from datetime import date

import pytest

from kangcheng.base.models import OutboxEvent
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import check_digit
from kangcheng.registry.matching import selectors, services
from kangcheng.registry.matching.services import NotOpen, NotParted
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people import services as people_services
from kangcheng.registry.permission import NotPermitted

pytestmark = pytest.mark.django_db
VILLAGE, OTHER_VILLAGE = "150302001002", "150303100201"


def number(sequence="101", birth="19800101", county="150302"):
    body = f"{county}{birth}{sequence}"
    return body + check_digit(body)


def test_a_number_leads_to_its_holder_and_twice_is_once(send, someone):
    person = someone(1, name="张小明")
    holder = people.contact(person).identity
    first = send("h1", "001", identity=holder, name="張小明", phone="13900001111")
    assert (first.state, first.how, first.person_id) == ("linked", "number", person)
    again = send("h1", "001", identity=holder, name="張小明", phone="13900001111")
    assert (again.record_id, again.changed) == (first.record_id, False)
    assert len(selectors.sources_of(person)) == 1
    assert people.contact(person).phone == "13900001111", "the golden row lacked a phone"


def test_the_old_card_of_fifteen_digits_is_the_same_number(send, someone):
    person = someone(1, name="张小明")
    new = people.contact(person).identity
    sent = send("h1", "001", identity=new[:6] + new[8:17])
    assert (sent.how, sent.person_id) == ("number", person)


def test_a_number_under_another_name_waits(send, someone):
    person = someone(1, name="张小明")
    sent = send("h1", "001", identity=people.contact(person).identity, name="王海燕")
    assert sent.state == "waiting" and sent.doubts == ("number_of_another",)


def test_without_a_number_likeness_decides(send, someone):
    home = {"phone": "13800002222", "address": "和平社区5号"}
    person = someone(1, name="张小明", **home)
    sent = send("h1", "001", **home)
    assert (sent.state, sent.how, sent.person_id) == ("linked", "weight", person)
    stranger = send("h1", "002", name="赵铁柱", birth_on=date(1955, 3, 4), phone="13700000000")
    assert stranger.how == "new" and people.get(stranger.person_id).name == "赵铁柱"


def test_twins_are_never_joined_by_likeness(send, someone):
    home = {"phone": "13800002222", "address": "和平社区5号"}
    someone(1, name="张小明", **home)
    sent = send("h1", "001", name="张小亮", **home)
    assert sent.state == "waiting" and "name" in sent.doubts


def test_said_not_the_same_is_remembered_until_the_facts_change(send, someone, system, today):
    home = {"phone": "13800002222", "address": "和平社区5号"}
    person = someone(1, name="张小明", **home)
    sent = send("h1", "001", name="张小亮", **home)
    pair = selectors.pairs(by=system)[0]
    assert services.decide(pair_id=pair.id, same=False, by=system, on=today, why="双胞胎弟弟") == "different"
    row = selectors.record(sent.record_id, by=system)
    assert row.how == "new" and row.person_id != person
    with pytest.raises(NotOpen):
        services.decide(pair_id=pair.id, same=True, by=system, on=today, why="改主意")
    assert selectors.pairs(by=system) == []
    send("h1", "001", name="张小亮", **home)
    assert selectors.pairs(by=system) == []


def test_said_the_same_joins_and_parting_takes_back_what_was_filled(send, someone, system, today):
    person = someone(1, name="张小明", phone="13800002222")
    sent = send("h1", "001", name="张小亮", phone="13800002222", address="和平社区9号")
    pair = selectors.pairs(by=system)[0]
    assert (
        services.decide(pair_id=pair.id, same=True, by=system, on=today, why="本人改名，见户口本") == "same"
    )
    assert selectors.person_for("h1", "001") == person
    assert people.contact(person).address == "和平社区9号"
    own = services.part(record_id=sent.record_id, by=system, on=today, why="核对证件，是两个人")
    assert own != person and selectors.person_for("h1", "001") == own
    assert people.contact(person).address == "", "taken back"
    topics = [event.topic for event in OutboxEvent.objects.order_by("seq")]
    assert topics == ["registry.source.linked", "registry.source.parted", "registry.source.linked"]
    with pytest.raises(NotParted):
        services.part(record_id=sent.record_id, by=system, on=today, why="再分")


def test_two_people_have_to_agree_when_the_city_says_so(send, someone, system, actor, limits, today):
    limits(opinions=2)
    someone(1, name="张小明", phone="13800002222")
    send("h1", "001", name="张小亮", phone="13800002222")
    pair = selectors.pairs(by=system)[0]
    one, two, three = (actor("fund_officer", areas=[""]) for _ in range(3))
    assert services.decide(pair_id=pair.id, same=True, by=one, on=today, why="证件相同") == "open"
    with pytest.raises(NotOpen):
        services.decide(pair_id=pair.id, same=True, by=one, on=today, why="还是我")
    assert services.decide(pair_id=pair.id, same=False, by=two, on=today, why="电话是家属的") == "open"
    assert services.decide(pair_id=pair.id, same=False, by=three, on=today, why="是兄弟") == "different"


def test_a_district_decides_its_own_only(send, someone, actor, system, today):
    person = someone(1, name="张小明", phone="13800002222", address="和平社区5号", area=OTHER_VILLAGE)
    mine = actor("fund_officer", areas=["150302"])
    sent = send("h1", "001", by=mine, phone="13800002222", address="和平社区5号")
    assert sent.state == "waiting" and sent.person_id is None, "who lives elsewhere is not given by likeness"
    assert selectors.pairs(by=mine) == [] and selectors.waiting(by=mine) == 0
    pair = selectors.pairs(by=system)[0]
    assert pair.person_id == person and selectors.pair(pair.id, by=mine) is None
    with pytest.raises(NotPermitted):
        services.decide(pair_id=pair.id, same=True, by=mine, on=today, why="试试")
    with pytest.raises(NotPermitted):
        send("h1", "003", by=mine, area_code=OTHER_VILLAGE)


def test_newborns_go_by_mother_day_and_order(send, someone, system, today):
    mother = someone(2, name="李秀英", sex="F", birth=date(1995, 5, 5))
    card = people.contact(mother).identity
    baby = {"birth_on": date(2024, 5, 1), "mother_identity": card, "sex": "F"}
    first = send("birth", "1", name="李秀英之女", birth_order=1, **baby)
    second = send("birth", "2", name="李秀英之女", birth_order=2, **baby)
    assert first.how == second.how == "new" and first.person_id != second.person_id
    seen = send("h1", "7", name="王雨桐", birth_order=1, **baby)
    assert (seen.how, seen.person_id) == ("mother", first.person_id)
    assert people.get(first.person_id).name == "王雨桐", "the child has a name now"
    unclear = send("h1", "8", name="王雨晴", **(baby | {"birth_on": date(2024, 5, 1), "sex": "M"}))
    assert unclear.state == "waiting"


def test_too_little_known_waits_for_somebody_who_knows(send, someone, system, today):
    sent = send("h1", "001", name="无名氏", sex="", birth_on=None)
    assert (sent.state, sent.doubts) == ("waiting", ("few",))
    assert [one.id for one in selectors.stuck(by=system)] == [sent.record_id]
    person = someone(4)
    services.attach(record_id=sent.record_id, person_id=person, by=system, on=today, why="家属认领")
    assert selectors.person_for("h1", "001") == person


def test_all_faults_of_a_list_at_once(send, system, today, county, limits):
    from kangcheng.registry.matching.types import NewRecord

    rows = [NewRecord("", "1", "甲乙", VILLAGE), NewRecord("h", "2", "", "999999")]
    with pytest.raises(Faults) as caught:
        services.receive_many(rows=rows, by=system, on=today)
    assert {(fault.line, fault.where) for fault in caught.value.faults} == {
        (1, "system"),
        (2, "name"),
        (2, "area_code"),
    }


def test_a_second_registration_is_found_merged_and_unmerged(someone, system, today, limits):
    first = someone(1, name="张小明", phone="13800002222", address="和平社区5号")
    from kangcheng.registry.people.types import NewPerson

    new = NewPerson(
        "張小明", VILLAGE, sex="M", birth_on=date(1980, 1, 1), phone="13800002222", address="和平社区5号"
    )
    second = people_services.register(new=new, by=system, on=today)
    assert services.seek(person_ids=[second], by=system, on=today) == 1
    assert services.seek(person_ids=[first, second], by=system, on=today) == 0, "asked once"
    pair = selectors.pairs(by=system)[0]
    assert services.decide(pair_id=pair.id, same=True, by=system, on=today, why="同一人") == "same"
    assert people.resolve(second) == first, "the row with the number stays"
    services.unmerge(absorbed=second, by=system, on=today, why="核对后是两人")
    assert people.resolve(second) == second
    assert services.seek(person_ids=[first, second], by=system, on=today) == 0, "remembered"
    assert [(one.person_id, bool(one.until)) for one in selectors.merges_of(first)] == [(second, True)]
    assert [(one.golden_id, bool(one.until)) for one in selectors.merges_of(second)] == [(first, True)]


def test_a_list_of_another_office_is_matched_and_nothing_written(someone, system, today, limits, county):
    from kangcheng.registry.matching.types import NewRecord
    from kangcheng.registry.people.models import SourceRecord

    person = someone(1, name="张小明", phone="13800002222", address="和平社区5号")
    card = people.contact(person).identity
    rows = [
        NewRecord("", "", "张小明", VILLAGE, identity=card),
        NewRecord("", "", "張小明", VILLAGE, "M", date(1980, 1, 1), phone="13800002222"),
        NewRecord("", "", "张小亮", VILLAGE, "M", date(1980, 1, 1), phone="13800002222"),
        NewRecord("", "", "赵铁柱", VILLAGE, "M", date(1955, 3, 4)),
    ]
    report = services.match_list(rows, by=system, on=today)
    assert [row.state for row in report.rows] == ["matched", "matched", "waiting", "unknown"]
    assert report.rows[2].likely[0][0] == person and report.count("matched") == 2
    assert SourceRecord.objects.count() == 0


@pytest.mark.slow
def test_a_long_list_is_weighed_by_splink_with_the_same_outcome(someone, system, today, limits, monkeypatch):
    from kangcheng.registry.matching.services import batch
    from kangcheng.registry.matching.types import NewRecord

    home = {"phone": "13800002222", "address": "和平社区5号"}
    person = someone(1, name="张小明", **home)
    card = people.contact(person).identity
    rows = [
        NewRecord("h1", "1", "张小明", VILLAGE, identity=card),
        NewRecord("h1", "2", "張小明", VILLAGE, "M", date(1980, 1, 1), **home),
        NewRecord("h1", "3", "张小亮", VILLAGE, "M", date(1980, 1, 1), **home),
        NewRecord("h1", "4", "赵铁柱", VILLAGE, "M", date(1955, 3, 4), phone="13700000000"),
        NewRecord("h2", "1", "赵铁柱", VILLAGE, "M", date(1955, 3, 4), phone="13700000000"),
    ]
    monkeypatch.setattr(batch, "WORTH", 2)
    got = services.receive_many(rows=rows, by=system, on=today)
    assert [(one.state, one.how) for one in got[:2]] == [("linked", "number"), ("linked", "weight")]
    assert got[2].state == "waiting" and got[2].doubts == ("name",)
    assert got[3].how == "new" and got[4].person_id == got[3].person_id, (
        "the second row finds whom the first made"
    )
    assert [one.changed for one in services.receive_many(rows=rows, by=system, on=today)] == [False] * 5


@pytest.mark.slow
def test_second_registrations_of_an_area_are_queued_and_twins_are_not(someone, system, today, limits):
    from kangcheng.registry.people.types import NewPerson

    home = {"phone": "13800002222", "address": "和平社区5号"}
    first = someone(1, name="张小明", **home)
    someone(2, name="张小亮", **home)
    new = NewPerson("張小明", VILLAGE, sex="M", birth_on=date(1980, 1, 1), **home)
    second = people_services.register(new=new, by=system, on=today)
    assert services.seek_area(area="150302", by=system, on=today) == 1
    pair = selectors.pairs(by=system)[0]
    assert {pair.person_id, pair.other_id} == {first, second}
    assert services.seek_area(area="150302", by=system, on=today) == 0
    assert services.seek(person_ids=[first, second], by=system, on=today) == 0
