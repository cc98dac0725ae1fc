"""Whatever people write (reasons, names of items, institutions, accounts, files, the pack's own titles) is text on every page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kangcheng.funds.billing import services as billing
from kangcheng.portal import citypack
from kangcheng.registry.catalogues import services as catalogues
from kangcheng.registry.catalogues.types import NewHospitalItem
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.institutions.models import Institution, Term
from tests.guard.conftest import logged_in
from tests.guard.test_looks import meet, pages
from tests.guard.world import BY, staff

pytestmark = pytest.mark.django_db
PAYLOAD = "\"'><img src=x onerror=alert(1)>{{7*7}}"
RAW = b"<img src=x"


def raw(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def spoiled(world, account):
    """The payload wherever a person may write."""
    today, place, cash = world.today, world.near.place, staff("cashier", world.near)
    item = NewHospitalItem(place, "X9", PAYLOAD, "drug", 100, today)
    catalogues.add_hospital_item(new=item, by=staff("institution_manager", world.near), on=today)
    billing.strike(line_id=world.near.ids["line"], by=cash, on=today, why=PAYLOAD)
    new = NewCategory(world.near.people[1], "low_income", today, source=PAYLOAD[:60], evidence=PAYLOAD[:60])
    categories.grant(new=new, by=BY, on=today, why=PAYLOAD)
    Term.objects.filter(institution_id=place).update(name=PAYLOAD)
    users = {role: account(role, place=place if role == "cashier" else None) for role in WALKED}
    for user in users.values():
        type(user).objects.filter(pk=user.pk).update(display_name=PAYLOAD)
    return {role: logged_in(type(user).objects.get(pk=user.pk)) for role, user in users.items()}


WALKED = ("cashier", "fund_officer", "system_admin", "audit_admin")


def test_what_people_write_is_text(world, account):
    assert Institution.objects.exists()
    clients = spoiled(world, account)
    meet(clients["cashier"], world)
    officer = clients["fund_officer"]
    officer.post("/exports/new/", {"columns": ["name"], "reason": PAYLOAD, "text": PAYLOAD})
    sent = SimpleUploadedFile(f"{PAYLOAD}.csv", f"姓名,{PAYLOAD}\n{PAYLOAD},x".encode())
    assert RAW not in raw(officer.post("/imports/check/", {"kind": "residents", "file": sent}))
    shown = 0
    for role, client in clients.items():
        client.post("/people/find/", {"kind": "identity", "value": PAYLOAD})
        for one in pages(world):
            for query in (
                "",
                f"?q={PAYLOAD}&why={PAYLOAD}&number={PAYLOAD}&kind={PAYLOAD}&state={PAYLOAD}&a={PAYLOAD}",
            ):
                if query and "?" in one:
                    continue
                content = raw(client.get(one + query))
                assert RAW not in content, (role, one)
                shown += b"&lt;img src=x" in content
    assert shown > 10, "the payload does stand on pages"


@pytest.mark.slow
def test_titles_of_the_pack_are_text(world, browser, monkeypatch):
    monkeypatch.setattr(citypack, "title", lambda *_: PAYLOAD)
    monkeypatch.setattr(citypack, "choices", lambda *_: [(PAYLOAD, PAYLOAD)])
    shown = 0
    for role, place in (("cashier", world.near.place), ("fund_officer", None)):
        client = browser(role, place=place)
        meet(client, world)
        for one in pages(world):
            content = raw(client.get(one))
            assert RAW not in content, one
            shown += b"&lt;img src=x" in content or rb"\u003cimg" in content
    assert shown > 4


def test_no_page_carries_a_script_or_handler_of_its_own(world, browser):
    """The policy of the browser forbids them; a page that needed one would be broken."""
    import re

    client = browser("fund_officer")
    for one in pages(world):
        text = raw(client.get(one)).decode(errors="replace")
        for script in re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text):
            assert "application/json" in script, (one, script)
        assert not re.findall(r"<[a-z][^>]*\son[a-z]+\s*=", text), one
        assert "javascript:" not in text and "hx-on" not in text, one
