"""The fund officer: lists in and out again, mappings, policy parameters, awards once a year, exports on approval."""

import re

import pytest

from kangcheng.base.sheets import write_sheet
from kangcheng.kernel.ids import check_digit
from tests.journeys.steps import show_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def officer(log_in):
    """fund_officer"""
    return log_in("officer")


def columns(page):
    """Heading -> example of the list's columns, as the page's help says."""
    page.goto("/imports/?kind=categories")
    rows = page.locator("main table tbody tr").all()
    return {
        row.locator("td").nth(0).inner_text(): row.locator("td").nth(3).inner_text()
        for row in rows
        if row.locator("td").count() == 4
    }


def heading(example, *words):
    """The heading that has one of the words."""
    return next(head for head in example if any(word in head for word in words))


def upload(page, rows, example, *, name="名单.xlsx", press="试导入"):
    """Choose the file with these rows and press a button."""
    content = write_sheet([[row.get(head, "") for head in example] for row in rows], list(example))
    page.goto("/imports/?kind=categories")
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.fill("#source", "县乡村振兴局名单")
    page.click(f"button:text-is('{press}')")
    page.wait_for_selector("main .grid .stat")


def poor_row(person, example, category, **changes):
    row = example | {heading(example, "身份证"): person["identity"], heading(example, "姓名"): person["name"]}
    row |= {
        heading(example, "类别"): category,
        heading(example, "村"): "",
        heading(example, "起"): "2026-01-01",
        heading(example, "止", "至"): "",
    }
    return row | changes


def test_the_poverty_list_with_faults_then_clean_then_undone(officer, newcomer, city):
    """Every fault by row and nothing half-written; who is not registered waits; the mark shows at the counter; undo."""
    example = columns(officer)
    person = city.facts["stranger"]
    good = poor_row(person, example, "建档立卡贫困人口")
    bad = good | {heading(example, "身份证"): "99010119700101001?"}
    upload(officer, [good, bad], example, press="导入")
    text = officer.inner_text("main")
    assert "没有写入任何数据" in text and "身份证" in text
    assert officer.locator("main table tbody tr td").first.inner_text() == "3", "row 3 of the sheet"

    body = "990103195001019" + "01"
    nobody = good | {
        heading(example, "身份证"): body + check_digit(body),
        heading(example, "姓名"): "查无此人",
    }
    upload(officer, [good, nobody], example)
    assert "试导入通过" in officer.inner_text("main"), officer.inner_text("main")
    upload(officer, [good, nobody], example, press="导入")
    assert "已写入" in officer.inner_text("main")
    officer.goto("/imports/unmatched/")
    assert "查无此人" in officer.inner_text("main"), "the unmatched list"
    officer.goto("/imports/")
    assert "%" in officer.inner_text(".card.stat >> nth=0"), "coverage rate of the mark"

    cashier = newcomer("cashier", login="kuaiji", institution=city.facts["hospital"])
    show_card(cashier, person["identity"])
    assert "建档立卡贫困人口" in cashier.inner_text(".head"), "the mark is visible at charging"
    officer.click("summary:text-is('撤销') >> nth=0")
    officer.fill("input[name=why] >> nth=0", "名单有误")
    officer.click("button:text-is('撤销') >> nth=0")
    officer.wait_for_selector("#messages .note.good")
    show_card(cashier, person["identity"])
    assert "建档立卡贫困人口" not in cashier.inner_text(".head")


def test_a_mapping_proposed_by_the_hospital_is_approved_by_the_officer(officer, log_in, city):
    """institution_manager proposes, fund_officer approves; without it no bill can carry the item."""
    manager, own = log_in("manager"), city.facts["own_hospital"]
    code = own["unmapped"][0]
    manager.goto("/catalogues/unmapped/")
    assert code in manager.inner_text("main")
    manager.goto("/catalogues/mappings/")
    manager.fill("#h", code)
    manager.fill("#n", own["national"])
    manager.click("button:text-is('提交')")
    manager.wait_for_selector("#messages .note.good")
    manager.click(f"tr:has-text('{code}') a")
    manager.click("button:text-is('通过')")
    assert "未能完成" in manager.inner_text("main") or "不能" in manager.inner_text("main"), (
        "nobody approves the own proposal"
    )
    officer.goto("/catalogues/mappings/")
    officer.click(f"tr:has-text('{code}') a")
    officer.click("button:text-is('通过')")
    officer.wait_for_selector("#messages .note.good")
    manager.goto("/catalogues/unmapped/")
    assert code not in manager.inner_text("main")


