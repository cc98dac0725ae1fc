"""Whoever is shown a person's data leaves a look, written before the answer; a page whose look cannot be written shows nothing."""

import re

import pytest
from django.db import DatabaseError

from kangcheng.base import audit
from kangcheng.base.audit import LookLog
from tests.guard.test_scope import PAGES, PARTS, address, text_of

pytestmark = pytest.mark.django_db
READERS = {
    "cashier": True,
    "fund_officer": False,
    "fund_auditor": False,
    "clinician": True,
    "resident": False,
}
NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def reader(role, world, browser):
    if role == "resident":
        return browser(role, person=world.near.people[0])
    return browser(role, place=world.near.place if READERS[role] else None)


def pages(world):
    """Every address with ids of the near side in it; an export of each list."""
    for route in PAGES:
        one = address(route, world.near)
        if "<" not in one:
            yield one
            if not any(f":{part}>" in route for part in PARTS):
                yield f"{one}?export=xlsx"


def meet(client, world):
    """The people of the near side come to the counter, so that a clerk may see them."""
    for number in world.near.numbers:
        client.post("/people/find/", {"kind": "identity", "value": number})


QUICK = {"cashier", "fund_officer"}


@pytest.mark.parametrize(
    "role", [r if r in QUICK else pytest.param(r, marks=pytest.mark.slow) for r in READERS]
)
def test_every_page_that_names_a_person_leaves_a_look_and_masks_the_numbers(role, world, browser):
    client = reader(role, world, browser)
    meet(client, world)
    sides = (world.near, world.far)
    people = {key: name for side in sides for key, name in zip(side.people, side.names, strict=True)}
    wrong, seen = [], 0
    for one in pages(world):
        before = LookLog.objects.count()
        text = text_of(client.get(one))
        new = LookLog.objects.order_by("created_at")[before:]
        looked = {look.person_id for look in new}
        shown = {person for person, name in people.items() if name in text}
        seen += len(shown)
        wrong += [(one, people[person]) for person in shown - looked]
        wrong += [(one, "a look of somebody else") for look in new if look.actor_id != client.user.pk]
        wrong += [(one, found) for found in unmasked(text, sides)]
    assert not wrong, "\n".join(map(str, wrong))
    assert seen > 2, "the pages name people"


def unmasked(text, sides):
    """Whole numbers, phones and addresses in a page; ids and digests are no numbers."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{40,}\b", "", text)
    known = [one for side in sides for one in (*side.numbers, *side.phones)]
    known += [f"{name}巷{n}号" for side in sides for n, name in enumerate(side.names)]
    found = [one for one in known if one in text]
    return found + [one for one in NUMBER.findall(text) if not one.startswith("9")] + PHONE.findall(text)


def test_a_page_shows_nothing_when_its_look_cannot_be_written(world, browser, monkeypatch):
    client = browser("cashier", place=world.near.place)
    meet(client, world)
    client.raise_request_exception = False

    def refuse(*_, **__):
        raise DatabaseError("the log is full")

    monkeypatch.setattr(audit.LookLog.objects, "create", refuse)
    monkeypatch.setattr(audit.LookLog.objects, "bulk_create", refuse)
    wrong = []
    for one in pages(world):
        text = text_of(client.get(one))
        wrong += [(one, name) for name in world.near.names if name in text]
    assert not wrong, "\n".join(map(str, wrong))
