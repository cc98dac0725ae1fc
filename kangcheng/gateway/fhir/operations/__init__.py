"""Operations by name. What stands in these tables is what the CapabilityStatement says."""

from collections.abc import Callable

from kangcheng.gateway.fhir.exchange import Answer, Asked
from kangcheng.gateway.fhir.operations import bulk
from kangcheng.gateway.fhir.operations.bundles import process
from kangcheng.gateway.fhir.operations.claims import eligibility, submit
from kangcheng.gateway.fhir.operations.matching import match
from kangcheng.gateway.fhir.operations.records import everything, lastn, summary
from kangcheng.gateway.fhir.operations.terminology import expand, lookup, translate, validate_code
from kangcheng.gateway.fhir.operations.validate import validate
from kangcheng.gateway.fhir.outcome import not_supported

System = Callable[[Asked], Answer]
OfType = Callable[[Asked, str], Answer]
OfInstance = Callable[[Asked, str, str], Answer]

_SYSTEM: dict[str, System] = {"export": bulk.export, "import": bulk.import_}
_TYPE: dict[tuple[str, str], OfType] = {
    ("", "validate"): validate,
    ("Claim", "submit"): submit,
    ("CoverageEligibilityRequest", "submit"): eligibility,
    ("Observation", "lastn"): lastn,
    ("Patient", "export"): bulk.export,
    ("Patient", "match"): match,
    ("ValueSet", "expand"): expand,
    ("ValueSet", "validate-code"): validate_code,
    ("CodeSystem", "lookup"): lookup,
    ("CodeSystem", "validate-code"): validate_code,
    ("ConceptMap", "translate"): translate,
}
_INSTANCE: dict[tuple[str, str], OfInstance] = {
    ("Patient", "everything"): everything,
    ("Patient", "summary"): summary,
}
ROUTED: tuple[tuple[str, str], ...] = (
    *(("", name) for name in _SYSTEM), *_TYPE, *_INSTANCE,
)  # fmt: skip


def system(asked: Asked, name: str) -> Answer:
    """POST / (a bundle), or an operation of the whole endpoint."""
    if not name:
        return process(asked)
    if name not in _SYSTEM:
        raise not_supported("没有这个操作 (no such operation)", f"${name[:64]}")
    return _SYSTEM[name](asked)


def status(asked: Asked, path: tuple[str, ...]) -> Answer:
    """Where a long operation stands."""
    if path[0] == "$bulk":
        return bulk.status(asked, path)
    raise not_supported("没有这个地址 (no such address)", "/".join(path)[:200])


def of_type(asked: Asked, kind: str, name: str) -> Answer:
    """An operation on a type; one named for no type holds for all."""
    doing = _TYPE.get((kind, name)) or _TYPE.get(("", name))
    if doing is None:
        raise not_supported("没有这个操作 (no such operation)", f"{kind}/${name[:64]}")
    return doing(asked, kind)


def of_instance(asked: Asked, kind: str, logical_id: str, name: str) -> Answer:
    """An operation on one resource."""
    doing = _INSTANCE.get((kind, name)) or _INSTANCE.get(("", name))
    if doing is None:
        raise not_supported("没有这个操作 (no such operation)", f"{kind}/{logical_id}/${name}"[:200])
    return doing(asked, kind, logical_id)
