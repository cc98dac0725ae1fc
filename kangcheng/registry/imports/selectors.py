"""Questions about imports."""

from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.ids import mask_identity
from kangcheng.registry.categories.models import PersonCategory
from kangcheng.registry.imports.columns import columns as asked_columns
from kangcheng.registry.imports.columns import template
from kangcheng.registry.imports.models import ImportBatch, ImportRow
from kangcheng.registry.imports.types import Batch, Rate, Unmatched
from kangcheng.registry.validity import holds

__all__ = ["batches", "get", "help_rows", "marking_rate", "template", "unmatched"]


def batches(*, kind: str = "", limit: int = 100, by: Actor | None = None) -> list[Batch]:
    """Imports that were applied, newest first; with `by`, for whoever works for a district only their own."""
    rows = ImportBatch.objects.filter(_of("applied_by", by))
    rows = rows.filter(kind=kind) if kind else rows
    return [_batch(row) for row in _waiting(rows).order_by("-created_at")[:limit]]


def get(batch_id: UUID) -> Batch | None:
    """The import with this id."""
    row = _waiting(ImportBatch.objects.filter(pk=batch_id)).first()
    return _batch(row) if row else None


def unmatched(batch_id: UUID | None = None, *, by: Actor | None = None) -> list[Unmatched]:
    """Rows that still have nobody, of one import or of all that stand, in the order of their files; `by` as above."""
    rows = ImportRow.objects.filter(_of("batch__applied_by", by), matched_on=None, batch__state="applied")
    if batch_id:
        rows = rows.filter(batch_id=batch_id)
    return [
        Unmatched(
            row.number,
            mask_identity(row.identity),
            row.name,
            row.values["village"],
            row.values["category"],
            row.reason,
        )
        for row in rows.order_by("batch_id", "number")
    ]


def marking_rate(on: date, *, category: str) -> Rate:
    """Of the people that lists name as `category` on the day, how many carry the mark. Those waiting count as listed."""
    day = on.isoformat()
    marked = (
        PersonCategory.objects.filter(holds(on), category=category).values("person_id").distinct().count()
    )
    waiting = ImportRow.objects.filter(
        Q(values__valid_to=None) | Q(values__valid_to__gt=day),
        matched_on=None, batch__state="applied", values__category=category, values__valid_from__lte=day,
    )  # fmt: skip
    return Rate(marked + waiting.values("identity_index").distinct().count(), marked)


def help_rows(kind: str, on: date) -> list[tuple[str, bool, str, str]]:
    """(heading, required, help, example) of each column, for the page beside the form."""
    return [
        (asked.column.heading, asked.column.required, asked.help, asked.column.example)
        for asked in asked_columns(kind, on)
    ]


def _of(name: str, by: Actor | None) -> Q:
    """A list names people of whatever district it came from: who does not work for the whole city sees their own lists."""
    return Q() if by is None or by.covers_area("") else Q(**{name: by.user_id})


def _waiting(rows: QuerySet[ImportBatch]) -> QuerySet[ImportBatch]:
    return rows.annotate(waiting=Count("unmatched_rows", filter=Q(unmatched_rows__matched_on=None)))


def _batch(row: ImportBatch) -> Batch:
    return Batch(
        row.pk, row.kind, row.file_name, row.source, row.rows, row.created, row.unchanged, row.unmatched,
        row.waiting, row.state, row.applied_by, row.applied_on, row.undone_on, row.undone_why,  # type: ignore[attr-defined]
    )  # fmt: skip
