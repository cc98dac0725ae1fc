"""Registers of institutions: services, grades, specialties, halls, groups, providers, equipment, designations, insurers' list."""

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
    sheet,
    step,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
N = RUN.upper()
TOWN, VILLAGE = "990103100", "990103100200"


def some(page, kind):
    """Name of an institution of a type."""
    page.goto(f"/institutions/?type={kind}")
    return page.locator("main tbody td a").first.inner_text()


def test_designations_expire_and_are_withdrawn_with_a_reason(log_in):
    office = log_in("office")  # bureau_officer
    expiring = look(office, "designations", f_expiring="yes")
    accepted = figure(office, "designations", "当年通过验收")
    row = add(
        office, "designations", institution=some(office, "county_hospital"), kind="age_friendly",
        criteria="age_friendly_standard", applied_on=day(3), result="passed", accepted_on=day(1), expires_on=day(-60),
    )  # fmt: skip
    assert look(office, "designations", f_expiring="yes") == expiring + 1
    assert figure(office, "designations", "当年通过验收") == accepted + 1
    office.goto(f"{row}edit/")
    office.fill("#v_withdrawn_on", day(0))
    office.click("form#row button:text-is('保存')")
    office.wait_for_selector(".note.bad[role=alert]")
    assert "撤销须写原因" in office.inner_text(".note.bad[role=alert]")
    change(office, row, "复核", withdrawn_on=day(0), reason="无障碍设施拆除")
    remove(office, row, "试验")
    manager, inspector, leader = log_in("manager"), log_in("inspector"), log_in("leader")
    case = open_case(manager, "designation-award", designation="老年友善医疗机构", self_score="92")
    assert "待授予" in step(inspector, case, "inspect", score="85")
    assert "已授予" in step(leader, case, "award", expires_on=day(-1000))
    assert "已撤销" in step(leader, case, "revoke", comment="弄虚作假")


def test_key_specialties_are_counted_against_the_year_s_targets(log_in):
    office = log_in("office")  # bureau_officer
    hospital = some(office, "county_hospital")
    national = figure(office, "key-specialties", "国家级重点专科")
    laboratories = figure(office, "key-specialties", "市级重点实验室")
    row = add(
        office, "key-specialties", institution=hospital, name=f"骨科{N}", kind="specialty", level="national",
        state="building", applied_on=day(200),
    )  # fmt: skip
    assert figure(office, "key-specialties", "国家级重点专科") == national
    change(office, row, "通过验收", state="accepted", accepted_on=day(0))
    assert figure(office, "key-specialties", "国家级重点专科") == national + 1
    assert ">= 1" in office.inner_text(".figures")
    lab = add(
        office, "key-specialties", institution=hospital, name=f"实验室{N}", kind="laboratory", level="municipal",
        state="accepted", applied_on=day(200), accepted_on=day(0), talents="3",
    )  # fmt: skip
    assert figure(office, "key-specialties", "市级重点实验室") == laboratories + 1
    assert look(office, "key-specialties", f_kind="laboratory", f_level="municipal", f_state="accepted") >= 1
    assert sheet(office) == "重点专科、专病中心与重点实验室.xlsx"
    for one in (row, lab):
        remove(office, one, "试验")


