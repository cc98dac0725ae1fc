"""$expand, $lookup, $validate-code and $translate over the terminology's code systems, value sets and maps."""

from typing import Any

from kangcheng.gateway.fhir.exchange import Answer, Asked, of_resource
from kangcheng.gateway.fhir.operations.records import parameter
from kangcheng.gateway.fhir.outcome import FhirError
from kangcheng.records.terminology import selectors as terms
from kangcheng.records.terminology.types import TerminologyError

Row = dict[str, Any]
MOST = 1000


def expand(asked: Asked, kind: str) -> Answer:
    """ValueSet/$expand: `url` or a ValueSet, `filter` (name, code or pinyin initials), `offset`, `count`."""
    wanted = _given(asked, "valueSet") or _text(asked, "url")
    if not wanted:
        raise _missing("url")
    try:
        found = terms.expand(
            wanted,
            _text(asked, "filter"),
            _number(asked, "offset", 0),
            min(_number(asked, "count", 100), MOST),
        )
    except TerminologyError as error:
        raise FhirError(404, "not-found", error.what, where="url") from error
    expansion = {"timestamp": asked.now.isoformat(timespec="seconds"), **found.resource()}
    if not expansion.get("contains"):
        expansion.pop("contains", None)
    head: Row = {"resourceType": "ValueSet", "status": "active"} | ({"url": found.url} if found.url else {})
    return of_resource(head | {"expansion": expansion})


def lookup(asked: Asked, kind: str) -> Answer:
    """CodeSystem/$lookup: what `code` of `system` means."""
    coding = _given(asked, "coding") or {}
    system, code = coding.get("system") or _text(asked, "system"), coding.get("code") or _text(asked, "code")
    if not (system and code):
        raise _missing("system、code")
    found = terms.lookup(system, code)
    if found is None:
        raise FhirError(404, "not-found", f"没有这个代码 (no such code) {code[:64]!r}", where="code")
    rows = [("name", "valueString", system), ("display", "valueString", found.title)]
    parameters: list[Row] = [{"name": name, key: value} for name, key, value in rows]
    if found.display and found.display != found.title:
        parameters.append({"name": "designation", "part": [
            {"name": "language", "valueCode": "en"}, {"name": "value", "valueString": found.display}]})  # fmt: skip
    if found.parent:
        parameters.append({"name": "property", "part": [
            {"name": "code", "valueCode": "parent"}, {"name": "value", "valueCode": found.parent}]})  # fmt: skip
    return of_resource({"resourceType": "Parameters", "parameter": parameters})


def validate_code(asked: Asked, kind: str) -> Answer:
    """ValueSet/$validate-code and CodeSystem/$validate-code."""
    coding = _given(asked, "coding") or {}
    code = coding.get("code") or _text(asked, "code")
    system = (
        coding.get("system")
        or _text(asked, "system")
        or (_text(asked, "url") if kind == "CodeSystem" else "")
    )
    if not code:
        raise _missing("code")
    try:
        judged = terms.validate(
            code,
            system=system,
            value_set=_text(asked, "url") if kind == "ValueSet" else None,
            display=_text(asked, "display"),
        )
    except TerminologyError as error:
        raise FhirError(404, "not-found", error.what, where="url") from error
    rows: list[Row] = [{"name": "result", "valueBoolean": judged.valid}]
    if judged.message:
        rows.append({"name": "message", "valueString": judged.message})
    if judged.display:
        rows.append({"name": "display", "valueString": judged.display})
    return of_resource({"resourceType": "Parameters", "parameter": rows})


def translate(asked: Asked, kind: str) -> Answer:
    """ConceptMap/$translate: what `code` of `system` is in `targetsystem`."""
    coding = _given(asked, "coding") or {}
    system, code = coding.get("system") or _text(asked, "system"), coding.get("code") or _text(asked, "code")
    if not (system and code):
        raise _missing("system、code")
    found = terms.translate(code, source=system, target=_text(asked, "targetsystem") or None)
    matches = [
        {"name": "match", "part": [
            {"name": "equivalence", "valueCode": one.equivalence},
            {"name": "concept", "valueCoding": {"system": one.system, "code": one.code} | (
                {"display": one.title} if one.title else {})},
        ]}
        for one in found
    ]  # fmt: skip
    return of_resource({
        "resourceType": "Parameters", "parameter": [{"name": "result", "valueBoolean": bool(found)}, *matches]})  # fmt: skip


def _given(asked: Asked, name: str) -> Any:
    if asked.method != "POST" or not asked.body:
        return None
    found = parameter(asked.json(), name)
    return found if isinstance(found, dict) else None


def _text(asked: Asked, name: str) -> str:
    if asked.method == "POST" and asked.body:
        found = parameter(asked.json(), name)
        if isinstance(found, str | int):
            return str(found)
    return asked.asked_for(name)


def _number(asked: Asked, name: str, absent: int) -> int:
    text = _text(asked, name)
    if text and not (text.isdigit() and len(text) < 9):
        raise FhirError(400, "invalid", f"{name} 须为非负整数 (must be a whole number)", where=name)
    return int(text) if text else absent


def _missing(name: str) -> FhirError:
    return FhirError(400, "required", f"缺少参数 (parameter missing) {name}", where=name)
