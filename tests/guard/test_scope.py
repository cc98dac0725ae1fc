"""Whoever stands on the near side sees nothing of the far one: in no page, list, count, export, form or error, by no verb."""

import io
import re
import zipfile
from html import unescape
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from kangcheng.base.audit import AuditEvent
from kangcheng.kernel.ids import new_id
from tests.guard.conftest import logged_in

pytestmark = pytest.mark.django_db
WHERE = {
    "cashier": "place", "fund_officer": "area", "resident": "person", "institution_manager": "place",
    "clinician": "place", "village_doctor": "place", "inspector": "place", "fund_auditor": "area",
    "disease_control": "area", "bureau_leader": "place",
}  # fmt: skip
QUICK = 3  # the first three run always, the others with the slow tests
READERS = [pytest.param(role, marks=pytest.mark.slow) if n >= QUICK else role for n, role in enumerate(WHERE)]
HARMLESS = {"logout/", "login/", "login/code/"}
WORK = ("case", "task", "notice", "round", "unit", "sheet", "rectification", "finding", "document", "row")
# What a route's part is the id of, on a side.
PARTS = {
    "person_id": lambda side: side.people[0], "bill_id": lambda side: side.ids["bill"],
    "settlement_id": lambda side: side.ids["claim"], "procedure_id": lambda side: side.ids["procedure"],
    "payout_id": lambda side: side.ids["payout"], "mapping_id": lambda side: side.ids["mapping"],
    "pair_id": lambda side: side.ids["pair"], "record_id": lambda side: side.ids["record"],
    **{f"{name}_id": lambda side, name=name: side.ids[name] for name in WORK},
}  # fmt: skip
# Parts that name an entry of the pack, a stage or a place in a list.
NAMES = {
    "<str:name>": "payee_signature", "<slug:process_id>": "equipment-purchase", "<slug:checklist>": "township-hospital-standard",
    "<slug:stage>": "self", "<slug:name>": "quotation", "<int:seq>": "1", "<int:line>": "2", "<str:column_id>": "institution",
    "<str:form_id>": "barthel", "registers/<str:id>": "registers/tcm-halls",
}  # fmt: skip


def routes(resolver=None, prefix=""):
    """(route, permissions) of every page."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern) and entry.callback.__module__.startswith("kangcheng.portal"):
            yield route


PAGES = [route for route in routes() if route not in HARMLESS]
PLAIN = [route for route in PAGES if "<" not in route]
OWNED = [route for route in PAGES if any(f":{part}>" in route for part in PARTS)]


def reader_of(role, side, account):
    where = {
        "place": {"place": side.place},
        "area": {"area": side.area},
        "person": {"person": side.people[0]},
    }
    return logged_in(account(role, **where[WHERE[role]]))


def text_of(answer):
    """Everything the answer says, a spreadsheet's cells included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return unescape(content.decode(errors="replace")) + str(answer.get("Location", ""))


def address(route, side, verb="settle"):
    """The route with the ids of a side; None where a part is no id of it."""
    for name, of in PARTS.items():
        route = re.sub(rf"<uuid:{name}>", str(of(side)), route)
    return "/" + named(route.replace("<str:verb>", verb))


def named(route):
    """The route with its parts that name no row filled in."""
    for part, name in NAMES.items():
        route = route.replace(part, name)
    return re.sub(r"<uuid:\w+>", str(UUID(int=7)), route)


def shown(text, side):
    return [token for token in side.tokens() if token in text]


@pytest.mark.parametrize("role", READERS)
def test_no_list_count_or_export_shows_the_far_side(role, world, account):
    client = reader_of(role, world.near, account)
    wrong = []
    far = {str(one) for one in (world.far.place,)}
    for route in PLAIN:
        for query in ("", "?export=xlsx"):
            answer = client.get(f"/{route}{query}")
            assert answer.status_code < 500, route
            found = [token for token in shown(text_of(answer), world.far) if token not in far]
            wrong += [(route + query, token) for token in found]
    assert not wrong, "\n".join(map(str, wrong[:20]))


@pytest.mark.parametrize("role", READERS)
def test_no_search_filter_or_number_leads_to_the_far_side(role, world, account):
    client, far = reader_of(role, world.near, account), world.far
    asked = [("people", word) for word in (*far.names, "chunyu", *far.numbers, *far.phones, "HX177")]
    numbers = far.numbers_of.values()
    addresses = [f"/people/?q={word}" for _, word in asked]
    addresses += [f"/people/?household={far.household}", f"/people/?area={far.area}"]
    addresses += [
        f"/{page}/?number={n}{more}"
        for page in ("bills", "claims")
        for n in numbers
        for more in ("", "&export=xlsx")
    ]
    addresses += [f"/cash/?institution={far.place}", f"/catalogues/unmapped/?institution={far.place}"]
    addresses += [
        f"/counter/items/?institution={far.place}&code=A1",
        f"/catalogues/mappings/?status=&institution={far.place}",
    ]
    addresses += [
        f"/own/?person={far.people[0]}",
        f"/ledger/entries/{far.ids['claim']}/",
        "/procedures/?state=paid",
    ]
    for one in addresses:
        answer = client.get(one, follow=True)
        assert answer.status_code < 500, one
        found = [
            token for token in shown(text_of(answer), far) if token not in one
        ]  # what was typed stands in the form
        assert not found, (one, found)
        if "/people/?q=" in one:
            assert not [person for person in far.people if str(person) in text_of(answer)], one


