"""Life events: recorded once, what follows from each, and taken back without a trace in the facts."""

from datetime import date

import pytest

from kangcheng.base.outbox import OutboxEvent
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.registry.categories import selectors as categories
from kangcheng.registry.categories import services as category_services
from kangcheng.registry.categories.types import REGISTERED_POOR, NewCategory
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.coverage import services as coverage_services
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.events import selectors, services
from kangcheng.registry.events.types import NewEvent
from kangcheng.registry.households import selectors as households
from kangcheng.registry.households import services as household_services
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.people import selectors as people
from tests.unit.registry.conftest import OTHER_VILLAGE, VILLAGE

START = date(2024, 1, 1)


@pytest.fixture
def settled(someone, system, today):
    """A registered poor, insured head of household."""
    who = someone(1)
    act = {"by": system, "on": today}
    coverage_services.grant(new=NewCoverage(who, "resident", START), **act)
    category_services.grant(new=NewCategory(who, REGISTERED_POOR, START), **act)
    home = household_services.open_household(new=NewHousehold("H1", VILLAGE), **act)
    household_services.join(new=NewMember(who, home, "head", START), **act)
    return who


def facts(person, on):
    found = people.get(person)
    home = households.of(person, on)
    cover, marks = coverage.scheme_of(person, on), categories.of(person, on)
    return found.death_on, found.left_on, found.area_code, cover, marks, home and home.number


def test_a_death_ends_cover_marks_and_household_the_day_after(settled, system, today):
    before = facts(settled, today)
    day = date(2024, 5, 10)
    new = NewEvent(settled, "death", day, "死亡证明 001")
    shown = services.preview(new=new, by=system, on=today)
    assert facts(settled, today) == before, "a preview writes nothing"
    event = services.record_event(new=new, by=system, on=today)
    assert [(one.table, one.after) for one in selectors.of_person(settled)[0].effects] == [
        (one.table, one.after) for one in shown
    ]
    assert facts(settled, day)[3:] == ("resident", frozenset({REGISTERED_POOR}), "H1"), (
        "the day of death is covered"
    )
    assert facts(settled, date(2024, 5, 11)) == (day, None, VILLAGE, None, frozenset(), None)
    topics = set(OutboxEvent.objects.values_list("topic", flat=True))
    assert {"registry.person.died", "registry.life_event"} <= topics
    with pytest.raises(Faults, match="已死亡"):
        services.record_event(new=NewEvent(settled, "poverty_out", today, "x"), by=system, on=today)
    services.reverse(event_id=event, by=system, on=today, why="误登")
    assert facts(settled, today) == before and selectors.of_person(settled)[0].state == "reversed"
    with pytest.raises(KangchengError, match="可撤销"):
        services.reverse(event_id=event, by=system, on=today, why="再撤")


def test_what_was_changed_since_is_not_overwritten(settled, system, today):
    event = services.record_event(
        new=NewEvent(settled, "poverty_out", date(2024, 5, 1), "退出公示"), by=system, on=today
    )
    row = categories.rows(settled)[0]
    category_services.end(category_id=row.id, valid_to=date(2024, 4, 1), by=system, on=today, why="更正")
    with pytest.raises(Faults, match="改动过"):
        services.reverse(event_id=event, by=system, on=today, why="误登")
    assert categories.rows(settled)[0].valid_to == date(2024, 4, 1)


def test_marriage_and_birth_change_households(settled, someone, system, today):
    other = someone(3, sex="F", birth=date(1985, 1, 1))
    married = services.record_event(
        new=NewEvent(other, "marriage", date(2024, 2, 1), "结婚证", other_id=settled), by=system, on=today
    )
    assert households.of(other, today).number == "H1"
    born = NewEvent(settled, "birth", date(2024, 5, 1), "出生证", newborn_name="小宝", newborn_sex="F")
    services.record_event(
        new=born,
        by=system,
        on=today,
    )
    child = next(one for one in selectors.of_person(settled)[0].effects if one.table == "person").id
    assert people.get(child).birth_on == date(2024, 5, 1) and categories.of(child, today) == {REGISTERED_POOR}
    assert {one.role for one in households.members(households.of(child, today).id, today)} == {
        "head",
        "spouse",
        "child",
    }
    services.reverse(event_id=married, by=system, on=today, why="误登")
    assert households.of(other, today) is None


def test_moves_and_departures(settled, system, today):
    services.record_event(
        new=NewEvent(settled, "move", date(2024, 5, 1), "迁移证", area_code=OTHER_VILLAGE),
        by=system,
        on=today,
    )
    assert facts(settled, today)[2:4] == (OTHER_VILLAGE, "resident") and facts(settled, today)[5] is None
    gone = services.record_event(
        new=NewEvent(settled, "depart", date(2024, 5, 15), "迁出"), by=system, on=today
    )
    assert facts(settled, today)[1] == date(2024, 5, 15) and facts(settled, today)[3] is None
    services.reverse(event_id=gone, by=system, on=today, why="未迁")
    assert facts(settled, today)[1] is None and facts(settled, today)[3] == "resident"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"why": " "}, "依据"),
        ({"happened_on": date(2024, 5, 21)}, "将来"),
        ({"happened_on": date(1979, 1, 1)}, "早于出生"),
        ({"kind": "x"}, "没有这种"),
    ],
)
def test_what_cannot_be_is_refused(settled, system, today, change, words):
    given = {"person_id": settled, "kind": "death", "happened_on": today, "why": "证明"} | change
    with pytest.raises(Faults, match=words):
        services.record_event(new=NewEvent(**given), by=system, on=today)


def test_only_in_ones_own_area(settled, actor, today):
    stranger = actor("village_doctor", areas=[OTHER_VILLAGE])
    with pytest.raises(KangchengError, match="区划"):
        services.record_event(new=NewEvent(settled, "death", today, "证明"), by=stranger, on=today)
    assert selectors.latest(by=stranger) == []
