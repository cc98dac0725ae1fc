"""Registers of the registry as offices keep them: people and families in the townships, clinics, equipment, designations."""

import re

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
    step,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
N = RUN.upper()
TOWN = "990103100"


def test_floating_people_by_grid_and_channel_and_a_query_across_regions(log_in, newcomer):
    office = log_in("office")  # bureau_officer
    before = look(office, "floating-population", f_channel="service", f_grid=f"网格{N}")
    said = refused(
        office, "floating-population", number=f"K-{N}", name="张三", area=TOWN, grid=f"网格{N}", channel="service",
        origin="150302", came_on=day(9), collected_on=day(10),
    )  # fmt: skip
    assert "采集不早于流入" in said
    row = add(
        office, "floating-population", number=f"K-{N}", name="张三", area=TOWN, grid=f"网格{N}", channel="service",
        origin="150302", came_on=day(9), collected_on=day(8),
    )  # fmt: skip
    assert look(office, "floating-population", f_channel="service", f_grid=f"网格{N}") == before + 1
    assert look(office, "floating-population", f_channel="office", f_grid=f"网格{N}") == 0
    assert look(office, "floating-population", f_origin="150302", f_grid=f"网格{N}") == 1
    rate = figure(office, "floating-population", "个案信息入库率")
    change(office, row, "补录入库", entered_on=day(0))
    assert figure(office, "floating-population", "个案信息入库率") > rate
    assert figure(office, "floating-system-use", "乡级应用率") <= 100
    assert "县级应用率" in office.inner_text(".figures") and ">= 90%" in office.inner_text(".figures")
    case = open_case(
        office,
        "floating-query",
        area=TOWN,
        file_number=f"K-{N}",
        origin="邻江市江南区",
        purpose="服务管理核实",
    )
    assert office.locator("form:has(input[name=do][value=answer])").count() == 0, "not one's own question"
    other = newcomer("bureau_officer", login="xiezuo")
    assert "已回复" in step(other, case, "answer", found="属实", reply="户籍在我区，已核")
    assert "已跟踪" in step(office, case, "track", whereabouts="仍在现居住地")
    assert "服务管理核实" in office.inner_text("main"), "the purpose stays with the case"


def test_special_families_are_filed_and_visited_and_those_left_are_listed(log_in):
    office = log_in("office")  # bureau_officer
    rate = figure(office, "special-families", "建档率")
    family = add(
        office,
        "special-families",
        number=f"T-{N}",
        head="李四",
        area=TOWN,
        kind="bereaved",
        recognised_on=day(400),
    )
    unfiled = figure(office, "special-families", "建档率")
    assert unfiled < rate
    change(office, family, "建档", filed_on=day(0), supports=["money", "old_age", "medical", "social"])
    assert figure(office, "special-families", "建档率") > unfiled
    assert look(office, "special-families", f_four="yes") >= 1
    count, names = gaps(office, "special-family-visits", f"T-{N}")
    assert names == [f"T-{N}"]
    visits = figure(office, "special-family-visits", "上门服务率")
    visit = add(
        office, "special-family-visits", family=f"T-{N}", area=TOWN, planned_on=day(0), visited_on=day(0),
        visitor="计生专干", services=["social", "medical"],
    )  # fmt: skip
    assert gaps(office, "special-family-visits", f"T-{N}") == (count - 1, [])
    assert figure(office, "special-family-visits", "上门服务率") > visits
    remove(office, visit, "登错了家庭")
    assert gaps(office, "special-family-visits", f"T-{N}")[1] == [f"T-{N}"]
    restore(office, visit, "没有登错")
    assert gaps(office, "special-family-visits", f"T-{N}")[1] == []


