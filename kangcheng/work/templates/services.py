"""Verbs of documents: issue under the next number, print and count, revoke."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kangcheng.base import files
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.base.audit import acting, record
from kangcheng.kernel.ids import new_id
from kangcheng.policy.entry import Entry
from kangcheng.policy.kinds.review import listed
from kangcheng.policy.pack import Pack
from kangcheng.work.checklists.scope import require
from kangcheng.work.templates import render, rules, selectors
from kangcheng.work.templates.models import DocumentPrint, IssuedDocument
from kangcheng.work.templates.types import FORMATS, IssuedView, Laid, TemplateError

# One statement: the series row is locked until the transaction ends, so a number that is rolled back is used again.
NEXT = """
    INSERT INTO work_documentseries (id, created_at, series, year, last) VALUES (gen_random_uuid(), now(), %s, %s, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = work_documentseries.last + 1 RETURNING last
"""
NEVER = 0  # year of a series that does not restart


def issue(
    *, template: str, fields: Mapping[str, Any], pack: Pack, by: Actor, on: date, institution_id: UUID | None = None,
    area_code: str = "", subject: tuple[str, str] = ("", ""),
) -> IssuedView:  # fmt: skip
    """Fill a template in force on the day, number it, keep it as PDF with its hash. Raises Faults for fields that are wrong.

    `subject`: what it is about, as (kind, id). `fields`: text, or values already typed (fen, date, Fraction).
    """
    entry = pack.at(on).get("template", template)
    _may_issue(entry, by, institution_id, area_code)
    values = rules.typed(entry, fields)
    with acting(by=by, on=on, why="", action="document.issue"):
        series, year, n = _number(entry, on)
        number = rules.number_of(entry, n, on) if n else ""
        laid = rules.laid(entry, values, number=number, on=on, city=pack.heads[pack.name].title)
        content = asdict(laid)
        file = files.store(
            content=render.pdf(laid), name=f"{number or laid.title}.pdf", media_type=FORMATS["pdf"], by=by
        )
        row = IssuedDocument.objects.create(
            id=new_id(), template=template, title=laid.title[:200], series=series, year=year, n=n, number=number, laid=content,
            issued_on=on, issued_by=by.user_id, issued_name=by.name, institution_id=institution_id, area_code=area_code,
            subject_kind=subject[0], subject=subject[1], sha256=fingerprint(laid), file=file, release_hash=pack.release_hash,
        )  # fmt: skip
        detail = {"template": template, "number": number}
        record(action="document.issue", subject=f"document:{row.pk}", by=by, on=on, detail=detail)
    return selectors.view(row)


def print_copy(
    *, document_id: UUID, format: str, by: Actor, on: date, now: datetime
) -> tuple[bytes, str, int]:
    """One more copy in a format: its bytes, a file name, and which copy it is. The first PDF is the stored file itself."""
    if format not in FORMATS:
        raise TemplateError(f"没有这种格式 (no such format) {format!r}", rule="、".join(FORMATS))
    selectors.document(document_id, by)  # refuses who may not see it
    with acting(by=by, on=on, why="", action="document.print"):
        row = (
            IssuedDocument.objects.select_for_update(of=("self",)).select_related("file").get(pk=document_id)
        )
        copy = row.prints.count() + 1
        DocumentPrint.objects.create(
            document=row, copy=copy, format=format, printed_by=by.user_id, printed_name=by.name
        )
        record(
            action="document.print",
            subject=f"document:{row.pk}",
            by=by,
            on=on,
            detail={"copy": copy, "format": format},
        )
        content = _copy(row, format, copy, f"{by.name} {now:%Y-%m-%d %H:%M}")
    return content, f"{row.number or row.title}.{format}", copy


def revoke(*, document_id: UUID, by: Actor, on: date, why: str, pack: Pack) -> None:
    """The document no longer holds; its number stays used. Needs a reason."""
    selectors.document(document_id, by)
    with acting(by=by, on=on, why=why, action="document.revoke"):
        row = IssuedDocument.objects.select_for_update(of=("self",)).get(pk=document_id)
        entry = pack.entries.get(("template", row.template))
        if entry is not None:
            _may_issue(entry, by, row.institution_id, row.area_code)
        elif SYSTEM not in by.roles and by.user_id != row.issued_by:
            raise TemplateError("只有签发人可以作废 (only who issued it)", where=row.number)
        if row.revoked_on is not None:
            raise TemplateError("已经作废 (revoked already)", where=row.number)
        row.revoked_on, row.revoked_by, row.revoked_why = on, by.user_id, why.strip()[:500]
        row.save()
        record(action="document.revoke", subject=f"document:{row.pk}", by=by, on=on, why=why)


def fingerprint(laid: Laid) -> str:
    """SHA-256 of everything the document says."""
    return hashlib.sha256(json.dumps(asdict(laid), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _may_issue(entry: Entry, by: Actor, institution_id: UUID | None, area_code: str) -> None:
    require(by, listed(entry.get("issued_by", ["inspector", "fund_auditor"])), institution_id, area_code)


def _number(entry: Entry, on: date) -> tuple[str, int, int | None]:
    """Series, year and the next place in it."""
    row = entry.get("number")
    if row is None:
        return "", on.year, None
    year = NEVER if row.get("restart") == "never" else on.year
    with connection.cursor() as sql:
        sql.execute(NEXT, [row["series"], year])
        return row["series"], year, int(sql.fetchone()[0])


def _copy(row: IssuedDocument, format: str, copy: int, watermark: str) -> bytes:
    if format == "pdf" and copy == 1 and row.revoked_on is None:
        return files.read(row.file)
    mark = "已作废" if row.revoked_on else f"第{copy}份" if copy > 1 else ""
    return render.RENDER[format](selectors.unpacked(row.laid, mark=mark, watermark=watermark))
