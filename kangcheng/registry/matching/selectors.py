"""Questions about the queue, the explanation of a pair, and where a person's row comes from."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.ids import mask_identity, mask_phone
from kangcheng.registry.households.selectors import of as household_of
from kangcheng.registry.matching.comparing import TITLES
from kangcheng.registry.matching.models import MatchPair
from kangcheng.registry.matching.rules import DOUBTS
from kangcheng.registry.matching.scoring import chance
from kangcheng.registry.matching.types import Merge, Pair, Part, Side, Source
from kangcheng.registry.people.models import PersonAlias, Resident, SourceRecord
from kangcheng.registry.people.selectors import ids_of, resolve

MOST = 2_000
NOBODY = Q(pk__in=[])


def pairs(*, by: Actor, state: str = "open") -> list[Pair]:
    """Pairs in a state ("" for all) of which both sides lie in the actor's areas, the likeliest first; MOST at most."""
    rows = _within(by)
    if state:
        rows = rows.filter(state=state)
    return [_pair(row) for row in rows.order_by("-weight", "pk")[:MOST]]


def waiting(*, by: Actor) -> int:
    """How many pairs wait for a decision in the actor's areas."""
    return _within(by).filter(state="open").count()


def pair(pair_id: UUID, *, by: Actor) -> Pair | None:
    """The pair, when both sides lie in the actor's areas."""
    row = _within(by).filter(pk=pair_id).first()
    return _pair(row) if row else None


def sides(found: Pair, on: date) -> tuple[Side, Side]:
    """The registered person, and the record or second resident, as they stand."""
    person = _resident_side("登记居民", found.person_id, on)
    if found.record_id:
        row = SourceRecord.objects.get(pk=found.record_id)
        return person, _record_side(row)
    assert found.other_id
    return person, _resident_side("另一登记", found.other_id, on)


def stuck(*, by: Actor) -> list[Source]:
    """Records that wait without anybody to look at: too little is known. Of the actor's areas."""
    rows = SourceRecord.objects.filter(_areas(by, "area_code"), state="waiting").exclude(pairs__state="open")
    return [_source(row) for row in rows.order_by("seen_on", "pk")[:MOST]]


def record(record_id: UUID, *, by: Actor) -> Source | None:
    """The record, when it lies in the actor's areas."""
    row = SourceRecord.objects.filter(_areas(by, "area_code"), pk=record_id).first()
    return _source(row) if row else None


def person_for(system: str, number: str) -> UUID | None:
    """The golden row of whom another system knows under this number; None while it waits or is unknown."""
    found = (
        SourceRecord.objects.filter(system=system, number=number).values_list("person_id", flat=True).first()
    )
    return resolve(found) if found else None


def sources_of(person_id: UUID) -> list[Source]:
    """Every record that leads to this human being, oldest first."""
    rows = SourceRecord.objects.filter(person_id__in=ids_of(person_id)).order_by("seen_on", "pk")
    return [_source(row) for row in rows]


def merges_of(person_id: UUID) -> list[Merge]:
    """Every merge this human being was ever part of, newest first."""
    ids = ids_of(person_id)
    rows = PersonAlias.objects.filter(Q(golden_id__in=ids) | Q(person_id__in=ids)).order_by(
        "-since", "person_id"
    )
    names = dict(Resident.objects.filter(pk__in={row.person_id for row in rows}).values_list("pk", "name"))
    return [
        Merge(row.person_id, row.golden_id, names[row.person_id], timezone.localdate(row.since),
              timezone.localdate(row.until) if row.until else None, row.why)
        for row in rows
    ]  # fmt: skip


def _within(by: Actor) -> QuerySet[MatchPair]:
    rows = MatchPair.objects.select_related("person", "other", "record")
    record_side = Q(record__isnull=False) & (Q(record__area_code="") | _areas(by, "record__area_code"))
    other_side = Q(other__isnull=False) & _areas(by, "other__area_code")
    return rows.filter(_areas(by, "person__area_code"), record_side | other_side)


def _areas(by: Actor, column: str) -> Q:
    """Rows whose area the actor may write in."""
    if not by.may("person.write"):
        return NOBODY
    within = NOBODY
    for area in by.where("person.write").areas:
        within |= Q(**{f"{column}__startswith": area}) if area else Q(pk__isnull=False)
    return within


def _pair(row: MatchPair) -> Pair:
    other: Any = row.record or row.other
    return Pair(
        id=row.pk, person_id=row.person_id, record_id=row.record_id, other_id=row.other_id, state=row.state,
        weight=row.weight, chance=chance(row.weight), doubts=tuple(row.doubts),
        parts=tuple(Part(*one) for one in row.parts), opinions=tuple(row.opinions), asked_on=row.asked_on,
        decided_on=row.decided_on, why=row.why, person_name=row.person.name, other_name=other.name,
        area_code=row.person.area_code, source=row.record.system if row.record else "",
        institution_id=row.record.institution_id if row.record else None,
    )  # fmt: skip


def _resident_side(title: str, person_id: UUID, on: date) -> Side:
    row = Resident.objects.get(pk=person_id)
    home = household_of(person_id, on)
    return Side(
        title, row.name, row.sex, row.birth_on, mask_identity(row.identity or ""), mask_phone(row.phone or ""),
        row.area_code, bool(row.address), home.number if home else "",
    )  # fmt: skip


def _record_side(row: SourceRecord) -> Side:
    return Side(
        "来源记录", row.name, row.sex, row.birth_on, _masked(row.identity or ""), mask_phone(row.phone or ""),
        row.area_code, bool(row.address), row.household, f"{row.system} {row.number}",
    )  # fmt: skip


def _masked(number: str) -> str:
    """A number as written, also a mistyped one, its birthday and more hidden."""
    return mask_identity(number) if len(number) in (15, 18) else "*" * len(number)


def _source(row: SourceRecord) -> Source:
    return Source(
        id=row.pk, person_id=row.person_id, system=row.system, number=row.number, institution_id=row.institution_id,
        seen_on=row.seen_on, state=row.state, how=row.how, name=row.name, sex=row.sex, birth_on=row.birth_on,
        identity_masked=_masked(row.identity or ""), phone_masked=mask_phone(row.phone or ""),
        area_code=row.area_code, doubts=tuple(row.doubts), filled=tuple(name for name, _ in row.filled),
    )  # fmt: skip


def field_words(code: str) -> tuple[str, str]:
    """Chinese and English name of a compared field, of the prior odds and of the correction for frequent names."""
    extra = {
        "prior": ("起点（人群中任取一对）", "prior odds"),
        "frequency": ("姓名多见与否", "how frequent the name is"),
    }
    return extra.get(code) or (TITLES[code].title, TITLES[code].title_en)


def level_words(field: str, level: str) -> tuple[str, str]:
    """Chinese and English words of how far a field agrees."""
    return TITLES[field].words(level)


def doubt_words(code: str) -> tuple[str, str]:
    """Chinese and English words of a doubt."""
    return DOUBTS[code]
