"""Personnel registers in the browser: files, ethics, quota, titles, recruitment, training, students, village doctors."""

import pytest

from tests.journeys.conftest import RUN
from tests.journeys.registers import (
    add,
    change,
    day,
    figure,
    gaps,
    look,
    refused,
    remove,
    restore,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
N = RUN.upper()
COUNTY, TOWN = "990103", "990103001"
NUMBERS = iter(range(1, 99))


def some(page, kind, place=0):
    """Name of an institution of the kind."""
    page.goto(f"/institutions/?type={kind}")
    return page.locator("main tbody td a").nth(place).inner_text()


def member(page, institution, **other):
    """A new staff file; its number."""
    number = f"B{int(RUN, 16) % 9000 + 1000}{next(NUMBERS):02d}"
    values = {
        "post": "clinician",
        "place": "county",
        "fed": "daily",
        "since": day(300),
        "name": "张大山",
    } | other
    add(page, "staff-files", institution=institution, number=number, **values)
    return number


def test_ethics_are_rated_by_assessors_alone_and_kept_with_history(log_in):
    inspector, office = log_in("inspector"), log_in("office")  # inspector, bureau_officer
    hospital = some(inspector, "county_hospital")
    number = member(office, hospital)
    assert gaps(office, "ethics-files", number)[1] == [number]
    office.goto("/registers/ethics-files/new/")
    assert office.locator("#v_rating").is_disabled(), "not an assessor"
    rated = {
        "institution": hospital, "staff": number, "year": "2026", "praise": "2", "complaints": "1", "penalties": "0",
        "rated_on": day(0),
    }  # fmt: skip
    assert "不能评为优秀" in refused(inspector, "ethics-files", rating="excellent", **rated)
    before = look(inspector, "ethics-files", f_rating="fair")
    row = add(inspector, "ethics-files", rating="fair", note="查实投诉一次", refused="300", **rated)
    assert look(inspector, "ethics-files", f_rating="fair") == before + 1
    assert gaps(office, "ethics-files", number)[1] == []
    assert look(inspector, "ethics-files", f_usable="no") >= 1
    change(inspector, row, "投诉复核不实", complaints="0", rating="good")
    inspector.goto(row)
    assert "一般" in inspector.inner_text(".timeline") and "良好" in inspector.inner_text(".timeline")
    assert (
        "考评人数" in inspector.inner_text("main") or figure(inspector, "ethics-files", "医德考评人数") >= 1
    )


def test_a_shortage_post_is_filled_and_counted_against_the_targets(log_in):
    office = log_in("office")  # bureau_officer
    hospital = some(office, "county_hospital")
    add(
        office,
        "shortage-posts",
        number=f"G-{N}",
        institution=hospital,
        specialty="gp",
        wanted="1",
        announced_on=day(20),
    )
    assert gaps(office, "recruitments", f"G-{N}")[1] == [f"G-{N}"]
    talents = figure(office, "recruitments", "急需高层次人才")
    gp = figure(office, "recruitments", "全科特岗医生")
    wanted = {"institution": hospital, "name": "王五", "route": "interview", "joined_on": day(0)}
    assert "人才层次" in refused(office, "recruitments", number=f"Z1-{N}", programme="talent", **wanted)
    add(office, "recruitments", number=f"Z1-{N}", programme="talent", tier="leading", **wanted)
    assert figure(office, "recruitments", "急需高层次人才") == talents + 1
    add(office, "recruitments", number=f"Z2-{N}", programme="gp_special", post=f"G-{N}", **wanted)
    assert figure(office, "recruitments", "全科特岗医生") == gp + 1
    assert gaps(office, "recruitments", f"G-{N}")[1] == []
    text = office.goto("/registers/recruitments/") and office.inner_text(".figures")
    assert ">= 20" in text and text.count(">= 5") == 2
    assert look(office, "recruitments", f_route="interview", f_tier="leading") >= 1
    assert (
        look(office, "recruitments", f_route="special") + look(office, "recruitments", f_route="appraisal")
        >= 1
    )


def test_sessions_exams_certificates_and_pairs_feed_the_training_figures(log_in):
    office = log_in("office")  # bureau_officer
    people = figure(office, "trainings", "技能培训人次")
    wanted = {"kind": "skill", "course": "急救技能", "county": COUNTY, "held_on": day(0), "enrolled": "40"}
    assert "不能多于招录" in refused(office, "trainings", number=f"P1-{N}", attended="41", **wanted)
    add(office, "trainings", number=f"P1-{N}", attended="40", **wanted)
    assert figure(office, "trainings", "技能培训人次") == people + 40
    resident = figure(office, "trainings", "规范化培训")
    add(office, "trainings", **(wanted | {"number": f"P2-{N}", "kind": "standardised", "enrolled": "3"}))
    assert figure(office, "trainings", "规范化培训") == resident + 3
    add(office, "trainings", number=f"P3-{N}", attended="20", **(wanted | {"kind": "cadre"}))
    assert figure(office, "trainings", "乡村干部培训") > 0
    assert "990103" not in str(gaps(office, "trainings")) and "三基" in _figures(office, "trainings")
    hospital = some(office, "township_hospital")
    gps = figure(office, "staff-files", "全科医师培训率")
    master, pupil = (member(office, hospital, post="gp", place="grassroots") for _ in range(2))
    assert figure(office, "staff-files", "全科医师培训率") < gps, "two who are not trained yet"
    result = {"institution": hospital, "session": f"P1-{N}", "staff": pupil, "attended_on": day(0)}
    assert "才发证书" in refused(office, "training-results", score="59", certificate=f"C-{N}", **result)
    add(office, "training-results", score="60", certificate=f"C-{N}", **result)
    assert look(office, "training-results", f_certificate=f"C-{N}", f_passed="yes") == 1
    pair = {"institution": hospital, "apprentice": pupil, "since": day(0)}
    assert "同一人" in refused(office, "apprenticeships", master=pupil, **pair)
    row = add(office, "apprenticeships", master=master, **pair)
    change(office, row, "出师", until=day(-90), outcome="passed")
    text = _figures(office, "staff-files")
    assert "社区护士岗位培训率" in text and "基层全科医生占医师比例" in text


def _figures(page, register):
    page.goto(f"/registers/{register}/")
    return page.inner_text(".figures")


def test_an_order_student_is_enrolled_placed_and_bound(log_in):
    office = log_in("office")  # bureau_officer
    bachelors, colleges = (figure(office, "order-students", title) for title in ("定向本科", "定向专科"))
    wanted = {"name": "赵六", "county": COUNTY, "enrolled_on": day(80), "signed_on": day(80)}
    row = add(office, "order-students", number=f"D1-{N}", level="bachelor", state="studying", **wanted)
    add(office, "order-students", number=f"D2-{N}", level="college", state="studying", **wanted)
    assert figure(office, "order-students", "定向本科") == bachelors + 1
    assert figure(office, "order-students", "定向专科") == colleges + 1
    assert ">= 10" in office.inner_text(".figures") and ">= 20" in office.inner_text(".figures")
    said = refused(office, "order-students", number=f"D3-{N}", level="college", state="breach", **wanted)
    assert "违约认定日期" in said and "应退还费用" in said
    late = look(office, "order-students", f_late="yes")
    old = wanted | {"enrolled_on": day(1900), "signed_on": day(1900)}
    other = add(
        office,
        "order-students",
        number=f"D4-{N}",
        level="bachelor",
        state="waiting",
        graduated_on=day(91),
        **old,
    )
    assert look(office, "order-students", f_late="yes") == late + 1
    kept = figure(office, "order-students", "履约率")
    change(office, other, "安置到岗", state="serving", placed_at=some_name(office), placed_on=day(0))
    assert look(office, "order-students", f_late="yes") == late
    assert figure(office, "order-students", "履约率") >= kept
    remove(office, row, "试验")
    assert figure(office, "order-students", "定向本科") == bachelors


def some_name(page):
    """A township hospital, without leaving the page's state behind."""
    return some(page, "township_hospital")


def test_a_village_doctor_without_pension_and_an_unpaid_item_are_listed(log_in):
    office = log_in("office")  # bureau_officer
    clinic = some(office, "village_clinic")
    uncovered = look(office, "village-doctors", f_pension="uncovered")
    doctor = add(
        office,
        "village-doctors",
        number=f"X-{N}",
        name="周七",
        clinic=clinic,
        pension="uncovered",
        since=day(100),
    )
    assert look(office, "village-doctors", f_pension="uncovered") == uncovered + 1
    assert gaps(office, "village-doctor-items", f"X-{N}")[1] == [f"X-{N}"]
    unpaid = look(office, "village-doctor-items", f_unpaid="yes")
    item = {
        "clinic": clinic, "doctor": f"X-{N}", "doctor_name": "周七", "item": "pension", "source": "county",
        "amount": "600", "due_on": day(1),
    }  # fmt: skip
    assert "批准后才能付款" in refused(office, "village-doctor-items", state="asked", paid_on=day(0), **item)
    row = add(office, "village-doctor-items", state="approved", **item)
    assert look(office, "village-doctor-items", f_unpaid="yes") == unpaid + 1
    paid = figure(office, "village-doctor-items", "兑付率")
    change(office, row, "已转账", paid_on=day(0))
    assert look(office, "village-doctor-items", f_unpaid="yes") == unpaid
    assert figure(office, "village-doctor-items", "兑付率") > paid
    assert gaps(office, "village-doctor-items", f"X-{N}")[1] == []
    rate = figure(office, "village-doctors", "养老保障率")
    change(office, doctor, "已参保", pension="resident")
    assert figure(office, "village-doctors", "养老保障率") > rate
    remove(office, row, "登错")
    restore(office, row, "没有登错")
