"""The lake tables of checklists and reviews yield their declared columns and figures."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from kangcheng.work.checklists import services
from kangcheng.work.lake import TABLES
from tests.unit.work.checklists.conftest import GOOD

NAMES = ("checklist_results", "checklist_items", "checklist_rectifications", "findings")


def rows(name):
    """Rows of a lake table as dictionaries."""
    table = next(table for table in TABLES if table.name == name)
    with connection.cursor() as cursor:
        cursor.execute(table.select)
        names = [column.name for column in cursor.description]
        assert names == [column.name for column in table.columns]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_those_declared(db, name):
    assert rows(name) == []


def test_figures_of_a_round(opened, pack, today, actor):
    unit = opened["第1卫生院"]
    inspector = actor("inspector", areas=[""])
    for stage, answers in (
        ("on_site", {**GOOD, "area": "500", "doctors-per-thousand": "5/6"}),
        ("recheck", {"area": "700"}),
    ):
        services.submit(
            unit_id=unit.pk,
            stage=stage,
            answers=answers,
            remarks={},
            pack=pack,
            by=inspector,
            on=today,
            at=timezone.now(),
        )
    results = {row["unit"]: row for row in rows("checklist_results")}
    judged = results[unit.subject]
    assert (judged["met"], judged["score"], judged["grade"], judged["type"]) == (
        True,
        840_000,
        "standard",
        "township_hospital",
    )
    assert [row["judged"] for row in results.values()].count(False) == 1
    items = {row["item"]: row for row in rows("checklist_items")}
    assert (items["area"]["points"], items["area"]["met"]) == (90_000, True)
    assert items["doctors-per-thousand"]["points"] == 50_000 and len(items) == len(GOOD)
    left = {row["item"]: row for row in rows("checklist_rectifications")}
    assert (left["area"]["state"], left["area"]["in_time"]) == ("done", True)
    assert (left["doctors-per-thousand"]["state"], left["doctors-per-thousand"]["due_on"]) == (
        "open",
        date(2024, 7, 2),
    )
