"""$export and $import over HTTP: begun, asked after, fetched and cancelled as the Bulk Data guide has it."""

from typing import Any
from uuid import UUID

from kangcheng.gateway.bulk import services
from kangcheng.gateway.bulk.models import BulkJob
from kangcheng.gateway.fhir import capability, routes
from kangcheng.gateway.fhir.exchange import Answer, Asked, text
from kangcheng.gateway.fhir.outcome import FhirError, not_found, not_supported
from kangcheng.records.search.selectors import span
from kangcheng.records.store import selectors as store

KNOWN = frozenset({"_type", "_since", "_outputFormat"})
FORMATS = frozenset({"", "ndjson", services.NDJSON, "application/ndjson"})
Row = dict[str, Any]


def export(asked: Asked, kind: str = "") -> Answer:
    """GET or POST /$export, /Patient/$export: everything the machine may see, type by type."""
    strange = {name for name, _ in asked.given} - KNOWN
    if strange and asked.strict:
        raise not_supported("没有这个参数 (unknown parameter)", sorted(strange)[0][:64])
    if asked.asked_for("_outputFormat") not in FORMATS:
        raise not_supported("只支持 NDJSON (only NDJSON)", "_outputFormat")
    wanted = [one for one in asked.asked_for("_type").split(",") if one] or ["Patient", *store.types_kept()]
    served = set(capability.types())
    for one in wanted:
        if one not in served:
            raise not_supported("没有这种资源 (no such resource type)", one[:64])
        routes.may(asked, one, "r")
    _only_machines(asked)
    since = _moment(asked.asked_for("_since"))
    made = services.begin(
        kind="export", asked={"types": wanted, "since": since}, caller=asked.caller, on=asked.today
    )
    return _begun(asked, made)


def import_(asked: Asked) -> Answer:
    """POST /$import with NDJSON as the body: written line by line; refused lines are told in the status."""
    if asked.method != "POST" or "ndjson" not in asked.header("content-type"):
        raise FhirError(
            415, "not-supported", "以 application/fhir+ndjson 发送 (send NDJSON)", where="Content-Type"
        )
    if not asked.caller.scopes.any("c"):
        routes.may(asked, "*", "c")
    if not asked.body.strip():
        raise FhirError(400, "required", "内容为空 (empty body)", where="body")
    _only_machines(asked)
    return _begun(
        asked,
        services.begin(kind="import", asked={}, caller=asked.caller, on=asked.today, content=asked.body),
    )


def status(asked: Asked, path: tuple[str, ...]) -> Answer:
    """GET or DELETE /$bulk/ID, GET /$bulk/ID/n"""
    try:
        job = services.find(UUID(path[1]), asked.caller)
    except (ValueError, services.BulkError) as error:
        raise not_found("$bulk", path[1][:64]) from error
    if len(path) == 3 and asked.method == "GET":
        return _file(job, path[2])
    if len(path) != 2 or asked.method not in ("GET", "DELETE"):
        raise not_supported("没有这个地址 (no such address)", "/".join(path)[:200])
    if asked.method == "DELETE":
        services.cancel(job_id=job.pk, caller=asked.caller, on=asked.today)
        return Answer(202)
    return _told(asked, job)


def _moment(given: str) -> str | None:
    try:
        return span(given)[0].isoformat() if given else None
    except (ValueError, OverflowError) as error:
        raise FhirError(400, "invalid", "_since 不是时刻 (not a moment)", where="_since") from error


def _told(asked: Asked, job: BulkJob) -> Answer:
    if job.state == "waiting":
        return Answer(202, b"", {"X-Progress": f"{job.done}", "Retry-After": "5"})
    if job.state != "done":
        raise FhirError(
            500 if job.state == "failed" else 404,
            "processing",
            "任务未完成 (job ended early)",
            where=job.state,
        )
    address = f"{asked.base}$bulk/{job.pk}"
    output = [
        {"type": one["type"], "url": f"{address}/{at}", "count": one["count"]}
        for at, one in enumerate(job.files)
    ]
    manifest: Row = {
        "transactionTime": job.created_at.isoformat(timespec="milliseconds"), "request": asked.base + f"${job.kind}",
        "requiresAccessToken": True, "output": output, "error": [],
    }  # fmt: skip
    if job.kind == "import":
        manifest |= {"written": job.done, "refused": job.faults}
    return Answer(200, text(manifest), type="application/json")


def _file(job: BulkJob, number: str) -> Answer:
    if not number.isdigit() or len(number) > 6:
        raise not_found("$bulk", number[:20])
    try:
        return Answer(200, services.content_of(job, int(number)), type=services.NDJSON)
    except services.BulkError as error:
        raise not_found("$bulk", number) from error


def _begun(asked: Asked, job_id: UUID) -> Answer:
    return Answer(202, b"", {"Content-Location": f"{asked.base}$bulk/{job_id}"})


def _only_machines(asked: Asked) -> None:
    if not asked.caller.machine:
        raise FhirError(403, "forbidden", "批量任务须用令牌 (machines only)", where="Authorization")
