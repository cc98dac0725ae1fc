"""Resources as lines of a record. Pure; never fails on a resource that says little."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from kangcheng.records.life.types import Life, Line, Result, Trend

Row = dict[str, Any]
TITLES = ("code", "medicationCodeableConcept", "vaccineCode", "type")
DAYS = ("onsetDateTime", "effectiveDateTime", "occurrenceDateTime", "authoredOn", "authored", "date", "performedDateTime",
        "recordedDate", "issued")  # fmt: skip
STATES = ("clinicalStatus", "status")
ERROR = "entered-in-error"
PANEL = "urn:kangcheng:item"


def line(resource: Row, *, version: int, segment: str = "") -> Line:
    """One resource as a line."""
    kind = str(resource["resourceType"])
    who = _performer(resource)
    common = {
        "kind": kind, "id": str(resource.get("id", "")), "version": version, "title": _title(resource), "code": _code(resource),
        "on": _day(resource), "institution": who.get("display", ""), "segment": segment,
        "institution_id": _id(who), "encounter": _id(resource.get("encounter") or {}), "state": _state(resource),
    }  # fmt: skip
    if kind == "Observation":
        return Result(**common, **_measured(resource), detail=_said(resource))
    end = _date(resource.get("period", {}).get("end")) if kind == "Encounter" else None
    return Line(**common, detail=_said(resource), end=end)


def life(lines: Iterable[Line], *, more: bool = False) -> Life:
    """The record of these lines, newest first; what was written in error is left out."""
    kept = sorted((one for one in lines if one.state != ERROR), key=_newest, reverse=True)
    return Life(tuple(kept), more, tuple(trends(kept)))


def trends(lines: Iterable[Line]) -> list[Trend]:
    """Values by quantity, those measured last first."""
    found: dict[str, list[Result]] = {}
    for one in lines:
        if isinstance(one, Result):
            found.setdefault(one.code or one.title, []).append(one)
    return [Trend(code, rows[0].title, tuple(rows)) for code, rows in found.items()]


def _newest(one: Line) -> tuple[date, str, str]:
    return one.on or date.min, one.kind, one.id


def _title(resource: Row) -> str:
    if resource["resourceType"] == "Encounter":
        return "、".join(filter(None, map(_text, resource.get("reasonCode", ())))) or "就诊"
    if resource["resourceType"] == "QuestionnaireResponse":
        return str(resource.get("questionnaire", "")).rpartition("/")[2] or "表单"
    if resource.get("title"):
        return str(resource["title"])
    return next((said for name in TITLES if (said := _text(resource.get(name)))), "—")


def _text(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    first: Row = next(iter(concept.get("coding", ())), {})
    return str(concept.get("text") or first.get("display") or first.get("code") or "")


def _code(resource: Row) -> str:
    for name in (*TITLES, "class"):
        concept = resource.get(name)
        if isinstance(concept, dict):
            first: Row = next(iter(concept.get("coding", ())), concept)
            if first.get("code"):
                return str(first["code"])
    return ""


def _day(resource: Row) -> date | None:
    texts = [resource.get("period", {}).get("start") if isinstance(resource.get("period"), dict) else None]
    texts += [resource.get(name) for name in DAYS]
    return next((day for text in texts if (day := _date(text))), None)


def _date(text: Any) -> date | None:
    """The day of a FHIR date or moment; the first of a month or year that says no more."""
    parts = str(text or "")[:10].split("-")
    if not parts[0].isdigit():
        return None
    try:
        year, month, day = (*(int(part) for part in parts), 1, 1)[:3]
        return date(year, month, day)
    except ValueError:
        return None


def _performer(resource: Row) -> Row:
    for name in ("serviceProvider", "performer", "custodian"):
        found = resource.get(name)
        if isinstance(found, list):
            found = next(iter(found), None)
        if isinstance(found, dict):
            return found
    return {}


def _id(reference: Row) -> str:
    return str(reference.get("reference", "")).rpartition("/")[2]


def _state(resource: Row) -> str:
    verified = _code({"type": resource.get("verificationStatus")}) if "verificationStatus" in resource else ""
    if verified == ERROR:
        return ERROR
    for name in STATES:
        value = resource.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, dict):
            return _code({"type": value})
    return ""


def _said(resource: Row) -> str:
    parts: list[str] = [str(resource.get("conclusion") or "")]
    parts += [
        str(one.get("text", "")) for one in resource.get("dosageInstruction", ()) if isinstance(one, dict)
    ]
    parts += [_text(shown) for one in resource.get("reaction", ()) for shown in one.get("manifestation", ())]
    parts += (
        [_text(one) for one in resource.get("reasonCode", ())]
        if resource["resourceType"] == "ServiceRequest"
        else []
    )
    parts += [str(one.get("text", "")) for one in resource.get("note", ()) if isinstance(one, dict)]
    return "；".join(filter(None, parts))


def _measured(resource: Row) -> Row:
    quantity: Row = resource.get("valueQuantity") or {}
    bounds: Row = next(iter(resource.get("referenceRange", ())), {})
    codings = resource.get("code", {}).get("coding", ())
    return {
        "value": _number(quantity.get("value")), "unit": str(quantity.get("unit") or ""),
        "text": str(resource.get("valueString") or _text(resource.get("valueCodeableConcept"))),
        "low": _number(bounds.get("low", {}).get("value")), "high": _number(bounds.get("high", {}).get("value")),
        "flag": _code({"type": next(iter(resource.get("interpretation", ())), {})}),
        "panel": next((str(one.get("code")) for one in codings if one.get("system") == PANEL), ""),
    }  # fmt: skip


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