@pytest.mark.parametrize("role", READERS)
def test_ids_of_the_far_side_are_as_if_they_did_not_exist(role, world, account):
    client = reader_of(role, world.near, account)
    before = AuditEvent.objects.exclude(action__startswith="access.").count()
    nobody = new_id()
    wrong = []
    for route in OWNED:
        for verb in (
            ("settle", "pay", "refund", "strike", "charge", "discharge", "cancel")
            if "<str:verb>" in route
            else ("",)
        ):
            there = address(route, world.far, verb)
            unknown = re.sub(r"<uuid:\w+>", str(nobody), route.replace("<str:verb>", verb))
            nowhere = "/" + named(unknown)
            for method in ("get", "post"):
                form = (
                    {"why": "试一试", "key": "guess", "do": "approve", "reason": "试一试看看"}
                    if method == "post"
                    else {}
                )
                answer, other = (getattr(client, method)(one, form) for one in (there, nowhere))
                if answer.status_code not in (403, 404, 405, 422) and (answer.status_code, method) != (
                    302,
                    "get",
                ):
                    wrong.append((method, there, answer.status_code))
                if plain(answer, there) != plain(other, nowhere):
                    wrong.append((method, there, "differs from an id that does not exist"))
                wrong += [
                    (method, there, token)
                    for token in shown(text_of(answer), world.far)
                    if token not in there
                ]
    assert not wrong, "\n".join(map(str, wrong[:20]))
    assert AuditEvent.objects.exclude(action__startswith="access.").count() == before, "something was written"


def plain(answer, address_):
    """Status and body without what differs from one request to the next."""
    body = re.sub(r'value="[\w-]{30,}"|"X-CSRFToken": "\w+"|\d\d:\d\d', "", text_of(answer))
    for part in sorted(re.findall(r"[0-9a-f-]{36}", address_)):
        body = body.replace(part, "ID")
    return answer.status_code, body


def test_a_settlement_at_another_hospital_stays_there_though_the_person_is_ours(world, browser):
    cashier = browser("cashier", place=world.near.place)
    number = str(world.far.numbers_of["abroad"])
    found = cashier.post("/people/find/", {"kind": "identity", "value": world.near.numbers[1]}, follow=True)
    assert world.near.names[1] in text_of(found)
    for page in (f"/people/{world.near.people[1]}/", f"/counter/{world.near.people[1]}/"):
        text = text_of(cashier.get(page))
        assert world.near.names[1] in text
        assert str(world.far.ids["abroad"]) not in text and f">{number}<" not in text, page
    mine = text_of(browser("resident", person=world.near.people[1]).get("/own/"))
    assert str(world.far.ids["abroad"]) in mine, "the person sees all of their own"


def test_a_leader_sees_nobody(world, browser):
    leader = browser("bureau_leader")
    wrong = []
    for route in PLAIN + [address(route, side) for route in OWNED for side in (world.near, world.far)]:
        for query in ("", "?export=xlsx"):
            text = text_of(leader.get("/" + route.lstrip("/") + query))
            for side in (world.near, world.far):
                people = [
                    *side.names,
                    *side.numbers,
                    *side.phones,
                    *map(str, side.people),
                    side.names[0][0] + "*",
                ]
                wrong += [(route + query, token) for token in people if token in text and token not in route]
    assert not wrong, "\n".join(map(str, wrong[:20]))


def test_who_looks_by_one_role_gains_nothing_from_another(world, account):
    """A cashier of the near hospital who also leads the bureau, or keeps accounts, for the whole city."""
    from kangcheng.base.accounts.services import grant_role
    from tests.guard.conftest import BY

    user = account("cashier", place=world.near.place)
    grant_role(user=user, role="bureau_leader", by=BY, on=world.today)
    grant_role(user=user, role="system_admin", by=BY, on=world.today)
    client = logged_in(user)
    assert client.get("/fund/").status_code == 200 and client.get("/accounts/").status_code == 200
    for page in (
        f"/people/{world.far.people[0]}/",
        f"/bills/{world.far.ids['bill']}/",
        f"/claims/{world.far.ids['claim']}/",
    ):
        assert client.get(page).status_code == 404, page
    assert shown(text_of(client.get("/claims/")) + text_of(client.get("/bills/")), world.far) == []
    assert client.get(f"/people/?area={world.far.area}").context["count"] == 0


def test_what_concerns_the_city_is_not_for_one_district(world, account):
    for role, pages in {
        "fund_officer": ("/fund/", "/ledger/", "/payouts/"), "bureau_leader": ("/fund/", "/ledger/"), "audit_admin": ("/audit/", "/looks/"),
        "fund_auditor": ("/payouts/", f"/payouts/{world.near.ids['payout']}/"), "security_admin": ("/accounts/",),
    }.items():  # fmt: skip
        bound, whole = logged_in(account(role, area=world.near.area)), logged_in(account(role))
        for page in pages:
            assert (bound.get(page).status_code, whole.get(page).status_code) == (403, 200), (role, page)


def test_every_part_of_an_address_is_known_here():
    """A new kind of id in an address must be judged by this file, or be named as belonging to nobody."""
    free = {
        "institution_id",
        "user_id",
        "emergency_id",
        "entry_id",
        "request_id",
        "batch_id",
        "import_id",
        "file_id",
        "staff_id",
        "event_id",
        "message_id",
        "act",
    }
    parts = {part for route in PAGES for part in re.findall(r"<uuid:(\w+)>", route)}
    assert parts - free - PARTS.keys() == set()
    assert UUID(int=7)
