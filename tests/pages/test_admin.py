"""Three administrators, the account's life, the two logs."""

import pytest
from django.utils import timezone

from kangcheng.base.accounts import selectors
from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.audit import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(log_in):
    """System, security and audit administrator."""
    return [log_in(role, place=None) for role in ("system_admin", "security_admin", "audit_admin")]


def test_an_account_lives_through_two_administrators(three):
    system, security, audit = three
    page = system.post("/accounts/new/", login="newcomer", display_name="新人", why="新入职")
    password = page.context["password"]
    user = selectors.find_user("newcomer")
    address = f"/accounts/{user.pk}/"
    assert password in page.content.decode() and password not in system.get(address).content.decode()
    assert user.must_change_password
    assert system.post(f"{address}grant/", role="cashier", why="试").status_code == 403, (
        "system grants nothing"
    )
    assert security.post(f"{address}switch/", why="试").status_code == 403, "security closes nothing"
    assert "角色已授予" in security.post(f"{address}grant/", role="cashier", why="岗位").content.decode()
    system.post(f"{address}switch/", why="离职")
    assert not selectors.find_user("newcomer").is_active
    log = audit.get("/audit/", action="account.").content.decode()
    assert "account.create" in log and "account.disable" in log and "离职" in log


def test_nobody_is_two_administrators(three):
    _, security, _ = three
    user = selectors.users().get(login__startswith="system_admin")
    answer = security.post(f"/accounts/{user.pk}/grant/", role="audit_admin", why="兼任")
    assert answer.status_code == 422 and "不得由一人兼任" in answer.content.decode()


def test_a_grant_that_does_not_exist_is_not_found(three):
    _, security, _ = three
    user = selectors.users().first()
    assert security.post(f"/accounts/{user.pk}/revoke/", grant="nonsense", why="x").status_code == 404


def test_a_role_withdrawn_ends_today(three, log_in):
    _, security, _ = three
    cashier = log_in("cashier")
    grant = cashier.user.grants.get()
    security.post(f"/accounts/{cashier.user.pk}/revoke/", grant=str(grant.pk), why="调岗")
    grant.refresh_from_db()
    assert grant.valid_to == timezone.localdate()
    assert cashier.get("/counter/").status_code == 403


def test_a_first_password_must_be_changed_before_anything_else(three):
    from django.conf import settings
    from django.test import Client

    system, *_ = three
    password = system.post("/accounts/new/", login="first", display_name="新人", why="新入职").context[
        "password"
    ]
    client = Client()
    client.force_login(selectors.find_user("first"), backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert client.get("/me/")["Location"] == "/me/password/"
    weak = client.post("/me/password/", {"old": password, "new": "123", "again": "123"})
    assert weak.status_code == 422
    new = "Willow-Harbour-27"
    assert client.post("/me/password/", {"old": password, "new": new, "again": new})["Location"] == "/me/"
    assert client.get("/me/").status_code == 200


def test_an_export_of_a_list_is_audited(three):
    _, _, audit = three
    assert audit.client.get("/audit/?export=xlsx").status_code == 200
    event = AuditEvent.objects.get(action="list.export")
    assert event.subject == "list:审计日志" and event.actor_id == audit.user.pk


@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_the_menu_and_of_the_first_page_opens(log_in, city, role):
    import re

    reader = log_in(role, place=None, person=city.people[0] if role == "resident" else None)
    page = reader.get("/").content.decode()
    links = {link for link in re.findall(r'href="(/[^"#]*)"', page) if not link.startswith("/static/")}
    refused = {link: reader.get(link.replace("&amp;", "&")).status_code for link in links}
    assert {link: status for link, status in refused.items() if status != 200} == {}
