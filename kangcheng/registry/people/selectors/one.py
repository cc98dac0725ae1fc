"""One person, by id or by what is shown at a counter; and what a settlement asks about them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce

from kangcheng.base.personal import blind_indexes
from kangcheng.kernel.ids import IdentityNumber, mask_identity, mask_phone
from kangcheng.registry.cards.models import CARD, Card
from kangcheng.registry.households.models import Membership
from kangcheng.registry.people import models
from kangcheng.registry.people.columns import identity_indexes
from kangcheng.registry.people.types import FINDS, Alias, Contact, Facts, Person
from kangcheng.registry.relations.models import PersonRelation
from kangcheng.registry.validity import holds

_SHOWN = (
    "id", "name", "sex", "birth_on", "death_on", "left_on", "left_why", "area_code", "registered_area_code",
    "ethnicity", "identity", "phone",
)  # fmt: skip

_FACTS = """
    SELECT asked.id, r.id, r.name, r.sex, r.birth_on, r.death_on, r.left_on, r.area_code, r.registered_area_code,
        (SELECT m.household_id FROM registry_membership m WHERE m.person_id = ANY(same.ids)
           AND m.valid_from <= %(on)s AND (m.valid_to IS NULL OR m.valid_to > %(on)s)
           ORDER BY m.person_id = r.id DESC LIMIT 1),
        ARRAY(SELECT DISTINCT c.category FROM registry_personcategory c WHERE c.person_id = ANY(same.ids)
           AND c.valid_from <= %(on)s AND (c.valid_to IS NULL OR c.valid_to > %(on)s)),
        (SELECT v.scheme FROM registry_coverage v WHERE v.person_id = ANY(same.ids)
           AND v.valid_from <= %(on)s AND (v.valid_to IS NULL OR v.valid_to > %(on)s)
           ORDER BY v.valid_from DESC, v.scheme LIMIT 1)
    FROM unnest(%(ids)s::uuid[]) AS asked(id)
    LEFT JOIN registry_personalias a ON a.person_id = asked.id AND a.until IS NULL
    JOIN registry_resident r ON r.id = COALESCE(a.golden_id, asked.id)
    CROSS JOIN LATERAL (SELECT array_agg(x) AS ids FROM (SELECT r.id AS x UNION ALL
        SELECT b.person_id FROM registry_personalias b WHERE b.golden_id = r.id AND b.until IS NULL) one) same
"""


def get(person_id: UUID, on: date | None = None) -> Person | None:
    """The golden row `person_id` leads to, with the household of the day `on` (without a day: the present one)."""
    return get_many([person_id], on).get(person_id)


def get_many(ids: Iterable[UUID], on: date | None = None) -> dict[UUID, Person]:
    """Asked id -> person; unknown ids are left out. One query, one more when some were merged."""
    wanted = set(ids)
    rows = list(shown(on).filter(pk__in=wanted))
    led: dict[UUID, UUID] = {row.pk: row.golden for row in rows if row.golden}  # type: ignore[attr-defined]
    golden = {row.pk: row for row in shown(on).filter(pk__in=set(led.values()))} if led else {}
    people = {row.pk: person(row) for row in rows if row.pk not in led}
    return people | {person_id: person(golden[led[person_id]]) for person_id in led}


def get_within(person_id: UUID, on: date, within: Q) -> Person | None:
    """As `get`, but only when the golden row is one of those `within` (a filter made by `access`). One query."""
    led = models.PersonAlias.objects.filter(person_id=person_id, until=None).values("golden_id")[:1]
    golden = Coalesce(Subquery(led), Value(person_id, output_field=UUIDField()))
    row = shown(on).filter(within, pk=golden).first()
    return person(row) if row else None


def led_from(ids: Any) -> QuerySet[models.PersonAlias, Any]:
    """Golden ids that the ids of a subquery lead to, as a subquery."""
    return models.PersonAlias.objects.filter(until=None, person_id__in=ids).values("golden_id")


def ids_within(within: Q) -> QuerySet[models.Resident, Any]:
    """Ids of the golden rows `within` (a filter made by `access`), as a subquery."""
    return models.Resident.objects.filter(within).order_by().values("pk")


def ids_reached(person_id: UUID, condition: str, given: Sequence[Any]) -> bool:
    """True when `person_id` is a resident for whom an SQL condition over asked.subject_id holds. One query."""
    statement = (
        "SELECT 1 FROM (SELECT %s::uuid AS subject_id) asked "  # noqa: S608  the condition is compiled by Django
        f"WHERE EXISTS (SELECT 1 FROM registry_resident r WHERE r.id = asked.subject_id) AND {condition}"
    )
    with connection.cursor() as sql:
        sql.execute(statement, [person_id, *given])
        return sql.fetchone() is not None


def led_to(golden: Any) -> QuerySet[models.PersonAlias, Any]:
    """Ids that lead to the golden rows of a subquery, as a subquery."""
    return models.PersonAlias.objects.filter(until=None, golden_id__in=golden).order_by().values("person_id")


def find_by_identity(number: str) -> Person | None:
    """Who has this identity number (18 or 15 characters). One indexed query. Raises IdentityError for a malformed one."""
    indexes = identity_indexes(IdentityNumber.parse(number).text)
    return _first(shown(None).filter(identity_index__in=indexes).exclude(left_why="error"))


def find(*, by: str, value: str, on: date) -> list[Person]:
    """People a counter finds by what is shown to it: `by` is one of FINDS.

    "guardian" and "agent" take the identity number of the guardian or agent and give those they may act for on the day.
    Nobody: an empty list. Raises IdentityError for a malformed identity number, ValueError for an unknown `by`.
    """
    if by not in FINDS:
        raise ValueError(f"find by {by!r}; it can be {', '.join(FINDS)}")
    if by == "identity":
        found = find_by_identity(value)
        return [found] if found else []
    if by in ("guardian", "agent"):
        holder = find_by_identity(value)
        return represented(holder.id, on, kinds=(by,)) if holder else []
    card = _card(by, value, on)
    found = get(card.person_id, on) if card else None
    return [found] if found else []


def represented(holder_id: UUID, on: date, *, kinds: Sequence[str] = ("guardian", "agent")) -> list[Person]:
    """Whom `holder_id` may act for on the day, by name."""
    rows = PersonRelation.objects.filter(holds(on), holder_id__in=ids_of(holder_id), kind__in=kinds)
    people = get_many(rows.values_list("person_id", flat=True), on)
    return sorted({one.id: one for one in people.values()}.values(), key=lambda one: (one.name, one.id))


def resolve(person_id: UUID) -> UUID:
    """The golden row's id: itself unless it was merged. One query."""
    open_alias = models.PersonAlias.objects.filter(person_id=person_id, until=None)
    return open_alias.values_list("golden_id", flat=True).first() or person_id


