"""Institutions as of a day; items priced through an approved mapping; two people for every mapping."""

from datetime import date
from fractions import Fraction

import pytest

from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.catalogues import selectors, services
from kangcheng.registry.catalogues.types import NewHospitalItem, NewItem, NewMapping
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.institutions import services as institution_services
from kangcheng.registry.institutions.types import NewInstitution
from kangcheng.registry.permission import NotPermitted
from kangcheng.registry.staff import selectors as staff
from kangcheng.registry.staff import services as staff_services
from kangcheng.registry.staff.types import NewStaff

pytestmark = pytest.mark.django_db
START = date(2024, 1, 1)


@pytest.fixture
def aspirin(county, system, today):
    new = NewItem(
        "drug", "XB01ACA", "阿司匹林肠溶片", START, "盒", "yi", first_pay="10%", price_limit=1500, price=1800
    )
    services.add_item(new=new, by=system, on=today)
    return "XB01ACA"


def own(place, code="A001", price=2000, start=START, kind="drug"):
    return NewHospitalItem(place, code, "阿司匹林", kind, price, start, "盒")


def test_an_institution_is_what_it_was_on_the_day(hospital, system, today):
    place = hospital(1, designated_from=date(2021, 1, 1))
    institution_services.change(
        institution_id=place,
        valid_from=date(2023, 1, 1),
        by=system,
        on=today,
        why="升级",
        level="三级",
        name="第1人民医院",
    )
    before, after = institutions.get(place, date(2022, 12, 31)), institutions.get(place, date(2023, 1, 1))
    assert (before.level, after.level, before.code) == ("二级", "三级", after.code)
    assert (institutions.get(place, date(2020, 6, 1)).designated, after.designated) == (False, True)
    assert [stretch.level for stretch in institutions.past(place)] == ["三级", "二级"]
    institution_services.close(
        institution_id=place, closed_on=date(2024, 3, 1), by=system, on=today, why="撤并"
    )
    assert institutions.get(place, date(2024, 3, 1)) is None and institutions.list_on(date(2024, 3, 1)) == []
    assert not institutions.designated(place, "resident", date(2024, 3, 1))
    assert institutions.names([place]) == {place: "第1人民医院"}


def test_lists_and_counts_of_a_day(hospital, system, today):
    hospital(1), hospital(2, type="township_hospital", level="一级", area_code="150302001")
    late = hospital(3, ownership="private", valid_from=date(2024, 2, 1))
    assert (
        len(institutions.list_on(date(2023, 1, 1))) == 2
        and len(institutions.list_on(today, area="150302001")) == 1
    )
    assert institutions.counts(today)[("county_hospital", "二级", "private")] == 1
    assert [one.id for one in institutions.opened(START, date(2025, 1, 1))] == [late]
    assert [one.name for one in institutions.list_on(today, text="第2")] == ["第2医院"]


def test_every_fault_of_an_institution_is_named(county, system, today):
    bad = NewInstitution("123", "", "circus", "state", "999999", START, level="九级", beds=-1)
    with pytest.raises(Faults) as caught:
        institution_services.bulk([bad], by=system, on=today)
    assert {fault.where for fault in caught.value.faults} == {
        "code", "name", "type", "ownership", "area_code", "level", "beds",
    }  # fmt: skip


def test_a_price_needs_an_approved_mapping_of_two_people(
    hospital, aspirin, actor, today, django_assert_num_queries
):
    place = hospital(1)
    manager = actor("institution_manager", institutions=[place])
    fund = actor("fund_officer", areas=[""])
    services.add_hospital_item(new=own(place), by=manager, on=today)
    assert selectors.price(place, "A001", today) is None
    assert [(row.hospital_code, row.why) for row in selectors.unmapped(place, today)] == [("A001", "none")]
    proposal = services.propose(new=NewMapping(place, "A001", aspirin, START), by=manager, on=today)
    assert [row.why for row in selectors.unmapped(place, today)] == ["proposed"]
    with pytest.raises(NotPermitted):
        services.approve(mapping_id=proposal, by=manager, on=today)
    services.approve(mapping_id=proposal, by=fund, on=today)
    assert selectors.unmapped(place, today) == []
    with django_assert_num_queries(1):
        priced = selectors.price(place, "A001", today)
    assert (priced.price, priced.price_limit, priced.group, priced.first_pay, priced.over_price) == (
        2000, 1500, "yi", Fraction(1, 10), True,
    )  # fmt: skip
    assert selectors.price(place, "A001", date(2023, 12, 31)) is None


