"""What is to be put right, as tasks of the unit: given with the deadline, ended when a re-check closes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kangcheng.base.accounts.types import Actor
from kangcheng.work.checklists.models import Rectification, RoundUnit, Sheet
from kangcheng.work.checklists.types import Standard
from kangcheng.work.tasks import services as tasks
from kangcheng.work.tasks.types import NewTask, Owner

KIND = "rectification"
LONGEST = 200


def give(
    rows: Iterable[Rectification], unit: RoundUnit, standard: Standard, sheet: Sheet, *, by: Actor, on: date
) -> None:
    """A task for each item with a deadline, to whoever checks the unit itself; the same sheet gives it once."""
    owner = Owner(
        role=standard.self_check[0],
        institution_id=unit.institution_id,
        area_code="" if unit.institution_id else unit.area_code,
    )
    found = [
        NewTask(
            title=f"整改：{row.title}"[:LONGEST], due_on=row.due_on, owner=owner, key=f"{KIND}:{row.pk}:{sheet.pk}",
            detail=f"{standard.title} · {unit.name}", source_kind=KIND, source=str(row.pk), remind_days=5,
        )
        for row in rows
        if row.due_on is not None
    ]  # fmt: skip
    if found:
        tasks.bulk(found, by=by, on=on)


def end(rows: Iterable[Rectification], why: str, *, by: Actor, on: date) -> None:
    """Nothing is left to do for these items."""
    for row in rows:
        tasks.end_of(source_kind=KIND, source=str(row.pk), why=why, by=by, on=on)