def test_the_group_of_an_address_and_members_without_a_grid(log_in):
    office = log_in("office")  # bureau_officer
    station = some(office, "pharmacy")
    members = figure(office, "medical-groups", "医疗集团成员机构数")
    member = add(
        office, "medical-groups", consortium="municipal", institution=station, role="member", joined_on=day(5)
    )
    assert figure(office, "medical-groups", "医疗集团成员机构数") == members + 1
    assert "只在一个集团" in refused(
        office, "medical-groups", consortium="haibowan", institution=station, role="member", joined_on=day(2)
    )
    assert len(gaps(office, "group-grids", station)[1]) == 1
    grid = add(
        office, "group-grids", area=VILLAGE, grid=f"网格{N}", consortium="municipal",
        member=f"市人民医院医疗集团 · {station}", residents="320", since=day(4),
    )  # fmt: skip
    assert gaps(office, "group-grids", station)[1] == []
    assert look(office, "group-grids", f_area=VILLAGE) >= 1 and "市人民医院医疗集团" in office.inner_text(
        "main table"
    )
    served = figure(office, "group-grids", "居住网格占比")
    empty = add(office, "group-grids", area=VILLAGE, grid=f"空{N}", since=day(4))
    assert figure(office, "group-grids", "居住网格占比") < served
    assert look(office, "group-grids", f_unserved="yes", f_area=VILLAGE) >= 1
    for one in (empty, grid, member):
        remove(office, one, "试验")


def test_a_hall_of_traditional_medicine_needs_staff_and_lifts_the_coverage(log_in):
    office = log_in("office")  # bureau_officer
    count, names = gaps(office, "tcm-halls")
    rate = figure(office, "tcm-halls", "诊疗区覆盖率")
    assert "须有中医" in refused(
        office, "tcm-halls", institution=names[0], place="tcm_hall", staff="0", since=day(1)
    )
    hall = add(
        office, "tcm-halls", institution=names[0], place="mongolian_hall", equipment=["bath", "herbs"], staff="2",
        since=day(1),
    )  # fmt: skip
    assert gaps(office, "tcm-halls")[0] == count - 1
    assert figure(office, "tcm-halls", "诊疗区覆盖率") > rate
    remove(office, hall, "试验")


def test_required_services_offered_and_grades_raised(log_in):
    office = log_in("office")  # bureau_officer
    hospital = some(office, "county_hospital")
    item = add(
        office,
        "required-services",
        level="county",
        number=f"X-{N}",
        title=f"介入治疗{N}",
        specialty="内科",
        since=day(9),
    )
    gained = figure(office, "offered-services", "新开展的应开展项目数")
    asked = {"institution": hospital, "service": f"X-{N} · 介入治疗{N}", "since": day(1)}
    assert "未开展原因" in refused(office, "offered-services", **asked, offered="否")
    offered = add(office, "offered-services", **asked, offered="是")
    assert figure(office, "offered-services", "新开展的应开展项目数") == gained + 1
    assert "开展率" in office.inner_text(".figures")
    raised = figure(office, "institution-grades", "等级提升")
    grade = add(
        office, "institution-grades", institution=some(office, "maternal_child_hospital"), grade="2a", before="2b",
        graded_on=day(0), specialties="18",
    )  # fmt: skip
    assert figure(office, "institution-grades", "等级提升") == raised + 1
    assert look(office, "institution-grades", f_raised="yes") >= 1
    for one in (grade, offered, item):
        remove(office, one, "试验")


def test_counties_are_covered_by_grading_and_reviewed_on_site(log_in):
    office = log_in("office")  # bureau_officer
    count, names = gaps(office, "cdc-grading")
    coverage = figure(office, "cdc-grading", "评审县区覆盖率")
    on_site = figure(office, "cdc-grading", "现场等级评审率")
    office.goto("/registers/cdc-grading/gaps/")
    codes = office.locator("main tbody tr td:nth-child(3)")
    county, name = (codes.first.inner_text(), names[0]) if names else ("990104", "云岭县")
    asked = {
        "county": county,
        "centre": f"{name}疾病预防控制中心",
        "started_on": day(30),
        "state": "on_site",
    }
    assert "须填现场评审日期" in refused(office, "cdc-grading", **asked)
    row = add(office, "cdc-grading", **asked, on_site_on=day(1))
    assert gaps(office, "cdc-grading")[0] == max(count - 1, 0)
    assert figure(office, "cdc-grading", "评审县区覆盖率") >= coverage
    assert figure(office, "cdc-grading", "现场等级评审率") >= on_site
    change(office, row, "评审结论", state="graded", grade="a")
    assert look(office, "cdc-grading", f_grade="a") >= 1
    remove(office, row, "试验")
    assert gaps(office, "cdc-grading")[0] == count


