"""Questions about catalogues, as of a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from kangcheng.kernel.pinyin import initials
from kangcheng.registry.catalogues import models
from kangcheng.registry.catalogues.rules import first_pay
from kangcheng.registry.catalogues.types import HospitalItem, Item, Mapping, Priced, Unmapped
from kangcheng.registry.validity import holds

_HOLDS = "{0}.valid_from <= %(on)s AND ({0}.valid_to IS NULL OR {0}.valid_to > %(on)s)"
_PRICED = f"""
    SELECT h.institution_id, h.code, h.name, h.kind, h.unit, h.price, n.code, n.name, n.insurance_class, n."group",
           n.first_pay, n.price_limit, coalesce(h.price > n.price, false)
    FROM registry_hospitalitem h
    JOIN registry_mapping m ON m.institution_id = h.institution_id AND m.hospital_code = h.code
     AND m.status = 'approved' AND {_HOLDS.format("m")}
    JOIN registry_item n ON n.code = m.national_code AND {_HOLDS.format("n")}
    WHERE h.institution_id = %(institution)s AND h.code = ANY(%(codes)s) AND {_HOLDS.format("h")}
"""  # noqa: S608
_UNMAPPED = f"""
    SELECT h.code, h.name, h.kind, h.price,
        CASE WHEN bool_or(m.status = 'proposed') THEN 'proposed' WHEN bool_or(m.status = 'approved') THEN 'national'
             WHEN bool_or(m.status = 'rejected') THEN 'rejected' ELSE 'none' END
    FROM registry_hospitalitem h
    LEFT JOIN registry_mapping m ON m.institution_id = h.institution_id AND m.hospital_code = h.code
     AND (m.status <> 'approved' OR ({_HOLDS.format("m")}))
    WHERE h.institution_id = %(institution)s AND {_HOLDS.format("h")}
      AND NOT EXISTS (SELECT 1 FROM registry_mapping a JOIN registry_item n ON n.code = a.national_code
        WHERE a.institution_id = h.institution_id AND a.hospital_code = h.code AND a.status = 'approved'
          AND {_HOLDS.format("a")} AND {_HOLDS.format("n")})
    GROUP BY h.code, h.name, h.kind, h.price ORDER BY h.code
"""  # noqa: S608


def item(code: str, on: date) -> Item | None:
    """The national item with this code as it is on the day."""
    row = models.Item.objects.filter(holds(on), code=code).first()
    return _item(row) if row else None


def items(codes: Iterable[str], on: date) -> dict[str, Item]:
    """Code -> national item on the day. One query."""
    return {row.code: _item(row) for row in models.Item.objects.filter(holds(on), code__in=list(codes))}


def versions(code: str) -> list[Item]:
    """Every version of a national item, newest first."""
    return [_item(row) for row in models.Item.objects.filter(code=code).order_by("-valid_from")]


def search(text: str, on: date, *, kind: str = "", offset: int = 0, limit: int = 50) -> list[Item]:
    """National items whose code or pinyin initials begin with `text` or whose name holds it, by code."""
    rows = models.Item.objects.filter(holds(on))
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        spelled = Q(name_initials__startswith=initials(text.lower()))
        rows = rows.filter(
            Q(code__istartswith=text) | Q(name__contains=text) | (spelled if text.isascii() else Q())
        )
    return [_item(row) for row in rows.order_by("code")[offset : offset + limit]]


def hospital_items(
    institution_id: UUID, on: date, *, text: str = "", offset: int = 0, limit: int = 50
) -> list[HospitalItem]:
    """The institution's own items on the day whose code begins with `text` or whose name holds it."""
    rows = models.HospitalItem.objects.filter(holds(on), institution_id=institution_id)
    if text:
        rows = rows.filter(Q(code__istartswith=text) | Q(name__contains=text))
    return [
        HospitalItem(
            r.pk, r.institution_id, r.code, r.name, r.kind, r.unit, r.price, r.valid_from, r.valid_to
        )
        for r in rows.order_by("code")[offset : offset + limit]
    ]


def price(institution_id: UUID, hospital_code: str, on: date) -> Priced | None:
    """What one unit of the institution's item costs and counts as on the day; None when it cannot be billed."""
    return prices(institution_id, [hospital_code], on).get(hospital_code)


def prices(institution_id: UUID, codes: Iterable[str], on: date) -> dict[str, Priced]:
    """Hospital code -> Priced for those that can be billed on the day. One query for a whole bill."""
    given: dict[str, Any] = {"institution": institution_id, "codes": list(set(codes)), "on": on}
    with connection.cursor() as sql:
        sql.execute(_PRICED, given)
        return {row[1]: _priced(list(row)) for row in sql.fetchall()}


def unmapped(institution_id: UUID, on: date) -> list[Unmapped]:
    """The institution's items that no bill can carry on the day, and why."""
    with connection.cursor() as sql:
        sql.execute(_UNMAPPED, {"institution": institution_id, "on": on})
        return [Unmapped(*row) for row in sql.fetchall()]


def mappings(*, institution_id: UUID | None = None, status: str = "", limit: int = 500) -> list[Mapping]:
    """Mappings of one institution or of all, of one status or of all, newest first."""
    rows = models.Mapping.objects.all()
    if institution_id:
        rows = rows.filter(institution_id=institution_id)
    if status:
        rows = rows.filter(status=status)
    return [
        Mapping(
            r.pk, r.institution_id, r.hospital_code, r.national_code, r.status, r.valid_from, r.valid_to,
            r.proposed_by, r.decided_by, r.decided_on, r.reason,
        )
        for r in rows.order_by("-created_at")[:limit]
    ]  # fmt: skip


def _priced(row: list[Any]) -> Priced:
    row[10] = first_pay(row[10])
    return Priced(*row)


def _item(row: models.Item) -> Item:
    return Item(
        row.pk, row.kind, row.code, row.name, row.unit, row.insurance_class, row.group, first_pay(row.first_pay),
        row.price_limit, row.price, row.essential, row.restriction, row.valid_from, row.valid_to,
    )  # fmt: skip