def ids_of(person_id: UUID) -> list[UUID]:
    """All ids of the same human being, the golden one first. Tables keep the id a row was written with."""
    golden = resolve(person_id)
    absorbed = models.PersonAlias.objects.filter(golden_id=golden, until=None)
    return [golden, *absorbed.values_list("person_id", flat=True)]


def died() -> dict[UUID, date]:
    """Whoever is known to have died -> the day; under every id the human being was ever written with. Two queries."""
    found = dict(models.Resident.objects.exclude(death_on=None).values_list("pk", "death_on"))
    for one in aliases():
        if one.golden_id in found:
            found[one.person_id] = found[one.golden_id]
    return found


def aliases() -> list[Alias]:
    """All merges in force."""
    rows = models.PersonAlias.objects.filter(until=None).order_by("since")
    return [Alias(row.person_id, row.golden_id, row.why) for row in rows]


def facts(person_id: UUID, on: date) -> Facts | None:
    """Everything a settlement asks about a person on the day, in one query; None for an unknown id."""
    return facts_many([person_id], on).get(person_id)


def facts_many(ids: Iterable[UUID], on: date) -> dict[UUID, Facts]:
    """Asked id -> facts on the day. One query."""
    with connection.cursor() as sql:
        sql.execute(_FACTS, {"ids": list(ids), "on": on})
        return {asked: _facts_of(rest) for asked, *rest in sql.fetchall()}


def _facts_of(row: list[Any]) -> Facts:
    row[-2] = frozenset(row[-2])
    return Facts(*row)


def contact(person_id: UUID) -> Contact | None:
    """The sealed fields opened."""
    golden = resolve(person_id)
    return contacts([golden]).get(golden)


def contacts(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """Golden id -> the sealed fields opened. One query."""
    rows = models.Resident.objects.filter(pk__in=list(ids)).only("identity", "phone", "address")
    return {row.pk: Contact(row.identity or "", row.phone or "", row.address or "") for row in rows}


def shown(on: date | None) -> QuerySet[models.Resident]:
    """Residents with the columns of Person, their `household` on the day and the `golden` row they lead to."""
    when = holds(on) if on else Q(valid_to=None)
    household = Membership.objects.filter(when, person_id=OuterRef("pk")).order_by("-valid_from")
    golden = models.PersonAlias.objects.filter(person_id=OuterRef("pk"), until=None)
    return models.Resident.objects.only(*_SHOWN).annotate(
        household=Subquery(household.values("household_id")[:1]),
        golden=Subquery(golden.values("golden_id")[:1]),
    )


def not_absorbed() -> Any:
    """Rows that stand for themselves."""
    return ~Exists(models.PersonAlias.objects.filter(person_id=OuterRef("pk"), until=None))


def person(row: models.Resident) -> Person:
    """A row of `shown` as Person."""
    return Person(
        id=row.pk,
        name=row.name,
        sex=row.sex,  # type: ignore[arg-type]
        birth_on=row.birth_on,
        area_code=row.area_code,
        household_id=row.household,  # type: ignore[attr-defined]
        identity_masked=mask_identity(row.identity or ""),
        phone_masked=mask_phone(row.phone or ""),
        death_on=row.death_on,
        left_on=row.left_on,
        left_why=row.left_why,
        registered_area_code=row.registered_area_code,
        ethnicity=row.ethnicity,
    )


def _card(kind: str, number: str, on: date) -> Card | None:
    indexes = blind_indexes(number.strip(), CARD)
    return Card.objects.filter(holds(on), kind=kind, number_index__in=indexes).only("person_id").first()


def _first(rows: QuerySet[models.Resident]) -> Person | None:
    row = rows.first()
    if row is None or not row.golden:  # type: ignore[attr-defined]
        return person(row) if row else None
    return get(row.golden)  # type: ignore[attr-defined]
