"""What processes give to the lake counts cases and days, and names nobody."""

from datetime import date

from django.db import connection

from kangcheng.work.processes import services
from kangcheng.work.processes.lake import CASES, STEPS

MONDAY = date(2026, 11, 9)


def rows(table):
    with connection.cursor() as sql:
        sql.execute(table.select)
        names = [column.name for column in sql.description]
        assert names == [column.name for column in table.columns]
        return [dict(zip(names, row, strict=True)) for row in sql.fetchall()]


def test_cases_and_steps(submitted, people):
    case = submitted()
    services.take_step(
        case_id=case.id,
        do="review",
        role="section",
        by=people.section,
        on=date(2026, 11, 18),
        fields={"need": "必要"},
    )
    services.withdraw(case_id=case.id, why="不买了", by=people.applicant, on=date(2026, 11, 19))
    (row,) = rows(CASES)
    assert (row["final"], row["days"], row["late_steps"], row["on_time"], row["escalated"]) == (
        True,
        10,
        1,
        False,
        False,
    )
    assert row["county_code"] == "360803"
    steps = rows(STEPS)
    assert [one["step"] for one in steps] == ["open", "submit", "review", "withdraw"]
    assert steps[2]["hours"] == 9 * 24 and steps[2]["on_time"] is False
    said = str(steps) + str(row)
    assert all(name not in said for name in ("甲", "乙", "不买了", "心电图机"))
