"""Every address as a stranger, and as a user to whom nobody has given a role."""

import re
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# Addresses a stranger may use: to log in, and to switch the language of the log-in page.
OPEN = {"login/", "login/code/", "logout/", "i18n/setlang/"}
# What a user without any role still sees: their own account and the page that says no role has been given.
OWN = OPEN | {"", "me/", "me/password/", "me/second-factor/", "me/second-factor/off/"}
REFUSED = {401, 403, 404, 405}
SAMPLES = {"uuid": str(UUID(int=7)), "int": "7", "slug": "abc", "str": "abc", "path": "a/b"}


def patterns(resolver=None, prefix=""):
    """(route, callback) of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def address(route: str) -> str:
    """The route with sample values for its parts."""
    route = re.sub(r"<(?:(\w+):)?\w+>", lambda part: SAMPLES.get(part[1] or "str", "abc"), route)
    return "/" + re.sub(r"[\^$]", "", route)


ROUTES = sorted(set(patterns()))


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", [route for route in ROUTES if route not in OPEN])
def test_a_stranger_is_sent_to_the_log_in(route, method):
    answer = getattr(Client(), method)(address(route))
    to_log_in = answer.status_code == 302 and answer["Location"].startswith(settings.LOGIN_URL)
    assert to_log_in or answer.status_code in REFUSED, f"{answer.status_code} for a stranger"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", [route for route in ROUTES if route not in OWN])
def test_a_user_without_a_role_is_refused(route, method, system, today):
    from kangcheng.base.accounts.services import create_user

    user = create_user(
        login="nobody", display_name="无角色", password="Lotus-Bridge-48", by=system, on=today,
        must_change_password=False,
    )  # fmt: skip
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = getattr(client, method)(address(route))
    assert answer.status_code in REFUSED or answer.status_code == 302, f"{answer.status_code} without a role"


def test_the_sweep_sees_the_pages():
    assert "login/" in ROUTES and "" in ROUTES
