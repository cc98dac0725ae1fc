"""Verbs of the store. Nothing is overwritten: a change is a new version, the one before stays in history."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kangcheng.base import outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.ids import new_id
from kangcheng.records import texts
from kangcheng.records.search.index import index_of
from kangcheng.records.search.marks import mark
from kangcheng.records.store import rows
from kangcheng.records.store.types import (
    CLINICAL,
    REGISTERED,
    WRITTEN,
    Conflict,
    Draft,
    Stored,
    StoreError,
    SubjectError,
)  # fmt: skip


def put(
    resource: dict[str, Any], *, subject: UUID | None, by: Actor, on: date, why: str = "", logical_id: str | None = None,
    expect: int | None = None, segment: str = "", institution: UUID | None = None,
) -> Stored:  # fmt: skip
    """Write one resource, already validated: a new one, or a new version of `logical_id`. See `put_many`."""
    draft = Draft(resource, subject, logical_id, expect, segment, institution)
    return put_many([draft], by=by, on=on, why=why)[0]


def put_many(drafts: Sequence[Draft], *, by: Actor, on: date, why: str = "") -> list[Stored]:
    """Write resources in one transaction, all or none; what each is found by is written with it, and the news.

    Raises SubjectError for a clinical resource without its resident, Conflict where `expect` is not the present version.
    """
    for draft in drafts:
        _owned(draft)
    with transaction.atomic():
        now = timezone.now()
        present = rows.locked(
            [(d.resource["resourceType"], d.logical_id) for d in drafts if d.logical_id and not d.fresh]
        )
        made = [_write(draft, present, now, by, why) for draft in drafts]
        rows.insert([row for row in made if row.created])
        rows.replace([row for row in made if not row.created])
        outbox.append_many(WRITTEN, [(f"{row.type}/{row.logical_id}", row.news()) for row in made])
    return [row.stored() for row in made]


def delete(
    resource_type: str, logical_id: str, *, by: Actor, on: date, why: str = "", expect: int | None = None
) -> Stored:
    """Mark a resource as deleted: reads answer 410 from now on, its versions stay. Deleting twice changes nothing."""
    with transaction.atomic():
        held = rows.locked([(resource_type, logical_id)]).get((resource_type, logical_id))
        if held is None:
            raise StoreError("没有这个资源 (no such resource)", where=f"{resource_type}/{logical_id}")
        _expected(expect, held.version, resource_type, logical_id)
        row = rows.Row(
            id=held.id, type=resource_type, logical_id=logical_id, version=held.version + 1, subject_id=held.subject_id,
            institution_id=held.institution_id, segment=held.segment, deleted=True, method="DELETE",
            written_at=timezone.now(), by=by, why=why, body=None, mark=mark(f"{resource_type}/{logical_id}"),
        )  # fmt: skip
        if not held.deleted:
            rows.replace([row])
            outbox.append(WRITTEN, f"{resource_type}/{logical_id}", row.news())
    return row.stored()


def _owned(draft: Draft) -> None:
    kind = draft.resource["resourceType"]
    if kind in REGISTERED:
        raise StoreError(
            f"{kind} 由登记库生成 (rendered from the registry)", where=kind, todo="经居民、机构、人员登记写入"
        )
    if kind in CLINICAL and draft.subject is None:
        raise SubjectError(
            "临床资源须写明居民 (a clinical resource needs its subject)", where=kind, rule="先在登记库确认居民",
            todo="补上 subject 或 patient，指向已登记的居民",
        )  # fmt: skip


def _write(
    draft: Draft, present: dict[tuple[str, str], "rows.Held"], now: datetime, by: Actor, why: str
) -> "rows.Row":
    kind, row_id = draft.resource["resourceType"], new_id()
    logical_id = draft.logical_id or str(row_id)
    held = present.get((kind, logical_id))
    if held is None and draft.expect is not None:
        raise Conflict("没有要替换的版本 (nothing to replace)", where=f"{kind}/{logical_id}", rule="If-Match")
    if held is not None:
        _expected(draft.expect, held.version, kind, logical_id)
        _same_subject(held, draft, logical_id)
    version = held.version + 1 if held else 1
    method = "PUT" if draft.logical_id and not draft.fresh else "POST"
    resource = stamped(draft.resource, logical_id, version, now)
    return rows.Row(
        id=held.id if held else row_id, type=kind, logical_id=logical_id, version=version, subject_id=draft.subject,
        institution_id=draft.institution, segment=draft.segment, deleted=False, method=method,
        written_at=now, by=by, why=why, body=texts.write(resource).decode(), mark=mark(f"{kind}/{logical_id}"),
        index=index_of(resource), created=held is None,
    )  # fmt: skip


def stamped(resource: dict[str, Any], logical_id: str, version: int, now: datetime) -> dict[str, Any]:
    """The resource with its id, version and moment of writing; what was given for them is replaced."""
    moment = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": moment}
    return {"resourceType": resource["resourceType"], "id": logical_id, "meta": meta} | {
        name: value for name, value in resource.items() if name not in ("resourceType", "id", "meta")
    }


def _expected(expect: int | None, version: int, kind: str, logical_id: str) -> None:
    if expect is not None and expect != version:
        raise Conflict(
            f"现在是第 {version} 版，不是第 {expect} 版 (version conflict)", where=f"{kind}/{logical_id}", rule="If-Match",
            todo="重新读取，在新版本上修改",
        )  # fmt: skip


def _same_subject(held: "rows.Held", draft: Draft, logical_id: str) -> None:
    """A resource never moves to another resident: history would tell of the wrong one."""
    if held.subject_id is not None and draft.subject is not None and held.subject_id != draft.subject:
        raise SubjectError(
            "资源不能改到另一居民名下 (belongs to another subject)", where=f"{draft.resource['resourceType']}/{logical_id}",
            todo="删除后在正确的居民名下新建",
        )  # fmt: skip
