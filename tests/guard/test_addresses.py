"""No name, number or phone of a person stands in an address, a cookie, a log line or a crash; what is typed goes by form."""

import io
import json
import logging
import re

import pytest
from django.urls import reverse

from kangcheng.base.logs import configure_logs
from tests.guard.test_looks import meet, pages
from tests.guard.test_scope import text_of

pytestmark = pytest.mark.django_db


def test_what_is_typed_to_find_somebody_is_sealed_in_the_address(world, browser):
    officer = browser("fund_officer")
    for typed in (world.near.names[0], world.near.numbers[0], world.near.phones[0], "zljy"):
        for answer in (
            officer.post("/people/", {"q": typed, "purpose": "care"}),
            officer.get("/people/", {"q": typed}),
        ):
            assert answer.status_code == 302 and typed not in answer["Location"]
            found = officer.get(answer["Location"], follow=True)
            assert world.near.names[0] in text_of(found)
            assert all(typed not in address for address, _ in found.redirect_chain)
    for odd in ("x", "AAAA", "%ff", "a" * 5000, "/../"):
        assert officer.get("/people/", {"find": odd}).status_code == 200


@pytest.mark.parametrize("role", ["cashier", "fund_officer"])
def test_no_link_form_or_cookie_carries_a_person(role, world, browser):
    client = browser(role, place=world.near.place if role == "cashier" else None)
    meet(client, world)
    known = [*world.near.names, *world.near.numbers, *world.near.phones, *world.far.names]
    wrong = []
    for one in pages(world):
        text = text_of(client.get(one))
        targets = re.findall(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"', text)
        wrong += [(one, target) for target in targets for word in known if word in target]
        cookies = " ".join(
            morsel.value.encode().decode("unicode_escape", "replace") for morsel in client.cookies.values()
        )
        wrong += [(one, "cookie") for word in known if word in cookies]
    assert not wrong, "\n".join(map(str, wrong))


def test_searches_by_people_go_by_form(world, browser):
    page = text_of(browser("fund_officer").get("/people/"))
    for form in re.findall(r"<form[^>]*>.*?</form>", page, re.S):
        if 'name="q"' in form or 'name="value"' in form:
            assert 'method="post"' in form and "csrfmiddlewaretoken" in form, form


@pytest.fixture
def logged():
    """Everything written to the log during a test, whatever the level."""
    import structlog

    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level, structlog.get_config()
    configure_logs(level="DEBUG", stream=stream)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])


def test_the_log_says_nothing_about_anybody(world, browser, account, logged, monkeypatch):
    """Pages, wrong log-ins, refused forms, unknown hosts, a crash that quotes a person: at the level of debugging."""
    cashier = browser("cashier", place=world.near.place)
    cashier.raise_request_exception = False
    meet(cashier, world)
    for one in pages(world):
        cashier.get(one)
    person = world.near.people[0]
    form = {"why": f"{world.near.names[0]}来电", "key": "k"}
    cashier.post(f"/claims/{world.near.ids['claim']}/reverse/", form)
    cashier.post("/people/", {"q": world.near.numbers[0]}, follow=True)
    cashier.post("/login/", {"login": world.near.numbers[0], "password": "secret-word"})
    from django.test import Client

    stranger = Client()
    for _ in range(6):
        stranger.post("/login/", {"login": f"u{world.near.numbers[0]}", "password": "secret-word"})
    Client(enforce_csrf_checks=True).post("/login/", {"login": world.near.names[0]})

    def broken(*_, **__):
        raise ValueError(f"{world.near.names[0]} {world.near.numbers[0]} {world.near.phones[0]}")

    monkeypatch.setattr("kangcheng.portal.people.person.households.of", broken)
    assert cashier.get(f"/people/{person}/").status_code == 500
    text = logged.getvalue()
    assert "ValueError" in text, "the crash is in the log"
    lines = text.splitlines()
    for line in lines:
        json.loads(line)
    words = [*world.near.names, *world.near.numbers, *world.near.phones, "secret-word"]
    assert [(word, line) for word in words for line in lines if word in line] == []


def test_a_crash_page_and_a_refusal_quote_nothing_typed(world, browser):
    officer = browser("fund_officer")
    number = world.near.numbers[0][:-1] + ("1" if world.near.numbers[0][-1] != "1" else "2")
    for answer in (
        officer.post("/people/find/", {"kind": "identity", "value": number}, follow=True),
        officer.post(reverse("portal:counter"), {"kind": "identity", "value": number}),
    ):
        body = re.sub(r'<input[^>]*name="value"[^>]*>', "", text_of(answer))
        assert number not in body
