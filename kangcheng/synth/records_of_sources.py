"""Records of the same people as institutions write them: with the slips of every registration desk, and the truth beside them.

    town = planted(city.people, seed=3)          # some residents called like a neighbour, some not registered at all
    records = make(town, seed=3)                 # pyarrow.Table; column `person` says who is meant

For training and measuring the matching of records; `sources.table` gives the few columns that a city shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa

from kangcheng.kernel.ids import check_digit

Row = dict[str, Any]
NEIGHBOURS_APART = 8  # years between neighbours of one name


@dataclass(frozen=True)
class Slips:
    """How often each thing happens, as a share of the records."""

    without_identity: float = 0.12
    mistyped_identity: float = 0.01
    old_identity: float = 0.01  # the card of 15 digits
    identity_as_phone: float = 0.002
    traditional: float = 0.008
    misheard: float = 0.012
    other_sign: float = 0.003
    exchanged_name: float = 0.003  # given name first
    spaced: float = 0.01
    birth_digit: float = 0.006
    birth_exchanged: float = 0.003
    birth_days: float = 0.005
    birth_lunar: float = 0.004
    other_sex: float = 0.002
    without_phone: float = 0.15
    new_phone: float = 0.08
    phone_digit: float = 0.01
    moved: float = 0.05
    without_house: float = 0.15
    with_household: float = 0.3


class Town(NamedTuple):
    """`people`: everybody. `registered`: those whom the register knows."""

    people: pa.Table
    registered: pa.Table


def planted(people: pa.Table, *, seed: int, neighbours: float = 0.002, unregistered: float = 0.04) -> Town:
    """The people with some called like a neighbour of their sex, and a part of them left out of the register."""
    rng = random.Random(seed)
    rows = people.to_pylist()
    near: dict[tuple[str, str], Row] = {}
    for row in rows:
        other = near.get((row["area_code"], row["sex"]))
        if other and rng.random() < neighbours and _apart(row, other):
            row["name"] = other["name"]
        near[row["area_code"], row["sex"]] = row
    kept = [row for row in rows if rng.random() >= unregistered]
    return Town(pa.Table.from_pylist(rows, people.schema), pa.Table.from_pylist(kept, people.schema))


def _apart(row: Row, other: Row) -> bool:
    years = abs(row["birth_on"].year - other["birth_on"].year)
    return row["household"] != other["household"] and 0 < years <= NEIGHBOURS_APART


def make(people: pa.Table, *, seed: int, share: float = 0.8, slips: Slips | None = None) -> pa.Table:
    """One record of each of a `share` of the people, as an institution wrote it; `slips` names what went wrong.

    Columns: number, person, name, sex, birth_on, identity, phone, area_code, address, household, slips (a list).
    """
    rng, wrong = random.Random(seed), slips or Slips()
    rows = people.to_pylist()
    homes = [(row["area_code"], row["address"]) for row in rows]
    made = [
        _record(number, row, homes, rng, wrong) for number, row in enumerate(rows) if rng.random() < share
    ]
    return pa.Table.from_pylist(made, SCHEMA)


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("number", "person", "name", "sex")),
        ("birth_on", pa.date32()),
        *((name, pa.string()) for name in ("identity", "phone", "area_code", "address", "household")),
        ("slips", pa.list_(pa.string())),
    ]
)


def _record(number: int, row: Row, homes: list[tuple[str, str]], rng: random.Random, wrong: Slips) -> Row:
    made = {
        "number": f"{number:09d}", "person": row["person"], "name": row["name"], "sex": row["sex"],
        "birth_on": row["birth_on"], "identity": row["identity_number"] or "", "phone": row["phone"] or "",
        "area_code": row["area_code"], "address": row["address"], "household": "", "slips": [],
    }  # fmt: skip
    if rng.random() < wrong.with_household:
        made["household"] = row["household"]
    if rng.random() < wrong.moved:
        made["area_code"], made["address"] = homes[rng.randrange(len(homes))]
        made["slips"].append("moved")
    for name, change in CHANGES.items():
        if rng.random() < getattr(wrong, name) and change(made, rng):
            made["slips"].append(name)
    return made


def _drops(column: str) -> Callable[[Row, random.Random], bool]:
    def change(made: Row, rng: random.Random) -> bool:
        made[column] = ""
        return True

    return change


def _mistyped(text: str, rng: random.Random) -> str:
    """One digit changed, or two neighbours exchanged."""
    place = rng.randrange(len(text) - 1)
    if rng.random() < 0.3 and text[place] != text[place + 1]:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    digit = str((int(text[place]) + rng.randrange(1, 10)) % 10) if text[place].isdigit() else "0"
    return text[:place] + digit + text[place + 1 :]


def _mistyped_identity(made: Row, rng: random.Random) -> bool:
    if not made["identity"]:
        return False
    made["identity"] = _mistyped(made["identity"], rng)
    return True


def _old_identity(made: Row, rng: random.Random) -> bool:
    number = made["identity"]
    body = number[:17]
    if number[6:8] != "19" or len(number) != 18 or not body.isdigit() or number[17] != check_digit(body):
        return False
    made["identity"] = number[:6] + number[8:17]
    return True


def _identity_as_phone(made: Row, rng: random.Random) -> bool:
    made["identity"], made["phone"] = made["phone"], made["identity"]
    return True


def _traditional(made: Row, rng: random.Random) -> bool:
    before, made["name"] = made["name"], _to_traditional(made["name"])
    return bool(before != made["name"])


def _misheard(made: Row, rng: random.Random) -> bool:
    name, place = made["name"], rng.randrange(1, max(len(made["name"]), 2))
    same = [sign for sign in _sounding().get(_sound(name[place : place + 1]), "") if sign != name[place]]
    if same:
        made["name"] = name[:place] + rng.choice(same) + name[place + 1 :]
    return bool(same)


def _other_sign(made: Row, rng: random.Random) -> bool:
    name, place = made["name"], rng.randrange(1, max(len(made["name"]), 2))
    sign = rng.choice(SIGNS)
    made["name"] = name[:place] + sign + name[place + 1 :]
    return bool(made["name"] != name)


def _exchanged_name(made: Row, rng: random.Random) -> bool:
    made["name"] = made["name"][1:] + made["name"][:1]
    return True


def _spaced(made: Row, rng: random.Random) -> bool:
    made["name"] = "　".join(made["name"]) if rng.random() < 0.5 else f" {made['name']} "
    return True


def _birth(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _birth_digit(made: Row, rng: random.Random) -> bool:
    born = _birth(_mistyped(f"{made['birth_on']:%Y%m%d}", rng))
    if born is None or not date(1900, 1, 2) < born < date(2030, 1, 1):
        return False
    made["birth_on"] = born
    return True


def _birth_exchanged(made: Row, rng: random.Random) -> bool:
    old = made["birth_on"]
    if old.day > 12 or old.day == old.month:
        return False
    made["birth_on"] = date(old.year, old.day, old.month)
    return True


def _birth_days(made: Row, rng: random.Random) -> bool:
    made["birth_on"] += timedelta(days=rng.choice((-1, 1)) * rng.randrange(1, 10))
    return True


def _birth_lunar(made: Row, rng: random.Random) -> bool:
    """The day of the farmers' calendar, some weeks earlier, as older people give it."""
    made["birth_on"] -= timedelta(days=rng.randrange(20, 50))
    return True


