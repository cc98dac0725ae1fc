"""Ids inside a larger statement: found, and known beforehand to be none."""

import pytest
from django.db import connection
from django.db.models import Q

from kangcheng.base.audit import AuditEvent
from kangcheng.base.subqueries import as_sql
from kangcheng.kernel.ids import new_id


@pytest.mark.django_db
@pytest.mark.parametrize("within", [Q(), Q(pk__in=[]), Q(pk__in=[new_id()])])
def test_a_queryset_stands_inside_a_statement(within):
    query, given = as_sql(AuditEvent.objects.filter(within).order_by().values("pk"))
    with connection.cursor() as sql:
        sql.execute(f"SELECT %s::uuid IN ({query})", [new_id(), *given])
        assert sql.fetchone()[0] is False
