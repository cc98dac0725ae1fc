"""A life event recorded once: a death ends cover and marks, is taken back, and money paid after deaths is recovered."""

import random
import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DICE = random.SystemRandom()


@pytest.fixture
def officer(log_in):
    """fund_officer"""
    return log_in("officer")


def test_a_death_is_previewed_recorded_and_taken_back(officer):
    """All that follows is shown first, then happens at once; taking it back restores it."""
    officer.goto("/people/?scheme=resident")
    links = officer.locator("main table tbody a[href^='/people/']")
    links.nth(DICE.randrange(min(links.count(), 30))).click()
    person = re.match(r".*/people/[0-9a-f-]{36}/", officer.url)[0]
    officer.goto(f"{person}events/")
    officer.select_option("#kind", "death")
    officer.fill("#day", "2026-11-10")
    officer.fill("#why", "居民死亡医学证明")
    officer.click("button[value=preview]")
    officer.wait_for_selector("#preview")
    assert "参保" in officer.inner_text("#preview") and "2026-11-11" in officer.inner_text("#preview")
    officer.click("button[value=record]")
    officer.wait_for_selector("#messages .note.good")
    officer.goto(person)
    assert "已故" in officer.inner_text(".head")
    officer.goto("/events/?kind=death")
    assert "居民死亡医学证明" in officer.inner_text("main")
    officer.goto(f"{person}events/")
    first = officer.locator("#events details").first
    first.locator("summary").click()
    first.locator("input[name=why]").fill("登错人")
    first.locator("button").click()
    officer.wait_for_selector("#messages .note.good")
    officer.goto(person)
    assert "已故" not in officer.inner_text(".head")


def test_what_was_paid_after_a_death_is_recovered(officer):
    """The list of care after deaths; one is reversed and leaves the list."""
    officer.goto("/recovery/")
    before = int(officer.inner_text("#late"))
    if not before:
        pytest.skip("nobody claimed after a death in this city")
    form = officer.locator("form[action^='/recovery/']").first
    form.locator("input[name=why]").fill("死亡后就诊，追回")
    form.locator("button").click()
    officer.wait_for_selector("#messages .note.good")
    assert int(officer.inner_text("#late")) == before - 1
