"""An equipment purchase of 4,200 yuan: late at the bureau, reported to the leader, approved, tendered, accepted by two."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAPER = {"name": "中标通知.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 award"}


def find(page, number):
    """Open a case from the list of all cases."""
    page.goto(f"/cases/?number={number}")
    page.click(f"main table a:text-is('{number}')")
    page.wait_for_url(re.compile("/cases/[0-9a-f-]{36}/"))


def press(page, do, title):
    """Send the form of one step."""
    page.click(f"form:has(input[name=do][value='{do}']) button:text-is('{title}')")
    page.wait_for_selector(".note.good")


def test_a_late_purchase_is_escalated_and_walks_to_its_end(log_in, city):
    number = city.facts["late_purchase"]
    leader = log_in("leader")
    tile = leader.locator("main a.card.stat", has_text="待我办理")
    assert "需立即处理" in tile.inner_text() and leader.locator("a.bell .tag").count() == 1
    tile.click()
    row = leader.locator("main tbody tr", has_text=number)
    assert "逾期" in row.inner_text() and "已上报" in row.inner_text()
    first = leader.locator("main tbody tr").first.inner_text()
    assert "逾期" in first
    leader.click("a.bell")
    assert "逾期上报：医疗器械采购审批" in leader.inner_text("main")

    section = log_in("office")
    find(section, number)
    text = section.inner_text("main")
    assert "4,200.00" in text and "已上报 区卫生局分管领导" in text and "询价.pdf" in text
    assert section.locator("svg.process [data-present]").text_content() == "待业务科室审查"
    section.select_option("#review-need", "必要")
    press(section, "review", "审查必要性")
    assert "逾期办理" in section.inner_text("main")

    find(leader, number)
    press(leader, "approve", "批准")
    manager = log_in("manager")
    find(manager, number)
    for name, value in (("bidders", "3"), ("supplier", "康城医械公司"), ("price", "4100")):
        manager.fill(f"#tender-{name}", value)
    manager.set_input_files("#tender-tender_file", PAPER)
    press(manager, "tender", "登记公开招标结果")
    manager.fill("#accept-arrived", "2026-11-23")
    press(manager, "accept", "双人验收")
    assert "1 / 2" in manager.inner_text("main") and "must be another person" in manager.inner_text("main")
    doctor = log_in("clinician")
    find(doctor, number)
    press(doctor, "accept", "双人验收")
    text = doctor.inner_text("main")
    assert "已验收" in doctor.inner_text("h1") and "逾期上报" in text and "中标通知.pdf" in text
    assert doctor.locator("main form").count() == 0
    leader.goto("/worklist/")
    assert number not in leader.inner_text("main")


def test_a_manager_applies_and_takes_it_back(log_in):
    manager = log_in("manager")
    manager.goto("/worklist/")
    manager.click("text=发起流程")
    manager.click("text=医疗器械采购审批")
    for name, value in (("item", "血压计"), ("quantity", "2"), ("amount", "四千多")):
        manager.fill(f"#open-{name}", value)
    manager.click("main button:text-is('发起')")
    manager.wait_for_selector(".note.bad")
    assert "采购金额" in manager.inner_text(".note.bad") and manager.input_value("#open-item") == "血压计"
    manager.fill("#open-amount", "4200")
    manager.click("main button:text-is('发起')")
    manager.wait_for_selector(".note.good")
    assert "4,200.00" in manager.inner_text("main")
    assert "采购金额 ＜ 4000" in manager.inner_text("main")  # why it cannot be bought without approval
    manager.fill("#withdraw-comment", "改为调剂")
    press(manager, "withdraw", "撤回")
    assert "已撤回" in manager.inner_text("h1") and "改为调剂" in manager.inner_text("main")
    assert manager.locator("main form").count() == 0


def test_the_process_is_drawn_with_its_load(log_in):
    office = log_in("office")
    office.goto("/processes/")
    office.click("text=医疗器械采购审批")
    assert office.locator("svg.process g[data-state]").count() == 9
    text = office.inner_text("main")
    assert "5个工作日，逾期报区卫生局分管领导" in text and "采购金额 ≥ 4000" in text
