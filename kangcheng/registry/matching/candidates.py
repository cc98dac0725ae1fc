"""Registered people who may be meant: found by indexes of the register, opened one by one. The same blocks as in `splinked`."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from kangcheng.registry.households.models import Membership
from kangcheng.registry.matching import names, scoring
from kangcheng.registry.matching.comparing import COUNTY, STREET
from kangcheng.registry.matching.rules import Candidate
from kangcheng.registry.matching.scoring import Model
from kangcheng.registry.matching.traits import Traits, house
from kangcheng.registry.people.columns import identity_indexes, phone_indexes
from kangcheng.registry.people.models import PersonAlias, Resident, SourceRecord

LEAST_RESIDENTS = 10_000
"""A small register says nothing about how many people there are: chances are reckoned with this many at least."""
MOST_OF_A_BLOCK = 400
LAST = "\U0010ffff"
OPENED = ("id", "name", "sex", "birth_on", "phone", "identity", "area_code", "address")
_BLOCKS = {
    "phone": "phone_index = ANY(%(phone)s)",
    "household": """id IN (SELECT m.person_id FROM registry_membership m JOIN registry_household h ON h.id = m.household_id
        WHERE h.number = %(household)s)""",
    "name_birth": "birth_on = %(birth)s AND name_pinyin = ANY(%(sounds)s)",
    "birth_county": "birth_on = %(birth)s AND area_code LIKE %(county)s",
    "name_year": "name_pinyin = %(sound)s AND birth_on BETWEEN %(first)s AND %(last)s",
    "name_street": "name_pinyin = %(sound)s AND area_code LIKE %(street)s",
}
_ASKS = {
    "phone": ("phone",), "household": ("household",), "name_birth": ("birth", "sounds"),
    "birth_county": ("birth", "county"), "name_year": ("sound", "first"), "name_street": ("sound", "street"),
}  # fmt: skip


def near(one: Traits) -> list[UUID]:
    """Ids of registered people who agree with `one` on a block, golden rows only. One query."""
    given = _given(one)
    blocks = [name for name, asked in _ASKS.items() if all(given[key] for key in asked)]
    if not blocks:
        return []
    parts = [
        f"(SELECT id FROM registry_resident WHERE {_BLOCKS[name]} AND left_why <> 'error' LIMIT {MOST_OF_A_BLOCK})"  # noqa: S608 - fixed text
        for name in blocks
    ]
    query = f"""
        SELECT DISTINCT COALESCE(a.golden_id, found.id) FROM ({" UNION ALL ".join(parts)}) found
        LEFT JOIN registry_personalias a ON a.person_id = found.id AND a.until IS NULL
    """  # noqa: S608 - fixed text
    with connection.cursor() as sql:
        sql.execute(query, given)
        return [person_id for (person_id,) in sql.fetchall()]


def _given(one: Traits) -> dict[str, Any]:
    sounds = {names.sounded(name) for name in (one.name, *names.rotations(one.name)) if name}
    year = one.birth.year if one.birth else None
    return {
        "phone": phone_indexes(one.phone) if one.phone else None,
        "household": one.household,
        "birth": one.birth,
        "sound": one.sounded,
        "sounds": sorted(sounds),
        "county": f"{one.place[:COUNTY]}%" if len(one.place) >= COUNTY else "",
        "street": f"{one.place[:STREET]}%" if len(one.place) >= STREET else "",
        "first": date(year, 1, 1) if year else None,
        "last": date(year, 12, 31) if year else None,
    }


def traits_of(ids: Collection[UUID]) -> dict[UUID, Traits]:
    """Person -> traits as registered now. Two queries; opens three sealed fields a person."""
    rows = Resident.objects.filter(pk__in=ids).only(*OPENED)
    homes = dict(
        Membership.objects.filter(person_id__in=ids, valid_to=None).values_list(
            "person_id", "household__number"
        )
    )
    return {row.pk: resident_traits(row, homes.get(row.pk, "")) for row in rows}


def resident_traits(row: Resident, household: str = "") -> Traits:
    """A resident's row as traits."""
    return Traits(
        names.simplified(row.name), row.sex, row.birth_on, row.phone or "", row.identity or "", row.area_code,
        house(row.address or ""), household,
    )  # fmt: skip


def record_traits(row: SourceRecord) -> Traits:
    """A source record's row as traits."""
    return Traits(
        names.simplified(row.name), row.sex, row.birth_on, row.phone or "", row.identity or "", row.area_code,
        house(row.address or ""), row.household,
    )  # fmt: skip


def population() -> int:
    """How many residents there are, as the database's own statistics say."""
    with connection.cursor() as sql:
        sql.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = 'registry_resident'::regclass")
        return max(int(sql.fetchone()[0]), LEAST_RESIDENTS)


def frequency(name: str, residents: int) -> float:
    """Share of the residents who are called `name`."""
    return max(Resident.objects.filter(name=name).count(), 1) / residents


def scored(
    model: Model, one: Traits, ids: Iterable[UUID], *, without: Collection[UUID] = ()
) -> list[Candidate]:
    """The people of `ids` weighed against `one`, best first."""
    people = traits_of(set(ids) - set(without))
    residents = population()
    share = (
        frequency(one.name, residents) if any(other.name == one.name for other in people.values()) else None
    )
    found = [
        Candidate(str(key), scoring.score(model, one, other, residents=residents, frequency=share))
        for key, other in people.items()
    ]
    return sorted(found, key=lambda candidate: -candidate.scored.weight)


def holder(identity: str | None) -> UUID | None:
    """The golden row of whoever has this identity number of 18 characters."""
    if not identity:
        return None
    row = (
        Resident.objects.filter(identity_index__in=identity_indexes(identity))
        .exclude(left_why="error")
        .values_list("pk", flat=True)
        .first()
    )
    if row is None:
        return None
    led = PersonAlias.objects.filter(person_id=row, until=None).values_list("golden_id", flat=True).first()
    return led or row


def of_mother(mother: UUID, birth: date) -> dict[int | None, UUID]:
    """Birth order -> child of the mother born that day, as far as records said so; None for one known by relation only."""
    by_record = SourceRecord.objects.filter(mother_id=mother, birth_on=birth, state="linked")
    known: dict[int | None, UUID] = {
        order: person for order, person in by_record.values_list("birth_order", "person_id") if person
    }
    children = Resident.objects.filter(
        Q(represented_by__holder_id=mother, represented_by__kind="guardian"), birth_on=birth
    ).exclude(pk__in=known.values())
    for person in children.values_list("pk", flat=True):
        known.setdefault(None, person)
    return known
