"""Rows for any register, from its entry alone: what the columns declare, plus the `sample` hints where an entry gives them.

The same seed gives the same rows. Every row keeps the register's own rules; one that cannot be made to is left out. Pure.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, KangchengError
from kangcheng.kernel.money import parse_yuan
from kangcheng.kernel.units import parse_number, parse_rate
from kangcheng.work.registers.types import Column, Register

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国春梅"
TRIES = 12
MOST_ROWS = 3000
MOSTLY = 0.9  # of rows with a whole set of codes: the others lack the first
BLANK, YES = Fraction(1, 10), Fraction(17, 20)
DIGITS = {"city": 4, "county": 6, "township": 9, "village": 12}


RowFaults = Callable[[Register, Mapping[str, Any], date], Sequence[Fault]]
SameFaults = Callable[[Register, Sequence[tuple[int, Mapping[str, Any]]]], Iterable[Fault]]


@dataclass(frozen=True)
class Place:
    """An institution: id, type and area."""

    id: str
    type: str
    area: str


@dataclass
class World:
    """What rows may name. `rows`: ids of the rows made so far, by register."""

    institutions: Sequence[Place]
    areas: Sequence[str]
    people: Sequence[str]
    rows: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Maker:
    register: Register
    world: World
    dice: random.Random
    on: date
    number: int = 0

    def row(self, target: tuple[str, str]) -> dict[str, Any]:
        """One row about `target` (kind, id)."""
        self.number += 1
        values: dict[str, Any] = {}
        day = self.on - timedelta(days=self.dice.randrange(20, 700))
        for column in self.register.columns:
            value = self._value(column, target, values, day)
            if column.type == "date" and value is not None:
                day = max(day, value)
            values[column.id] = value
        return values

    def _value(self, column: Column, target: tuple[str, str], values: Mapping[str, Any], day: date) -> Any:
        hint = column.sample if isinstance(column.sample, Mapping) else {}
        blank = parse_rate(hint["blank"]) if "blank" in hint else Fraction(0) if column.required else BLANK
        if column.id == self.register.valid_to and "blank" not in hint:
            blank = Fraction(4, 5)
        if column.id not in self.register.key and self.dice.random() < blank:
            return None
        made = getattr(self, f"_{column.type}")
        return made(column, hint, target, day)

    def _text(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> str | None:
        if "texts" in hint:
            return str(self.dice.choice(_listed(hint["texts"])))
        if column.personal:
            return self.dice.choice(SURNAMES) + "".join(
                self.dice.choices(GIVEN, k=self.dice.choice((1, 2, 2)))
            )
        guesses = (
            f"{column.title}{self.number}", f"{self.number:04d}", f"A-{self.number:04d}", f"A{self.number:04d}",
            f"{self.number:06d}", f"1380{self.number:07d}", str(self.on.year),
        )  # fmt: skip
        fitting = (
            one[-column.longest :]
            for one in guesses
            if not column.pattern or re.fullmatch(column.pattern, one)
        )
        return next(fitting, None)

    def _number(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> Fraction:
        low = (
            parse_number(hint["from"])
            if "from" in hint
            else column.least
            if column.least is not None
            else Fraction(0)
        )
        high = (
            parse_number(hint["to"])
            if "to" in hint
            else column.most
            if column.most is not None
            else low + 100
        )
        scale = 10**column.decimals
        return Fraction(self.dice.randint(int(low * scale), int(max(low, high) * scale)), scale)

    def _money(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> int:
        low = parse_yuan(hint["from"]) if "from" in hint else int((column.least or 0) * 100)
        high = (
            parse_yuan(hint["to"])
            if "to" in hint
            else int((column.most if column.most is not None else 5000) * 100)
        )
        return self.dice.randint(low // 100, max(low, high) // 100) * 100

    def _date(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> date | None:
        if "from" in hint or "to" in hint:
            low = parse_date(hint["from"]) if "from" in hint else self.on - timedelta(days=365)
            high = parse_date(hint["to"]) if "to" in hint else self.on
            return low + timedelta(days=self.dice.randint(0, max(0, (high - low).days)))
        if "days_back" in hint:
            return self.on - timedelta(days=self.dice.randint(0, int(hint["days_back"])))
        if column.id == self.register.valid_to:
            return day + timedelta(days=self.dice.randint(60, 900))
        if column.id in (self.register.when, self.register.valid_from) or column.id in self.register.key:
            return day
        later = day + timedelta(days=self.dice.randint(0, 90))
        return later if later <= self.on else (day if column.required else None)

    def _time(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> str:
        return f"{self.dice.randint(8, 16):02d}:{self.dice.choice((0, 30)):02d}"

    def _code(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> Any:
        whole = hint.get("sets", {}).get(self._type(target) or "any")
        if whole:
            return tuple(sorted(whole if self.dice.random() < MOSTLY else whole[1:]))
        told = hint.get("by_type", {}).get(self._type(target))
        if told:
            return told
        weights = hint.get("values") or {
            code: str(1 + (len(column.codes) - n)) for n, code in enumerate(column.codes)
        }
        codes = [code for code in weights if code in column.codes] or list(column.codes)
        if not codes:
            return None
        chance = [float(parse_number(weights.get(code, "1").removesuffix("%"))) for code in codes]
        if column.several:
            return tuple(sorted(set(self.dice.choices(codes, chance, k=self.dice.randint(1, 3)))))
        return self.dice.choices(codes, chance)[0]

    def _type(self, target: tuple[str, str]) -> str:
        """Type of the institution a row is about, "" for another target."""
        if target[0] != "institution":
            return ""
        return next((place.type for place in self.world.institutions if place.id == target[1]), "")

    def _flag(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> bool:
        return self.dice.random() < (parse_rate(hint["share"]) if "share" in hint else YES)

    def _area(
        self, column: Column, hint: Mapping[str, Any], target: tuple[str, str], day: date
    ) -> str | None:
        if "codes" in hint:
            return str(self.dice.choice(_listed(hint["codes"])))
        least = DIGITS.get(column.level, 0)
        if target[0] == "area" and len(target[1]) >= least:
            return target[1]
        below = [
            code
            for code in self.world.areas
            if len(code) >= least and (target[0] != "area" or code.startswith(target[1]))
        ]
        return self.dice.choice(below) if below else None

    def _institution(
        self, column: Column, hint: Mapping[str, Any], target: tuple[str, str], day: date
    ) -> str | None:
        if target[0] == "institution" and (
            column.id == self.register.owner or column.id in self.register.key
        ):
            return target[1]
        of = set(_listed(hint.get("of", [])))
        fitting = [place.id for place in self.world.institutions if not of or place.type in of]
        return self.dice.choice(fitting) if fitting else None

    def _person(
        self, column: Column, hint: Mapping[str, Any], target: tuple[str, str], day: date
    ) -> str | None:
        if target[0] == "person":
            return target[1]
        return self.dice.choice(self.world.people) if self.world.people else None

    def _reference(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> str | None:
        known = self.world.rows.get(column.register) if column.register != self.register.id else None
        return self.dice.choice(known) if known else None

    def _file(self, column: Column, hint: Mapping[str, Any], target: Any, day: date) -> None:
        return None


def made(
    register: Register, world: World, *, seed: int, on: date, row_faults: RowFaults, same_faults: SameFaults
) -> Iterator[dict[str, Any]]:
    """Rows as the entry's `sample` asks for (two an institution or area without one), those that break a rule tried again.

    `row_faults` and `same_faults` are the register's own: what is wrong with a row, and which rows are there twice.
    """
    maker = _Maker(register, world, random.Random(f"{seed}:{register.id}"), on)
    kept: list[dict[str, Any]] = []
    for target in targets(register, world, maker.dice):
        for _ in range(TRIES):
            values = maker.row(target)
            try:
                if not row_faults(register, values, on):
                    kept.append(values)
                    break
            except KangchengError:
                break
    twice = {fault.line for fault in same_faults(register, list(enumerate(kept)))}
    return (values for place, values in enumerate(kept) if place not in twice)


def targets(register: Register, world: World, dice: random.Random) -> list[tuple[str, str]]:
    """What the rows are about, in order: (institution, area or person; id)."""
    hint = register.sample
    per = hint.get("per") or _usual(register)
    if per == "institution":
        of = set(_listed(hint.get("of", [])))
        found = [("institution", place.id) for place in world.institutions if not of or place.type in of]
    elif per == "person":
        found = [("person", one) for one in world.people[:MOST_ROWS]]
    else:
        found = [("area", code) for code in world.areas if len(code) == DIGITS[per]]
    share = parse_rate(hint["share"]) if "share" in hint else Fraction(1)
    found = [one for one in found if share == 1 or dice.random() < share]
    count = int(hint.get("count", "2"))
    return [one for one in found for _ in range(count)][:MOST_ROWS]


def _usual(register: Register) -> str:
    owner = register.column(register.owner)
    if owner is None:
        return "city"
    return "institution" if owner.type == "institution" else (owner.level or "township")


def in_order(registers: Mapping[str, Register]) -> list[Register]:
    """Registers so that what others refer to comes first; a circle keeps the order of the pack."""
    done: dict[str, Register] = {}

    def visit(one: Register, trail: frozenset[str]) -> None:
        for column in one.columns:
            if column.register in registers and column.register not in trail | done.keys():
                visit(registers[column.register], trail | {column.register})
        done.setdefault(one.id, one)

    for one in registers.values():
        visit(one, frozenset({one.id}))
    return list(done.values())


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
