"""A township hospital checks itself on a phone, the inspector judges on site, it puts things right, and is checked again."""

import re

import pytest

from tests.journeys.conftest import RUN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = f"标准化评审-{RUN}"
TYPED = {
    "area": "1200",
    "doctors-per-thousand": "1.5",
    "training": "95%",
    "essential-medicines": "0",
    "records": "0",
}
CHOSEN = {"rooms": "all", "toilets": "yes", "licensed": "yes", "deliveries": "na"}


def answer(page, **changes):
    """Fill the sheet; what is left out is answered well."""
    changes = {name.replace("_", "-"): text for name, text in changes.items()}
    for name, text in {**TYPED, **{k: v for k, v in changes.items() if k in TYPED}}.items():
        page.fill(f"#a-{name}", text)
    for name, code in {**CHOSEN, **{k: v for k, v in changes.items() if k in CHOSEN}}.items():
        page.check(f"input[name=a-{name}][value={code}]")


def submit(page):
    """Send the sheet; the unit's page opens."""
    page.click("button[value=submit]")
    page.wait_for_selector("#messages .note")


def test_self_check_verdict_rectification_re_check(log_in, newcomer):
    inspector = log_in("inspector")
    inspector.goto("/checklists/")
    inspector.click("a.card:has-text('乡镇卫生院标准化建设评审')")
    inspector.fill("#title", TITLE)
    inspector.click("#open")
    inspector.wait_for_url(re.compile("/checklists/rounds/"))
    link = inspector.locator("main tbody a").first
    hospital = link.inner_text()
    link.click()
    inspector.wait_for_url(re.compile("/checklists/units/"))
    unit = inspector.url

    manager = newcomer("institution_manager", login="yuanzhang", institution=hospital)
    manager.set_viewport_size({"width": 390, "height": 844})
    manager.goto("/checklists/")
    manager.click(f"a:text-is('{TITLE}')")
    assert manager.locator("main tbody tr").count() == 1, "one's own hospital alone"
    manager.click(f"main tbody a:text-is('{hospital}')")
    assert manager.locator("#fill-on_site").count() == 0, "the verdict is the inspector's"
    manager.click("#fill-self")
    answer(manager)
    assert manager.evaluate("document.documentElement.scrollWidth") <= 390, "fits a phone"
    manager.fill("#a-area", "很大")
    submitted = manager.locator("button[value=submit]")
    submitted.click()
    manager.wait_for_selector("fieldset#i-area .fault")
    manager.fill("#a-area", "1200")
    with manager.expect_response(re.compile("/score/$")):
        manager.press("#a-area", "Tab")
    manager.wait_for_selector("#score .tag.good")
    assert manager.inner_text("#score .big") == "100"
    submit(manager)

    inspector.goto(unit)
    inspector.click("#fill-on_site")
    answer(inspector, area="500", toilets="no")
    submit(inspector)
    assert (
        "未达到" in inspector.inner_text("main") and inspector.locator("#differences tbody tr").count() == 2
    )
    assert inspector.inner_text("#verdict") == "77.8"
    inspector.click("button:text-is('签发整改通知书')")
    inspector.wait_for_url(re.compile("/documents/"))
    assert hospital in inspector.inner_text("main") and "业务用房建筑面积" in inspector.inner_text("main")

    manager.goto("/checklists/rectifications/")
    assert manager.locator("main tbody tr").count() >= 2, "a kept city knows those of earlier runs"
    manager.goto(unit)
    row = manager.locator("#left tbody tr", has_text="无障碍卫生间")
    row.locator("input[name=words]").fill("已改建")
    row.locator("button").click()
    manager.wait_for_selector(".note.good")

    inspector.goto(unit)
    inspector.click("#fill-recheck")
    assert inspector.locator("fieldset").count() == 2, "only what was left to put right"
    inspector.check("input[name=a-toilets][value=yes]")
    inspector.fill("#a-area", "700")
    submit(inspector)
    assert inspector.inner_text("#verdict") == "93.3"
    assert inspector.locator("#left .tag.good").count() == 2
    inspector.click("text=撤销 >> nth=0")
    inspector.fill("input[name=why]", "面积证明有误")
    inspector.click("button.bad:text-is('撤销')")
    inspector.wait_for_selector("text=面积证明有误")
    assert inspector.inner_text("#verdict") == "77.8" and inspector.locator("#left .tag.warn").count() == 2
    leader = log_in("leader")
    leader.goto("/checklists/")
    leader.click(f"a:text-is('{TITLE}')")
    assert leader.locator("#scores svg").count() == 1
