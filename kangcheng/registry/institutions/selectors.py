"""Questions about institutions, as of a day."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kangcheng.registry.institutions import models
from kangcheng.registry.institutions.rules import Stage, acts
from kangcheng.registry.institutions.types import Act, Branch, Designation, Institution, Stretch
from kangcheng.registry.validity import holds

TIER = {
    "county_hospital": 1, "township_hospital": 2, "community_centre": 2, "village_clinic": 3, "community_station": 3,
}  # fmt: skip
"""The three levels of the service network: district hospital, township hospital, village clinic."""
TIER_DIGITS = {1: 6, 2: 9, 3: 12}
"""Digits of the area each level serves."""


def get(institution_id: UUID, on: date) -> Institution | None:
    """The institution as it is on the day; None when it is not open then. One query."""
    row = _terms(on).filter(institution_id=institution_id).first()
    return institution(row) if row else None


def get_many(ids: Iterable[UUID], on: date) -> dict[UUID, Institution]:
    """Those of `ids` that are open on the day. One query."""
    return {row.institution_id: institution(row) for row in _terms(on).filter(institution_id__in=list(ids))}


def get_by_code(code: str, on: date) -> Institution | None:
    """The institution with this code as it is on the day."""
    row = _terms(on).filter(institution__code=code).first()
    return institution(row) if row else None


def list_on(
    on: date,
    *,
    area: str = "",
    type: str = "",
    level: str = "",
    text: str = "",
    designated: bool | None = None,
) -> list[Institution]:
    """The institutions open on the day, by name: below an area, of a type, of a level, whose name holds `text`."""
    rows = _terms(on).filter(area_code__startswith=area)
    if type:
        rows = rows.filter(type=type)
    if level:
        rows = rows.filter(level=level)
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(name_pinyin__startswith=text.lower()))
    found = [institution(row) for row in rows.order_by("name_pinyin", "name", "pk")]
    return [one for one in found if designated is None or one.designated == designated]


def counts(on: date, *, area: str = "") -> dict[tuple[str, str, str], int]:
    """(type, level, ownership) -> number open on the day."""
    rows = models.Term.objects.filter(holds(on), area_code__startswith=area)
    found = rows.values_list("type", "level", "ownership").annotate(Count("pk")).order_by()
    return {(kind, level, owner): count for kind, level, owner, count in found}


def opened(start: date, below: date, *, area: str = "") -> list[Institution]:
    """Those whose first term begins in the period."""
    earlier = models.Term.objects.filter(
        institution=OuterRef("institution"), valid_from__lt=OuterRef("valid_from")
    )
    first = models.Term.objects.filter(~Exists(earlier), valid_from__gte=start, valid_from__lt=below)
    rows = _with_designation(first.filter(area_code__startswith=area), below)
    return [institution(row) for row in rows.order_by("valid_from", "name")]


def designated(institution_id: UUID, scheme: str, on: date) -> bool:
    """True when the fund pays there on the day for `scheme`."""
    rows = models.Designation.objects.filter(holds(on), institution_id=institution_id)
    return rows.filter(scheme__in=["", scheme]).exists()


def designations(institution_id: UUID) -> list[Designation]:
    """All designated periods, newest first."""
    rows = models.Designation.objects.filter(institution_id=institution_id).order_by("-valid_from")
    return [Designation(row.pk, row.scheme, row.valid_from, row.valid_to, row.why_ended) for row in rows]


def past(institution_id: UUID) -> list[Stretch]:
    """What it was, newest first."""
    rows = models.Term.objects.filter(institution_id=institution_id).order_by("-valid_from")
    return [
        Stretch(
            r.name, r.level, r.type, r.ownership, r.area_code, r.valid_from, r.valid_to, r.pk, r.governed_by,
            r.parent_id, r.beds, r.why,
        )
        for r in rows
    ]  # fmt: skip


def happened(start: date | None = None, below: date | None = None, *, area: str = "") -> list[Act]:
    """What happened to institutions in the period (openings, conversions, changes, closings), newest first. One query."""
    rows = models.Term.objects.order_by("institution_id", "valid_from")
    found: list[Act] = []
    for institution_id, stretches in groupby(rows, key=lambda row: row.institution_id):
        found += _acts_of(institution_id, list(stretches))
    kept = [
        one
        for one in found
        if (start is None or one.on >= start)
        and (below is None or one.on < below)
        and one.area_code.startswith(area)
    ]
    return sorted(kept, key=lambda one: (one.on, one.name), reverse=True)


def network(on: date, *, area: str = "") -> list[Branch]:
    """The tree of open institutions: each below the parent its stretch names, else the nearest above by place.

    County hospital, then township hospital or community centre, then clinics and stations.
    """
    rows = [one for one in list_on(on, area=area) if one.type in TIER]
    known = {one.id for one in rows}
    heads: dict[tuple[int, str], UUID] = {}
    for one in sorted(rows, key=lambda one: (one.name, str(one.id))):
        heads.setdefault((TIER[one.type], one.area_code[: TIER_DIGITS[TIER[one.type]]]), one.id)
    below: dict[UUID | None, list[Institution]] = {}
    for one in rows:
        below.setdefault(_above(one, heads, known), []).append(one)
    return [_branch(one, below) for one in below.get(None, ())]


def _above(one: Institution, heads: dict[tuple[int, str], UUID], known: set[UUID]) -> UUID | None:
    tier = TIER[one.type]
    if one.parent_id in known and one.parent_id != one.id:
        return one.parent_id
    for higher in range(tier - 1, 0, -1):
        found = heads.get((higher, one.area_code[: TIER_DIGITS[higher]]))
        if found:
            return found
    return None


def _branch(one: Institution, below: dict[UUID | None, list[Institution]], depth: int = 0) -> Branch:
    nearer = below.get(one.id, []) if depth < len(TIER_DIGITS) else []
    return Branch(one, tuple(_branch(child, below, depth + 1) for child in nearer))


def _acts_of(institution_id: UUID, rows: list[models.Term]) -> list[Act]:
    stages = [Stage(row.valid_from, row.valid_to, row.type, ()) for row in rows]
    return [
        Act(
            institution_id, act, day, rows[place].name, rows[place].type, rows[place].ownership,
            rows[place].area_code, rows[place - 1].type if act == "converted" else "",
            rows[place].why,
        )
        for act, day, place in acts(stages)
    ]  # fmt: skip


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Institution -> its latest name, closed ones included. One query."""
    rows = models.Term.objects.filter(institution_id__in=set(ids)).order_by("valid_from")
    return dict(rows.values_list("institution_id", "name"))


def institution(row: models.Term) -> Institution:
    """A row of `_terms` as Institution."""
    return Institution(
        id=row.institution_id,
        code=row.institution.code,
        name=row.name,
        level=row.level,
        type=row.type,
        ownership=row.ownership,
        area_code=row.area_code,
        parent_id=row.parent_id,
        governed_by=row.governed_by,
        beds=row.beds,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        designated=row.designated,  # type: ignore[attr-defined]
        functions=row.functions,
        equipment=row.equipment,
        consortium=row.consortium,
        standardised=row.standardised,
        longitude=row.longitude,
        latitude=row.latitude,
    )


def _terms(on: date) -> QuerySet[models.Term]:
    return _with_designation(models.Term.objects.filter(holds(on)), on)


def _with_designation(rows: QuerySet[models.Term], on: date) -> QuerySet[models.Term]:
    paid = models.Designation.objects.filter(holds(on), institution=OuterRef("institution"))
    return rows.select_related("institution").annotate(designated=Exists(paid))
