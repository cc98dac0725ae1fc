"""Pilots, capital projects, studies, opinions of the public, emergency counties and public health duties, by the office and units."""

import re

import pytest

from tests.journeys import registers
from tests.journeys.conftest import RUN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def place(page, type_):
    """The name of an open institution of a type."""
    page.goto(f"/institutions/?type={type_}")
    return page.locator("main tbody tr a").first.inner_text()


def round_of(page, checklist):
    """The demonstration round of a checklist, from its catalogue."""
    page.goto(f"/checklists/{checklist}/")
    page.locator("main a[href*='/checklists/rounds/']").first.click()
    page.wait_for_url(re.compile("/checklists/rounds/"))


def test_pilots_are_compared_before_and_after(log_in):
    office = log_in("office")  # bureau_officer
    site = place(office, "community_centre")
    before = registers.look(office, "reform-pilots", f_level="national")
    values = {
        "number": f"P-{RUN.upper()}",
        "site": site, "pilot": "prevention", "level": "national", "since": registers.day(0), "elements": ["payment", "it"],
        "visits_before": "10000", "visits_after": "12000", "cost_before": "500000", "cost_after": "540000",
        "satisfied_before": "88", "satisfied_after": "90",
    }  # fmt: skip
    said = registers.refused(office, "reform-pilots", **values | {"satisfied_after": "101"})
    assert "试点后满意度" in said
    row = registers.add(office, "reform-pilots", **values)
    text = office.inner_text("main")
    assert "2000" in text.replace(",", "") and "600000" in text.replace(",", "") and "支付方式" in text
    assert registers.look(office, "reform-pilots", f_level="national") == before + 1
    titles = office.inner_text(".figures")
    assert (
        "门急诊人次增幅" in titles
        and "均次费用变化" in titles
        and "满意度增加" in titles
        and "目标" in titles
    )
    step = registers.add(
        office, "reform-milestones", pilot=f"P-{RUN.upper()}", site=site, element="payment",
        milestone=f"节点{RUN}", due_on=registers.day(2),
    )  # fmt: skip
    assert registers.look(office, "reform-milestones", f_late="yes") >= 1
    registers.change(office, step, "已完成", done_on=registers.day(2))
    registers.remove(office, step, "重复登记")
    registers.remove(office, row, "演练结束")


def test_a_project_is_late_until_it_opens(log_in):
    office = log_in("office")  # bureau_officer
    hospital = place(office, "township_hospital")
    late = registers.figure(office, "capital-projects", "拖延")
    row = registers.add(
        office, "capital-projects", name=f"综合楼{RUN}", institution=hospital, phase="1", listed_on=registers.day(300),
        stage="fitting", investment="22000000", started_on=registers.day(200), open_by=registers.day(3),
    )  # fmt: skip
    assert "22,000,000" in office.inner_text("main")
    assert registers.figure(office, "capital-projects", "拖延") == late + 1
    used = registers.figure(office, "capital-projects", "已启用")
    registers.change(
        office, row, "已竣工启用", stage="in_use", opened_on=registers.day(1), operation="normal", checked_on=registers.day(0),
        open_by=registers.day(1),
    )  # fmt: skip
    assert registers.figure(office, "capital-projects", "已启用") == used + 1
    assert registers.figure(office, "capital-projects", "拖延") == late
    registers.remove(office, row, "演练结束")


def test_a_finding_of_a_study_becomes_a_task(log_in):
    office = log_in("office")  # bureau_officer
    topic = f"双向转诊{RUN}"
    study = registers.add(
        office, "topic-studies", topic=topic, lead="health", joining=["reform", "finance", "labour", "drug"],
        questions="转诊标准", opened_on=registers.day(20), report_by=registers.day(1), policy="医改实施意见",
    )  # fmt: skip
    assert "5" in office.locator("dt:text-is('部门数') + dd").inner_text()
    assert registers.look(office, "topic-studies", f_late="yes") >= 1
    finding = registers.add(
        office, "study-findings", study=topic, number="1", found_on=registers.day(5), finding="没有统一标准"
    )
    assert registers.look(office, "study-findings", f_turned="no") >= 1
    registers.change(
        office,
        finding,
        "交办",
        owner="health",
        task="起草转诊标准",
        given_on=registers.day(0),
        due_on=registers.day(-30),
    )
    assert "是" in office.locator("dt:text-is('已转为任务') + dd").inner_text()
    registers.change(office, study, "结题", finished_on=registers.day(0), findings="须统一标准")


