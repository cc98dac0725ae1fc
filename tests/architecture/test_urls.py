"""Every address as a stranger, as a user to whom nobody has given a role, and as every role."""

import re
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kangcheng.base.accounts.roles import ROLES

# Addresses a stranger may use: to log in, and to switch the language of the log-in page.
OPEN = {"login/", "login/code/", "logout/", "i18n/setlang/"} | {
    "open/policies/", "open/surroundings/", "open/certificates/", "open/screen/<str:key>/", "open/screen/<str:key>/feed.json",
}  # fmt: skip
# What a user without any role still sees: their own account and the page that says no role has been given.
OWN = OPEN | {"", "me/", "me/password/", "me/second-factor/", "me/second-factor/off/"}
REFUSED = {401, 403, 404, 405}
SAMPLES = {"uuid": str(UUID(int=7)), "int": "7", "slug": "abc", "str": "abc", "path": "a/b"}


def patterns(resolver=None, prefix=""):
    """(route, view) of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def address(route: str) -> str:
    """The route with sample values for its parts."""
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda part: SAMPLES.get(part[1] or "str", "abc"), route)
    return "/" + re.sub(r"[\^$]", "", route)


VIEWS = dict(patterns())
ROUTES = sorted(VIEWS)
PAGES = [route for route in ROUTES if VIEWS[route].__module__.startswith("kangcheng.portal")]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_log_in(method):
    wrong = []
    for route in ROUTES:
        answer = getattr(Client(), method)(address(route))
        to_log_in = answer.status_code == 302 and answer["Location"].startswith(settings.LOGIN_URL)
        if route not in OPEN and not to_log_in and answer.status_code not in REFUSED:
            wrong.append(f"{route}: {answer.status_code}")
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_user_without_a_role_is_refused(method, system, today):
    client = logged_in(None, system, today)
    answers = {
        route: getattr(client, method)(address(route)).status_code for route in ROUTES if route not in OWN
    }
    assert {route: status for route, status in answers.items() if status not in REFUSED | {302}} == {}


@pytest.mark.parametrize("route", [route for route in PAGES if route not in OWN])
def test_every_page_says_which_permissions_open_it(route):
    assert getattr(VIEWS[route], "page_permissions", ()), "put a door on this page"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_own_pages_and_no_other(role, system, today):
    client = logged_in(role, system, today)
    wrong = []
    for route in [route for route in PAGES if route not in OPEN]:  # logging out would end the sweep
        needed = set(getattr(VIEWS[route], "page_permissions", ()))
        allowed = not needed or bool(needed & ROLES[role].permissions)
        for method in ("get", "post"):
            status = getattr(client, method)(address(route)).status_code
            if (not allowed and status != 403) or status >= 500:
                wrong.append(f"{method} {route}: {status}")
    assert wrong == []


def test_the_sweep_sees_the_pages():
    assert "login/" in ROUTES and "" in ROUTES and len(PAGES) > 10


def logged_in(role, system, today):
    """A client logged in as a user with `role` in the whole city, or with none."""
    from kangcheng.base.accounts.services import create_user, grant_role

    user = create_user(
        login="somebody", display_name="某人", password="Lotus-Bridge-48", by=system, on=today,
        must_change_password=False,
    )  # fmt: skip
    if role:
        grant_role(user=user, role=role, by=system, on=today)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client
