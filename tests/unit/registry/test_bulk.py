"""Many people at once: the same constraints, one audit event, and quick."""

import time
from datetime import date, timedelta

import pytest

from kangcheng.base.audit import AuditEvent
from kangcheng.kernel.errors import Faults
from kangcheng.kernel.ids import check_digit, new_id
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.areas import services as area_services
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.coverage import services as coverage
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.households import services as households
from kangcheng.registry.households.types import NewHousehold, NewMember
from kangcheng.registry.people import selectors, services
from kangcheng.registry.people.types import NewPerson
from kangcheng.registry.permission import NotPermitted
from tests.unit.registry.conftest import VILLAGE, identity

pytestmark = pytest.mark.django_db


def test_all_of_them_or_none_and_every_row_with_its_faults(someone, system, today):
    someone(1)
    rows = [
        NewPerson("好人", VILLAGE, identity(5)),
        NewPerson("重号", VILLAGE, identity(1)),
        NewPerson("", VILLAGE, identity(6)),
        NewPerson("同号", VILLAGE, identity(5)),
        NewPerson("无村", "150302999999", identity(7)),
    ]
    with pytest.raises(Faults) as caught:
        services.bulk(rows, by=system, on=today)
    assert [(fault.line, fault.where) for fault in caught.value.faults] == [
        (2, "identity"), (3, "name"), (4, "identity"), (5, "area_code"),
    ]  # fmt: skip
    assert selectors.find_by_identity(identity(5)) is None


def test_ids_come_back_in_order_and_given_ids_are_kept(county, system, today):
    key = new_id()
    ids = services.bulk(
        [NewPerson("甲", VILLAGE, identity(1), id=key), NewPerson("乙", VILLAGE, identity(2))],
        by=system,
        on=today,
    )
    assert ids[0] == key and [selectors.get(one).name for one in ids] == ["甲", "乙"]
    assert AuditEvent.objects.get(action="person.bulk").detail["rows"] == 2


def test_newborns_without_a_number_are_registered_too(county, system, today):
    rows = [NewPerson("新生儿", VILLAGE, sex="F", birth_on=today) for _ in range(2)]
    assert len(services.bulk(rows, by=system, on=today)) == 2


def test_importing_is_for_those_who_may(county, actor, today):
    with pytest.raises(NotPermitted):
        services.bulk(
            [NewPerson("甲", VILLAGE, identity(1))], by=actor("village_doctor", areas=[""]), on=today
        )
    with pytest.raises(NotPermitted):
        services.bulk(
            [NewPerson("甲", VILLAGE, identity(1))], by=actor("fund_officer", areas=["150303"]), on=today
        )


def test_a_household_row_that_leads_to_nobody_stops_the_whole(someone, system, today):
    home = NewHousehold("H-1", VILLAGE, new_id())
    with pytest.raises(Faults, match="引用的对象不存在"):
        households.bulk([home], [NewMember(new_id(), home.id, "head", today)], by=system, on=today)
    a, b = someone(1), someone(2)
    seats = [NewMember(who, home.id, "head", today) for who in (a, b)]
    with pytest.raises(Faults, match="已有户主"):
        households.bulk([home], seats, by=system, on=today)


def test_divisions_are_loaded_once(system, today, db, tmp_path):
    tables = {
        "provinces.csv": "code,name\n15,内蒙古\n", "cities.csv": "code,name,province\n1503,乌海,15\n",
        "areas.csv": "code,name,city\n150302,海勃湾,1503\n", "pilot_streets.csv": "code,name\n150302001,凤凰岭\n",
        "pilot_villages.csv": "code,name\n150302001002,和平\n",
    }  # fmt: skip
    with pytest.raises(Faults, match="缺少区划文件"):
        area_services.load(folder=tmp_path, by=system, on=today)
    for name, text in tables.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert area_services.load(folder=tmp_path, by=system, on=today) == 5
    assert area_services.load(folder=tmp_path, by=system, on=today) == 0
    assert areas.path("150302001002") == ("内蒙古", "乌海", "海勃湾", "凤凰岭", "和平")
    assert [one.code for one in areas.children("1503")] == ["150302"] and areas.unknown(["15", "99"]) == {
        "99"
    }
    area_services.close(code="150302001", by=system, on=today, successor_code="150302002")
    assert areas.get("150302001").successor_code == "150302002"
    (tmp_path / "areas.csv").write_text("code,name,city\n15030,错,1503\n", encoding="utf-8")
    with pytest.raises(Faults, match="不是区划代码"):
        area_services.load(folder=tmp_path, by=system, on=today)


@pytest.mark.slow
def test_twenty_thousand_people_with_categories_and_coverage_in_seconds(county, system, today):
    rows = [NewPerson(f"张小{'甲乙丙丁戊己庚辛'[n % 8]}", VILLAGE, number(n), phone=f"138{n:08d}", address=f"和平社区{n}号")
            for n in range(20_000)]  # fmt: skip
    start = time.perf_counter()
    ids = services.bulk(rows, by=system, on=today)
    categories.bulk([NewCategory(one, "registered_poor", today) for one in ids[::5]], by=system, on=today)
    coverage.bulk([NewCoverage(one, "resident", today, premium=38_000) for one in ids], by=system, on=today)
    took = time.perf_counter() - start
    assert selectors.find_by_identity(number(12_345)).id == ids[12_345]
    assert took < 20, f"{took:.1f} s"  # about 5 s on two quiet cores


def number(n: int) -> str:
    body = f"150302{date(1950, 1, 1) + timedelta(days=n // 500):%Y%m%d}{1 + n % 500 * 1:03d}"
    return body + check_digit(body)
