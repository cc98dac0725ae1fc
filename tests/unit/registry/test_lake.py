"""Every lake table's SELECT yields its declared columns, and none of them is a name, number, phone or address of a person."""

from datetime import date

import pytest
from django.db import connection

from kangcheng.kernel.errors import Faults
from kangcheng.registry.categories import services as categories
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.coverage import services as coverage
from kangcheng.registry.coverage.types import NewCoverage
from kangcheng.registry.lake import TABLES
from kangcheng.registry.people import services
from tests.unit.registry.conftest import identity

pytestmark = pytest.mark.django_db
PYTHON = {"text": str, "uuid": str, "integer": int, "fen": int, "date": date, "boolean": bool}


def rows(table):
    with connection.cursor() as sql:
        sql.execute(table.select)
        names = [column.name for column in sql.description]
        return [dict(zip(names, row, strict=True)) for row in sql.fetchall()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_select_yields_what_is_declared(table, someone, hospital, system, today):
    who = someone(1, name="张小明", phone="13800001234", address="和平社区1号")
    hospital(1)
    categories.grant(new=NewCategory(who, "disabled", date(2024, 1, 1)), by=system, on=today)
    coverage.grant(new=NewCoverage(who, "resident", date(2024, 1, 1), premium=38_000), by=system, on=today)
    found = rows(table)
    for row in found:
        assert list(row) == [column.name for column in table.columns]
        for column in table.columns:
            assert row[column.name] is None or type(row[column.name]) is PYTHON[column.type], column.name
        if table.name not in ("institutions", "areas", "items"):
            assert not {"张小明", identity(1), "13800001234", "和平社区1号"} & set(row.values())
    assert found or table.name in (
        "items",
        "import_rows_unmatched",
        "source_records",
        "reach",
        "posts",
        "county_staffing",
    )
    assert table.when is None or table.column(table.when)
    assert all(column.meaning for column in table.columns)


def test_merged_people_count_once_and_errors_not_at_all(someone, system, today):
    golden, absorbed, wrong = someone(1), someone(2), someone(3)
    coverage.grant(new=NewCoverage(absorbed, "resident", date(2024, 1, 1)), by=system, on=today)
    services.merge(golden=golden, absorbed=absorbed, by=system, on=today, why="同一人")
    services.leave(person_id=wrong, reason="error", by=system, on=today)
    tables = {table.name: table for table in TABLES}
    assert [row["person_id"] for row in rows(tables["residents"])] == [str(golden)]
    assert [row["person_id"] for row in rows(tables["coverage"])] == [str(golden)]


def test_a_text_that_does_not_fit_is_a_fault_not_a_crash(someone, system, today):
    who = someone(1)
    for evidence in ("长" * 300, "坏\x00字"):
        with pytest.raises(Faults, match="内容过长"):
            new = NewCategory(who, "disabled", date(2024, 1, 1), evidence=evidence)
            categories.bulk([new], by=system, on=today)
