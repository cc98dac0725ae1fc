"""The auditor runs a rule over the city's claims, asks the hospital, hears it, decides, gives notice and closes."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAPER = {"name": "病程记录.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 course"}


def decide(page, do, words):
    """One step of the reviewer."""
    page.fill("#opinion", words)
    page.click(f"button[value={do}]")
    page.wait_for_selector(".note.good")


def test_a_finding_is_heard_confirmed_noticed_and_closed(log_in, newcomer):
    auditor = log_in("auditor")
    auditor.goto("/findings/")
    for rule in ("split-stays", "split-visits"):
        auditor.select_option("#review", rule)
        auditor.click("#run")
        auditor.wait_for_selector(".note.good")
    auditor.goto("/findings/?state=open")
    row = auditor.locator("main table >> nth=0 >> tbody tr").first
    hospital = row.locator("td").nth(2).inner_text()
    row.locator("a").first.click()
    auditor.wait_for_url(re.compile("/findings/[0-9a-f-]{36}/"))
    finding = auditor.url
    text = auditor.inner_text("main")
    assert "本例" in text and "relief-2021#S3-02.24" in text and "天" in text
    assert auditor.locator("button[value=confirm]").count() == 0, "the unit is heard first"
    decide(auditor, "ask", "请说明两次就诊的原因")
    assert auditor.inner_text("#state") == "待单位答复"

    manager = newcomer("institution_manager", login="fuze", institution=hospital)
    manager.goto("/findings/?state=asked")
    manager.goto(finding)
    manager.fill("#words", "第二次为并发症")
    manager.set_input_files("#evidence", PAPER)
    manager.click("button[value=reply]")
    manager.wait_for_selector(".note.good")
    assert manager.locator("button[value=confirm]").count() == 0

    auditor.goto(finding)
    with auditor.expect_download() as download:
        auditor.click("text=病程记录.pdf")
    assert download.value.path().read_bytes() == PAPER["buffer"]
    decide(auditor, "confirm", "病历不支持")
    decide(auditor, "notify", "退回违规费用。")
    decide(auditor, "close", "已退回")
    assert auditor.inner_text("#state") == "已办结"

    manager.goto("/documents/")
    manager.click("main tbody a >> nth=0")
    assert "费用审查情况通报" in manager.inner_text("main") and hospital in manager.inner_text("main")
    with manager.expect_download() as download:
        manager.click("button[value=pdf]")
    assert download.value.path().read_bytes().startswith(b"%PDF")
    manager.reload()
    assert "打印 1" in manager.inner_text("main")
