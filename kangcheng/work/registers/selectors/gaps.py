"""What should have a row in a register and has none: institutions, places, rows of another register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kangcheng.base.accounts.types import Actor
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.registers import reach
from kangcheng.work.registers.names import titles
from kangcheng.work.registers.rules import rows as rules
from kangcheng.work.registers.selectors.lists import every
from kangcheng.work.registers.selectors.which import get_register
from kangcheng.work.registers.types import Asked, Covers, Register

DIGITS = {"county": 6, "township": 9, "village": 12}


@dataclass(frozen=True)
class Gap:
    """One that has no row: its id or code as the register's column keeps it, its name, its area."""

    id: str
    name: str
    area_code: str


def gaps(register: Register, by: Actor, on: date) -> list[Gap]:
    """Those without a row on the day, by area and name. Raises NotPermitted; only within the actor's reach; [] when none should."""
    reach.require_look(register, by)
    covers = register.covers
    if covers is None:
        return []
    asked = Asked(filters=_filters(register, covers, on), as_of=on if register.valid_from else None)
    present = {_place(covers, row.values.get(covers.column)) for row in every(register, asked, by)}
    found = [one for one in _wanted(covers, by, on) if one.id not in present]
    return sorted(found, key=lambda one: (one.area_code, one.name))


def _place(covers: Covers, value: Any) -> str:
    return str(value or "")[: DIGITS[covers.each]] if covers.each in DIGITS else str(value)


def _filters(register: Register, covers: Covers, on: date) -> dict[str, Any]:
    found: dict[str, Any] = {}
    types = {one.id: one.type for one in register.columns} | {one.id: one.type for one in register.derived}
    for name, values in covers.where.items():
        found[name] = values[0] == "yes" if types[name] == "flag" else values[0]
    if covers.within:
        start = on.replace(day=1) if covers.within == "month" else on.replace(month=1, day=1)
        found[register.when] = (start, on)
    return found


def _wanted(covers: Covers, by: Actor, on: date) -> Iterator[Gap]:
    if covers.each == "row":
        yield from _rows(covers, by, on)
        return
    here = by.where(reach.LOOK)
    open_now = [
        one
        for one in institutions.list_on(on)
        if (not covers.of or one.type in covers.of)
        and (one.id in here.institutions or here.covers_area(one.area_code))
    ]
    if covers.each == "institution":
        yield from (Gap(str(one.id), one.name, one.area_code) for one in open_now)
        return
    digits = DIGITS[covers.each]
    codes = {one.area_code[:digits] for one in open_now if len(one.area_code) >= digits}
    names = areas.names(codes)
    yield from (Gap(code, names.get(code, code), code) for code in codes)


def _rows(covers: Covers, by: Actor, on: date) -> Iterator[Gap]:
    """The rows of the other register that hold on the day, called by what of their label is not sealed."""
    for id_ in covers.of:
        other = get_register(id_)
        open_label = tuple(name for name in other.label if name not in other.sealed)
        rows = list(every(other, Asked(as_of=on if other.valid_from else None), by))
        words = titles(other, [row.values for row in rows], on)
        for row in rows:
            name = rules.label(replace(other, label=open_label), row.values, words)
            yield Gap(str(row.id), name, row.area_code)