def test_care_providers_with_free_places_by_service(log_in):
    office = log_in("office")  # bureau_officer
    free = figure(office, "care-providers", "安宁疗护的机构空余床位")
    hospice = look(office, "care-providers", f_services="hospice")
    asked = {
        "number": f"Y-{N}", "name": "松鹤安宁院", "area": TOWN, "kind": "hospice", "private": "是",
        "services": ["elderly", "hospice"], "beds": "30", "friendly": "是", "opened_on": day(9),
    }  # fmt: skip
    assert "不能多于床位" in refused(office, "care-providers", **asked, occupied="31")
    row = add(office, "care-providers", **asked, occupied="18")
    assert figure(office, "care-providers", "安宁疗护的机构空余床位") == free + 12
    assert look(office, "care-providers", f_services="hospice") == hospice + 1
    assert look(office, "care-providers", f_services="hospice", f_friendly="yes", f_area=TOWN) >= 1
    change(office, row, "入住两人，与医院签约", occupied="20", hospital=some_hospital(office))
    assert figure(office, "care-providers", "安宁疗护的机构空余床位") == free + 10
    remove(office, row, "试验")


def some_hospital(page):
    """A hospital's name, taken on a second look so that the form stays open."""
    other = page.context.new_page()
    found = some(other, "county_hospital")
    other.close()
    return found


def test_insurers_designate_rectify_and_remove(log_in):
    officer = log_in("officer")  # fund_officer
    stock = figure(officer, "insurance-designations", "期末定点医疗机构")
    place = some(officer, "outpatient_clinic")
    row = add(
        officer,
        "insurance-designations",
        number=f"D-{N}",
        institution=place,
        kind="institution",
        since=day(10),
    )
    assert figure(officer, "insurance-designations", "期末定点医疗机构") == stock + 1
    assert "期间不能重叠" in refused(
        officer,
        "insurance-designations",
        number=f"E-{N}",
        institution=place,
        kind="institution",
        since=day(3),
    )
    now = look(officer, "insurance-designations", f_kind="institution", as_of=day(0))
    assert look(officer, "insurance-designations", f_kind="institution", as_of=day(11)) <= now - 1
    change(officer, row, "违规取消", until=day(1), ended_by="removed")
    assert figure(officer, "insurance-designations", "期末定点医疗机构") == stock
    assert "当年终止定点医疗机构" in officer.inner_text(".figures")
    remove(officer, row, "试验")
    manager, leader = log_in("manager"), log_in("leader")
    case = open_case(manager, "insurance-designation", kind="定点医疗机构", licence=f"L-{N}")
    assert "定点" in step(officer, case, "approve", agreement=f"D-{N}")
    assert "限期整改" in step(officer, case, "demand", found="串换药品")
    assert "待复核" in step(manager, case, "report", done="已退回")
    assert "已取消定点" in step(leader, case, "remove", comment="整改不实")


def test_every_hospital_has_its_ambulance_and_six_items_every_clinic_its_computer(log_in):
    office = log_in("office")  # bureau_officer
    count, names = gaps(office, "required-equipment", "卫生室")
    rate = figure(office, "required-equipment", "电脑打印机配齐率")
    row = add(
        office,
        "required-equipment",
        institution=names[0],
        kind="clinic",
        items=["computer"],
        checked_on=day(0),
    )
    assert gaps(office, "required-equipment")[0] == count, "a printer is missing"
    change(office, row, "招标采购到货", items=["computer", "printer"], bought="5200")
    assert gaps(office, "required-equipment")[0] == count - 1
    assert figure(office, "required-equipment", "电脑打印机配齐率") > rate
    assert figure(office, "required-equipment", "救护车和新六件配齐率") <= 100
    remove(office, row, "试验")
