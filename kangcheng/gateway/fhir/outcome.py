"""Errors as OperationOutcome: every fault with its path, in Chinese and English. Nothing else of what went wrong goes out."""

from collections.abc import Iterable
from typing import Any

from kangcheng.access import errors as access
from kangcheng.gateway.fhir.exchange import Answer, of_resource
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.records.search.types import SearchError
from kangcheng.records.store.types import Conflict, Gone, StoreError, SubjectError
from kangcheng.records.texts import NotJson
from kangcheng.registry.permission import NotPermitted as NotPermittedThere

MOST_ISSUES = 200


class FhirError(KangchengError):
    """An interaction refused, with its HTTP status and issue code."""

    def __init__(self, status: int, code: str, what: str, **rest: str) -> None:
        super().__init__(what, **rest)
        self.status, self.code = status, code


def not_found(kind: str = "", logical_id: str = "") -> FhirError:
    """The same answer for what does not exist and for what the caller may not see."""
    return FhirError(
        404,
        "not-found",
        "没有这个资源，或不在您的职责范围内 (not found)",
        where=f"{kind}/{logical_id}".strip("/"),
    )


def forbidden(what: str, rule: str = "") -> FhirError:
    """The caller's scopes or roles do not reach this interaction."""
    return FhirError(403, "forbidden", what, rule=rule, todo="请系统管理员调整范围")


def not_supported(what: str, where: str = "") -> FhirError:
    """An interaction or parameter this endpoint does not offer."""
    return FhirError(400, "not-supported", what, where=where, todo="见 /fhir/metadata")


_STATUS: tuple[tuple[type[KangchengError], int, str], ...] = (
    (NotJson, 400, "structure"), (SearchError, 400, "invalid"), (Conflict, 412, "conflict"), (Gone, 410, "deleted"),
    (SubjectError, 422, "business-rule"), (StoreError, 422, "business-rule"), (access.Refused, 404, "not-found"),
    (access.NotPermitted, 403, "forbidden"), (NotPermittedThere, 403, "forbidden"),
)  # fmt: skip


def answer(error: KangchengError) -> Answer:
    """The answer to an error."""
    if isinstance(error, FhirError):
        return of_resource(outcome([issue(error, error.code)]), error.status)
    if isinstance(error, Faults):
        return of_resource(of_faults(error.faults), 422)
    for kind, status, code in _STATUS:
        if isinstance(error, kind):
            return of_resource(outcome([issue(error, code)]), status)
    return of_resource(outcome([issue(error, "processing")]), 422)


def of_faults(faults: Iterable[Fault], severity: str = "error") -> dict[str, Any]:
    """Faults of one resource as OperationOutcome."""
    return outcome([_fault(fault, severity) for fault in list(faults)[:MOST_ISSUES]])


def outcome(issues: list[dict[str, Any]]) -> dict[str, Any]:
    """An OperationOutcome of these issues; "all is well" when there are none."""
    fine = {"severity": "information", "code": "informational", "diagnostics": "没有问题 (all is well)"}
    return {"resourceType": "OperationOutcome", "issue": issues or [fine]}


def issue(error: KangchengError, code: str) -> dict[str, Any]:
    """One issue of an error."""
    return _issue("error", code, _words(error.what, error.rule, error.todo), error.where)


def _fault(fault: Fault, severity: str) -> dict[str, Any]:
    code = "required" if "required" in fault.what else "value" if severity == "error" else "informational"
    return _issue(severity, code, _words(fault.what, fault.rule, fault.todo), fault.where)


def _issue(severity: str, code: str, words: str, where: str) -> dict[str, Any]:
    found = {"severity": severity, "code": code, "diagnostics": words}
    return found | ({"expression": [where[:500]]} if where else {})


def _words(what: str, rule: str, todo: str) -> str:
    return " ".join(part for part in (what, f"[{rule}]" if rule else "", f"→ {todo}" if todo else "") if part)
