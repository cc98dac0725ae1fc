"""Money leaves the fund: asked by an officer, approved by two auditors, paid; waivers by source."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_payout_takes_three_people(log_in, newcomer):
    """fund_officer asks, two persons with the role fund_auditor approve; the asker and a second yes are refused."""
    officer, first = log_in("officer"), log_in("auditor")
    second = newcomer("fund_auditor", login="shenhe")
    officer.goto("/payouts/")
    officer.click("button:text-is('申请拨付') >> nth=0")
    officer.wait_for_url(re.compile("/payouts/[0-9a-f-]{36}/"))
    address = officer.url
    assert (
        "您是申请人" in officer.inner_text("main") and officer.locator("button:text-is('批准')").count() == 0
    )
    first.goto(address)
    first.fill("#reason", "与结算清单核对一致")
    first.click("button:text-is('批准')")
    assert first.locator("button:text-is('批准')").count() == 0, "one verdict each"
    assert "等待另一人批准" in first.inner_text("main")
    second.goto(address)
    second.click("button:text-is('批准')")
    second.click("button:text-is('拨付')")
    assert "已拨付" in second.inner_text("main") and "shenhe" in second.inner_text("main")
    second.goto("/ledger/")
    assert "借贷相等" in second.inner_text("main") and "bank:" in second.inner_text("main")


def test_waived_amounts_by_source_down_to_single_uses(log_in):
    auditor = log_in("auditor")
    auditor.goto("/fund/waivers/")
    text = auditor.inner_text("main")
    assert "八免" in text and "资金来源" in text
    auditor.click("text=逐笔")
    assert auditor.locator("main tbody tr").count() > 0
    with auditor.expect_download() as download:
        auditor.goto("/claims/")
        auditor.click("text=导出表格")
    assert download.value.suggested_filename.endswith(".xlsx")