def _other_sex(made: Row, rng: random.Random) -> bool:
    made["sex"] = "F" if made["sex"] == "M" else "M"
    return True


def _new_phone(made: Row, rng: random.Random) -> bool:
    made["phone"] = f"13{rng.randrange(10**9):09d}"
    return True


def _phone_digit(made: Row, rng: random.Random) -> bool:
    if len(made["phone"]) < 3:
        return False
    made["phone"] = made["phone"][0] + _mistyped(made["phone"][1:], rng)
    return True


def _without_house(made: Row, rng: random.Random) -> bool:
    """Only the township is written down."""
    made["address"], made["area_code"] = "", made["area_code"][:9]
    return True


CHANGES: dict[str, Callable[[Row, random.Random], bool]] = {
    "without_identity": _drops("identity"),
    "mistyped_identity": _mistyped_identity,
    "old_identity": _old_identity,
    "traditional": _traditional,
    "misheard": _misheard,
    "other_sign": _other_sign,
    "exchanged_name": _exchanged_name,
    "spaced": _spaced,
    "birth_digit": _birth_digit,
    "birth_exchanged": _birth_exchanged,
    "birth_days": _birth_days,
    "birth_lunar": _birth_lunar,
    "other_sex": _other_sex,
    "without_phone": _drops("phone"),
    "new_phone": _new_phone,
    "phone_digit": _phone_digit,
    "without_house": _without_house,
    "identity_as_phone": _identity_as_phone,
}
SIGNS = (
    "伟炜玮芳方丽莉力静婧敬华骅花明铭鸣军君均敏闽民玲铃灵玲文雯闻燕艳雁红虹宏志智治建健剑强墙平萍苹勇永咏杰洁捷涛韬超朝辉晖惠慧会"
    "霞侠梅美秀绣英颖莹鹏朋斌彬滨波博勃峰锋枫刚钢娟鹃兰岚林琳霖国果佳嘉家欣新馨宇雨羽子梓紫轩宣萱涵晗含浩皓昊怡宜依诗思"
)  # fmt: skip


@lru_cache(maxsize=4096)
def _sound(sign: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(sign))


@lru_cache(maxsize=1)
def _sounding() -> dict[str, str]:
    found: dict[str, str] = {}
    for sign in dict.fromkeys(SIGNS):
        found[_sound(sign)] = found.get(_sound(sign), "") + sign
    return found


@lru_cache(maxsize=100_000)
def _to_traditional(name: str) -> str:
    return str(_converter().convert(name))


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
