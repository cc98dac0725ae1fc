"""One row and many rows: what is missing, what breaks a rule, which rows are the same, what follows from a row. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.money import rounded
from kangcheng.work.registers.rules import cells, formula
from kangcheng.work.registers.rules.cells import Known
from kangcheng.work.registers.types import Column, Condition, Derived, NoOverlap, Register, Values

FAR = date(9999, 12, 31)


def read_row(
    register: Register, texts: Mapping[str, str], known: Known, line: int | None = None
) -> tuple[dict[str, Any], list[Fault]]:
    """Typed values of a row of texts by column, and the fault of every cell that cannot be read or is no column."""
    values: dict[str, Any] = {}
    faults = [
        Fault(name, "没有这一列 (no such column)", line=line)
        for name in texts
        if register.column(name) is None
    ]
    for column in register.columns:
        text = (texts.get(column.id) or "").strip()
        values[column.id] = None
        if text:
            try:
                values[column.id] = cells.read(column, text, known)
            except KangchengError as error:
                faults.append(Fault(column.title, error.what, error.rule, error.todo, line=line))
    return values, faults


def row_faults(register: Register, values: Values, today: date, line: int | None = None) -> list[Fault]:
    """What is missing in a row and which of its rules it breaks."""
    faults = [
        Fault(column.title, "必填项为空 (required)", todo=column.help, line=line)
        for column in register.columns
        if values.get(column.id) in (None, "", ()) and _required(column, values)
    ]
    start, end = values.get(register.valid_from), values.get(register.valid_to)
    if register.valid_to and start and end and end < start:
        faults.append(
            Fault(_title(register, register.valid_to), "止期早于起期 (ends before it starts)", line=line)
        )
    seen = numbers(register, values) | {"today": today}
    for rule in register.rules:
        if formula.evaluate(rule.must, seen, today) is False:
            faults.append(Fault(_about(register, rule.must), rule.say, rule.must, line=line))
    return faults


def write_faults(
    register: Register,
    values: Values,
    role: str | None,
    line: int | None = None,
    *,
    before: Values | None = None,
) -> list[Fault]:
    """A fault for each column that is filled in or changed by a role that may not; every role may where none is asked."""
    if role is None:
        return []
    return roles_faults(register, values, {role}, line, before=before)


def roles_faults(
    register: Register,
    values: Values,
    roles: Collection[str],
    line: int | None = None,
    *,
    before: Values | None = None,
) -> list[Fault]:
    """As `write_faults`, for somebody who holds several roles."""
    if register.write and not set(register.write) & set(roles):
        return [
            Fault(
                register.title,
                "您的角色不能填写 (your role may not write)",
                "、".join(register.write),
                line=line,
            )
        ]
    return [
        Fault(
            column.title,
            "您的角色不能填写此列 (your role may not write this)",
            "、".join(column.write),
            line=line,
        )
        for column in register.columns
        if column.write and not set(column.write) & set(roles)
        if values.get(column.id) != (before or {}).get(column.id)
    ]


def closed_faults(
    register: Register, before: Values | None, after: Values | None, today: date, *, adjust: bool = False
) -> list[Fault]:
    """A fault when the row's month, before or after the change, is closed and the change is no adjustment."""
    days = [values.get(register.when) for values in (before, after) if values is not None]
    if adjust or not any(month_closed(register, day, today) for day in days):
        return []
    return [
        Fault(
            _title(register, register.when),
            "该月已关账，只能调整 (the month is closed)",
            f"次月{register.closes}日关账",
            "用“调整”并写明原因",
        )
    ]


def _required(column: Column, values: Values) -> bool:
    return column.required or (bool(column.required_if) and fulfils(column.required_if, values))


def fulfils(condition: Condition, values: Values) -> bool:
    """True when every column named has one of the values named (flags as yes and no)."""
    return all(_among(values.get(name), wanted) for name, wanted in condition.items())


def _among(value: Any, wanted: tuple[str, ...]) -> bool:
    if isinstance(value, bool):
        return ("yes" if value else "no") in wanted
    if isinstance(value, tuple):
        return bool(set(value) & set(wanted))
    return value is not None and str(value) in wanted


def _title(register: Register, id_: str) -> str:
    column = register.column(id_)
    return column.title if column else id_


def _about(register: Register, rule: str) -> str:
    """The titles of the columns a rule reads, in the order of the register."""
    read = formula.names(rule)
    return "、".join(column.title for column in register.columns if column.id in read)


def key_of(register: Register, values: Values) -> str:
    """32 hexadecimal characters, the same for rows with the same natural key."""
    return _digest(register, register.key, values)


def _digest(register: Register, names: Iterable[str], values: Values) -> str:
    types = {column.id: column.type for column in register.columns}
    parts = [str(cells.to_json(types[name], values.get(name))) for name in names]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def period(register: Register, values: Values) -> tuple[date | None, date | None]:
    """First day and first day after of a row of states; (None, None) in a register of events or plain rows."""
    if not register.valid_from:
        return None, None
    last = values.get(register.valid_to) if register.valid_to else None
    return values.get(register.valid_from), last + timedelta(days=1) if last else None


