"""National items and institutions' own items: add, revise, end, and many at once. A change of price is a new version."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.kernel.pinyin import initials
from kangcheng.registry.catalogues.models import HospitalItem, Item
from kangcheng.registry.catalogues.rules import check_hospital_item, check_item
from kangcheng.registry.catalogues.types import NewHospitalItem, NewItem
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.permission import require, require_city

PERMISSION = "catalogue.write"
_ITEM = (
    "id", "kind", "code", "name", "name_initials", "unit", "insurance_class", "group", "first_pay", "price_limit",
    "price", "essential", "restriction", "valid_from", "valid_to",
)  # fmt: skip
_HOSPITAL = ("id", "institution", "code", "name", "kind", "unit", "price", "valid_from", "valid_to")


class CatalogueError(KangchengError):
    """A catalogue entry cannot be changed as asked."""


def add_item(*, new: NewItem, by: Actor, on: date, why: str = "") -> UUID:
    """Add a national item; returns the version's id. Raises Faults for each wrong field or an overlapping version."""
    return _items([new], "item.add", by=by, on=on, why=why)[0]


def bulk_items(rows: Iterable[NewItem], *, by: Actor, on: date, why: str = "") -> list[UUID]:
    """Add many with one COPY and one audit event; all of them, or none and every fault."""
    return _items(list(rows), "item.bulk", by=by, on=on, why=why)


def revise_item(*, code: str, valid_from: date, by: Actor, on: date, why: str, **changes: Any) -> UUID:
    """From `valid_from` the item has other facts (`price=`, `price_limit=`, `insurance_class=` ...): a new version."""
    require_city(by, PERMISSION)
    with acting(by=by, on=on, why=why, action="item.revise"), refusing("国家目录"):
        row = _open(Item.objects.filter(code=code), valid_from, code)
        kept = {name: getattr(row, name) for name in NewItem.__dataclass_fields__}
        new = replace(NewItem(**{**kept, "valid_from": valid_from}), **changes)
        faults = check_item(new)
        if faults:
            raise Faults(faults, where=f"国家目录 {code}", todo="改正后重试")
        row.valid_to = valid_from
        row.save(update_fields=["valid_to"])
        key = new_id()
        copy_in(Item, _ITEM, [_item(key, new)])
        detail = {"from": valid_from.isoformat(), "fields": sorted(changes)}
        record(action="item.revise", subject=f"item:{code}", by=by, on=on, why=why, detail=detail)
    return key


def end_item(*, code: str, valid_to: date, by: Actor, on: date, why: str) -> None:
    """The item leaves the national catalogue: its last day is the day before `valid_to`."""
    require_city(by, PERMISSION)
    with acting(by=by, on=on, why=why, action="item.end"):
        row = _open(Item.objects.filter(code=code), valid_to, code)
        row.valid_to = valid_to
        row.save(update_fields=["valid_to"])
        record(
            action="item.end",
            subject=f"item:{code}",
            by=by,
            on=on,
            why=why,
            detail={"to": valid_to.isoformat()},
        )


def add_hospital_item(*, new: NewHospitalItem, by: Actor, on: date, why: str = "") -> UUID:
    """Add an institution's own item, or give it a new price from `valid_from` (the present version then ends)."""
    require(by, PERMISSION, institution=new.institution_id)
    with acting(by=by, on=on, why=why, action="hospital_item.add"):
        present = HospitalItem.objects.filter(
            institution_id=new.institution_id, code=new.code, valid_to=None, valid_from__lt=new.valid_from
        )
        present.update(valid_to=new.valid_from)
        return _hospital_items([new], "hospital_item.add", by=by, on=on, why=why)[0]


def bulk_hospital_items(rows: Iterable[NewHospitalItem], *, by: Actor, on: date, why: str = "") -> list[UUID]:
    """Add many with one COPY and one audit event."""
    given = list(rows)
    for institution_id in {row.institution_id for row in given}:
        require(by, PERMISSION, institution=institution_id)
    return _hospital_items(given, "hospital_item.bulk", by=by, on=on, why=why)


def _items(rows: Sequence[NewItem], action: str, *, by: Actor, on: date, why: str) -> list[UUID]:
    require_city(by, PERMISSION)
    many = action.endswith("bulk")
    _refuse(
        [fault for n, row in enumerate(rows, 1) for fault in check_item(row, n if many else None)], "国家目录"
    )
    ids = [new_id() for _ in rows]
    with acting(by=by, on=on, why=why, action=action), refusing("国家目录"):
        copy_in(Item, _ITEM, map(_item, ids, rows))
        subject = "item:many" if many else f"item:{rows[0].code}"
        record(action=action, subject=subject, by=by, on=on, why=why, detail={"rows": len(rows)})
    return ids


def _hospital_items(
    rows: Sequence[NewHospitalItem], action: str, *, by: Actor, on: date, why: str
) -> list[UUID]:
    many = action.endswith("bulk")
    _refuse(
        [fault for n, row in enumerate(rows, 1) for fault in check_hospital_item(row, n if many else None)],
        "院内目录",
    )
    ids = [new_id() for _ in rows]
    with acting(by=by, on=on, why=why, action=action), refusing("院内目录"):
        copy_in(HospitalItem, _HOSPITAL, map(_hospital_item, ids, rows))
        subject = "hospital_item:many" if many else f"institution:{rows[0].institution_id}"
        record(action=action, subject=subject, by=by, on=on, why=why, detail={"rows": len(rows)})
    return ids


def _item(key: UUID, row: NewItem) -> tuple[Any, ...]:
    return (
        key, row.kind, row.code.strip(), row.name.strip(), initials(row.name.strip())[:200], row.unit,
        row.insurance_class, row.group or row.insurance_class, row.first_pay, row.price_limit, row.price,
        row.essential, row.restriction, row.valid_from, row.valid_to,
    )  # fmt: skip


def _hospital_item(key: UUID, row: NewHospitalItem) -> tuple[Any, ...]:
    return (
        key, row.institution_id, row.code.strip(), row.name.strip(), row.kind, row.unit, row.price, row.valid_from,
        row.valid_to,
    )  # fmt: skip


def _open(rows: Any, day: date, code: str) -> Item:
    row = rows.select_for_update().filter(valid_from__lt=day).order_by("-valid_from").first()
    if row is None or (row.valid_to is not None and row.valid_to <= day):
        raise CatalogueError(
            "该编码当日不在目录 (code not in force on that day)", where=code, todo="核对编码与日期"
        )
    return row


def _refuse(faults: list[Fault], where: str) -> None:
    if faults:
        raise Faults(faults, where=where, todo="改正后重试")
