"""Every lake table's SELECT runs and yields what the table declares, those of the pack's registers included."""

import pytest
from django.db import connection

from kangcheng.performance.tables import tables
from kangcheng.policy.reader import load_pack

TABLES = tables(load_pack("kangcheng"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_select_yields_the_declared_columns(name):
    table = TABLES[name]
    with connection.cursor() as sql:
        sql.execute(table.select)
        assert [column.name for column in sql.description] == [column.name for column in table.columns]
