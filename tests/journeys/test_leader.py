"""The bureau leader: the fund by payer, the clause behind it, the month's brief with every figure linked."""

import re

import pytest

from tests.journeys.steps import fill_visit, settle, show_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def leader(log_in):
    """bureau_leader"""
    return log_in("leader")


def test_the_fund_page_shows_the_settlement_of_the_counter(leader, newcomer, city):
    leader.goto("/fund/")
    before = leader.locator(".card.stat b").all_inner_texts()
    cashier = newcomer("cashier", login="kuaiji", institution=city.facts["hospital"])
    show_card(cashier, city.facts["poor_others"][5]["identity"])
    fill_visit(cashier, [(city.facts["items"]["dearest"]["jia"]["code"], 20)])
    settle(cashier)
    leader.goto("/fund/")
    after = leader.locator(".card.stat b").all_inner_texts()
    assert after[1] != before[1] and after[3] != before[3], "outlay and number of settlements have moved"
    assert "大病保险" in leader.inner_text("main") and leader.locator("#trend svg").count() == 1
    assert leader.goto("/claims/").status == 403, "the fund, not the people"


def test_from_a_clause_to_the_entries_that_execute_it(leader):
    leader.goto("/plan/")
    assert leader.locator(".card.stat b").first.inner_text() == "449"
    leader.click("text=2021年全市医疗卫生计生扶贫工作计划")
    leader.click("a:text-is('S3-02.18')")
    page = leader.inner_text("main")
    assert "不低于70%" in page and "医疗救助" in page
    leader.click("a:has-text('医疗救助（低保且建档立卡') >> nth=0")
    assert "算例" in leader.inner_text("main") and "relief-2021#S3-02.18" in leader.inner_text("main")


def test_the_months_brief_writes_itself(leader):
    leader.goto("/reports/")
    leader.click("button:text-is('更新数据')")
    leader.wait_for_selector("#messages .note.good")
    leader.click("main .card a.button >> nth=0")
    leader.wait_for_url(re.compile("/reports/fund-monthly/"))
    figures = leader.locator("main p a[href*='/indicators/']")
    assert figures.count() > 10, "every figure is a link"
    assert "基本医保统筹基金" in leader.inner_text("main"), "codes are in words"
    with leader.expect_download() as download:
        leader.click("text=下载 .docx")
    assert download.value.path().read_bytes().startswith(
        b"PK"
    ) and download.value.suggested_filename.endswith(".docx")
    figures.first.click()
    leader.wait_for_url(re.compile("/indicators/"))
    assert "依据条款" in leader.inner_text("main") and leader.locator("#trend svg").count() == 1


def test_indicators_against_their_target(leader):
    """The in-policy inpatient ratio beside the printed 75%, and the one-time settlement rate beside 100%."""
    for title, target in (("一次性结算率", "100%"), ("政策范围内住院报销比例", "75%")):
        leader.goto(f"/indicators/?title={title[:4]}")
        assert target in leader.inner_text("main"), leader.inner_text("main")
    leader.click("text=政策范围内住院报销比例")
    assert "÷" in leader.inner_text("main") and "分组" in leader.inner_text("main")
