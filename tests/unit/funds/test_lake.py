"""The fund's lake tables: each SELECT runs, yields exactly the declared columns, and agrees with the settlement."""

import pytest
from django.db import connection

from bench import town as town_
from kangcheng.funds.lake import TABLES

pytestmark = pytest.mark.django_db


def rows_of(table):
    with connection.cursor() as sql:
        sql.execute(table.select.replace("%", "%%"))
        return [
            dict(zip((column[0] for column in sql.description), row, strict=True)) for row in sql.fetchall()
        ]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_yields_its_columns(settled, table):
    settled(0, A1=10, FEE=1, Z1=1)
    rows = rows_of(table)
    if table.name != "enrolments":
        assert rows
    for row in rows:
        assert list(row) == [column.name for column in table.columns]
        for column in table.columns:
            if column.type in ("fen", "integer"):
                assert isinstance(row[column.name], int), column.name


def test_claims_agree_with_the_settlement(settled):
    answer = settled(0, A1=10, B1=2, Z1=1, FEE=1)
    tables = {table.name: rows_of(table) for table in TABLES}
    [claim] = tables["claims"]
    assert (claim["total"], claim["cash"], claim["fund"]) == (answer.total, answer.cash, answer.fund)
    assert claim["poor"] is True and claim["at_once"] is True and claim["waived"] == 10_00
    assert (
        claim["in_scope"] == 1000_00 + 100_00 - 10_00
    )  # without the free fee, out of scope and the first pay
    assert {row["payer"]: row["paid"] for row in tables["claim_payers"]} == {
        payer: fen for payer, fen in answer.payers.items() if fen
    }
    assert sum(row["amount"] for row in tables["claim_parts"]) == answer.cash
    assert sum(row["debit"] for row in tables["postings"]) == 0
    [use] = tables["entitlement_uses"]
    assert (use["kind"], use["source"], use["amount"]) == ("waive", "relief_fund", 10_00)
    assert claim["institution_id"] == str(town_.COUNTY_HOSPITAL)
