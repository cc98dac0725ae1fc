"""Three administrators that no one person can hold together: system_admin, security_admin, audit_admin."""

import pytest

from tests.journeys.conftest import RUN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_life_of_an_account(log_in, newcomer, visitor):
    name = f"linshi-{RUN}"
    page = newcomer("fund_auditor", login="linshi")
    assert "基金总览" in page.inner_text("nav")
    system, security, audit = log_in("system"), log_in("security"), log_in("audit")
    system.goto(f"/accounts/?login={name}")
    system.click(f"a:text-is('{name}')")
    assert system.locator("#grant").count() == 0, "system_admin grants no role"
    address = system.url
    security.goto(address)
    assert security.locator("text=停用账户").count() == 0, "security_admin closes no account"
    security.select_option("#role", "security_admin")
    security.fill("#why", "试授")
    security.click("#grant")
    security.wait_for_selector("#messages .note.good")
    security.select_option("#role", "audit_admin")
    security.fill("#why", "再授")
    security.click("#grant")
    assert "不得由一人兼任" in security.inner_text("main")
    system.fill("#w1", "离职")
    system.click("button:text-is('停用账户')")
    system.wait_for_selector("#messages .note.good")
    closed = visitor()
    closed.goto("/login/")
    closed.fill("#login", name)
    closed.fill("#password", "Willow-Harbour-27")
    closed.click("main form >> nth=0 >> button")
    assert "账户已停用" in closed.inner_text("main")
    audit.goto("/audit/?action=account.")
    text = audit.inner_text("main")
    assert "account.create" in text and "account.disable" in text and "离职" in text
    audit.goto("/audit/?action=role.")
    assert "role.grant" in audit.inner_text("main")


def test_the_look_log_names_who_looked(log_in, city):
    officer = log_in("officer")
    officer.goto(f"/people/{city.facts['stranger']['id']}/?why=核对参保")
    audit = log_in("audit")
    audit.goto(f"/looks/?person={city.facts['stranger']['id']}")
    text = audit.inner_text("main")
    assert "吴佳宁" in text and "核对参保" in text
    assert audit.goto(f"/people/{city.facts['stranger']['id']}/").status == 403, (
        "the auditor sees looks, not people"
    )
