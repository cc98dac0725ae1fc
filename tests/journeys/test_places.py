"""Institutions, coverage gaps, the 15-minute circle and practice, worked by the bureau officer."""

import random
import re
from datetime import datetime, timedelta

import pytest

from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.kernel.ids import organisation_check, uscc_check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TODAY = datetime.now(CHINA_TZ).date()
DICE = random.SystemRandom()


@pytest.fixture
def officer(log_in):
    """bureau_officer"""
    return log_in("office")


def a_code(county="990101"):
    """A well-formed credit code that nobody has."""
    organisation = f"J{DICE.randrange(10**7):07d}"
    body = f"52{county}{organisation}{organisation_check(organisation)}"
    return body + uscc_check(body)


def open_institution(page, name, kind, area, **more):
    """The form of a new institution, opened today; lands on its page."""
    page.goto("/institutions/new/")
    given = {
        "code": a_code(),
        "name": name,
        "area_code": area,
        "why": "准予登记",
        "day": TODAY.isoformat(),
    }
    for field, text in (given | more).items():
        page.fill(f"#{field}", text)
    page.select_option("#type", kind)
    page.select_option("#ownership", "private" if kind == "specialised_hospital" else "public")
    page.click("button[data-save]")
    page.wait_for_selector("#messages .note.good")


def number(page, where):
    return int(re.sub(r"\D", "", page.inner_text(where)) or 0)


def test_a_private_hospital_opens_is_converted_closed_and_taken_back(officer):
    """REG-05: opening, conversion, closing, each in the past; counts by act; the network; an earlier day."""
    name = f"旅程眼科医院{DICE.randrange(10**6)}"
    open_institution(officer, name, "specialised_hospital", "990101")
    own = officer.url
    officer.goto(f"/institutions/happened/?act=opened&ownership=private&year={TODAY.year}&sort=-on")
    assert name in officer.inner_text("main")
    officer.goto(own)
    officer.click("text=变更、转型")
    officer.fill("#governed_by", "区卫生健康局")
    officer.fill("#day", (TODAY + timedelta(days=1)).isoformat())
    officer.fill("#why", "转为综合医院")
    officer.select_option("#type", "general_hospital")
    officer.click("button[data-save]")
    officer.wait_for_selector("#messages .note.good")
    assert officer.locator("#past tbody tr").count() == 2 and "转为综合医院" in officer.inner_text("#past")
    officer.click("summary:has-text('撤销最近一次登记')")
    officer.fill("#undo-why", "日期有误")
    officer.click("#undo")
    officer.wait_for_selector("#messages .note.good")
    assert officer.locator("#past tbody tr").count() == 1
    officer.goto("/institutions/?on=2020-01-01")
    assert name not in officer.inner_text("main")
    officer.goto("/institutions/network/")
    assert "卫生室" in officer.inner_text("main") or officer.locator("main details").count() > 2


def test_a_subdistrict_gets_its_centre(officer):
    """REG-06, REG-10: the list of those without becomes shorter and the rate higher when a centre opens."""
    officer.goto("/places/townships/?state=no")
    before = officer.locator("main table tbody tr").count()
    if before == 0:
        pytest.skip("every township has a centre in this kept city")
    township, county = officer.locator("main table tbody tr").first.locator("td").all_inner_texts()[:2]
    assert "%" in officer.inner_text("main .stat >> nth=0")
    officer.goto("/areas/")
    officer.click(f"main table tbody a:has-text('{county}')")
    code = officer.locator(f"main table tr:has-text('{township}') td.mono").first.inner_text()
    open_institution(officer, f"{township}新社区卫生服务中心", "community_centre", code)
    officer.goto("/places/townships/?state=no")
    after = officer.locator("main table tbody tr")
    assert township not in [row.locator("td").first.inner_text() for row in after.all()]


def test_a_village_without_a_clinic_chooses_a_way_and_gets_one(officer):
    """REG-11: one of three ways with a deadline, then the clinic opens and the village leaves the list."""
    officer.goto("/places/villages/")
    before = number(officer, "#missing")
    option = officer.locator("#village option").first
    code, label = option.get_attribute("value"), option.inner_text()
    officer.select_option("#village", code)
    officer.select_option("#way", label="调剂使用")
    officer.click("#choose")
    officer.wait_for_selector("#messages .note.good")
    row = officer.locator(f"main table tr:has-text('{label.split()[-1]}')").first
    assert row.count() and "12月31日" in officer.inner_text("main table")
    open_institution(officer, f"{label.split()[-1]}新卫生室", "village_clinic", code)
    officer.goto("/places/villages/")
    assert number(officer, "#missing") == before - 1


def test_the_circle_is_computed_and_drawn(officer):
    """REG-07: share of people in time, those out of time in red, computed anew on the officer's word."""
    officer.goto("/places/reach/")
    assert officer.locator("main svg circle").count() > 50 and "%" in officer.inner_text("#share")
    outside = number(officer, "#outside")
    assert officer.locator("main svg circle[fill='var(--bad)']").count() == outside
    officer.click("#compute")
    officer.wait_for_selector("#messages .note.good")
    officer.goto("/places/reach/?state=no&sort=-minutes")
    assert officer.locator("main table tbody tr").count() == min(number(officer, "#outside"), 50)


def test_a_further_site_must_not_overlap(officer):
    """REG-26: a doctor's second site with hours; overlapping hours are refused, others taken; hours are counted."""
    officer.goto("/staff/?site=further")
    officer.locator("main table tbody a").first.click()
    officer.wait_for_selector("#sites")
    licensed = officer.locator("a:has-text('增加执业点')")
    assert licensed.count() == 1 and officer.locator("#sites tbody tr").count() >= 2
    officer.fill("#hours", "周一 9:00-10:00")
    officer.click("#save-hours")
    assert "重叠" in officer.inner_text("body")
    officer.go_back()
    officer.fill("#hours", "周六 8:00-12:00")
    officer.click("#save-hours")
    officer.wait_for_selector("#messages .note.good")
    assert "周六 8:00-12:00" in officer.inner_text("#sites")


def test_somebody_is_managed_above_and_used_below(officer):
    """REG-27: the managing unit and the contract apart from where one works; the earlier state stays."""
    officer.goto("/staff/?name=&institution=卫生院")
    officer.locator("main table tbody a").first.click()
    officer.wait_for_selector("#managing-unit")
    option = officer.locator("#managing option:has-text('人民医院')").first
    label = option.inner_text()
    officer.select_option("#managing", option.get_attribute("value"))
    officer.select_option("#contract", "contract")
    officer.fill("#manage-why", "区管基层用")
    officer.click("#save-manage")
    officer.wait_for_selector("#messages .note.good")
    assert officer.inner_text("#managing-unit") == label
    assert "此前职称" in officer.inner_text("#earlier")


def test_a_division_is_renamed_and_taken_back(officer):
    """Old names stay in the changes; taking back restores."""
    officer.goto("/areas/?under=990104")
    code = officer.locator("main table td.mono").last.inner_text()
    officer.select_option("#kind", "rename")
    officer.fill("#code", code)
    officer.fill("#text", "旅程镇")
    officer.fill("#document", "民政函〔2026〕9号")
    officer.click("#change")
    officer.wait_for_selector("#messages .note.good")
    assert "旅程镇" in officer.inner_text("#changes")
    first = officer.locator("#changes details").first
    first.locator("summary").click()
    first.locator("input[name=why]").fill("文件撤回")
    first.locator("button").click()
    officer.wait_for_selector("#messages .note.good")
    officer.goto("/areas/?under=990104")
    assert "旅程镇" not in officer.inner_text("main table")
