"""Lists: filters, sorting, paging, states of past days, counts, the lake table."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone

from kangcheng.work.registers import selectors, services
from kangcheng.work.registers.rules import lake as lake_rules
from kangcheng.work.registers.rules.rows import derive
from kangcheng.work.registers.selectors import AskedWrongly
from kangcheng.work.registers.services.indexes import prepare
from kangcheng.work.registers.types import Asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def twelve(posts, post, places, system, today):
    rows = [
        post(
            number=f"{place:02d}", duty=("cure", "nurse", "care")[place % 3], hours=Fraction(place * 5, 2),
            pay=place * 100_00 or None, skills=("lab",) if place % 2 else None, since=date(2020 + place % 4, 1, 1),
            until=date(2022, 12, 31) if place % 4 == 1 else None, holder=f"张{place}",
            clinic=str(places["和平卫生室" if place < 9 else "拉僧庙卫生室"]), approved=True if place > 5 else None,
        )
        for place in range(12)
    ]  # fmt: skip
    return services.bulk(register=posts, rows=rows, by=system, on=today)


def numbers(found):
    return [row.values["number"] for row in found]


def asked_for(posts, by, **filters):
    return sorted(numbers(selectors.page(posts, Asked(filters=filters), by).rows))


@pytest.mark.parametrize("indexed", [False, True])
def test_filters(posts, twelve, system, places, indexed):
    if indexed:
        assert len(prepare([posts])) == 9 and prepare([posts]) == []
    assert asked_for(posts, system, duty="nurse") == ["01", "04", "07", "10"]
    assert asked_for(posts, system, skills="lab") == ["01", "03", "05", "07", "09", "11"]
    assert asked_for(posts, system, hours=(Fraction(20), None)) == ["08", "09", "10", "11"]
    assert asked_for(posts, system, pay=(None, 200_00)) == ["01", "02"]
    assert asked_for(posts, system, since=(date(2023, 1, 1), date(2023, 1, 1))) == ["03", "07", "11"]
    assert asked_for(posts, system, clinic=str(places["拉僧庙卫生室"])) == ["09", "10", "11"]
    assert asked_for(posts, system, number="1") == ["10", "11"]
    assert asked_for(posts, system, approved=True) == ["06", "07", "08", "09", "10", "11"]
    assert asked_for(posts, system, duty="nurse", approved=True) == ["07", "10"], (
        "both in the index they share"
    )
    assert asked_for(posts, system, duty="care", approved=False) == []
    assert asked_for(posts, system, trained=True) == ["10", "11"]
    assert asked_for(posts, system, trained=False, duty="cure") == ["00", "03", "06", "09"]


def test_pages_by_key_give_every_row_once(posts, twelve, system):
    for sort in ("", "hours", "-hours", "-pay", "since", "number"):
        seen, after = [], ""
        while True:
            found = selectors.page(posts, Asked(sort=sort, after=after), system, size=5)
            seen += numbers(found.rows)
            after = found.next
            if not after:
                break
        assert sorted(seen) == sorted(f"{place:02d}" for place in range(12)), sort
        if sort == "-hours":
            assert seen == [f"{place:02d}" for place in reversed(range(12))]


def test_a_list_is_cut_to_the_areas_of_the_reader(posts, twelve, actor):
    assert selectors.page(posts, Asked(), actor("bureau_leader", areas=("150303",))).count == 3


def test_what_cannot_be_read_is_said(posts, twelve, system):
    for wrong in (
        Asked(filters={"nothing": "x"}), Asked(filters={"holder": "张"}), Asked(sort="holder"), Asked(sort="none"),
        Asked(after="☃"), Asked(after="e30"),
    ):  # fmt: skip
        with pytest.raises(AskedWrongly):
            selectors.page(posts, wrong, system)


def test_as_of_a_day_and_as_known_on_a_day(posts, twelve, system, today):
    assert len(selectors.page(posts, Asked(as_of=date(2022, 12, 31)), system).rows) == 9
    assert len(selectors.page(posts, Asked(as_of=date(2023, 1, 1)), system).rows) == 9 - 3 + 3
    before = timezone.now()
    services.change(register=posts, row_id=twelve[0], number=1, values={"duty": "care"}, by=system, on=today)
    services.remove(register=posts, row_id=twelve[1], number=1, by=system, on=today, why="错")
    now = Asked(filters={"duty": "nurse"})
    then = Asked(filters={"duty": "nurse"}, known=before)
    assert numbers(selectors.page(posts, now, system).rows) == ["10", "07", "04"]
    assert numbers(selectors.page(posts, then, system).rows) == ["10", "07", "04", "01"]
    assert "00" in numbers(selectors.every(posts, Asked(filters={"duty": "cure"}, known=before), system))


def test_the_lake_table_and_the_formulas_in_sql_equal_those_in_python(posts, twelve, system):
    table = lake_rules.table(posts)
    with connection.cursor() as cursor:
        cursor.execute(table.select.replace("%", "%%"))
        names = [column.name for column in cursor.description]
        lines = {row[names.index("row_id")]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    assert names == [column.name for column in table.columns]
    day = timezone.localdate()
    for row in selectors.every(posts, Asked(), system):
        institution = str(row.institution_id)
        wanted = lake_rules.lake_row(
            posts, row.values, day, row_id=str(row.id), area=row.area_code, institution=institution
        )
        got = lines[str(row.id)]
        assert {**got, "recorded": None} == {**wanted, "recorded": None}
    assert "holder" not in names and derive(posts, {"until": day, "pay": 1}, day)["left_days"] == 0
