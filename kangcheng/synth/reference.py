"""Reference data of the checkout's `data` folder, read once as lists."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import kangcheng
from kangcheng.kernel.money import parse_yuan
from kangcheng.kernel.units import parse_rate

DATA = Path(kangcheng.__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Diagnosis:
    """One row of sample/diagnoses.csv."""

    code: str
    name: str
    name_en: str
    kind: str
    sex: str
    age_from: int
    age_to: int
    outpatient: float
    inpatient: float
    days: float
    cost: float
    season: str
    operation: str
    basket: str
    visit: str


@dataclass(frozen=True)
class Item:
    """One row of sample/items.csv. Money in fen; `first_pay` numerator and denominator."""

    code: str
    name: str
    kind: str
    unit: str
    insurance_class: str
    first_pay: tuple[int, int]
    price: int
    price_limit: int | None
    role: str
    from_level: int
    essential: bool
    used_for: tuple[str, ...]


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a CSV of the data folder, every value text."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def diagnoses() -> tuple[Diagnosis, ...]:
    """The sample of diagnoses, in file order."""
    return tuple(_diagnosis(row) for row in rows("sample/diagnoses.csv"))


def _diagnosis(row: dict[str, str]) -> Diagnosis:
    whole: dict[str, Any] = {key: int(row[key]) for key in ("age_from", "age_to")}
    numbers: dict[str, Any] = {key: float(row[key]) for key in ("outpatient", "inpatient", "days", "cost")}
    return Diagnosis(**{**row, **whole, **numbers})


@cache
def items() -> tuple[Item, ...]:
    """The sample catalogue, in file order."""
    return tuple(_item(row) for row in rows("sample/items.csv"))


def _item(row: dict[str, str]) -> Item:
    share = parse_rate(row["first_pay"] or "0")
    return Item(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        unit=row["unit"],
        insurance_class=row["class"],
        first_pay=(share.numerator, share.denominator),
        price=parse_yuan(row["price"]),
        price_limit=parse_yuan(row["price_limit"]) if row["price_limit"] else None,
        role=row["role"],
        from_level=int(row["from_level"]),
        essential=row["essential"] == "yes",
        used_for=tuple(row["used_for"].split()),
    )


@cache
def surnames() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Surnames and their weights."""
    found = rows("names/surnames.csv")
    return tuple(row["surname"] for row in found), tuple(float(row["weight"]) for row in found)


@cache
def given(sex: str) -> tuple[str, ...]:
    """Whole given names for `male` or `female`."""
    return tuple(row["given"] for row in rows(f"names/given_{sex}.csv"))
