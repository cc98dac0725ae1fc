"""Property: whatever an actor's roles, areas, institutions and purpose, nobody out of scope appears anywhere."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangcheng.access import people
from kangcheng.access.contacts import services as contacts
from kangcheng.access.contacts.models import Contact
from kangcheng.access.emergencies.models import Emergency
from kangcheng.access.errors import NotPermitted, Refused
from kangcheng.access.exports import services as exports
from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.types import Actor
from kangcheng.base.models import LookLog
from kangcheng.kernel.ids import new_id
from kangcheng.registry.households import services as households
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.people import services as person_services
from kangcheng.registry.people.models import Resident
from kangcheng.registry.relations import services as relations
from kangcheng.registry.relations.types import NewRelation
from tests.unit.registry.conftest import OTHER_VILLAGE, VILLAGE, identity

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 20)
PREFIXES = ["", "15", "1503", "150302", "150303", "150302001", VILLAGE, OTHER_VILLAGE, "15030"]


@pytest.fixture
def city(someone, hospital, system):
    """Twelve people in two villages and one household, three institutions, contacts of each kind, one merged, one guardian."""
    ids = [someone(n, area=VILLAGE if n % 2 else OTHER_VILLAGE) for n in range(12)]
    places = [hospital(n) for n in range(3)]
    ties = [(0, 0, "visit", 0, 30, ""), (1, 0, "stay", -90, -1, ""), (2, 1, "contract", -9, None, ""),
            (3, 1, "consent", -9, 90, "research"), (4, 2, "referral", 1, 30, ""), (5, 0, "stay", -5, None, "")]  # fmt: skip
    Contact.objects.bulk_create(
        Contact(
            person_id=ids[n], institution_id=places[place], kind=kind, purpose=purpose, made_by=new_id(),
            valid_from=DAY + timedelta(days=start), valid_to=DAY + timedelta(days=end) if end is not None else None,
        )
        for n, place, kind, start, end, purpose in ties
    )  # fmt: skip
    relations.grant(new=NewRelation(ids[7], ids[6], "guardian", date(2020, 1, 1)), by=system, on=DAY)
    person_services.merge(golden=ids[8], absorbed=ids[5], by=system, on=DAY, why="同一人")
    home = households.open_household(new=NewHousehold("H-1", VILLAGE), by=system, on=DAY)
    for n, who in enumerate(ids):
        seat = NewMember(who, home, "head" if n == 0 else "other", date(2020, 1, 1))
        households.join(new=seat, by=system, on=DAY)
    doctor = new_id()
    Emergency.objects.create(
        person_id=ids[9],
        user_id=doctor,
        user_name="医师",
        reason="急救",
        valid_from=DAY,
        valid_to=DAY + timedelta(days=2),
    )
    return {"ids": ids, "places": places, "home": home, "doctor": doctor, "ties": ties}


def allowed(city, by):
    """The same decision said again, in plain loops over what the fixture knows."""
    ids, golden = city["ids"], {5: 8}
    seen = set()
    research = by.purpose in ("research", "statistics")
    work = "person.look" in by.permissions
    for n in range(12):
        home = VILLAGE if n % 2 else OTHER_VILLAGE
        if work and not research and n not in golden and any(home.startswith(area) for area in by.areas):
            seen.add(ids[n])
    for n, place, kind, start, end, purpose in city["ties"]:
        now = start <= 0 and (end is None or end > 0)
        counts = purpose == by.purpose if kind == "consent" else not research
        if work and now and counts and city["places"][place] in by.institutions:
            seen.add(ids[golden.get(n, n)])
    if work and not research and by.user_id == city["doctor"]:
        seen.add(ids[9])
    if "own.look" in by.permissions and not research and by.person_id in ids:
        n = ids.index(by.person_id)
        seen |= {ids[golden.get(n, n)]} | ({ids[7]} if n == 6 else set())
    return seen


@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_out_of_scope_appears_anywhere(city, data):
    by = drawn_actor(city, data)
    ids, right = city["ids"], allowed(city, by)
    golden = {ids[5]: ids[8]}
    before = LookLog.objects.count()
    for person_id in ids:
        if golden.get(person_id, person_id) in right:
            assert people.get_person(by=by, person_id=person_id, on=DAY).id == golden.get(
                person_id, person_id
            )
        else:
            with pytest.raises(Refused):
                people.get_person(by=by, person_id=person_id, on=DAY)
    visible = [person_id for person_id in ids if golden.get(person_id, person_id) in right]
    assert LookLog.objects.count() - before == len(visible)
    for wanted in (
        people.Wanted(),
        people.Wanted(text="测试"),
        people.Wanted(text="cs"),
        people.Wanted(text="H-1"),
    ):
        page = people.search(by=by, wanted=wanted, on=DAY)
        assert {one.id for one in page.rows} == right and page.count == len(right)
        assert people.count(by=by, wanted=wanted, on=DAY) == len(right)
    for prefix in PREFIXES:
        page = people.search(by=by, wanted=people.Wanted(area=prefix), on=DAY)
        inside = set(
            Resident.objects.filter(pk__in=right, area_code__startswith=prefix).values_list("pk", flat=True)
        )
        assert {one.id for one in page.rows} == inside and page.count == len(inside)
    assert {one.id for one in people.household(by=by, household_id=city["home"], on=DAY)} == right


@given(data=st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_and_exports_keep_to_the_scope_too(city, data, actor):
    by = drawn_actor(city, data)
    right = allowed(city, by)
    for n, person_id in enumerate(city["ids"]):
        page = people.search(by=by, wanted=people.Wanted(text=identity(n)), on=DAY)
        assert [one.id for one in page.rows] == ([person_id] if person_id in right else [])
        if not (by.institutions and by.has(*people.PRESENTERS)):
            found = people.find(by=by, how="identity", value=identity(n), on=DAY) if looks(by) else []
            assert {one.id for one in found} <= right
    asker = Actor(by.user_id, by.name, by.roles | {"fund_officer"}, by.areas, by.institutions, by.purpose, by.person_id,
                  by.permissions | ROLES["fund_officer"].permissions)  # fmt: skip
    request = exports.request(
        list_name="residents", wanted={}, columns=["name"], reason="核对名单范围", by=asker, on=DAY
    )
    exports.approve(request_id=request, by=actor("security_admin"), on=DAY)
    before = set(LookLog.objects.values_list("pk", flat=True))
    got = exports.fetch(request_id=request, by=asker, on=DAY, at=datetime(2024, 5, 20, 9, tzinfo=UTC))
    seen = set(LookLog.objects.exclude(pk__in=before).values_list("person_id", flat=True))
    assert seen == allowed(city, asker) and len(got.rows) == len(seen)


def looks(by):
    try:
        people.find(by=by, how="identity", value=identity(399), on=DAY)
    except NotPermitted:
        return False
    return True


def drawn_actor(city, data):
    roles = frozenset(data.draw(st.sets(st.sampled_from(sorted(ROLES)), min_size=1, max_size=2)))
    return Actor(
        user_id=data.draw(st.sampled_from([city["doctor"], new_id()])),
        name="某人",
        roles=roles,
        areas=tuple(data.draw(st.lists(st.sampled_from(PREFIXES), max_size=2, unique=True))),
        institutions=frozenset(data.draw(st.sets(st.sampled_from(city["places"]), max_size=2))),
        purpose=data.draw(st.sampled_from(["work", "treatment", "research", "statistics"])),
        person_id=data.draw(st.sampled_from([None, new_id(), *city["ids"][4:8]])),
        permissions=frozenset().union(*(ROLES[role].permissions for role in roles)),
    )


def test_contacts_of_the_property_are_those_the_services_write(city, actor):
    doctor = actor("clinician", institutions=city["places"][:1])
    contacts.open_contact(
        person_id=city["ids"][10], institution_id=city["places"][0], kind="stay", by=doctor, on=DAY
    )
    assert people.may_see(by=doctor, person_id=city["ids"][10], on=DAY)
