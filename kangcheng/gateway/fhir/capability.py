"""CapabilityStatement: what this endpoint really does, written from the same tables that do it."""

from functools import lru_cache
from typing import Any

from kangcheng.gateway.fhir import people, registered
from kangcheng.gateway.fhir.exchange import Answer, of_resource
from kangcheng.records.definitions.selectors import FHIR_VERSION, parameters_of, resource_types
from kangcheng.records.search.selectors import BY_COLUMN

NOT_STORED = frozenset({"Bundle", "Parameters", "OperationOutcome", "CapabilityStatement"})
STORED = ("read", "vread", "update", "delete", "history-instance", "create", "search-type")
SERVED = {"Patient": ("read", "create", "search-type")}
Row = dict[str, Any]


def types() -> list[str]:
    """The resource types this endpoint serves."""
    return sorted(resource_types() - NOT_STORED)


def statement(base: str, operations: tuple[tuple[str, str], ...]) -> Answer:
    """GET /metadata. `operations`: (type or "", name) of those that are routed."""
    return of_resource(_made(base, operations))


@lru_cache(maxsize=8)
def _made(base: str, operations: tuple[tuple[str, str], ...]) -> Row:
    return {
        "resourceType": "CapabilityStatement", "status": "active", "date": "2026-11-24", "kind": "instance",
        "publisher": "康城 Kangcheng", "software": {"name": "Kangcheng"}, "fhirVersion": FHIR_VERSION,
        "implementation": {"description": "居民健康档案 (residents' records)", "url": base},
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": False, "description": "Bearer 令牌，SMART 范围 system/类型.cruds；人员用登录会话只读"},
                "resource": [_type(kind, operations) for kind in types()],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
                "operation": _operations("", operations),
            }
        ],
    }  # fmt: skip


def _type(kind: str, operations: tuple[tuple[str, str], ...]) -> Row:
    stored = kind not in registered.TYPES
    found: Row = {
        "type": kind,
        "interaction": [{"code": code} for code in (STORED if stored else SERVED.get(kind, ("read", "search-type")))],
        "versioning": "versioned-update" if stored else "no-version",
        "readHistory": stored, "updateCreate": stored, "conditionalCreate": stored or kind == "Patient",
        "conditionalUpdate": stored, "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical"],
        "searchParam": [{"name": code, "type": type_} for code, type_ in parameters(kind)],
    }  # fmt: skip
    if stored:
        references = [code for code, one in sorted(parameters_of(kind).items()) if one.kind == "reference"]
        found["searchInclude"] = ["*", *(f"{kind}:{code}" for code in references)]
    held = _operations(kind, operations)
    return found | ({"operation": held} if held else {})


def parameters(kind: str) -> list[tuple[str, str]]:
    """(code, type) of what the type can be searched by."""
    if kind == "Patient":
        known = parameters_of(kind)
        return [(code, known[code].kind) for code in sorted(people.PARAMETERS)]
    if kind in registered.TYPES:
        return [("_id", "token")]
    return [
        (code, one.kind)
        for code, one in sorted(parameters_of(kind).items())
        if one.kind != "special" and (code not in BY_COLUMN or code in ("_id", "_lastUpdated"))
    ]


_DEFINED = {"export": "system", "import": "system"}


def _operations(kind: str, operations: tuple[tuple[str, str], ...]) -> list[Row]:
    return [
        {
            "name": name,
            "definition": f"http://hl7.org/fhir/OperationDefinition/{_DEFINED.get(name, kind or 'Resource')}-{name}",
        }
        for type_, name in operations
        if type_ == kind
    ]
