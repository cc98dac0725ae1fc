"""One person, one row: two hospitals' records of one person join and part again, seen by the fund officer."""

import random
import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DICE = random.SystemRandom()
RARE = "翀昉煊璟玥瑄琬滢澍濛炅烨祎竑笙筠翊耘芃苡茉荃莀菡葭蓁蔚薇"


@pytest.fixture
def officer(log_in):
    """fund_officer"""
    return log_in("officer")


def take_in(page, hospital, number, person):
    """The form of one record; `hospital`: the first or second of the list."""
    page.goto("/matching/new/")
    hospitals = page.locator("#institution option:has-text('医院')")
    page.select_option("#institution", value=hospitals.nth(hospital).get_attribute("value"))
    page.fill("#number", number)
    for field in ("name", "birth_on", "phone", "area", "address"):
        page.fill(f"#{field}", person[field])
    page.select_option("#sex", "F")
    page.click("main form button.button")
    page.wait_for_selector("#messages .note")


def test_two_hospitals_records_of_one_person_join_and_part_again(officer, city):
    """The second hospital's record waits (a character differs), is explained, joined by hand, and parted again."""
    number = f"{DICE.randrange(10**8):08d}"
    person = {
        "name": "欧阳" + "".join(DICE.sample(RARE, 2)), "birth_on": f"19{DICE.randrange(60, 99)}-07-{DICE.randrange(10, 28)}",
        "phone": f"139{number}", "area": city.facts["village"], "address": f"{DICE.randrange(100, 900)}号",
    }  # fmt: skip
    take_in(officer, 0, f"甲{number}", person)
    assert "已新建档案" in officer.inner_text("#messages")
    own = officer.url
    take_in(officer, 1, f"乙{number}", person | {"name": person["name"][:3] + "囡"})
    assert "待认定" in officer.inner_text("#messages")

    officer.goto("/matching/")
    assert person["name"] not in officer.inner_text("main"), "names are starred in the list"
    opened = find(officer, person["name"])
    assert "差一个字" in opened and "双胞胎" in opened and "同一人概率" in opened
    assert officer.locator("main svg rect").count() > 5, "the waterfall"
    officer.fill("#why", "核对户口本，为同一人")
    officer.click("button[value=same]")
    officer.wait_for_selector("#messages .note.good")

    officer.goto(own)
    assert f"甲{number}" in officer.inner_text("#sources") and f"乙{number}" in officer.inner_text("#sources")
    row = officer.locator(f"#sources tr:has-text('乙{number}')")
    row.locator("summary").click()
    row.locator("input[name=why]").fill("两家医院各有其人")
    row.locator("button").click()
    officer.wait_for_selector("#messages .note.good")
    assert officer.url != own and f"乙{number}" in officer.inner_text("#sources")
    officer.goto(own)
    assert f"乙{number}" not in officer.inner_text("#sources") and f"甲{number}" in officer.inner_text(
        "#sources"
    )
    officer.goto("/matching/?state=different")
    assert "两家医院各有其人" in find(officer, person["name"])


def find(page, name):
    """Open the pairs of the list until one is this person's; its text."""
    links = page.locator("main table a[href^='/matching/']")
    addresses = [links.nth(n).get_attribute("href") for n in range(links.count())]
    for address in [one for one in addresses if re.fullmatch(r"/matching/[0-9a-f-]{36}/", one)][:10]:
        page.goto(address)
        if name in page.inner_text("main"):
            return page.inner_text("main")
    raise AssertionError("the pair is not in the queue")
