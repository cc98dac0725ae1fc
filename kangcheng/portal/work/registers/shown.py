"""How the cells of a register read: ids by their names, people masked, money and days as officials write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from kangcheng.access.for_pages import names as people_names
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel import dates, money
from kangcheng.kernel.ids import mask_name
from kangcheng.kernel.units import show_rate
from kangcheng.portal.words import t
from kangcheng.registry.people import selectors as people
from kangcheng.work.registers import selectors
from kangcheng.work.registers.types import Column, Derived, Register, Row

KEPT = Derived("kept_until", "保存至", "date", "", "Kept until")
NUMBERS = ("number", "money")


def title(one: Column | Derived | Register) -> str:
    """The title in the reader's language."""
    return t(one.title, one.title_en)


def columns_of(register: Register, by: Actor) -> list[Column | Derived]:
    """The columns the actor may read, derived ones at the end."""
    own: list[Column | Derived] = [column for column in register.columns if selectors.sees_column(column, by)]
    return [*own, *register.derived, *([KEPT] if register.keep_years else [])]


def titles_of(
    register: Register, rows: Sequence[Row], by: Actor, on: date, *, masked: bool = True
) -> dict[str, str]:
    """Words for every id in the rows. Names of people are masked; `masked=False` asks the gate, which logs the look."""
    found = selectors.titles(register, [row.values for row in rows], on)
    held = [column.id for column in register.columns if column.type == "person"]
    ids = {UUID(row.values[name]) for row in rows for name in held if row.values.get(name)}
    if not ids:
        return found
    if masked:
        return found | {str(id_): mask_name(person.name) for id_, person in people.get_many(ids, on).items()}
    seen = people_names(ids, by=by, on=on, what="register")
    return found | {str(id_): name for id_, name in seen.items()}


def cell(column: Column | Derived, value: Any, titles: Mapping[str, str], *, clear: bool = False) -> str:
    """One cell in words; personal text is masked unless `clear`."""
    if value is None or value == ():
        return ""
    if isinstance(column, Column) and column.personal:
        return str(value) if clear else mask_name(str(value))
    if column.type == "money":
        return f"{money.show_yuan(value)}"
    if column.type == "date":
        return t(dates.show_date(value), value.isoformat())
    if column.type == "flag":
        return t("是", "yes") if value else t("否", "no")
    if column.type == "number":
        return _number(column, value)
    if column.type == "person":
        return titles.get(str(value), t("（未登记）", "(unknown)"))
    return selectors.shown_cell(column, value, titles) if isinstance(column, Column) else str(value)


def _number(column: Column | Derived, value: Fraction) -> str:
    if column.unit == "%":
        return show_rate(value / 100)
    places = column.decimals
    scaled = int(value * 10**places)
    whole, rest = divmod(abs(scaled), 10**places)
    return f"{'-' if scaled < 0 else ''}{whole:,}" + (f".{rest:0{places}d}" if places else "")


def line(
    register: Register, row: Row, columns: Iterable[Column | Derived], titles: Mapping[str, str], today: date,
    *, clear: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """A row as cells of text and whether they are numbers."""
    derived = selectors.derived(register, row, today)
    values = {**derived, **row.values}
    return [
        {
            "text": cell(column, values.get(column.id), titles, clear=clear),
            "num": column.type in NUMBERS,
            "column": column,
        }
        for column in columns
    ]
