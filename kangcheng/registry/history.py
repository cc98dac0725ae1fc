"""Versions of rows that change. The row is its newest version; a trigger keeps every earlier one when it is changed or deleted.

Inserts cost nothing, and a row's own `created_at` says since when it is known. So "as known on" is answered from both.
"""

from datetime import datetime
from typing import Any, TypeVar

import pghistory
from django.db import models

Row = TypeVar("Row", bound=models.Model)


def tracked(model: type[Row]) -> type[Row]:
    """Class decorator: keep the old version of every row of `model` that is changed or deleted."""
    return pghistory.track(
        pghistory.UpdateEvent("changed", row=pghistory.Old),
        pghistory.DeleteEvent("deleted", row=pghistory.Old),
    )(model)


def known(model: type[models.Model], at: datetime, **fixed: Any) -> list[dict[str, Any]]:
    """The rows of `model` as they stood at the moment `at`, as dictionaries of their columns.

    `fixed` filters on columns that never change (person, institution, code); filter the result for the others.
    """
    columns = [field.attname for field in model._meta.concrete_fields]
    past = (
        versions(model)
        .filter(pgh_created_at__gt=at, created_at__lte=at, **fixed)
        .order_by("pgh_obj_id", "pgh_created_at", "pgh_id")
        .distinct("pgh_obj_id")
        .values(*columns)
    )
    earlier = {row["id"]: row for row in past}
    now = model._base_manager.filter(created_at__lte=at, **fixed).values(*columns)
    return [*earlier.values(), *(row for row in now if row["id"] not in earlier)]


def versions(model: type[models.Model]) -> Any:
    """All earlier versions of rows of `model`, as a queryset of its event model."""
    return model.pgh_event_model._base_manager.all()  # type: ignore[attr-defined]
