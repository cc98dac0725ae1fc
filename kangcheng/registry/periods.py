"""Checks shared by verbs that write dated facts about people: the period, and the person."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import Fault
from kangcheng.registry.people import models
from kangcheng.registry.permission import require


def period_fault(valid_from: date, valid_to: date | None, line: int | None = None) -> Fault | None:
    """The fault of a period that ends on or before its first day."""
    if valid_to is None or valid_to > valid_from:
        return None
    return Fault("valid_to", "止期须晚于起期 (period is empty)", "起期含、止期不含", line=line)


def areas_of(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Person -> area of residence, of those that exist. One query."""
    return dict(models.Resident.objects.filter(pk__in=person_ids).values_list("pk", "area_code"))


def person_faults(by: Actor, permission: str, ids: Iterable[UUID], *, numbered: bool = False) -> list[Fault]:
    """A fault per row whose person does not exist; raises NotPermitted for a person outside the actor's areas."""
    rows = list(ids)
    require(by, permission)
    known = areas_of(set(rows))
    for area in set(known.values()):
        require(by, permission, area=area)
    return [
        Fault("person_id", "没有这位居民 (no such person)", "须先登记居民", line=line if numbered else None)
        for line, person_id in enumerate(rows, 1)
        if person_id not in known
    ]
