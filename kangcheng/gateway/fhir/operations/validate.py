"""$validate: everything wrong with a resource, without keeping it."""

from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.fhir.outcome import forbidden, of_faults
from kangcheng.kernel.errors import Fault
from kangcheng.records.validation.services import faults_of


def validate(asked: Asked, kind: str) -> Answer:
    """POST Type/$validate with the resource, or with Parameters that carry it. Always 200 with an OperationOutcome."""
    if not asked.caller.scopes.any("cruds"):
        raise forbidden("令牌没有任何范围 (token without scopes)")
    given = asked.json()
    if isinstance(given, dict) and given.get("resourceType") == "Parameters":
        held = given.get("parameter")
        rows = held if isinstance(held, list) else []
        given = next(
            (r.get("resource") for r in rows if isinstance(r, dict) and r.get("name") == "resource"), given
        )
    faults = faults_of(given)
    if not faults and given["resourceType"] != kind:
        faults = [Fault("resourceType", f"应为 {kind} (type differs)", "$validate")]
    return of_resource(of_faults(faults))
