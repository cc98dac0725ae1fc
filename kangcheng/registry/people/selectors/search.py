"""What people type to find a resident, read as a filter: number, masked number, phone, household, name or pinyin."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from kangcheng.kernel.ids import IdentityNumber, identity_valid
from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.coverage.models import Coverage
from kangcheng.registry.households.models import Membership
from kangcheng.registry.people import models
from kangcheng.registry.people.columns import identity_indexes, masked_indexes, phone_indexes
from kangcheng.registry.people.rules import PHONE, plain_name, plain_phone
from kangcheng.registry.people.selectors.one import not_absorbed, person, shown
from kangcheng.registry.people.types import Person
from kangcheng.registry.validity import holds

MASKED = re.compile(r"[0-9]{6}\*{8}[0-9X]{4}|[0-9]{6}\*{1,8}[0-9X]{4}")


@dataclass(frozen=True)
class Wanted:
    """Which residents: free text, and exact filters. Empty means any."""

    text: str = ""
    area: str = ""  # prefix of the area of residence
    category: str = ""  # holds on the day
    scheme: str = ""  # holds on the day
    sex: str = ""
    household_id: UUID | None = None
    born_from: date | None = None
    born_before: date | None = None
    living: bool = False  # neither dead nor gone


def search(wanted: Wanted, *, on: date, within: Q, offset: int = 0, limit: int = 50) -> list[Person]:
    """The residents wanted, of those `within` (a filter on Resident made by `access`), by pinyin."""
    rows = matching(wanted, on, within).order_by("name_pinyin", "pk")[offset : offset + limit]
    return [person(row) for row in rows]


def count(wanted: Wanted, *, on: date, within: Q, cap: int) -> int:
    """How many there are, counted no further than `cap` + 1."""
    return matching(wanted, on, within).order_by().values("pk")[: cap + 1].count()


def matching(wanted: Wanted, on: date, within: Q) -> QuerySet[models.Resident]:
    """The residents wanted on the day, of those `within`; registered in error and absorbed rows left out."""
    rows = shown(on).filter(within, not_absorbed(), _read(wanted.text, on)).exclude(left_why="error")
    if wanted.area:
        rows = rows.filter(area_code__startswith=wanted.area)
    if wanted.sex:
        rows = rows.filter(sex=wanted.sex)
    if wanted.born_from:
        rows = rows.filter(birth_on__gte=wanted.born_from)
    if wanted.born_before:
        rows = rows.filter(birth_on__lt=wanted.born_before)
    if wanted.living:
        rows = rows.filter(Q(death_on=None) | Q(death_on__gt=on), Q(left_on=None) | Q(left_on__gt=on))
    return rows.filter(*_facts(wanted, on))


def _facts(wanted: Wanted, on: date) -> list[Exists]:
    person = {"person_id": OuterRef("pk")}
    tests = []
    if wanted.category:
        tests.append(Exists(PersonCategory.objects.filter(holds(on), category=wanted.category, **person)))
    if wanted.scheme:
        tests.append(Exists(Coverage.objects.filter(holds(on), scheme=wanted.scheme, **person)))
    if wanted.household_id:
        tests.append(Exists(Membership.objects.filter(holds(on), household_id=wanted.household_id, **person)))
    return tests


def _read(text: str, on: date) -> Q:
    """The text as a filter. Whole numbers are found by blind index only; nothing is opened to be compared."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Q()
    compact = "".join(plain.split()).upper()
    if identity_valid(compact):
        return Q(identity_index__in=identity_indexes(IdentityNumber.parse(compact).text))
    if MASKED.fullmatch(compact):
        return Q(identity_masked_index__in=masked_indexes(f"{compact[:6]}{'*' * 8}{compact[-4:]}"))
    if any(sign.isdigit() for sign in plain):
        return _numbers(plain, on)
    if plain.isascii():
        letters = plain.lower()
        return Q(name_pinyin__startswith=letters) | Q(name_initials__startswith=letters.replace(" ", ""))
    return Q(name__startswith=plain_name(plain))


def _numbers(plain: str, on: date) -> Q:
    """A phone number, or a household number."""
    household = Membership.objects.filter(
        holds(on), household__number__iexact=plain, person_id=OuterRef("pk")
    )
    found = Q(Exists(household))
    phone = plain_phone(plain)
    return found | Q(phone_index__in=phone_indexes(phone)) if PHONE.fullmatch(phone) else found
