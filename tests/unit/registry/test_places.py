"""Institutions with a past, divisions that change, what is missing, how far it is, and who works where."""

from datetime import date

import pytest

from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.areas import services as changes
from kangcheng.registry.institutions import selectors, services
from kangcheng.registry.reach import limits
from kangcheng.registry.reach import selectors as gaps
from kangcheng.registry.reach import services as reach
from kangcheng.registry.reach.rules import metres, nearest, seconds, within
from kangcheng.registry.reach.types import Limits
from kangcheng.registry.staff import selectors as staff_selectors
from kangcheng.registry.staff import services as staff
from kangcheng.registry.staff.rules import read_slots, slot_faults
from kangcheng.registry.staff.types import NewStaff

WALK = Limits(minutes=15, metres_a_minute=5000 / 60, start_minutes=0, detour=1.3)
HERE = (106.8, 39.7)


@pytest.fixture
def walking():
    before = limits.use(lambda measure, on: WALK)
    yield
    limits.use(before)


# --- pure ------------------------------------------------------------------------------------------------------------


def test_distance_is_geodesic():
    """One minute of latitude at the equator is 1,842.9 m on the ellipsoid, not the 1,852 m of the sphere."""
    assert metres((0.0, 0.0), (0.0, 1 / 60)) == pytest.approx(1842.9, abs=0.2)


def test_the_limit_itself_is_in_time():
    edge = 15 * WALK.metres_a_minute
    assert seconds(edge, WALK) == 900
    near = nearest({"a": HERE}, {"p": (HERE[0], HERE[1] + 0.0085)}, WALK)["a"]
    assert near.place == "p" and near.metres == pytest.approx(944 * 1.3, abs=3) and within(near, WALK)
    far = nearest({"a": HERE}, {"p": (HERE[0], HERE[1] + 0.0090)}, WALK)["a"]
    assert not within(far, WALK) and not within(None, WALK)


def test_along_roads_the_nearer_place_may_be_the_farther_one():
    """A river: q lies nearer as the crow flies, p by road."""
    a, p, q = (0.0, 0.0), (0.02, 0.0), (0.0, 0.01)
    roads = [
        ((0.0, 0.0), (0.01, 0.0)),
        ((0.01, 0.0), (0.02, 0.0)),
        ((0.02, 0.0), (0.02, 0.05)),
        ((0.02, 0.05), (0.0, 0.01)),
    ]
    assert nearest({"a": a}, {"p": p, "q": q}, WALK)["a"].place == "q"
    found = nearest({"a": a}, {"p": p, "q": q}, WALK, roads)["a"]
    assert found.place == "p" and found.metres == pytest.approx(2226, abs=3), "no detour on top of a road"


def test_weekly_hours_are_read_and_refused():
    assert read_slots("周一 8:00-12:00；周日 13：30—17:00") == [(1, 480, 720), (7, 810, 1020)]
    with pytest.raises(Faults, match="看不懂"):
        read_slots("每天上午")
    assert slot_faults([(1, 480, 720), (1, 720, 800), (2, 480, 720)]) == []
    assert len(slot_faults([(1, 480, 720), (1, 719, 800), (8, 0, 60), (2, 60, 60)])) == 3


# --- institutions ----------------------------------------------------------------------------------------------------


def test_a_conversion_keeps_what_was_and_can_be_taken_back(hospital, system, today):
    one = hospital(1, type="township_hospital")
    services.change(
        institution_id=one,
        valid_from=date(2023, 1, 1),
        type="county_hospital",
        by=system,
        on=today,
        why="升格",
    )
    assert [(a.act, a.on.year, a.type_before) for a in selectors.happened()] == [
        ("converted", 2023, "township_hospital"), ("opened", 2020, ""),
    ]  # fmt: skip
    assert selectors.get(one, date(2022, 12, 31)).type == "township_hospital"
    assert services.undo(institution_id=one, by=system, on=today, why="登错") == "changed"
    assert selectors.get(one, today).type == "township_hospital" and len(selectors.past(one)) == 1


def test_closing_ends_designations_and_reopening_brings_them_back(hospital, system, today):
    one = hospital(1, designated_from=date(2020, 1, 1))
    services.close(institution_id=one, closed_on=date(2024, 1, 1), by=system, on=today, why="撤销")
    assert selectors.get(one, today) is None and not selectors.designated(one, "resident", today)
    assert selectors.happened(date(2024, 1, 1), date(2025, 1, 1))[0].act == "closed"
    assert services.undo(institution_id=one, by=system, on=today, why="登错") == "closed"
    assert selectors.get(one, today) and selectors.designated(one, "resident", today)


def test_an_opening_goes_only_while_nothing_hangs_on_it(hospital, system, today):
    one, two = hospital(1), hospital(2)
    staff.hire(new=NewStaff(two, "张医生", "clinician", date(2024, 1, 1)), by=system, on=today)
    assert services.undo(institution_id=one, by=system, on=today, why="重复登记") == "opened"
    assert selectors.past(one) == []
    with pytest.raises(KangchengError, match="人员"):
        services.undo(institution_id=two, by=system, on=today, why="重复登记")
    assert selectors.get(two, today)


def test_a_correction_changes_the_stretch_and_names_the_fields(hospital, system, today):
    one = hospital(1)
    term = selectors.past(one)[0]
    changed = services.correct(term_id=term.id, name="更正医院", beds=80, by=system, on=today, why="录入错误")
    assert set(changed) == {"name", "name_pinyin", "beds"} and selectors.get(one, today).beds == 80
    with pytest.raises(KangchengError, match="原因"):
        services.correct(term_id=term.id, beds=90, by=system, on=today, why=" ")
    with pytest.raises(Faults, match="经纬度"):
        services.correct(term_id=term.id, longitude=500.0, latitude=1.0, by=system, on=today, why="定位")


