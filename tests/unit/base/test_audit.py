"""The two logs only grow, and belong to the transaction they describe."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from kangcheng.base import audit
from kangcheng.base.models import AuditEvent, LookLog
from kangcheng.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def write(system, today, subject="claim:1"):
    with audit.acting(by=system, on=today, why="试", action="test"):
        audit.record(action="test", subject=subject, by=system, on=today, why="试", detail={"n": 1})


def test_record_is_one_insert(system, today, django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        audit.record(action="test", subject="claim:1", by=system, on=today)
    with transaction.atomic(), django_assert_num_queries(1):
        audit.look(by=system, person_id=new_id(), what="person page")
    with transaction.atomic(), django_assert_num_queries(1):
        audit.look_many(by=system, person_ids=[new_id(), new_id()], what="list")
    assert LookLog.objects.count() == 3


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor_name = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["base_auditevent", "base_looklog"])
def test_the_logs_only_grow(system, today, statement, table):
    write(system, today)
    audit.look(by=system, person_id=new_id(), what="person page")
    with pytest.raises(ProgrammingError, match="append_only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def test_nothing_is_recorded_when_the_deed_fails(system, today):
    with pytest.raises(ZeroDivisionError), audit.acting(by=system, on=today, why="试", action="test"):
        audit.record(action="test", subject="claim:1", by=system, on=today)
        raise ZeroDivisionError
    assert not AuditEvent.objects.exists()


def test_an_inner_deed_joins_the_outer_one(system, today):
    with pytest.raises(ZeroDivisionError), audit.acting(by=system, on=today, why="外", action="outer"):
        write(system, today)
        raise ZeroDivisionError
    assert not AuditEvent.objects.exists()
    write(system, today)  # and the next deed is not thought to be inside
    assert AuditEvent.objects.count() == 1
