"""Verbs on categories: grant, end, withdraw, and many at once."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.categories.types import NewCategory
from kangcheng.registry.copying import copy_in, refusing
from kangcheng.registry.people.services.merge import locked
from kangcheng.registry.periods import period_fault, person_faults
from kangcheng.registry.permission import require
from kangcheng.registry.vocabulary import CATEGORIES
from kangcheng.registry.vocabulary import fault as code_fault

_COLUMNS = (
    "id", "person", "category", "valid_from", "valid_to", "source", "evidence", "granted_by", "batch_id",
)  # fmt: skip


class CategoryError(KangchengError):
    """A category cannot be ended or withdrawn as asked."""


def grant(*, new: NewCategory, by: Actor, on: date, why: str = "") -> UUID:
    """Put a person into a category; returns the row's id. Overlapping periods of one category are refused (Faults)."""
    _refuse(_faults([new], on) + person_faults(by, "category.write", [new.person_id]))
    with acting(by=by, on=on, why=why, action="category.grant"), refusing("人员类别"):
        row = PersonCategory.objects.create(
            person_id=new.person_id,
            category=new.category,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            source=new.source,
            evidence=new.evidence,
            granted_by=by.user_id,
        )
        detail = {"category": new.category, "from": new.valid_from.isoformat(), "to": str(new.valid_to or "")}
        record(
            action="category.grant", subject=f"person:{new.person_id}", by=by, on=on, why=why, detail=detail
        )
    return row.pk


def end(*, category_id: UUID, valid_to: date, by: Actor, on: date, why: str) -> None:
    """The person is in the category until the day before `valid_to`. Raises CategoryError for an unknown row or period."""
    with acting(by=by, on=on, why=why, action="category.end"), refusing("人员类别"):
        row = PersonCategory.objects.select_for_update().filter(pk=category_id).first()
        if row is None or valid_to < row.valid_from:
            raise CategoryError("没有这条类别，或止期早于起期 (no such row, or ends before it starts)")
        require(by, "category.write", area=locked(row.person_id).area_code)
        row.valid_to = valid_to
        row.save(update_fields=["valid_to"])
        detail = {"category": row.category, "to": valid_to.isoformat()}
        record(action="category.end", subject=f"person:{row.person_id}", by=by, on=on, why=why, detail=detail)


def bulk(
    rows: Iterable[NewCategory], *, by: Actor, on: date, why: str = "", batch_id: UUID | None = None
) -> list[UUID]:
    """Put many people into categories with one COPY and one audit event; all of them, or none and every fault."""
    given = list(rows)
    require(by, "person.import")
    faults = _faults(given, on, numbered=True)
    faults += person_faults(by, "category.write", (row.person_id for row in given), numbered=True)
    _refuse(faults)
    ids = [new_id() for _ in given]
    with acting(by=by, on=on, why=why, action="category.bulk"), refusing("人员类别"):
        copy_in(
            PersonCategory,
            _COLUMNS,
            (
                (
                    key,
                    r.person_id,
                    r.category,
                    r.valid_from,
                    r.valid_to,
                    r.source,
                    r.evidence,
                    by.user_id,
                    batch_id,
                )
                for key, r in zip(ids, given, strict=True)
            ),
        )
        detail = {"rows": len(given), "batch": str(batch_id or "")}
        record(action="category.bulk", subject="category:many", by=by, on=on, why=why, detail=detail)
    return ids


def withdraw_batch(*, batch_id: UUID, by: Actor, on: date, why: str) -> int:
    """Take back everything one import granted, as if it had never been; the history keeps the rows. Returns how many."""
    require(by, "person.import")
    with acting(by=by, on=on, why=why, action="category.withdraw"):
        count, _ = PersonCategory.objects.filter(batch_id=batch_id).delete()
        detail = {"rows": count}
        record(action="category.withdraw", subject=f"import:{batch_id}", by=by, on=on, why=why, detail=detail)
    return count


def _faults(rows: Sequence[NewCategory], on: date, *, numbered: bool = False) -> list[Fault]:
    bad = {code: code_fault(CATEGORIES, code, on, "category") for code in {row.category for row in rows}}
    faults = []
    for line, row in enumerate(rows, 1):
        place = line if numbered else None
        if bad[row.category]:
            faults.append(code_fault(CATEGORIES, row.category, on, "category", place))
        faults.append(period_fault(row.valid_from, row.valid_to, place))
    return [fault for fault in faults if fault]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0), where="人员类别", todo="改正后重试")
