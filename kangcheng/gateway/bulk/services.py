"""Verbs of bulk jobs: begin, go on, cancel. Each step of a job is one transaction that moves its mark with its effect."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kangcheng.base import audit, files
from kangcheng.base.jobs import app
from kangcheng.base.models import StoredFile
from kangcheng.gateway.bulk.models import BulkJob
from kangcheng.gateway.machines.types import Caller
from kangcheng.kernel.errors import KangchengError

TASK = "gateway.bulk_step"
NDJSON = "application/fhir+ndjson"
MOST_FAULTS = 1000
Row = dict[str, Any]
Exported = Callable[
    [BulkJob], tuple[list[bytes], Row | None, list[UUID]]
]  # lines, place after (None: end), people shown
Imported = Callable[[BulkJob, bytes], tuple[int, Row | None, list[Row]]]  # written, place after, faults


class BulkError(KangchengError):
    """There is no such job, or it is not the caller's."""


def begin(*, kind: str, asked: Row, caller: Caller, on: date, content: bytes = b"") -> UUID:
    """Write a job down and have it run; `content` is what an import reads."""
    with audit.acting(by=caller.actor, on=on, why="", action=f"bulk.{kind}"):
        if content:
            file = files.store(content=content, name="import.ndjson", media_type=NDJSON, by=caller.actor)
            asked = asked | {"file": str(file.pk)}
        job = BulkJob.objects.create(
            machine_id=caller.actor.user_id, kind=kind, asked=asked, purpose=caller.actor.purpose, asked_on=on
        )
        audit.record(action=f"bulk.{kind}", subject=f"bulk:{job.pk}", by=caller.actor, on=on, detail=asked)
        app.configure_task(TASK).defer(job=str(job.pk))
    return job.pk


def find(job_id: UUID, caller: Caller) -> BulkJob:
    """The caller's own job. Raises BulkError."""
    job = BulkJob.objects.filter(pk=job_id, machine_id=caller.actor.user_id).first()
    if job is None:
        raise BulkError("没有这个批量任务 (no such job)", where=str(job_id))
    return job


def cancel(*, job_id: UUID, caller: Caller, on: date) -> None:
    """Stop a job, or forget the files of one that is done."""
    job = find(job_id, caller)
    with audit.acting(
        by=caller.actor, on=on, why="调用方取消 (cancelled by the caller)", action="bulk.cancel"
    ):
        BulkJob.objects.filter(pk=job.pk).update(state="cancelled", ended_at=timezone.now(), files=[])
        audit.record(action="bulk.cancel", subject=f"bulk:{job.pk}", by=caller.actor, on=on, why="调用方取消")


def content_of(job: BulkJob, number: int) -> bytes:
    """The NDJSON of one of the job's files. Raises BulkError."""
    if not 0 <= number < len(job.files):
        raise BulkError("没有这个文件 (no such file)", where=f"{job.pk}/{number}")
    return files.read(StoredFile.objects.get(pk=job.files[number]["file"]))


def step(job_id: UUID, caller: Caller, export: Exported, import_: Imported) -> bool:
    """Do the next part of a job; True when there is more. Two workers never do the same part."""
    with transaction.atomic():
        job = BulkJob.objects.select_for_update(skip_locked=True).filter(pk=job_id, state="waiting").first()
        if job is None:
            return False
        place = _export(job, caller, export) if job.kind == "export" else _import(job, caller, import_)
        job.state, job.place = ("done", job.place) if place is None else ("waiting", place)
        job.ended_at = timezone.now() if place is None else None
        job.save()
        return place is not None


def fail(*, job_id: UUID, what: str) -> None:
    """The job cannot go on."""
    job = BulkJob.objects.get(pk=job_id)
    job.state, job.ended_at = "failed", timezone.now()
    job.faults = [*job.faults, {"line": None, "issue": what[:500]}]
    job.save(update_fields=["state", "ended_at", "faults"])


def _export(job: BulkJob, caller: Caller, export: Exported) -> Row | None:
    lines, place, people = export(job)
    if lines:
        audit.look_many(by=caller.actor, person_ids=people, what="fhir:$export")
        kind = job.place.get("type") or job.asked["types"][0]
        file = files.store(
            content=b"\n".join(lines) + b"\n", name=f"{kind}.ndjson", media_type=NDJSON, by=caller.actor
        )
        job.files = [*job.files, {"type": kind, "file": str(file.pk), "count": len(lines)}]
        job.done += len(lines)
    return place


def _import(job: BulkJob, caller: Caller, import_: Imported) -> Row | None:
    content = files.read(StoredFile.objects.get(pk=job.asked["file"]))
    written, place, faults = import_(job, content)
    job.done += written
    job.faults = [*job.faults, *faults][:MOST_FAULTS]
    return place
