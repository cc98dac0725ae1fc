"""Questions about export requests."""

from uuid import UUID

from kangcheng.access.errors import Refused
from kangcheng.access.exports.models import ExportRequest
from kangcheng.access.exports.types import Request
from kangcheng.base.accounts.types import Actor


def mine(by: Actor, limit: int = 100) -> list[Request]:
    """The actor's own requests, newest first."""
    rows = ExportRequest.objects.filter(asked_by=by.user_id).order_by("-created_at")[:limit]
    return [_request(row) for row in rows]


def to_decide(by: Actor) -> list[Request]:
    """Requests waiting for a decision that this actor may make, oldest first."""
    if not _decides(by):
        return []
    rows = ExportRequest.objects.filter(state="requested").exclude(asked_by=by.user_id).order_by("created_at")
    return [_request(row) for row in rows]


def get(request_id: UUID, by: Actor) -> Request:
    """One request: for its asker, those who decide, and the audit administrator. Raises Refused for others."""
    row = ExportRequest.objects.filter(pk=request_id).first()
    if row is None or not (row.asked_by == by.user_id or _decides(by) or by.may("audit.look")):
        raise Refused()
    return _request(row)


def _decides(by: Actor) -> bool:
    return by.may("export.approve") or by.has("security_admin")


def _request(row: ExportRequest) -> Request:
    return Request(
        row.pk, row.number, row.asked_by, row.asked_by_name, row.asked_on, row.list_name, row.wanted,
        tuple(row.columns), row.reason, row.state, row.decided_by_name, row.decided_on, row.decision, row.expires_on,
        row.rows, row.fetches,
    )  # fmt: skip