def test_policy_parameters_are_versioned_and_measured(officer, log_in):
    """Ratios, deductibles and ceilings by date, scheme and level; proposed by fund_officer, published by bureau_leader."""
    officer.goto("/plan/entries/?kind=benefit")
    officer.click("a:text-is('城乡居民基本医保住院')")
    text = officer.inner_text("main")
    assert "2021-01-01" in text and "三级" in text and "150000" in text and "75%" in text
    officer.goto("/plan/entries/?kind=parameter")
    assert officer.locator("main tbody tr").count() > 5
    officer.goto("/plan/releases/")
    if "已由两人发布" not in officer.inner_text("main"):
        officer.fill("#why", "年度待遇政策")
        officer.click("button:text-is('提出发布')")
        assert officer.locator("button:text-is('批准发布')").count() == 0, "who proposes does not approve"
        leader = log_in("leader")
        leader.goto("/plan/releases/")
        leader.click("button:text-is('批准发布')")
        officer.reload()
    text = officer.inner_text("main")
    assert "已由两人发布" in text and "吴佳宁" in text and "卫思远" in text
    leader = log_in("leader")
    leader.goto("/reports/")
    leader.click("button:text-is('更新数据')")
    leader.wait_for_selector("#messages .note.good")
    officer.goto("/indicators/in-policy-inpatient-ratio/")
    assert re.search(r"\d+\.\d%", officer.inner_text(".big"))


def test_an_award_is_granted_once_a_year(officer, city):
    """Kashin-Beck disease: 700 yuan a year, evidence named, two approvals to come, a second grant refused."""
    example, person = columns(officer), city.facts["poor_only"][3]
    upload(
        officer,
        [poor_row(person, example, "大骨节病患者", **{heading(example, "起"): "2026-01-01"})],
        example,
        press="导入",
    )
    assert "已写入" in officer.inner_text("main") or "已有" in officer.inner_text("main")
    address = f"/awards/{person['id']}/"
    officer.goto(address)
    card = officer.locator("section.card:has(h2:has-text('大骨节病'))")
    card.locator("input[type=text], input:not([type])").first.fill("诊断证明2026-001")
    card.locator("button").click()
    assert "700.00" in officer.inner_text("#messages")
    assert "700.00" in officer.inner_text("main table") and "拨付" in officer.inner_text("main table")
    card.locator("input[type=text], input:not([type])").first.fill("诊断证明2026-002")
    card.locator("button").click()
    assert "不得重复享受" in officer.inner_text("main")
    officer.goto("/fund/waivers/")
    assert "大骨节病" in officer.inner_text("main table")
    officer.goto("/payouts/?state=asked")
    assert "700.00" in officer.inner_text("main")


def test_an_export_waits_for_the_leader(officer, log_in):
    """Asked with a reason by fund_officer, approved by bureau_leader, taken with a watermark."""
    officer.goto("/exports/new/")
    officer.select_option("#category", "registered_poor")
    officer.fill("#reason", "核对建档立卡名单")
    officer.click("button:text-is('提交申请')")
    officer.wait_for_selector("#messages .note.good")
    number = officer.inner_text("main tbody td >> nth=0")
    row = officer.locator(f"tr:has-text('{number}')")
    assert row.locator("button:text-is('导出')").count() == 0
    leader = log_in("leader")
    leader.goto("/exports/")
    item = leader.locator(f".item:has-text('{number}')")
    item.locator("input[name=why]").fill("同意")
    item.locator("button:text-is('批准')").click()
    officer.reload()
    with officer.expect_download() as download:
        row.locator("button:text-is('导出')").click()
    assert number in download.value.suggested_filename
    assert b"xl/worksheets" in download.value.path().read_bytes()


def test_the_ledger_opens_to_one_entry(officer):
    officer.goto("/ledger/")
    assert "借贷相等" in officer.inner_text("main")
    officer.click("a:text-is('fund:basic')")
    officer.click("main tbody a >> nth=-1")
    officer.click("main tbody a >> nth=0")
    officer.click("main tbody a >> nth=0")
    assert "合计" in officer.inner_text("main tfoot") and "看这笔结算" in officer.inner_text("main")
