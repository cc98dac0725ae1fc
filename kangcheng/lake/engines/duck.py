"""Questions answered by DuckDB over the Parquet files of one export. SQL is kept to what Spark speaks too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from kangcheng.lake.measures import Answer, Between, Question
from kangcheng.lake.tables import Table

MEMORY = "1GB"
THREADS = 2


class Lake:
    """One export opened for reading; `tables` are the declared tables by name."""

    def __init__(self, folder: Path, tables: Iterable[Table]) -> None:
        self.tables: Mapping[str, Table] = {table.name: table for table in tables}
        self._connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": THREADS})
        for name in self.tables:
            path = folder / f"{name}.parquet"
            if path.exists():
                self._connection.read_parquet(str(path)).create_view(name)
            else:  # declared after this export was made: nothing was counted yet
                self._connection.execute(_nothing(self.tables[name]))

    def ask(self, question: Question) -> Answer:
        """Answer one question."""
        sql, values = statement(question, self.tables[question.measure.table])
        rows = self._connection.execute(sql, values).fetchall()
        width = len(question.by)
        return {tuple(row[:width]): int(row[width] or 0) for row in rows}

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()


SQL_TYPES = {"integer": "BIGINT", "fen": "BIGINT", "date": "DATE", "boolean": "BOOLEAN"}


def _nothing(table: Table) -> str:
    columns = ", ".join(
        f'CAST(NULL AS {SQL_TYPES.get(column.type, "VARCHAR")}) AS "{column.name}"'
        for column in table.columns
    )
    return f'CREATE VIEW "{table.name}" AS SELECT {columns} WHERE 1 = 0'


def statement(question: Question, table: Table) -> tuple[str, list[Any]]:
    """The SQL of a question and its values. Names come from the declared table, values travel as parameters."""
    where: list[str] = []
    values: list[Any] = []
    dated = question.measure.dated or table.when
    if dated:
        _between(_name(table, dated), Between(question.start, question.below), where, values)
    elif table.valid is not None and question.below is not None:
        first, after = table.valid
        where.append(f"{first} < ? AND ({after} IS NULL OR {after} >= ?)")
        values += [question.below, question.below]
    for name, prefix in question.scope.items():
        where.append(f"coalesce({_name(table, name)}, '') LIKE ?")
        values.append(prefix.replace("%", "").replace("_", "") + "%")
    for name, test in question.measure.where.items():
        if isinstance(test, Between):
            _between(_name(table, name), test, where, values)
        else:
            where.append(f"{_name(table, name)} IN ({', '.join('?' * len(test))})" if test else "1 = 0")
            values.extend(test)
    split = [f"coalesce(CAST({_name(table, name)} AS VARCHAR), '')" for name in question.by]
    parts = [f"SELECT {', '.join([*split, _measure(question, table)])} FROM {table.name}"]  # noqa: S608  declared names only
    if where:
        parts.append("WHERE " + " AND ".join(where))
    if split:
        parts.append("GROUP BY " + ", ".join(split))
    return " ".join(parts), values


def _measure(question: Question, table: Table) -> str:
    measure = question.measure
    if measure.how == "count":
        return "count(*)"
    column = _name(table, measure.column)
    return (
        f"count(DISTINCT {column})"
        if measure.how == "distinct"
        else f"CAST(coalesce(sum({column}), 0) AS BIGINT)"
    )


def _between(name: str, span: Between, where: list[str], values: list[Any]) -> None:
    if span.start is not None:
        where.append(f"{name} >= ?")
        values.append(span.start)
    if span.below is not None:
        where.append(f"{name} < ?")
        values.append(span.below)


def _name(table: Table, name: str) -> str:
    return table.column(name).name