def test_a_clinic_is_integrated_only_when_all_four_are_shared(log_in):
    office = log_in("office")  # bureau_officer
    count, names = gaps(office, "clinic-integration")
    rate = figure(office, "clinic-integration", "一体化管理率")
    town = names[0].removesuffix("卫生室")
    row = add(
        office, "clinic-integration", clinic=names[0], hospital=_some_hospital(office), staff="是", drugs="是",
        finance="否", business="是", upgrade="building", since=day(0),
    )  # fmt: skip
    assert gaps(office, "clinic-integration")[0] == count, f"{town}: accounts are still apart"
    change(office, row, "财务并账", finance="是", upgrade="done", upgraded_on=day(0))
    assert gaps(office, "clinic-integration")[0] == count - 1
    assert figure(office, "clinic-integration", "一体化管理率") > rate
    assert ">= 95%" in office.inner_text(".figures")
    assert figure(office, "clinic-integration", "完成提标改造") >= 1
    remove(office, row, "试验")
    assert gaps(office, "clinic-integration")[0] == count


def _some_hospital(page):
    page.goto("/institutions/?type=township_hospital")
    return page.locator("main tbody td a").first.inner_text()


def test_a_village_clinic_is_judged_on_site_against_its_standard(log_in):
    inspector = log_in("inspector")
    for title in (
        "村卫生室标准化建设",
        "社区卫生服务中心规范化建设",
        "规范化诊所建设",
        "社区医院建设",
        "现代医院管理制度",
    ):
        inspector.goto("/checklists/")
        assert inspector.locator("a.card", has_text=title).count() == 1
    inspector.goto("/checklists/")
    inspector.click("a.card:has-text('村卫生室标准化建设')")
    inspector.fill("#title", f"村卫生室-{RUN}")
    inspector.click("#open")
    inspector.wait_for_url(re.compile("/checklists/rounds/"))
    round_ = inspector.url
    inspector.locator("main tbody a").first.click()
    inspector.wait_for_url(re.compile("/checklists/units/"))
    unit = inspector.url
    for area, network, score, tag in (("59", "yes", "75", "未达标"), ("60", "no", "85", "达标")):
        inspector.goto(unit)
        inspector.click("main .actions a.button >> nth=0")
        for item, answer in (("rooms", "yes"), ("doctor", "yes"), ("network", network), ("drugs", "yes")):
            field = inspector.locator(f"input[name=a-{item}][value={answer}]")
            if field.count():
                field.check()
        if inspector.locator("#a-area").count():
            inspector.fill("#a-area", area)
        if tag == "未达标":
            inspector.click("button[value=submit]")
            inspector.wait_for_selector("#messages .note")
            assert inspector.inner_text("#verdict") == score and tag in inspector.inner_text("h1")
    inspector.goto(round_)
    assert "达标 0" in inspector.inner_text("main")


def test_a_tendered_operator_and_an_owner_are_recorded_apart(log_in):
    office, leader = log_in("office"), log_in("leader")  # bureau_officer, bureau_leader
    office.goto("/institutions/?type=community_station")
    station = office.locator("main tbody td a").first.inner_text()
    case = open_case(office, "operator-tender", institution=station, mode="国有民办", subsidy="50000")
    assert "已批准" in step(leader, case, "approve")
    office.goto(case)
    office.fill("#award-bidders", "2")
    office.fill("#award-operator", "康民公司")
    office.click("form:has(input[name=do][value=award]) button.button")
    office.wait_for_selector(".note.bad")
    assert "投标人数" in office.inner_text("main")
    assert "中标公示" in step(office, case, "award", bidders="3", operator="康民公司")
    assert "3" in office.inner_text("main") and "签订运营合同" in office.inner_text("main")
    wanted = {
        "station": station, "mode": "entrusted", "holder": "government", "operator": f"康民公司{N}",
        "operator_kind": "private", "since": day(0),
    }  # fmt: skip
    assert "须经招标" in refused(office, "station-operation", **wanted)
    tendered = figure(office, "station-operation", "完成运营招标")
    row = add(office, "station-operation", **wanted, tendered_on=day(0))
    assert figure(office, "station-operation", "完成运营招标") == tendered + 1
    assert look(office, "station-operation", f_apart="yes", f_mode="entrusted") >= 1
    remove(office, row, "试验")
    assert figure(office, "station-operation", "完成运营招标") == tendered
