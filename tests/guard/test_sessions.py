"""Log-ins: what ends a session, what locks an account, what a stranger's address, host or form can do."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kangcheng.base.accounts import services
from kangcheng.base.accounts.second_factor import Authenticator
from tests.guard.conftest import BY, PASSWORD, logged_in
from tests.guard.test_scope import PAGES, named

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip


def log_in(user, password=PASSWORD, client=None, **more):
    client = client or Client()
    return client, client.post("/login/", {"login": user.login, "password": password, **more})


def test_a_closed_account_loses_its_live_session(account):
    user, today = account("cashier"), timezone.localdate()
    client, answer = log_in(user)
    assert answer.status_code == 302 and client.get("/me/").status_code == 200
    services.disable_user(user=user, by=BY, on=today, why="离职")
    assert client.get("/me/")["Location"].startswith("/login/")
    assert log_in(user)[1].status_code == 401
    services.enable_user(user=user, by=BY, on=today, why="返岗")
    assert log_in(user)[1].status_code == 302


def test_a_new_password_ends_all_other_sessions(account):
    user = account("cashier")
    here, there = log_in(user)[0], log_in(user)[0]
    changed = here.post(
        "/me/password/", {"old": PASSWORD, "new": "Ferry-Lantern-97", "again": "Ferry-Lantern-97"}
    )
    assert changed.status_code == 302
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    services.reset_password(
        user=user, password="Harbour-Maple-61", by=BY, on=timezone.localdate(), why="遗失"
    )
    assert here.get("/me/")["Location"].startswith("/login/"), "a reset ends every session"


def test_five_wrong_passwords_lock_the_account_from_everywhere_and_no_other(account):
    user, other = account("cashier"), account("cashier")
    for number in range(5):
        log_in(user, "wrong", client=Client(REMOTE_ADDR=f"10.0.0.{number}"))
    answer = log_in(user, client=Client(REMOTE_ADDR="10.0.0.99"))[1]
    assert answer.status_code in (401, 403, 429), "the right password from a new address is refused as well"
    assert log_in(other, client=Client(REMOTE_ADDR="10.0.0.4"))[1].status_code == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        assert log_in(user)[1].status_code == 302


def test_a_session_begun_by_a_stranger_is_not_taken_over(account):
    user, client = account("cashier"), Client()
    session = client.session
    session["planted"] = "x"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    log_in(user, client=client)
    after = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert after != before
    fixed = Client()
    fixed.cookies[settings.SESSION_COOKIE_NAME] = before
    assert fixed.get("/me/").status_code == 302
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert client.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"


def device_of(user):
    return Authenticator.objects.create(user=user, confirmed=True, name="totp")


def code_of(device):
    return device.code()


def test_the_second_factor_is_asked_and_guessing_it_is_slowed_down(account):
    user = account("cashier")
    device = device_of(user)
    client, answer = log_in(user)
    assert answer["Location"] == "/login/code/" and client.get("/me/").status_code == 302
    for _ in range(4):
        assert client.post("/login/code/", {"code": "000000"}).status_code == 401
    assert client.post("/login/code/", {"code": code_of(device)}).status_code == 401, (
        "too soon after wrong ones"
    )
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/login/code/", {"code": code_of(device)}).status_code == 302
    assert client.get("/me/").status_code == 200
    again = log_in(user)[0]
    assert again.post("/login/code/", {"code": code_of(device)}).status_code == 401, "a code serves once"


@pytest.mark.parametrize("change", ["closed", "password", "late"])
def test_what_happens_between_password_and_code_counts(account, change):
    user, today = account("cashier"), timezone.localdate()
    device = device_of(user)
    client, _ = log_in(user)
    if change == "closed":
        services.disable_user(user=user, by=BY, on=today, why="停用")
    elif change == "password":
        services.reset_password(user=user, password="Harbour-Maple-61", by=BY, on=today, why="遗失")
    with time_machine.travel(timezone.now() + timedelta(minutes=6 if change == "late" else 0), tick=True):
        answer = client.post("/login/code/", {"code": code_of(device)})
        assert answer["Location"] == "/login/"
        assert client.get("/me/").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:evil.example",
    ],
)
def test_nobody_is_sent_elsewhere(account, target):
    user = account("cashier")
    assert log_in(user, next=target)[1]["Location"] == "/"
    device_of(user)
    client, _ = log_in(user, next=target)
    assert client.session["after"] == "/"
    assert Client().post("/i18n/setlang/", {"language": "en", "next": target})["Location"] in ("/", None)
    kept = Client().get("/me/", {"next": target})["Location"]
    assert kept.startswith("/login/?next=/me/")


def test_an_unknown_host_is_refused():
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost:80@evil.example"):
        assert Client(HTTP_HOST=host).get("/login/").status_code == 400
    assert (
        Client(HTTP_HOST="127.0.0.1", HTTP_X_FORWARDED_HOST="evil.example")
        .get("/me/")["Location"]
        .startswith("/login/")
    )


def test_every_form_wants_its_token(world, account):
    user = account("fund_officer")
    client = logged_in(user, enforce_csrf_checks=True)
    wrong = {}
    for route in [*PAGES, "login/", "login/code/", "logout/", "i18n/setlang/"]:
        address = "/" + re.sub(r"<str:\w+>", "settle", named(route))
        status = client.post(address, {"why": "x"}).status_code
        if status != 403:
            wrong[address] = status
    assert wrong == {}


def test_every_answer_carries_its_headers(world, browser, monkeypatch):
    reader = browser("fund_officer")
    reader.raise_request_exception = False

    def broken(*_, **__):
        raise RuntimeError("姓名张三 证号360802197001019009")

    answers = {
        "page": reader.get("/claims/"), "refused": reader.get("/audit/"), "missing": reader.get("/nowhere/"),
        "not theirs": reader.get(f"/people/{world.far.household}/"), "log-in": Client().get("/login/"),
        "stranger": Client().get("/claims/"), "host": Client(HTTP_HOST="evil.example").get("/login/"),
        "form": logged_in(reader.user, enforce_csrf_checks=True).post("/logout/"),
        "sheet": reader.get("/claims/?export=xlsx"),
    }  # fmt: skip
    monkeypatch.setattr("kangcheng.portal.counter.claims.settlements.listed", broken)
    answers["broken"] = reader.get("/claims/")
    assert answers["broken"].status_code == 500 and "张三" not in answers["broken"].content.decode()
    for name, answer in answers.items():
        found = {key: answer.get(key) for key in HEADERS}
        assert found == HEADERS, name
        policy = answer["Content-Security-Policy"]
        for words in (
            "default-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'self'",
            "object-src 'none'",
        ):
            assert words in policy, name
        assert "unsafe-eval" not in policy and "script-src" not in policy.replace("script-src 'self'", "")
    for name in ("page", "refused", "not theirs", "stranger", "sheet"):
        assert "no-store" in answers[name]["Cache-Control"], name
