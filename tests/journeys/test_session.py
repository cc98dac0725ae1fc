"""Logging in: lock-out, second factor, language; every role's first page and menu; a phone; the keyboard."""

import base64
import hashlib
import hmac
import struct
import time

import pytest

from tests.journeys.conftest import PASSWORD, RUN

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOG_INS = (
    "cashier", "clinician", "village", "officer", "auditor", "cdc", "inspector", "manager", "leader", "system", "security",
    "audit", "resident",
)  # fmt: skip


def test_five_wrong_passwords_lock_the_log_in(visitor, newcomer):
    newcomer("inspector", login="suoding")
    page = visitor()
    for _ in range(6):
        page.goto("/login/")
        page.fill("#login", f"suoding-{RUN}")
        page.fill("#password", "not the password")
        page.click("main form >> nth=0 >> button")
    assert "已锁定" in page.inner_text("main")
    page.fill("#login", f"suoding-{RUN}")
    page.fill("#password", "Willow-Harbour-27")
    page.click("main form >> nth=0 >> button")
    assert "已锁定" in page.inner_text("main"), "the right password does not open a locked log-in"


def test_the_second_factor_asks_for_six_digits(newcomer, visitor):
    page = newcomer("inspector", login="liangbu")
    page.goto("/me/second-factor/")
    page.click("summary")
    secret = page.inner_text("details .mono").strip()
    assert page.locator("img[alt=QR]").count() == 1
    page.fill("#code", "000000")
    page.click("main form button")
    assert "验证码不对" in page.inner_text("main")
    page.wait_for_timeout(1_500)  # after a wrong code the device rests for a second
    page.fill("#code", code(secret))
    page.click("main form button")
    assert "两步验证已启用" in page.inner_text("main")
    again = visitor()
    again.goto("/login/")
    again.fill("#login", f"liangbu-{RUN}")
    again.fill("#password", "Willow-Harbour-27")
    again.click("main form >> nth=0 >> button")
    assert "六位数字" in again.inner_text("main") and again.goto("/me/").url.count("/login/")
    again.goto("/login/code/")
    again.fill("#code", code(secret, ahead=1))
    again.click("main form button")
    assert "今日工作" in again.inner_text("main")


def code(secret: str, ahead: int = 0) -> str:
    """The six digits an authenticator shows (RFC 6238), `ahead` steps from now: a code is taken once only."""
    digest = hmac.new(
        base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + ahead), hashlib.sha1
    ).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_the_switch_to_english_and_back(log_in):
    page = log_in("leader")
    page.click("button:text-is('English')")
    page.goto("/fund/")
    text = page.inner_text("body")
    assert "Fund overview" in text and "Outlay by payer" in text and "Log out" in text
    page.click("button:text-is('中文')")
    assert "基金总览" in page.inner_text("main h1")


@pytest.mark.parametrize("login", LOG_INS)
def test_every_page_of_the_menu_fits_a_phone(log_in, login):
    page = log_in(login, width=390)
    page.click("button.menu")
    assert page.locator(".side nav").is_visible()
    links = [link.get_attribute("href") for link in page.locator(".side nav a").all()]
    assert links
    for link in links:
        assert page.goto(link).status == 200, link
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, (
            f"{link} is wider than the screen"
        )


def test_the_keyboard_is_enough(log_in, city):
    page = log_in("officer")
    page.keyboard.press("/")
    page.keyboard.type(city.facts["stranger"]["identity"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*-*/**")
    assert city.facts["stranger"]["name"] in page.inner_text("h1")
    page.goto("/plan/documents/relief-2021/S3-02.18/")
    page.keyboard.press("]")
    page.wait_for_url("**/S3-02.19/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop skips to the content"
    assert PASSWORD not in page.content()
