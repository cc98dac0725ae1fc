"""The lists that may be exported on approval: which columns each has, and how its rows are got within the asker's scope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.access.people import Wanted
from kangcheng.access.scope import visible
from kangcheng.base.accounts.types import Actor
from kangcheng.registry.areas.selectors import paths
from kangcheng.registry.categories.selectors import of_many
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people.types import SEXES, Contact, Person

MOST_ROWS = 50_000


@dataclass(frozen=True)
class Listed:
    """Rows of a list with the people in them, so that each is a logged look."""

    rows: list[tuple[Any, ...]]
    person_ids: list[UUID]


@dataclass(frozen=True)
class ListKind:
    """One list: title, columns (name -> heading), and who makes its rows: (by, wanted, columns, on) -> Listed."""

    title: str
    columns: dict[str, str]
    make: Callable[[Actor, dict[str, Any], Sequence[str], date], Listed]


def register_list(name: str, kind: ListKind) -> None:
    """Add a list of another module."""
    LISTS[name] = kind


def wanted_people(wanted: dict[str, Any]) -> Wanted:
    """The stored range of a list of residents as a filter; unknown keys raise TypeError."""
    given = dict(wanted)
    for name in ("born_from", "born_before"):
        if given.get(name):
            given[name] = date.fromisoformat(given[name])
    if given.get("household_id"):
        given["household_id"] = UUID(given["household_id"])
    return Wanted(**given)


def _residents(by: Actor, wanted: dict[str, Any], columns: Sequence[str], on: date) -> Listed:
    found = people.search(wanted_people(wanted), on=on, within=visible(by, on), limit=MOST_ROWS)
    ids = [one.id for one in found]
    beside = Beside(
        contacts=people.contacts(ids) if _SEALED & set(columns) else {},
        areas=paths({one.area_code for one in found}) if "area" in columns else {},
        categories=of_many(ids, on) if "categories" in columns else {},
    )
    return Listed([tuple(_cell(one, name, beside, on) for name in columns) for one in found], ids)


@dataclass(frozen=True)
class Beside:
    """What is looked up once for a whole list."""

    contacts: dict[UUID, Contact]
    areas: dict[str, tuple[str, ...]]
    categories: dict[UUID, frozenset[str]]


def _cell(one: Person, name: str, beside: Beside, on: date) -> Any:
    if name in _SEALED:
        return getattr(beside.contacts[one.id], name)
    made: dict[str, Callable[[], Any]] = {
        "sex": lambda: SEXES[one.sex],
        "birth_on": lambda: one.birth_on.isoformat(),
        "age": lambda: one.age(on),
        "area": lambda: "/".join(beside.areas.get(one.area_code, ())),
        "categories": lambda: "、".join(sorted(beside.categories.get(one.id, ()))),
    }
    return made[name]() if name in made else getattr(one, name)


_SEALED = {"identity", "phone", "address"}
LISTS: dict[str, ListKind] = {
    "residents": ListKind(
        "居民名单",
        {
            "name": "姓名", "sex": "性别", "birth_on": "出生日期", "age": "年龄", "identity_masked": "证号（脱敏）",
            "phone_masked": "电话（脱敏）", "area_code": "区划代码", "area": "居住地", "categories": "人员类别",
            "identity": "身份证号", "phone": "电话", "address": "住址",
        },
        _residents,
    )
}  # fmt: skip
