"""Rows in the database: written once, changed with history, locked against each other, kept within reach."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection

from kangcheng.base.audit import AuditEvent
from kangcheng.base.outbox import OutboxEvent
from kangcheng.kernel.errors import Faults
from kangcheng.work.registers import selectors, services
from kangcheng.work.registers.models import RegisterRow
from kangcheng.work.registers.selectors import NoSuchRow, NotPermitted
from kangcheng.work.registers.services import Conflict, RowError
from kangcheng.work.registers.types import Asked

pytestmark = pytest.mark.django_db


def made(register, values, system, today, **more):
    return services.create(register=register, values=values, by=system, on=today, **more)


def test_a_row_is_kept_as_written(posts, post, system, today):
    values = post(holder="张大山", skills=("lab", "x-ray"), hours=Fraction("24.5"), pay=150_50, approved=True)
    row = selectors.get(made(posts, values, system, today, why="入职"), system)
    assert row.values == values and row.number == 1 and row.action == "create" and row.why == "入职"
    assert row.area_code == "150302001002" and row.valid_from == date(2024, 1, 1) and row.valid_to is None
    assert AuditEvent.objects.filter(action="register.create", subject=f"register_row:{row.id}").count() == 1
    assert OutboxEvent.objects.filter(topic="register.row").count() == 1


def test_names_of_people_are_sealed(posts, post, system, today):
    made(posts, post(holder="张大山"), system, today)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text, sealed FROM work_registerrow")
        data, sealed = cursor.fetchone()
    assert "张大山" not in data and "张大山".encode() not in bytes(sealed)


def test_wrong_rows_are_refused_with_every_fault(posts, post, system, today):
    with pytest.raises(Faults) as caught:
        made(posts, post(duty=None, since=None, pay=2000_01), system, today)
    assert {fault.where for fault in caught.value.faults} == {"职责", "起", "补贴、已批准"}
    assert not RegisterRow.objects.exists()


def test_the_same_row_stands_once_at_a_time(posts, post, system, today):
    made(posts, post(until=date(2024, 3, 31)), system, today)
    made(posts, post(since=date(2024, 4, 1)), system, today)
    with pytest.raises(Faults, match="期间重叠"):
        made(posts, post(since=date(2024, 3, 31), until=date(2024, 3, 31)), system, today)


def test_a_unique_column_holds_across_rows_of_one_time(posts, post, system, today):
    made(posts, post(badge="B1"), system, today)
    with pytest.raises(Faults, match="重复"):
        made(posts, post(number="2", badge="B1"), system, today)


def test_history_says_who_what_when_why(posts, post, system, today, actor):
    row_id = made(posts, post(), system, today)
    leader = actor("bureau_leader", areas=("",))
    number = services.change(
        register=posts, row_id=row_id, number=1, values={"approved": True, "hours": Fraction(30)}, by=leader, on=today,
        why="年度审核",
    )  # fmt: skip
    newest, oldest = selectors.history(posts, selectors.get(row_id, system))
    assert (number, newest.number, oldest.number) == (2, 2, 1)
    assert (newest.by_name, newest.why, oldest.by_name) == (leader.name, "年度审核", system.name)
    changed = {column.id: (old, new) for column, old, new in selectors.differences(posts, oldest, newest)}
    assert changed == {"approved": (None, True), "hours": (None, Fraction(30))}
    assert selectors.state(posts, newest, oldest.at).values["hours"] is None


def test_a_second_writer_sees_the_difference_and_nothing_is_lost(posts, post, system, today):
    row_id = made(posts, post(), system, today)
    change = {"register": posts, "row_id": row_id, "number": 1, "by": system, "on": today}
    services.change(**change, values={"hours": Fraction(10), "pay": 100_00})
    assert services.change(**change, values={"until": date(2025, 1, 1)}) == 3  # another column: both stay
    with pytest.raises(Conflict) as caught:
        services.change(**change, values={"hours": Fraction(20), "pay": 100_00})
    (difference,) = caught.value.differences
    assert (difference.column.id, difference.before, difference.theirs, difference.yours) == (
        "hours",
        None,
        10,
        20,
    )
    row = selectors.get(row_id, system)
    assert (row.values["hours"], row.values["pay"], row.values["until"]) == (10, 100_00, date(2025, 1, 1))


def test_removal_has_a_reason_and_can_be_undone(posts, post, system, today):
    row_id = made(posts, post(), system, today)
    step = {"register": posts, "row_id": row_id, "by": system, "on": today}
    with pytest.raises(RowError, match="原因"):
        services.remove(**step, number=1, why=" ")
    assert services.remove(**step, number=1, why="重复录入") == 2
    assert selectors.page(posts, Asked(), system).count == 0
    made(posts, post(), system, today)
    with pytest.raises(Faults, match="期间重叠"):
        services.restore(**step, number=2, why="删错了")


def test_closed_months_change_only_by_adjustment(visits, system, today):
    village = {"village": "150303100201", "note": None}
    row_id = made(visits, {**village, "day": date(2024, 5, 2), "served": Fraction(9)}, system, today)
    with pytest.raises(Faults, match="已关账"):
        made(visits, {**village, "day": date(2024, 4, 2), "served": Fraction(9)}, system, today)
    later = {"register": visits, "row_id": row_id, "number": 1, "by": system, "on": date(2024, 6, 10)}
    with pytest.raises(Faults, match="已关账"):
        services.change(**later, values={"served": Fraction(8)})
    with pytest.raises(RowError, match="原因"):
        services.adjust(**later, values={"served": Fraction(8)}, why="")
    assert services.adjust(**later, values={"served": Fraction(8)}, why="核对漏记") == 2


def test_who_works_at_one_clinic_neither_sees_nor_writes_the_other(posts, post, places, system, today, actor):
    mine, other = places["和平卫生室"], places["拉僧庙卫生室"]
    village = actor("village_doctor", institutions=(mine,))
    row_id = made(posts, post(clinic=str(other)), system, today)
    with pytest.raises(NoSuchRow):
        selectors.get(row_id, village)
    with pytest.raises(NoSuchRow):
        services.change(
            register=posts, row_id=row_id, number=1, values={"hours": Fraction(1)}, by=village, on=today
        )
    with pytest.raises(Faults, match="职责范围"):
        made(posts, post(number="7", clinic=str(other)), village, today)
    assert selectors.page(posts, Asked(), village).count == 0
    made(posts, post(number="8"), village, today)
    assert selectors.page(posts, Asked(), village).count == 1


def test_a_column_of_another_role_is_refused(posts, post, places, system, today, actor):
    village = actor("village_doctor", institutions=(places["和平卫生室"],))
    with pytest.raises(Faults, match="不能填写此列"):
        made(posts, post(approved=True), village, today)


def test_strangers_to_registers_open_none(posts, actor):
    with pytest.raises(NotPermitted):
        selectors.page(posts, Asked(), actor("cashier"))


def test_references_never_go_round(posts, post, system, today):
    one = made(posts, post(), system, today)
    two = made(posts, post(number="2", above=str(one)), system, today)
    with pytest.raises(Faults, match="圈"):
        services.change(register=posts, row_id=one, number=1, values={"above": str(two)}, by=system, on=today)


def test_approved_amounts_are_payable_on_their_day(posts, post, system, today):
    due = {"pay": 99_00, "paid_on": date(2024, 5, 3), "approved": True}
    row_id = made(posts, post(**due), system, today)
    made(posts, post(number="2", **due | {"approved": None}), system, today)
    made(posts, post(number="3", **due | {"paid_on": date(2024, 6, 1)}), system, today)
    (found,) = selectors.payables(posts, date(2024, 5, 1), date(2024, 6, 1))
    assert (found.row_id, found.amount, found.on) == (row_id, 99_00, date(2024, 5, 3))


def test_many_rows_or_none(posts, post, system, today):
    good = [post(number=str(place)) for place in range(20)]
    assert len(services.bulk(register=posts, rows=good, by=system, on=today)) == 20
    assert AuditEvent.objects.filter(action="register.bulk").count() == 1
    with pytest.raises(Faults) as caught:
        services.bulk(register=posts, rows=[post(number="30"), post(number="3")], by=system, on=today)
    assert [fault.line for fault in caught.value.faults] == [2] and RegisterRow.objects.count() == 20
