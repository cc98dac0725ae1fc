"""Patient as the registry knows one: rendered, found and searched. Identity numbers and phones go out masked."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from kangcheng.access.scope import visible
from kangcheng.base import audit
from kangcheng.base.subqueries import as_sql
from kangcheng.gateway.fhir.exchange import Asked
from kangcheng.gateway.fhir.outcome import not_supported
from kangcheng.kernel.errors import Fault
from kangcheng.kernel.ids import IdentityError, identity_valid
from kangcheng.records.search.selectors import referring, span
from kangcheng.records.search.selectors.conditions import Context
from kangcheng.records.search.selectors.query import ANSWERED, Test, bare, prefixed, split
from kangcheng.records.search.types import SearchError, Sql
from kangcheng.records.validation.types import AREA_SYSTEM, IDENTITY_SYSTEM
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people.types import Person

GENDERS = {"M": "male", "F": "female"}
SEXES = {"male": "M", "female": "F"}
OWN_SYSTEM = "urn:kangcheng:person"
MOST = 1000
Row = dict[str, Any]


def rendered(person: Person) -> Row:
    """One resident as a Patient resource."""
    found: Row = {
        "resourceType": "Patient",
        "id": str(person.id),
        "meta": {"versionId": "1"},
        "identifier": _identifiers(person),
        "active": person.left_on is None,
        "name": [{"use": "official", "text": person.name, **_parts(person.name)}],
        "gender": GENDERS[person.sex],
        "birthDate": person.birth_on.isoformat(),
        "address": [{"use": "home", "extension": [_area(person.area_code)], "country": "CN"}],
    }
    if person.phone_masked:
        found["telecom"] = [{"system": "phone", "value": person.phone_masked}]
    if person.death_on:
        found["deceasedDateTime"] = person.death_on.isoformat()
    return found


def _identifiers(person: Person) -> list[Row]:
    rows = [{"use": "usual", "system": OWN_SYSTEM, "value": str(person.id)}]
    if person.identity_masked:
        rows.append({"use": "official", "system": IDENTITY_SYSTEM, "value": person.identity_masked})
    return rows


def _parts(name: str) -> Row:
    if name.isascii() or len(name) < 2:
        return {}
    cut = 2 if len(name) >= 4 and "·" not in name else 1
    return {"family": name[:cut], "given": [name[cut:]]}


def _area(code: str) -> Row:
    return {"url": "urn:kangcheng:area", "valueCoding": {"system": AREA_SYSTEM, "code": code}}


def read(asked: Asked, logical_id: str) -> Person | None:
    """The resident, if the caller may see them; logs nothing."""
    try:
        person_id = UUID(logical_id)
    except ValueError:
        return None
    return people.get_within(person_id, asked.today, visible(asked.caller.actor, asked.today))


def fetch(asked: Asked, ids: Iterable[str]) -> list[Person]:
    """Those of the ids the caller may see (for `_include`)."""
    return [one for logical_id in sorted(set(ids))[:MOST] if (one := read(asked, logical_id))]


def search(
    asked: Asked, given: list[tuple[str, str]], context: Context, *, offset: int, limit: int
) -> tuple[list[Person], list[Fault]]:
    """The residents asked for, of those the caller may see, by pinyin; and the parameters that were ignored."""
    wanted, ignored = conditions(asked, given, context)
    within = visible(asked.caller.actor, asked.today) & wanted
    return people.search(people.Wanted(), on=asked.today, within=within, offset=offset, limit=limit), ignored


def count(asked: Asked, given: list[tuple[str, str]], context: Context) -> int:
    """How many there are."""
    within = visible(asked.caller.actor, asked.today) & conditions(asked, given, context)[0]
    return people.count(people.Wanted(), on=asked.today, within=within, cap=1_000_000)


def conditions(asked: Asked, given: list[tuple[str, str]], context: Context) -> tuple[Q, list[Fault]]:
    """Search parameters of Patient as a filter on residents. Raises SearchError for a wrong value."""
    found, ignored = Q(), list[Fault]()
    for name, value in given:
        if name in ANSWERED or name in CONTROLS or name.partition(":")[0] in ("_include", "_revinclude"):
            continue
        one = parameter(name, value, context)
        if one is None:
            if asked.strict:
                raise not_supported("没有这个查询参数 (unknown search parameter)", name[:200])
            ignored.append(Fault(name[:200], "没有这个查询参数 (unknown search parameter)", "Patient"))
        else:
            found &= one
    return found, ignored


CONTROLS = frozenset({"_count", "_sort", "_total", "_after", "_offset"})


def parameter(name: str, value: str, context: Context) -> Q | None:
    """One parameter as a filter; None for one that Patient does not have."""
    if name.startswith("_has:"):
        test = Test("_has", "", tuple(split(value)), name.removeprefix("_has:"), name)
        ids = referring(test, context)
        return Q(pk__in=ids) | Q(pk__in=people.led_from(ids))
    code, _, modifier = name.partition(":")
    maker = _MAKERS.get(code)
    if maker is None:
        return None
    if modifier == "missing":
        return Q() if value == "false" else Q(pk__in=[])
    any_of = Q(pk__in=[])
    for part in split(value):
        any_of |= maker(bare(part), modifier)
    return ~any_of if modifier == "not" else any_of


def ids(asked: Asked, name: str, value: str, context: Context) -> list[str] | None:
    """Ids of the residents in scope for which a chained parameter holds, MOST at most; None for one that Patient lacks."""
    found = parameter(name, value, context)
    if found is None:
        return None
    within = visible(asked.caller.actor, asked.today) & found
    rows = people.search(people.Wanted(), on=asked.today, within=within, limit=MOST)
    return [str(same) for person in rows for same in people.ids_of(person.id)]


def subjects(asked: Asked, name: str, value: str, context: Context) -> Sql | None:
    """The same as a subquery of ids, those that were merged included: however many there are."""
    found = parameter(name, value, context)
    if found is None:
        return None
    golden = people.ids_within(visible(asked.caller.actor, asked.today) & found)
    (sql, given), (also, also_given) = as_sql(golden), as_sql(people.led_to(golden))
    return f"{sql} UNION ALL {also}", [*given, *also_given]


def _ids(value: str, modifier: str) -> Q:
    try:
        return Q(pk=people.resolve(UUID(value)))
    except ValueError:
        return Q(pk__in=[])


def _name(value: str, modifier: str) -> Q:
    if modifier == "exact":
        return Q(name=value)
    if modifier == "contains":
        return Q(name__contains=value) | Q(name_pinyin__contains=value.lower())
    if modifier not in ("", "text"):
        raise SearchError("name 没有这个修饰词 (modifier not supported)", where=f"name:{modifier[:40]}")
    if value.isascii():
        letters = value.lower()
        return Q(name_pinyin__startswith=letters) | Q(name_initials__startswith=letters.replace(" ", ""))
    return Q(name__startswith=value)


def _given(value: str, modifier: str) -> Q:
    return Q(name__contains=value) if not value.isascii() else Q(name_pinyin__contains=value.lower())


def _identifier(value: str, modifier: str) -> Q:
    system, bar, number = value.rpartition("|")
    if bar and system == OWN_SYSTEM:
        return _ids(number, "")
    if system in ("", IDENTITY_SYSTEM) and identity_valid(number):
        try:
            person = people.find_by_identity(number)
        except IdentityError:
            person = None
        return Q(pk=person.id) if person else Q(pk__in=[])
    if system.startswith("urn:kangcheng:source:"):
        return Q(source_records__system=system.rpartition(":")[2], source_records__number=number)
    return Q(source_records__number=number) if number else Q(pk__in=[])


def _gender(value: str, modifier: str) -> Q:
    return Q(sex=SEXES[value]) if value in SEXES else Q(pk__in=[])


def _day(column: str) -> Any:
    def made(value: str, modifier: str) -> Q:
        prefix, text = prefixed(value)
        try:
            low, high = (moment.date() for moment in span(text))
        except (ValueError, OverflowError) as error:
            raise SearchError(f"不是日期 (not a date) {text[:40]!r}", where=column) from error
        forms = {
            "eq": Q(**{f"{column}__gte": low, f"{column}__lt": high}), "gt": Q(**{f"{column}__gte": high}),
            "lt": Q(**{f"{column}__lt": low}), "ge": Q(**{f"{column}__gte": low}), "le": Q(**{f"{column}__lt": high}),
            "sa": Q(**{f"{column}__gte": high}), "eb": Q(**{f"{column}__lt": low}),
        }  # fmt: skip
        return ~forms["eq"] if prefix == "ne" else forms.get(prefix, forms["eq"])

    return made


def _deceased(value: str, modifier: str) -> Q:
    return Q(death_on__isnull=value != "true")


def _active(value: str, modifier: str) -> Q:
    return Q(left_on__isnull=value == "true")


_MAKERS = {
    "_id": _ids, "name": _name, "family": _name, "given": _given, "phonetic": _name, "identifier": _identifier,
    "gender": _gender, "birthdate": _day("birth_on"), "death-date": _day("death_on"), "deceased": _deceased,
    "active": _active,
}  # fmt: skip


PARAMETERS = frozenset(_MAKERS)


def log(asked: Asked, ids_: Iterable[UUID], what: str) -> None:
    """Write down whom the answer about to be given shows. One INSERT."""
    shown = sorted(set(ids_))
    if len(shown) == 1:
        audit.look(by=asked.caller.actor, person_id=shown[0], what=what)
    elif shown:
        audit.look_many(by=asked.caller.actor, person_ids=shown, what=what)
