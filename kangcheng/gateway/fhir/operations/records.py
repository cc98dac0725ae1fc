"""$everything, $lastn and $summary: a resident's record as a whole, the newest of each kind, and the page for a stranger."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from kangcheng.access import records as scope
from kangcheng.gateway.fhir import people, places, reading, routes, searching
from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.fhir.outcome import FhirError, not_found
from kangcheng.records.search.selectors import query as queries
from kangcheng.records.search.selectors import run
from kangcheng.records.search.types import Found
from kangcheng.records.store import selectors as store
from kangcheng.records.texts import read as parsed
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.people.types import Person

PAGE = 500
NEWEST = 1000  # results looked through for $lastn
SECTIONS = (
    ("AllergyIntolerance", "过敏", "48765-2", "Allergies"), ("Condition", "健康问题", "11450-4", "Problems"),
    ("MedicationRequest", "用药", "10160-0", "Medication use"), ("MedicationStatement", "服药情况", "10160-0", "Medication use"),
    ("Immunization", "预防接种", "11369-6", "Immunizations"), ("Observation", "检查检验结果", "30954-2", "Results"),
    ("Procedure", "手术与操作", "47519-4", "Procedures"), ("DiagnosticReport", "检查检验报告", "30954-2", "Results"),
)  # fmt: skip
MOST_IN_SECTION = 50
Row = dict[str, Any]


def everything(asked: Asked, kind: str, logical_id: str) -> Answer:
    """GET Patient/id/$everything, also with `_type`, `start`, `_count`: pages of everything the caller may see."""
    person = _person(asked, logical_id)
    types = [one for one in asked.asked_for("_type").split(",") if one]
    for one in types or ["*"]:
        routes.may(asked, one, "r")
    rows = store.of_subjects(
        _subjects(logical_id), types=[one for one in types if one != "Patient"], after=_after(asked), limit=_size(asked) + 1,
        within=reading.within(asked),
    )  # fmt: skip
    page = rows[: _size(asked)]
    entries = [searching.entry(_found(row), asked) for row in page]
    if not _after(asked):
        covers = places.of_visible(asked, coverage.rows(person.id))
        entries = [
            searching.rendered(row, asked, "match")
            for row in [people.rendered(person), *(c for c, _ in covers)]
        ] + entries
    people.log(asked, [person.id], "fhir:$everything")
    following = str(page[-1].id) if len(rows) > len(page) else None
    return searching.bundle(asked, f"Patient/{logical_id}/$everything", asked.given, entries, None, following)


def lastn(asked: Asked, kind: str) -> Answer:
    """GET Observation/$lastn?patient=&max=&code=...: the newest `max` of each code."""
    routes.may(asked, "Observation", "s")
    most = asked.asked_for("max") or "1"
    if not most.isdigit() or not 0 < int(most[:4]) <= NEWEST:
        raise FhirError(400, "invalid", f"max 为 1 至 {NEWEST} 的整数", where="max")
    given = [(name, value) for name, value in asked.given if name not in ("max", "_sort", "_count")]
    if not {name.partition(":")[0] for name, _ in given} & {"patient", "subject"}:
        raise FhirError(400, "required", "须给出 patient (whose results?)", where="patient")
    query = queries.read(
        "Observation", [*given, ("_sort", "-date"), ("_count", str(NEWEST))], strict=asked.strict
    )
    answer = run(query, searching.context(asked))
    kept, seen = list[Found](), dict[str, int]()
    for row in answer.rows:
        code = _code(parsed(row.body))
        seen[code] = seen.get(code, 0) + 1
        if seen[code] <= int(most):
            kept.append(row)
    people.log(asked, [row.subject_id for row in kept if row.subject_id], "fhir:$lastn")
    return searching.bundle(
        asked, "Observation/$lastn", asked.given, [searching.entry(r, asked) for r in kept], len(kept), None
    )


def summary(asked: Asked, kind: str, logical_id: str) -> Answer:
    """GET Patient/id/$summary: a document (Composition first) of problems, allergies, medicines, immunisations, results."""
    person = _person(asked, logical_id)
    routes.may(asked, "*", "r")
    rows = store.of_subjects(
        _subjects(logical_id), types=[one for one, *_ in SECTIONS], newest=True, limit=len(SECTIONS) * MOST_IN_SECTION,
        within=reading.within(asked),
    )  # fmt: skip
    by_type: dict[str, list[Any]] = {}
    for row in rows:
        held = by_type.setdefault(row.type, [])
        if len(held) < MOST_IN_SECTION:
            held.append(row)
    people.log(asked, [person.id], "fhir:$summary")
    moment = asked.now.isoformat(timespec="seconds")
    composition = _composition(person, by_type, moment)
    resources = [
        composition,
        people.rendered(person),
        *(parsed(row.body or "{}") for held in by_type.values() for row in held),
    ]
    entries = [
        {"fullUrl": f"{asked.base}{one['resourceType']}/{one['id']}", "resource": one} for one in resources
    ]
    return of_resource({
        "resourceType": "Bundle", "type": "document", "timestamp": moment,
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{composition['id']}"}, "entry": entries,
    })  # fmt: skip


def _composition(person: Person, by_type: dict[str, list[Any]], moment: str) -> Row:
    sections = [
        {
            "title": title, "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": display}]},
            "entry": [{"reference": f"{kind}/{row.logical_id}"} for row in by_type[kind]],
        }
        for kind, title, code, display in SECTIONS if by_type.get(kind)
    ]  # fmt: skip
    found: Row = {
        "resourceType": "Composition", "id": str(person.id), "status": "final", "date": moment, "title": "健康档案摘要",
        "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": {"reference": f"Patient/{person.id}"}, "author": [{"display": "康城 Kangcheng"}],
    }  # fmt: skip
    return found | ({"section": sections} if sections else {})


def _person(asked: Asked, logical_id: str) -> Person:
    routes.may(asked, "Patient", "r")
    person = people.read(asked, logical_id)
    if person is None:
        raise not_found("Patient", logical_id)
    return person


def _subjects(logical_id: str) -> list[UUID]:
    return [UUID(one) for one in scope.same("Patient", logical_id)]


def _after(asked: Asked) -> UUID | None:
    text = asked.asked_for("_after")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise FhirError(400, "invalid", "翻页标记无法识别 (not a page of ours)", where="_after") from error


def _size(asked: Asked) -> int:
    text = asked.asked_for("_count")
    return max(1, min(int(text), PAGE)) if text.isdigit() and len(text) < 9 else PAGE


def _found(row: Any) -> Found:
    return Found(row.id, row.type, row.logical_id, row.version, row.subject_id, row.segment, row.body or "{}")


def _code(resource: Row) -> str:
    """What a result is a result of: its first coding, else its words."""
    code = resource.get("code", {})
    first: Row = next(iter(code.get("coding", ())), {})
    return f"{first.get('system')}|{first['code']}" if "code" in first else str(code.get("text"))


def parameter(given: Any, name: str) -> Any:
    """The value of a parameter of Parameters; None where there is none."""
    rows: Iterable[Any] = given.get("parameter", ()) if isinstance(given, dict) else ()
    row: Row = next((one for one in rows if isinstance(one, dict) and one.get("name") == name), {})
    return next((value for key, value in row.items() if key == "resource" or key.startswith("value")), None)
