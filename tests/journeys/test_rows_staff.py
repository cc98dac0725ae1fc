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
    open_case,
    refused,
    remove,
    restore,
    sheet,
    step,
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


def test_a_staff_file_is_fed_matched_found_and_completed(log_in):
    office = log_in("office")  # bureau_officer
    station = some(office, "community_centre")
    number = member(office, station, post="gp", place="grassroots")
    row = office.url
    assert look(office, "staff-files", f_number=number, f_complete="no") == 1
    rate = figure(office, "staff-files", "完整率")
    said = refused(
        office, "staff-files", institution=station, number=f"{number[:-1]}X", name="李四", post="gp",
        place="grassroots", fed="matched", since=day(9),
    )  # fmt: skip
    assert "工号" in said and "比对日期" in said, "the number's form, and a match without its day"
    change(
        office, row, "信息比对补齐", identity="990101199001010014", licence=f"L{N}", title="intermediate",
        trained_on=day(30), ethics="good", awards="市级先进工作者", fed="matched", matched_on=day(0),
    )  # fmt: skip
    assert look(office, "staff-files", f_number=number, f_complete="yes", f_fed="matched") == 1
    assert figure(office, "staff-files", "完整率") > rate
    office.goto(row)
    text = office.inner_text("main")
    assert "990101199001010014" not in text and "100" in text, "masked; complete"
    office.goto(f"/registers/staff-files/?f_number={number}")
    assert "云档案" in sheet(office)
    assert gaps(office, "staff-files")[0] >= 0
    remove(office, row, "试验")
    assert look(office, "staff-files", f_number=number) == 0


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


def test_vacant_quota_is_counted_lent_returned_and_used_again(log_in):
    office, manager = log_in("office"), log_in("manager")  # bureau_officer, institution_manager
    station = some(office, "community_station")
    rate = figure(office, "establishment-quotas", "空岗率")
    wanted = {
        "institution": station, "tier": "grassroots", "quota": "5", "headcount": "400", "in_quota": "5", "working": "0",
        "since": day(0),
    }  # fmt: skip
    assert "人员总量" in refused(office, "establishment-quotas", posts="401", **wanted)
    row = add(office, "establishment-quotas", posts="400", **wanted)
    assert figure(office, "establishment-quotas", "空岗率") > rate
    assert look(office, "establishment-quotas", f_short="yes") >= 1
    remove(office, row, "试验")
    assert figure(office, "establishment-quotas", "空岗率") == rate
    case = open_case(
        manager,
        "quota-loan",
        lender=some(office, "tcm_hospital"),
        persons="1",
        purpose="高层次人才",
        until=day(-700),
    )
    assert manager.locator("form:has(input[name=do][value=lend])").count() == 0, "the office decides"
    assert "已借用" in step(office, case, "lend", vacant="3")
    assert "待主管科室核定" in step(
        manager, case, "reuse", "人才调离，再用于急需专业", back_on=day(0), next_until=day(-300)
    )
    assert "已借用" in step(office, case, "lend", vacant="3")
    assert "已归还" in step(manager, case, "return", returned_on=day(0))


def test_a_doctor_is_promoted_only_after_service_at_the_grassroots(log_in):
    office, manager, leader = log_in("office"), log_in("manager"), log_in("leader")
    hospital = some(office, "county_hospital")  # bureau_officer checks, institution_manager applies
    number = member(office, hospital)
    points = {"ethics": "合格", "ability": "80", "results": "75"}
    short = open_case(
        manager, "title-promotion", number=number, series="城市系列", level="副高级", service_months="11"
    )
    office.goto(short)
    for name, value in points.items():
        field = office.locator(f"#check-urban-{name}")
        if name == "ethics":
            field.select_option(value)
        else:
            field.fill(value)
    office.click("form:has(input[name=do][value='check-urban']) button.button")
    office.wait_for_selector(".note.bad")
    assert "服务基层月数" in office.inner_text(".note.bad")
    assert "不符合条件" in step(office, short, "refuse", "服务基层不足十二个月")
    case = open_case(
        manager, "title-promotion", number=number, series="城市系列", level="副高级", service_months="12"
    )
    assert "待评审" in step(office, case, "check-urban", **points)
    assert "取得资格" in step(leader, case, "award")
    gained = figure(office, "titles-gained", "高级职称")
    wanted = {
        "institution": hospital, "staff": number, "series": "urban", "level": "deputy", "ethics": "pass",
        "ability": "80", "results": "75", "gained_on": day(0),
    }  # fmt: skip
    assert "满十二个月" in refused(office, "titles-gained", service_months="11", **wanted)
    add(office, "titles-gained", service_months="12", **wanted)
    assert figure(office, "titles-gained", "高级职称") == gained + 1
    assert ">= 50" in office.inner_text(".figures") and figure(office, "titles-gained", "中级职称") >= 0


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