# --- areas and what is missing ---------------------------------------------------------------------------------------


def test_an_old_code_leads_to_what_took_its_place(county, system, today):
    act = changes.split(
        code="150302001",
        parts={"150302011": "东街道", "150302012": "西街道"},
        by=system,
        on=date(2024, 1, 1),
        document="民政〔2024〕1号",
    )
    assert areas.current(["150302001", "150302001002", "150303100"], today) == {
        "150302001": "150302011", "150302001002": "150302011", "150303100": "150303100",
    }  # fmt: skip
    assert areas.current(["150302001"], date(2023, 12, 31)) == {"150302001": "150302001"}
    changes.undo(act=act, by=system, on=today, why="文件撤回")
    assert areas.get("150302011") is None and areas.get("150302001").closed_on is None
    with pytest.raises(Faults, match="已在用"):
        changes.split(
            code="150302001", parts={"150302001": "甲", "150302013": "乙"}, by=system, on=today, document="x"
        )


def test_merging_and_renaming_are_kept(county, system, today):
    changes.rename(code="150303100", name="新名镇", by=system, on=today, document="批复1")
    assert areas.names(["150303100"]) == {"150303100": "新名镇"}
    with pytest.raises(KangchengError, match="同级"):
        changes.merge(codes=["150303100201"], into="150303100", by=system, on=today, document="批复2")
    changes.merge(codes=["150303100"], into="150302001", by=system, on=today, document="批复3")
    assert [line.kind for line in areas.changes("150303100")] == ["merge", "rename"]
    assert areas.current(["150303100201"], today) == {"150303100201": "150302001"}


def test_who_has_none_and_who_is_too_far(someone, hospital, words, system, today, walking):
    words["institution-types"] |= {"village_clinic": "村卫生室", "community_centre": "中心"}
    for number in (1, 2, 3):
        someone(number)
    someone(4, area="150303100201")
    changes.locate(points={"150302001002": HERE, "150303100201": (106.9, 39.4)}, by=system, on=today)
    assert [one.served for one in gaps.townships(today)] == [False, False]
    hospital(
        1,
        type="community_centre",
        area_code="150302001",
        standardised=True,
        longitude=HERE[0],
        latitude=HERE[1] + 0.004,
    )
    found = {one.area.code: one for one in gaps.townships(today)}
    assert found["150302001"].standard and not found["150303100"].served
    assert [one.area.code for one in gaps.villages(today) if not one.served] == [
        "150302001002",
        "150303100201",
    ]
    assert reach.compute(measure="walk", by=system, on=today) == 1
    rows = gaps.of_measure("walk")
    assert [one.within for one in rows] == [False, True] and rows[1].residents == 3
    assert str(gaps.share(rows)) == "3/4"


# --- staff -----------------------------------------------------------------------------------------------------------


def test_nobody_is_in_two_places_at_once(hospital, system, today):
    one, two = hospital(1), hospital(2)
    since, act = date(2024, 1, 1), {"by": system, "on": today}
    first = staff.hire(new=NewStaff(one, "李医生", "clinician", since, licence_number="9990001"), **act)
    second = staff.hire(
        new=NewStaff(two, "李医生", "clinician", since, licence_number="9990001", main=False), **act
    )
    staff.set_hours(staff_id=first, hours=[(1, 480, 720)], valid_from=since, **act)
    with pytest.raises(Faults, match=r"第1医院.*重叠"):
        staff.set_hours(staff_id=second, hours=[(1, 719, 800)], valid_from=since, **act)
    staff.set_hours(staff_id=second, hours=[(1, 720, 1020), (2, 480, 720)], valid_from=since, **act)
    assert sum(slot.minutes for slot in staff_selectors.hours([second], today)[second]) == 540
    staff.end(staff_id=first, valid_to=date(2024, 6, 1), why="调离", **act)
    staff.set_hours(staff_id=second, hours=[(1, 480, 720)], valid_from=date(2024, 6, 1), **act)
    with pytest.raises(Faults, match="重叠"):
        staff.set_hours(staff_id=second, hours=[(1, 480, 720)], valid_from=date(2024, 5, 31), **act)


def test_the_database_refuses_an_overlap_too(hospital, system, today):
    from django.db import IntegrityError, transaction

    from kangcheng.registry.staff.models import StaffHours

    since = date(2024, 1, 1)
    posts = [
        staff.hire(
            new=NewStaff(hospital(n), "王医生", "clinician", since, licence_number="77"), by=system, on=today
        )
        for n in (1, 2)
    ]
    slot = {"licence_number": "77", "weekday": 3, "valid_from": since}
    StaffHours.objects.create(staff_id=posts[0], starts=480, ends=720, **slot)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffHours.objects.create(staff_id=posts[1], starts=600, ends=660, **slot)


def test_who_manages_is_not_where_one_works(hospital, system, today):
    above, below = hospital(1), hospital(2, type="township_hospital")
    post = staff.hire(new=NewStaff(below, "赵医生", "clinician", date(2024, 1, 1)), by=system, on=today)
    staff.manage(staff_id=post, managing_id=above, contract="contract", by=system, on=today, why="区管基层用")
    found = staff_selectors.get(post)
    assert (found.institution_id, found.managing_id, found.contract) == (below, above, "contract")
    assert staff_selectors.earlier(post)[0]["managing_id"] is None
    with pytest.raises(Faults, match="用人方式"):
        staff.manage(staff_id=post, managing_id=above, contract="长期", by=system, on=today, why="x")