def test_nobody_approves_their_own_proposal(hospital, aspirin, actor, today):
    place = hospital(1)
    both = actor("fund_officer", areas=[""])
    services.add_hospital_item(new=own(place), by=both, on=today)
    proposal = services.propose(new=NewMapping(place, "A001", aspirin, START), by=both, on=today)
    with pytest.raises(Faults, match="不得为同一人"):
        services.approve(mapping_id=proposal, by=both, on=today)
    assert selectors.mappings(status="proposed")[0].id == proposal
    services.reject(mapping_id=proposal, by=actor("fund_officer", areas=[""]), on=today, why="剂型不符")
    assert [row.why for row in selectors.unmapped(place, today)] == ["rejected"]


def test_a_new_mapping_and_a_new_price_take_over_from_their_first_day(
    hospital, aspirin, system, actor, today
):
    place = hospital(1)
    fund = actor("fund_officer", areas=[""])
    new = NewItem("drug", "XB01ACB", "阿司匹林片", START, "盒", "jia", price=900)
    services.bulk_items([new], by=system, on=today)
    services.bulk_hospital_items([own(place)], by=system, on=today)
    services.bulk_mappings([NewMapping(place, "A001", aspirin, START)], proposed_by=system, by=fund, on=today)
    change = services.propose(new=NewMapping(place, "A001", "XB01ACB", date(2024, 4, 1)), by=system, on=today)
    services.approve(mapping_id=change, by=fund, on=today)
    services.add_hospital_item(new=own(place, price=950, start=date(2024, 5, 1)), by=system, on=today)
    days = [date(2024, 3, 31), date(2024, 4, 1), date(2024, 5, 1)]
    found = [selectors.price(place, "A001", day) for day in days]
    assert [(one.national_code, one.price) for one in found] == [
        (aspirin, 2000),
        ("XB01ACB", 2000),
        ("XB01ACB", 950),
    ]
    services.end_item(code="XB01ACB", valid_to=date(2024, 6, 1), by=system, on=today, why="退出目录")
    assert selectors.price(place, "A001", date(2024, 6, 1)) is None
    assert selectors.unmapped(place, date(2024, 6, 1))[0].why == "national"


def test_a_national_item_keeps_its_versions(aspirin, system, today):
    services.revise_item(
        code=aspirin, valid_from=date(2024, 7, 1), by=system, on=today, why="集采", price=600, price_limit=500
    )
    assert [selectors.item(aspirin, day).price for day in (date(2024, 6, 30), date(2024, 7, 1))] == [
        1800,
        600,
    ]
    assert [row.price for row in selectors.versions(aspirin)] == [600, 1800]
    with pytest.raises(Faults, match="期间重叠"):
        services.add_item(
            new=NewItem("drug", aspirin, "重复", today, insurance_class="jia"), by=system, on=today
        )
    assert [row.code for row in selectors.search("aspl", today)] == [aspirin]
    assert [row.code for row in selectors.search("匹林", today)] == [aspirin]


def test_bad_items_are_refused_with_their_rows(county, system, today):
    rows = [
        NewItem("drug", "A", "甲", START, insurance_class="jia"),
        NewItem("gift", "", "", START, insurance_class="bing", first_pay="170%", price=-1),
    ]
    with pytest.raises(Faults) as caught:
        services.bulk_items(rows, by=system, on=today)
    assert {(fault.line, fault.where) for fault in caught.value.faults} == {
        (2, "kind"), (2, "code"), (2, "name"), (2, "insurance_class"), (2, "first_pay"), (2, "price"),
    }  # fmt: skip


def test_a_mapping_joins_what_exists_and_is_of_one_kind(hospital, aspirin, system, actor, today):
    place, fund = hospital(1), actor("fund_officer", areas=[""])
    services.bulk_hospital_items([own(place, "S1", kind="service")], by=system, on=today)
    rows = [NewMapping(place, "S1", aspirin, START), NewMapping(place, "X", "Y", START)]
    with pytest.raises(Faults) as caught:
        services.bulk_mappings(rows, proposed_by=system, by=fund, on=today)
    assert [(fault.line, fault.where) for fault in caught.value.faults] == [
        (1, "national_code"), (2, "hospital_code"), (2, "national_code"),
    ]  # fmt: skip


def test_staff_have_one_post_per_licence_and_their_institution_hires_them(hospital, actor, today):
    place, other, user = hospital(1), hospital(2), new_id()
    manager = actor("institution_manager", institutions=[place])
    new = NewStaff(place, "赵医生", "doctor", START, user_id=user, licence_number="110150302000001")
    post = staff_services.hire(new=new, by=manager, on=today)
    with pytest.raises(Faults, match="执业证号"):
        staff_services.hire(new=new, by=manager, on=today)
    with pytest.raises(NotPermitted):
        staff_services.hire(new=NewStaff(other, "钱护士", "nurse", START), by=manager, on=today)
    assert [one.institution_id for one in staff.of_user(user, today)] == [place]
    staff_services.end(staff_id=post, valid_to=today, by=manager, on=today, why="调离")
    assert staff.of_institution(place, today) == [] and len(staff.of_institution(place, START)) == 1