def test_opinions_are_merged_and_put_right_by_their_owner(log_in, newcomer):
    office = log_in("office")  # bureau_officer
    hospital = place(office, "township_hospital")
    tag = RUN.upper()
    shared = {"unit": hospital, "received_on": registers.day(3), "category": "waiting"}
    first = registers.add(
        office, "public-opinions", number=f"B-{tag}", channel="form", problem="排队久", **shared
    )
    problems = registers.figure(office, "public-opinions", "问题数")
    second = registers.add(
        office, "public-opinions", number=f"Y-{tag}", channel="meeting", problem="候诊时间长", **shared
    )
    assert registers.figure(office, "public-opinions", "问题数") == problems + 1
    registers.change(office, second, "同一问题", merged_into=f"B-{tag}")
    assert registers.figure(office, "public-opinions", "问题数") == problems
    case = registers.open_case(
        office,
        "opinion-rectification",
        institution=hospital,
        number=f"B-{tag}",
        problem="排队久",
        channel="征求意见表",
    )
    manager = newcomer("institution_manager", login="yijian", institution=hospital)
    manager.goto(case)
    registers.fill(
        manager, {"owner_post": "门诊部主任", "measures": "增设窗口", "result": "已增设两个窗口"}, "report-"
    )
    manager.click("form:has(input[value=report]) button:text-is('报告整改')")
    manager.wait_for_selector(".note.good")
    office.goto(case)
    office.click("form:has(input[value=close]) button:text-is('核实销号')")
    office.wait_for_selector(".note.good")
    assert "已销号" in office.inner_text("h1")
    registers.change(
        office,
        first,
        "已核实",
        owner_post="门诊部主任",
        due_on=registers.day(0),
        closed_on=registers.day(0),
        result="已增设两个窗口",
    )


def test_an_emergency_county_is_accepted(log_in):
    inspector = log_in("inspector")
    inspector.goto("/checklists/")
    assert "卫生应急示范县" in inspector.inner_text("main")
    inspector.click("a.card:has-text('卫生应急示范县')")
    inspector.fill("#title", f"应急示范-{RUN}")
    inspector.click("#open")
    inspector.wait_for_url(re.compile("/checklists/rounds/"))
    inspector.locator("main tbody a").first.click()
    inspector.wait_for_url(re.compile("/checklists/units/"))
    unit = inspector.url
    answer_county(inspector, "1")
    assert inspector.inner_text("#verdict") == "80"
    inspector.goto(unit)
    inspector.click("#fill-recheck")
    inspector.fill("#a-exercise", "2")
    inspector.click("button[value=submit]")
    inspector.wait_for_selector("#messages .note")
    assert inspector.inner_text("#verdict") == "100" and "示范县" in inspector.inner_text("main")


def answer_county(page, exercises):
    """The verdict on the spot."""
    page.click("#fill-on_site")
    for name, text in {
        "special": "8",
        "team": "20",
        "stock": "0",
        "exercise": exercises,
        "reports": "100%",
    }.items():
        page.fill(f"#a-{name}", text)
    page.check("input[name=a-plan][value=yes]")
    page.click("button[value=submit]")
    page.wait_for_selector("#messages .note")


def test_a_hospital_answers_for_its_public_health_duties(log_in, newcomer):
    inspector = log_in("inspector")
    inspector.goto("/checklists/")
    inspector.click("a.card:has-text('医疗机构公共卫生责任清单')")
    inspector.fill("#title", f"责任清单-{RUN}")
    inspector.click("#open")
    inspector.wait_for_url(re.compile("/checklists/rounds/"))
    row = inspector.url
    inspector.goto("/institutions/?type=county_hospital")
    hospital = (
        inspector.locator("main tbody tr a").first.inner_text()
        if inspector.locator("main tbody").count()
        else ""
    )
    manager = log_in("manager")  # institution_manager
    manager.goto(row)
    assert manager.locator("main tbody tr").count() == 1, hospital
    manager.locator("main tbody a").first.click()
    manager.wait_for_url(re.compile("/checklists/units/"))
    manager.click("#fill-self")
    assert (
        manager.locator("fieldset#i-refer-back").count() == 1
        and manager.locator("fieldset#i-follow-up").count() == 0
    )
    for name, text in {"reporting": "100%", "refer-back": "80%", "education": "5"}.items():
        manager.fill(f"#a-{name}", text)
    for name in ("triage", "deaths", "department"):
        manager.check(f"input[name=a-{name}][value=yes]")
    manager.click("button[value=submit]")
    manager.wait_for_selector("#messages .note")
    assert "87.5" in manager.inner_text("main")
