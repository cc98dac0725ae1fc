"""Categories and coverage: as of a day, as known earlier, never overlapping, and many at once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kangcheng.base.audit import AuditEvent
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import new_id
from kangcheng.registry.categories import selectors as categories
from kangcheng.registry.categories import services as category_services
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.coverage import services as coverage_services
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people import services as people_services
from kangcheng.registry.permission import NotPermitted

pytestmark = pytest.mark.django_db


def poor(who, start, end=None):
    return NewCategory(who, "registered_poor", start, end, source="乡村振兴局", evidence="名单2024-1")


def test_a_category_holds_from_its_first_day_to_the_day_before_its_end(someone, system, today):
    who = someone(1)
    category_services.grant(new=poor(who, date(2024, 1, 1), date(2024, 7, 1)), by=system, on=today)
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 6, 30), date(2024, 7, 1)]
    assert [bool(categories.of(who, day)) for day in days] == [False, True, True, False]


def test_overlapping_periods_of_one_category_are_refused_by_the_database(someone, system, today):
    who = someone(1)
    category_services.grant(new=poor(who, date(2024, 1, 1), date(2024, 7, 1)), by=system, on=today)
    with pytest.raises(Faults, match="期间重叠"):
        category_services.grant(new=poor(who, date(2024, 6, 30)), by=system, on=today)
    category_services.grant(new=poor(who, date(2024, 7, 1)), by=system, on=today)
    low = NewCategory(who, "low_income", date(2024, 3, 1))
    category_services.grant(new=low, by=system, on=today)
    assert categories.of(who, date(2024, 3, 1)) == {"registered_poor", "low_income"}


def test_an_unknown_code_is_refused_with_the_nearest_one(someone, system, today):
    with pytest.raises(Faults) as caught:
        category_services.grant(new=NewCategory(someone(1), "registerd_poor", today), by=system, on=today)
    assert caught.value.faults[0].near == "registered_poor"


def test_an_ended_category_is_still_known_as_it_was(someone, system, today):
    who = someone(1)
    row = category_services.grant(new=poor(who, date(2024, 1, 1)), by=system, on=today)
    before = timezone.now()
    category_services.end(category_id=row, valid_to=date(2024, 3, 1), by=system, on=today, why="脱贫")
    assert categories.of(who, date(2024, 4, 1)) == frozenset()
    assert categories.of(who, date(2024, 2, 1)) == {"registered_poor"}
    later, never = timezone.now() + timedelta(seconds=1), before - timedelta(days=1)
    assert categories.of_known(who, date(2024, 4, 1), at=later) == frozenset()
    assert categories.of_known(who, date(2024, 2, 1), at=never) == frozenset()


@pytest.mark.django_db(transaction=True)
def test_what_was_known_before_a_correction_can_be_asked(someone, system, today):
    who = someone(1)
    row = category_services.grant(new=poor(who, date(2024, 1, 1)), by=system, on=today)
    insured = coverage_services.grant(new=NewCoverage(who, "resident", date(2024, 1, 1)), by=system, on=today)
    before = timezone.now()
    category_services.end(category_id=row, valid_to=date(2024, 3, 1), by=system, on=today, why="脱贫")
    coverage_services.end(coverage_id=insured, valid_to=date(2024, 2, 1), by=system, on=today, why="转职工")
    after = timezone.now()
    asked = date(2024, 4, 1)
    assert categories.of_known(who, asked, at=before) == {"registered_poor"}
    assert categories.of_known(who, asked, at=after) == frozenset()
    assert coverage.scheme_known(who, asked, at=before) == "resident"
    assert coverage.scheme_known(who, asked, at=after) is None


def test_only_those_who_may_grant_and_only_in_their_area(someone, actor, today):
    who = someone(1)
    for wrong in (actor("cashier", areas=[""]), actor("fund_officer", areas=["150303"])):
        with pytest.raises(NotPermitted):
            category_services.grant(new=poor(who, today), by=wrong, on=today)
        with pytest.raises(NotPermitted):
            coverage_services.grant(new=NewCoverage(who, "resident", today), by=wrong, on=today)
    category_services.grant(new=poor(who, today), by=actor("fund_officer", areas=["150302"]), on=today)


def test_the_scheme_of_a_day_is_the_one_joined_last(someone, system, today):
    who = someone(1)
    for scheme, start in (("resident", date(2024, 1, 1)), ("employee", date(2024, 3, 1))):
        coverage_services.grant(
            new=NewCoverage(who, scheme, start, premium=38_000, subsidy=64_000), by=system, on=today
        )
    assert coverage.scheme_of(who, date(2024, 2, 1)) == "resident"
    assert coverage.scheme_of(who, date(2024, 3, 1)) == "employee"
    assert coverage.scheme_of(who, date(2023, 1, 1)) is None
    with pytest.raises(Faults, match="参保期重叠"):
        coverage_services.grant(new=NewCoverage(who, "resident", date(2024, 6, 1)), by=system, on=today)
    with pytest.raises(Faults, match="金额为负"):
        coverage_services.grant(
            new=NewCoverage(who, "resident", date(2020, 6, 1), premium=-1), by=system, on=today
        )


def test_a_settlement_asks_everything_about_a_person_in_one_query(
    someone, system, today, django_assert_num_queries
):
    who, twin = someone(1, name="张小明"), someone(2)
    category_services.grant(new=poor(twin, date(2024, 1, 1)), by=system, on=today)
    coverage_services.grant(new=NewCoverage(who, "resident", date(2024, 1, 1)), by=system, on=today)
    people_services.merge(golden=who, absorbed=twin, by=system, on=today, why="同一人")
    with django_assert_num_queries(1):
        facts = people.facts(twin, date(2024, 5, 1))
    assert (facts.person_id, facts.scheme, facts.categories) == (who, "resident", {"registered_poor"})
    assert facts.age(date(2024, 5, 1)) == 44 and categories.of(who, date(2024, 5, 1)) == {"registered_poor"}
    assert people.facts(new_id(), today) is None
    assert people.facts(who, date(2023, 1, 1)).scheme is None


def test_bulk_writes_all_or_nothing_and_names_every_row(someone, system, today):
    a, b = someone(1), someone(2)
    rows = [poor(a, date(2024, 1, 1)), poor(new_id(), today), NewCategory(b, "rich", today, today)]
    with pytest.raises(Faults) as caught:
        category_services.bulk(rows, by=system, on=today)
    assert sorted({(fault.line, fault.where) for fault in caught.value.faults}) == [
        (2, "person_id"), (3, "category"), (3, "valid_to"),
    ]  # fmt: skip
    with pytest.raises(Faults, match="期间重叠"):
        category_services.bulk([poor(b, date(2024, 1, 1)), poor(b, date(2024, 2, 1))], by=system, on=today)
    assert categories.rows(a) == categories.rows(b) == []
    assert len(category_services.bulk([poor(a, today), poor(b, today)], by=system, on=today)) == 2
    assert AuditEvent.objects.get(action="category.bulk").detail["rows"] == 2


def test_counts_are_of_the_day_and_the_area(someone, system, today):
    for number, area in ((1, "150302001002"), (2, "150302001002"), (3, "150303100201")):
        who = someone(number, area=area)
        category_services.grant(new=poor(who, date(2024, 1, 1)), by=system, on=today)
        coverage_services.grant(new=NewCoverage(who, "resident", date(2024, 1, 1)), by=system, on=today)
    assert categories.counts(today) == {"registered_poor": 3}
    assert categories.counts(today, area="150302") == coverage_counts(2, today)
    assert categories.counts(date(2023, 1, 1)) == {}


def coverage_counts(expected, on):
    assert coverage.counts(on, area="150302") == {"resident": expected}
    return {"registered_poor": expected}
