"""Questions about issued documents: those the actor's institutions received, or that were issued in their areas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from kangcheng.base.accounts.types import Actor
from kangcheng.work.checklists.scope import seen
from kangcheng.work.templates.models import IssuedDocument
from kangcheng.work.templates.types import Block, IssuedView, Laid, TemplateError


def documents(by: Actor, **fixed: Any) -> QuerySet[IssuedDocument]:
    """Documents the actor may see, newest first, each with the number of its prints."""
    rows = IssuedDocument.objects.filter(seen(by), **fixed).annotate(copies=Count("prints"))
    return rows.order_by("-issued_on", "-pk")


def document(document_id: UUID, by: Actor) -> IssuedView:
    """One document with its prints. Raises TemplateError when the actor may not see it."""
    return view(_row(document_id, by))


def laid_of(document_id: UUID, by: Actor) -> Laid:
    """The document as it was issued, marked when it was revoked. Raises TemplateError."""
    row = _row(document_id, by)
    return unpacked(row.laid, mark="已作废" if row.revoked_on else "")


def of_subject(kind: str, subject: str, by: Actor) -> list[IssuedView]:
    """Documents issued about one thing (a sheet, a finding, a case)."""
    return [view(row) for row in documents(by, subject_kind=kind, subject=subject)]


def view(row: IssuedDocument) -> IssuedView:
    """A document as callers see it."""
    prints = list(row.prints.order_by("copy"))
    return IssuedView(
        row.pk, row.template, row.title, row.number, row.issued_on, row.issued_name, row.subject, row.sha256, row.release_hash,
        len(prints), row.revoked_on, row.revoked_why, tuple((one.copy, one.printed_name, one.created_at) for one in prints),
    )  # fmt: skip


def unpacked(data: Mapping[str, Any], *, mark: str = "", watermark: str = "") -> Laid:
    """The stored document as it was laid out, with what this print bears."""
    body = tuple(
        Block(
            one["kind"],
            one["text"],
            tuple(one["heads"]),
            tuple(map(tuple, one["rows"])),
            tuple(one["right"]),
        )
        for one in data["body"]
    )
    return Laid(**{**data, "body": body, "mark": mark, "watermark": watermark})


def _row(document_id: UUID, by: Actor) -> IssuedDocument:
    row = documents(by, pk=document_id).first()
    if row is None:
        raise TemplateError("没有这份文书 (no such document)", where=str(document_id))
    return row
