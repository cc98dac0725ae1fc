"""What one part of a bulk job does: read the next resources a machine may see, or check and write the next lines."""

from datetime import date
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from kangcheng.gateway.bulk import services
from kangcheng.gateway.bulk.models import BulkJob
from kangcheng.gateway.fhir import outcome, people, registered, writing
from kangcheng.gateway.fhir.exchange import Asked
from kangcheng.gateway.fhir.reading import within
from kangcheng.gateway.machines.selectors import caller_of
from kangcheng.kernel.errors import KangchengError
from kangcheng.records.search.selectors import Context
from kangcheng.records.store import selectors as store
from kangcheng.records.texts import read, write
from kangcheng.records.validation.services import faults_of

PART = 2000  # resources of one exported file
LINES = 200  # of one import transaction
Row = dict[str, Any]


def run(job_id: UUID, on: date) -> None:
    """All parts of a job, one after the other."""
    job = BulkJob.objects.filter(pk=job_id).first()
    caller = caller_of(job.machine_id, job.purpose, on) if job else None
    if job is None or caller is None:
        return
    now = timezone.now()
    asked = Asked("POST", (), [], {}, b"", caller, on, now, "")
    try:
        while services.step(
            job_id, caller, lambda j: _export(asked, j), lambda j, content: _import(asked, j, content)
        ):
            pass
    except KangchengError as error:
        structlog.get_logger(__name__).warning("bulk job failed", job=str(job_id))
        services.fail(job_id=job_id, what=error.what)


def _export(asked: Asked, job: BulkJob) -> tuple[list[bytes], Row | None, list[UUID]]:
    types: list[str] = job.asked["types"]
    kind = job.place.get("type") or types[0]
    job.place = job.place | {"type": kind}
    if kind == "Patient":
        lines, after, shown = _patients(asked, int(job.place.get("after") or 0))
    else:
        last = job.place.get("after")
        rows = store.of_type(
            kind,
            after=UUID(last) if last else None,
            since=job.asked.get("since"),
            limit=PART,
            within=within(asked),
        )
        lines, shown = (
            [row.body.encode() for row in rows if row.body],
            sorted({r.subject_id for r in rows if r.subject_id}),
        )
        after = str(rows[-1].id) if len(rows) == PART else None
    if after is not None:
        return lines, {"type": kind, "after": after}, shown
    following = types.index(kind) + 1
    return lines, {"type": types[following], "after": None} if following < len(types) else None, shown


def _patients(asked: Asked, start: int) -> tuple[list[bytes], str | None, list[UUID]]:
    found, _ = people.search(asked, [], Context(within(asked), asked.now), offset=start, limit=PART)
    after = str(start + PART) if len(found) == PART else None
    return [write(people.rendered(one)) for one in found], after, [one.id for one in found]


def _import(asked: Asked, job: BulkJob, content: bytes) -> tuple[int, Row | None, list[Row]]:
    lines, start = content.split(b"\n"), int(job.place.get("line", 0))
    wishes, faults = [], list[Row]()
    for number, line in enumerate(lines[start : start + LINES], start + 1):
        if line.strip():
            try:
                wishes.append((number, _read(asked, line)))
            except KangchengError as error:
                faults.append({"line": number, "issue": error.what[:500], "where": error.where[:200]})
    written = _together(asked, wishes, faults)
    following = start + LINES
    return written, {"line": following} if following < len(lines) else None, faults


def _read(asked: Asked, line: bytes) -> writing.Wish:
    resource = read(line)
    wrong = faults_of(resource)
    if wrong:
        raise outcome.FhirError(422, "value", wrong[0].what, where=wrong[0].where)
    kind = resource["resourceType"]
    if kind in registered.TYPES or not asked.caller.scopes.allow(kind, "c"):
        raise outcome.forbidden(f"不能批量写入 {kind} (not importable)")
    return writing.Wish(resource, resource.get("id"))


def _together(asked: Asked, wishes: list[tuple[int, writing.Wish]], faults: list[Row]) -> int:
    """All lines in one write; where one is refused, each by itself."""
    try:
        with transaction.atomic():
            return len(writing.keep(asked, [wish for _, wish in wishes])) if wishes else 0
    except KangchengError:
        return sum(_alone(asked, number, wish, faults) for number, wish in wishes)


def _alone(asked: Asked, number: int, wish: writing.Wish, faults: list[Row]) -> int:
    try:
        with transaction.atomic():
            return len(writing.keep(asked, [wish]))
    except KangchengError as error:
        faults.append({"line": number, "issue": error.what[:500], "where": error.where[:200]})
        return 0
