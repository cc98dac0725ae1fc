"""Whatever is typed into an address or a form, the answer is a page or a named refusal: never a server error, never half a deed."""

import re
from pathlib import Path

import pytest
from django.db import transaction

import kangcheng.portal
from tests.guard.test_scope import PAGES, PARTS, address

pytestmark = pytest.mark.django_db
SOURCES = [path.read_text() for path in Path(kangcheng.portal.__file__).parent.rglob("*.py")]
ASKED = sorted(
    {
        name
        for text in SOURCES
        for name in re.findall(r'(?:GET|POST|ask|given)(?:\.get\(|\.getlist\(|\[)"(\w+)"', text)
    }
)
ODD = ("\x00", "²", "9999-12-31", "x" * 5000, "0001-01-01", "0000", "-1", "9" * 30, "%s%n", "\U0001f600")
FEW = 4  # of them in the quick run
WORKERS = (
    "fund_officer",
    "cashier",
    "system_admin",
    "security_admin",
    "audit_admin",
    "fund_auditor",
    "resident",
)
QUICK = {"cashier"}


def worker(role, world, browser):
    if role == "resident":
        return browser(role, person=world.near.people[0])
    return browser(role, place=world.near.place) if role == "cashier" else browser(role)


def each_page(world, client, ids):
    for route in PAGES:
        one = address(route, world.near)
        for name, value in ids.items():
            one = one.replace(f"<uuid:{name}>", str(value))
        if "<" not in one:
            yield route, one


def ids_of(world, client):
    from kangcheng.base.accounts.models import User
    from kangcheng.funds.ledger.models import Entry

    return {
        "user_id": User.objects.first().pk,
        "entry_id": Entry.objects.first().pk,
        "institution_id": world.near.place,
    }


@pytest.mark.parametrize(
    "role", [r if r in QUICK else pytest.param(r, marks=pytest.mark.slow) for r in WORKERS]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_odd_words_are_no_server_error(role, method, world, browser):
    client = worker(role, world, browser)
    client.raise_request_exception = False
    wrong = []
    for route, one in each_page(world, client, ids_of(world, client)):
        if route == "me/password/" and method == "post":
            continue
        for odd in ODD[: FEW if role in QUICK else None]:
            with transaction.atomic():
                status = getattr(client, method)(one, dict.fromkeys(ASKED, odd)).status_code
                transaction.set_rollback(True)
            if status >= 500:
                wrong.append((one, odd[:12], status))
            if status in (403, 405):
                break
    assert not wrong, "\n".join(map(str, wrong))


def test_the_names_asked_for_are_found():
    assert {"q", "page", "key", "why", "number", "since", "institution", "amount"} <= set(ASKED)
    assert PARTS
