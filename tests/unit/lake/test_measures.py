"""DuckDB against the plain loops, on generated tables and questions."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kangcheng.lake.engines import memory
from kangcheng.lake.engines.duck import Lake, statement
from kangcheng.lake.export import ARROW
from kangcheng.lake.measures import Between, Measure, Question, ratio
from kangcheng.lake.tables import Column, Table

TABLE = Table(
    "claims",
    "结算",
    (
        Column("person", "text", "人"),
        Column("area_code", "text", "区划"),
        Column("level", "text", "级别"),
        Column("paid", "fen", "支付"),
        Column("poor", "boolean", "贫困"),
        Column("settled_on", "date", "结算日"),
        Column("until", "date", "止"),
    ),
    "SELECT 1",
    when="settled_on",
)
STATES = replace(TABLE, when=None, valid=("settled_on", "until"))

days = st.dates(date(2024, 1, 1), date(2024, 12, 31))
rows = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.sampled_from("abcd"),
            "area_code": st.sampled_from(["330101", "330102", "3302", None]),
            "level": st.sampled_from(["一级", "二级", None]),
            "paid": st.one_of(st.none(), st.integers(-(10**12), 10**12)),
            "poor": st.booleans(),
            "settled_on": days,
            "until": st.one_of(st.none(), days),
        }
    ),
    max_size=30,
)
measures = st.builds(
    Measure,
    table=st.just("claims"),
    how=st.sampled_from(["count", "distinct", "sum"]),
    column=st.just("paid"),
    dated=st.sampled_from(["", "until"]),
    where=st.fixed_dictionaries(
        {},
        optional={
            "level": st.sampled_from([("一级",), ("一级", "二级"), ()]),
            "paid": st.builds(Between, st.integers(-100, 100), st.one_of(st.none(), st.integers(0, 10**9))),
            "poor": st.sampled_from([(True,), (False,)]),
        },
    ),
)
questions = st.builds(
    Question,
    measure=measures,
    start=st.one_of(st.none(), days),
    below=st.one_of(st.none(), days),
    by=st.sampled_from([(), ("level",), ("area_code", "poor"), ("settled_on",)]),
    scope=st.sampled_from([{}, {"area_code": "3301"}, {"area_code": ""}]),
)


def written(folder: Path, table_rows: list[dict]) -> None:
    schema = pa.schema([(c.name, ARROW[c.type]) for c in TABLE.columns])
    pq.write_table(pa.Table.from_pylist(table_rows, schema=schema), folder / "claims.parquet")


@settings(deadline=None, max_examples=150)
@given(rows, questions, st.sampled_from([TABLE, STATES]))
def test_duckdb_answers_as_the_loops_do(
    tmp_path_factory: pytest.TempPathFactory, table_rows: list[dict], question: Question, table: Table
) -> None:
    folder = tmp_path_factory.mktemp("lake")
    written(folder, table_rows)
    lake = Lake(folder, [table])
    try:
        assert lake.ask(question) == memory.answer(question, table, table_rows)
    finally:
        lake.close()


def test_an_unknown_column_is_refused_by_name() -> None:
    question = Question(Measure("claims", "sum", "paid; DROP TABLE claims"))
    with pytest.raises(KeyError, match="has no column"):
        statement(question, TABLE)


def test_nothing_over_nothing_is_not_a_number() -> None:
    assert ratio(1, 0) is None
    assert str(ratio(2, 3)) == "2/3"


def test_a_state_counts_where_it_held_at_the_end_of_the_period() -> None:
    rows = [
        {"person": "a", "settled_on": date(2023, 1, 1), "until": None},
        {"person": "b", "settled_on": date(2024, 1, 1), "until": date(2024, 6, 1)},
        {"person": "c", "settled_on": date(2024, 1, 1), "until": date(2024, 5, 31)},
        {"person": "d", "settled_on": date(2024, 6, 1), "until": None},
    ]
    question = Question(Measure("claims", "distinct", "person"), date(2024, 5, 1), date(2024, 6, 1))
    assert memory.answer(question, STATES, rows) == {(): 2}
