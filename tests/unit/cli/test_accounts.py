"""The first administrators from the command line, and the way back in."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from kangcheng.base.accounts import services
from kangcheng.base.accounts.models import RoleGrant, User
from kangcheng.base.accounts.recovery import open_administrator
from kangcheng.base.accounts.rights import NotPermitted
from kangcheng.base.accounts.second_factor import Authenticator
from kangcheng.base.audit import AuditEvent
from kangcheng.cli import main
from kangcheng.config import boot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def booted(monkeypatch):
    """The database and Django of the tests serve."""
    monkeypatch.setattr(boot, "boot", lambda: None)


def run(*arguments):
    return main.run(["accounts", *arguments])


def opened(capsys, login="an", name="安静", role="security_admin"):
    assert run("open", login, "--name", name, "--role", role) == 0
    return re.search(r"password (\S+)", capsys.readouterr().out)[1]


def log_in(login, password):
    client = Client()
    return client, client.post("/login/", {"login": login, "password": password})


def test_an_opened_administrator_logs_in_once_and_must_change_the_password(capsys):
    password = opened(capsys)
    user = User.objects.get(login="an")
    assert user.must_change_password and RoleGrant.objects.get(user=user).role == "security_admin"
    client, answer = log_in("an", password)
    assert answer.status_code == 302
    assert client.get("/accounts/").headers.get("Location", "").startswith("/me/password/")
    events = AuditEvent.objects.filter(subject=f"user:{user.pk}")
    assert {event.action for event in events} == {"account.create", "role.grant"}
    assert {(event.actor_name, event.why) for event in events} == {("命令行", "首任管理员")}
    assert password not in str([event.detail for event in events])


def test_one_person_is_one_kind_of_administrator(capsys):
    opened(capsys)
    assert run("open", "an2", "--name", "安静", "--role", "audit_admin") == 1
    assert "三员分立" in capsys.readouterr().err
    assert not User.objects.filter(login="an2").exists()
    assert run("open", "an", "--name", "安静", "--role", "audit_admin", "--namesake") == 1  # name taken
    assert run("open", "an2", "--name", "安静", "--role", "audit_admin", "--namesake") == 0


def test_a_second_account_of_the_same_kind_is_no_second_role(capsys):
    opened(capsys)
    opened(capsys, login="an2")


def test_only_administrators_and_only_with_a_reason(capsys):
    assert run("open", "li", "--name", "李", "--role", "cashier") == 1
    assert run("open", "li", "--name", "李", "--role", "audit_admin", "--why", " ") == 1
    assert run("open", "", "--name", "李", "--role", "audit_admin") == 1
    assert not User.objects.exists()


def test_a_lost_password_is_given_anew_and_the_lock_lifted(capsys):
    old = opened(capsys)
    for _ in range(5):
        log_in("an", "wrong")
    assert log_in("an", old)[1].status_code == 401  # locked
    assert run("reset", "an", "--why", "遗失口令") == 0
    new = re.search(r"password (\S+)", capsys.readouterr().out)[1]
    assert new != old
    assert log_in("an", old)[1].status_code == 401 and log_in("an", new)[1].status_code == 302
    event = AuditEvent.objects.get(action="account.recover")
    assert event.why == "遗失口令" and event.actor_name == "命令行"


def test_the_second_factor_goes_only_when_asked(capsys):
    opened(capsys)
    user = User.objects.get(login="an")
    Authenticator.objects.create(user=user, name="totp")
    assert run("reset", "an", "--why", "遗失口令") == 0
    assert Authenticator.objects.filter(user=user).exists()
    assert run("reset", "an", "--why", "遗失手机", "--second-factor") == 0
    assert not Authenticator.objects.filter(user=user).exists()


def test_nobody_else_is_reset_here(capsys, system):
    today = timezone.localdate()
    user = services.create_user(
        login="qian", display_name="钱", password="Lotus-Bridge-48", by=system, on=today
    )
    before = user.password
    assert run("reset", "qian", "--why", "试") == 1 and run("reset", "nobody", "--why", "试") == 1
    user.refresh_from_db()
    assert user.password == before


def test_pages_cannot_use_this_door(actor):
    with pytest.raises(NotPermitted):
        open_administrator(
            login="x", display_name="x", role="audit_admin", by=actor("system_admin", areas=[""]),
            on=timezone.localdate(), why="试",
        )  # fmt: skip


def test_the_list_says_who_is_missing(capsys):
    opened(capsys)
    assert run("list") == 0
    assert "audit_admin, system_admin" in capsys.readouterr().out
    assert run("list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {"login": "an", "name": "安静", "role": "security_admin", "open": True}
    ]