def numbers(register: Register, values: Values) -> dict[str, Any]:
    """The row as formulas see it: money in yuan, derived columns computed by the caller."""
    types = {column.id: column.type for column in register.columns}
    return {
        name: Fraction(value, 100) if types.get(name) == "money" and value is not None else value
        for name, value in values.items()
    }


def derive(register: Register, values: Values, today: date) -> dict[str, Any]:
    """The derived columns of a row on a day, and `kept_until`. A later formula may read an earlier one."""
    seen = numbers(register, values) | {"today": today}
    found: dict[str, Any] = {}
    for derived in register.derived:
        value = formula.evaluate(derived.formula, seen, today)
        seen[derived.id] = value
        found[derived.id] = _typed(derived, value)
    found["kept_until"] = kept_until(register, values)
    return found


def _typed(derived: Derived, value: Any) -> Any:
    if derived.type == "flag":
        return bool(value)
    if value is None:
        return None
    if derived.type == "money":
        return rounded(Fraction(value) * 100)
    if derived.type == "number":
        return Fraction(rounded(Fraction(value) * 10**derived.decimals), 10**derived.decimals)
    return value


def kept_until(register: Register, values: Values) -> date | None:
    """The day until which the row is kept: years after its last or only day; None when it is kept for ever or still holds."""
    if register.keep_years is None:
        return None
    day = values.get(register.valid_to) if register.valid_from else values.get(register.when)
    return formula.later(day, 12 * register.keep_years) if day else None


def month_closed(register: Register, day: date | None, today: date) -> bool:
    """True when the month of `day` was closed by `today`: only adjustments change its rows."""
    if register.closes is None or day is None:
        return False
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=register.closes)
    return today >= following


def same_faults(
    register: Register, rows: Sequence[tuple[int, Values]], others: Iterable[Values] = ()
) -> Iterator[Fault]:
    """A fault for each of `rows` (line, values) that repeats a key, a unique column or a stretch of an earlier or other row."""
    yield from _key_faults(register, rows, list(others))
    for column in register.columns:
        if column.unique:
            yield from _unique_faults(register, column, rows, list(others))
    for rule in register.no_overlap:
        yield from _overlap_faults(register, rule, rows, list(others))


def _unique_faults(
    register: Register, column: Column, rows: Sequence[tuple[int, Values]], others: list[Values]
) -> Iterator[Fault]:
    held: dict[str, list[tuple[date | None, date | None]]] = {}
    for values in others:
        held.setdefault(str(values.get(column.id)), []).append(period(register, values))
    for line, values in rows:
        if values.get(column.id) is None:
            continue
        stretch, before = period(register, values), held.setdefault(str(values[column.id]), [])
        if any(shared(stretch, other) for other in before):
            yield Fault(column.title, "与另一行重复 (not unique)", "全册不重复", line=line)
        before.append(stretch)


def _key_faults(
    register: Register, rows: Sequence[tuple[int, Values]], others: list[Values]
) -> Iterator[Fault]:
    held: dict[str, list[tuple[date | None, date | None]]] = {}
    for values in others:
        held.setdefault(key_of(register, values), []).append(period(register, values))
    where = "、".join(_title(register, name) for name in register.key)
    for line, values in rows:
        stretch, before = period(register, values), held.setdefault(key_of(register, values), [])
        if any(shared(stretch, other) for other in before):
            what = (
                "已有相同的行，期间重叠 (same row, periods overlap)"
                if register.valid_from
                else "已有相同的行 (same row)"
            )
            yield Fault(where, what, "这些列相同即同一行", line=line)
        before.append(stretch)


def shared(one: tuple[date | None, date | None], two: tuple[date | None, date | None]) -> bool:
    """True when two half-open periods share a day; rows without periods always do."""
    return (one[0] or date.min) < (two[1] or FAR) and (two[0] or date.min) < (one[1] or FAR)


def _overlap_faults(
    register: Register, rule: NoOverlap, rows: Sequence[tuple[int, Values]], others: list[Values]
) -> Iterator[Fault]:
    held: dict[str, list[tuple[Any, Any]]] = {}
    for values in others:
        held.setdefault(_digest(register, rule.per, values), []).append(_stretch(register, rule, values))
    for line, values in rows:
        stretch, before = (
            _stretch(register, rule, values),
            held.setdefault(_digest(register, rule.per, values), []),
        )
        if None not in stretch and any(
            None not in other and stretch[0] < other[1] and other[0] < stretch[1] for other in before
        ):
            titles = f"{_title(register, rule.start)}、{_title(register, rule.end)}"
            yield Fault(titles, rule.say or "与另一行重叠 (overlaps another row)", line=line)
        before.append(stretch)


def _stretch(register: Register, rule: NoOverlap, values: Values) -> tuple[Any, Any]:
    """From the first moment to the first after; a day that has no last day yet has none to come."""
    start, end = values.get(rule.start), values.get(rule.end)
    if isinstance(start, date) and end is None:
        return start, FAR
    return start, end + timedelta(days=1) if isinstance(end, date) else end


def label(register: Register, values: Values, titles: Mapping[str, str] | None = None) -> str:
    """What a row is called: its label columns, ids by their titles where given."""
    parts = []
    for name in register.label:
        column = register.column(name)
        text = cells.written(column.type, values.get(name), column.codes) if column else ""
        parts.append((titles or {}).get(text, text))
    return " · ".join(part for part in parts if part)
