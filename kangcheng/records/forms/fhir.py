"""A form and its answers as FHIR R4: Questionnaire, QuestionnaireResponse, and the Observations taken out of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kangcheng.kernel.units import parse_number
from kangcheng.records.forms.rules import shown
from kangcheng.records.forms.types import Answer, Coded, Condition, Form, Item, Limit, Option, Outcome

_TYPES = {
    "group": "group", "note": "display", "text": "text", "choice": "choice", "several": "choice", "flag": "boolean",
    "whole": "integer", "number": "decimal", "date": "date",
}  # fmt: skip
_VALUES = {
    "flag": "valueBoolean",
    "whole": "valueInteger",
    "number": "valueDecimal",
    "date": "valueDate",
    "text": "valueString",
}
_SIGNS = {
    "is": "=",
    "not": "!=",
    "at_least": ">=",
    "above": ">",
    "at_most": "<=",
    "below": "<",
    "answered": "exists",
}
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"
SURVEY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}
MANY_OPTIONS = 80  # beyond it the Questionnaire names the value set instead of listing it


def questionnaire(form: Form) -> dict[str, Any]:
    """The form as a FHIR Questionnaire; scoring has no place there and stays with the form."""
    items = {item.id: item for item in form.every_item()}
    return {
        "resourceType": "Questionnaire", "id": form.id, "url": form.url, "version": form.version, "name": form.id,
        "title": form.title, "status": "active", "subjectType": ["Patient"],
        "item": [_item(item, items, form) for item in form.items],
    }  # fmt: skip


def _item(item: Item, items: Mapping[str, Item], form: Form) -> dict[str, Any]:
    waits = [one for condition in item.when for one in _enabled(condition, items, form)]
    several = "any" if item.any_of or _alternatives(item) else "all"
    parts: dict[str, Any] = {
        "extension": list(_limits(item)),
        "linkId": item.id,
        "definition": item.element and f"urn:kangcheng:element:{item.element}",
        "code": [_coding(item.code)] if item.code else None,
        "text": item.text,
        "type": _TYPES[item.type],
        "enableWhen": waits,
        "enableBehavior": several if len(waits) > 1 else None,
        "required": item.required,
        "repeats": item.type == "several",
        "readOnly": item.formula is not None,
        "maxLength": item.longest if item.type == "text" else None,
        **_answerable(item, form),
        "item": [_item(one, items, form) for one in item.items],
    }
    return {key: value for key, value in parts.items() if value}


def _answerable(item: Item, form: Form) -> dict[str, Any]:
    if item.codes and len(item.options) > MANY_OPTIONS:
        return {"answerValueSet": item.codes}
    return {"answerOption": [{"valueCoding": option_coding(form, item, option)} for option in item.options]}


def _limits(item: Item) -> Iterable[dict[str, Any]]:
    if item.unit:
        yield {"url": f"{_EXTENSION}questionnaire-unit", "valueCoding": {"display": item.unit}}
    whole = item.type == "whole"
    for name, value in (("minValue", item.least), ("maxValue", item.most)):
        if value is not None:
            key = "valueInteger" if whole else "valueDecimal"
            yield {"url": f"{_EXTENSION}{name}", key: int(value) if whole else _decimal(value)}


def _alternatives(item: Item) -> bool:
    """Whether the item waits for one question to have one of several answers."""
    return len(item.when) == 1 and any(
        limit.how == "is" and len(limit.value) > 1 for limit in item.when[0].limits
    )


def _enabled(condition: Condition, items: Mapping[str, Item], form: Form) -> Iterable[dict[str, Any]]:
    asked = items[condition.item]
    for limit in condition.limits:
        for value in limit.value if isinstance(limit.value, list) else [limit.value]:
            yield {
                "question": condition.item,
                "operator": _SIGNS[limit.how],
                **_compared(asked, limit, value, form),
            }


def _compared(asked: Item, limit: Limit, value: Any, form: Form) -> dict[str, Any]:
    if limit.how == "answered":
        return {"answerBoolean": value == "yes"}
    found = _value(asked, shown(value) if isinstance(value, Fraction) else value, form)
    ((key, one),) = found.items()
    return {key.replace("value", "answer"): one}


def option_coding(form: Form, item: Item, option: Option) -> dict[str, str]:
    """The Coding of an option: of its code system, or of the form's own."""
    return {"system": item.codes or f"{form.url}:{item.id}", "code": option.code, "display": option.title}


def _coding(code: Coded) -> dict[str, str]:
    return {"system": code.system, "code": code.code, "display": code.title}


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _value(item: Item, answer: str, form: Form) -> dict[str, Any]:
    if item.type in ("choice", "several"):
        option = item.option(answer)
        return {"valueCoding": option_coding(form, item, option or Option(answer, answer))}
    if item.type == "flag":
        return {"valueBoolean": answer == "yes"}
    if item.type in ("whole", "number"):
        number = parse_number(answer)
        return {_VALUES[item.type]: int(number) if item.type == "whole" else _decimal(number)}
    return {_VALUES[item.type]: answer}


def response(form: Form, found: Outcome, *, subject: str, authored: str, author: str = "") -> dict[str, Any]:
    """The answers as a QuestionnaireResponse. `subject`: "Patient/<id>"; `authored`: a FHIR dateTime."""
    made: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse", "questionnaire": f"{form.url}|{form.version}", "status": "completed",
        "subject": {"reference": subject}, "authored": authored, "item": _answered(form.items, found, form),
    }  # fmt: skip
    if author:
        made["author"] = {"reference": author}
    if not made["item"]:
        del made["item"]
    return made


def _answered(items: Iterable[Item], found: Outcome, form: Form) -> list[dict[str, Any]]:
    made = []
    for item in items:
        inner = _answered(item.items, found, form)
        answer = found.answers.get(item.id)
        row: dict[str, Any] = {"linkId": item.id, "text": item.text}
        if answer:
            row["answer"] = [_value(item, one, form) for one in _listed(answer)]
        if inner:
            row["item"] = inner
        if answer or inner:
            made.append(row)
    return made


def answers_of(form: Form, resource: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers in a QuestionnaireResponse, as `rules.outcome` takes them; items the form has not are kept for it to refuse."""
    items = {item.id: item for item in form.every_item()}
    given: dict[str, Answer] = {}
    waiting = list(resource.get("item", []))
    while waiting:
        row = waiting.pop()
        waiting += row.get("item", [])
        values = [_plain(answer) for answer in row.get("answer", [])]
        waiting += [inner for answer in row.get("answer", []) for inner in answer.get("item", [])]
        item = items.get(row.get("linkId", ""))
        if values:
            several = (item and item.type == "several") or len(values) > 1
            given[str(row.get("linkId", ""))] = values if several else values[0]
    return given


def _plain(answer: Mapping[str, Any]) -> str:
    value = next((value for key, value in answer.items() if key.startswith("value")), "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return str(value.get("code", value.get("value", "")))
    return str(value)


def observations(
    form: Form, found: Outcome, *, subject: str, when: str, source: str = ""
) -> list[dict[str, Any]]:
    """One Observation for each answer, score and conclusion that has a code and is known. `source`: the response's reference."""
    made = [
        _observation(item.code, _measured(item, found, form), subject, when)
        for item in form.every_item()
        if item.code and item.id in found.answers
    ]
    for score in form.scores:
        value, band = found.scores.get(score.id), found.bands.get(score.id)
        if score.code and value is not None:
            one = _observation(
                score.code, {"valueQuantity": {"value": _decimal_shown(value), "unit": "分"}}, subject, when
            )
            made.append({**one, "interpretation": [{"text": band}]} if band else one)
    for result in form.results:
        text = found.results.get(result.id)
        if result.code and text is not None:
            made.append(_observation(result.code, {"valueString": text}, subject, when))
    return [{**one, "derivedFrom": [{"reference": source}]} if source else one for one in made]


def _decimal_shown(value: Fraction) -> Decimal:
    return Decimal(shown(value))


def _measured(item: Item, found: Outcome, form: Form) -> dict[str, Any]:
    answer = found.answers[item.id]
    if item.type in ("whole", "number") and isinstance(answer, str):
        return {"valueQuantity": {"value": _decimal(parse_number(answer)), "unit": item.unit or "1"}}
    values = [_value(item, one, form) for one in _listed(answer)]
    codings = [value["valueCoding"] for value in values if "valueCoding" in value]
    return {"valueCodeableConcept": {"coding": codings}} if codings else _as_observed(values[0])


def _as_observed(value: dict[str, Any]) -> dict[str, Any]:
    """An Observation has no valueDate: a day is a dateTime there."""
    return {"valueDateTime": value["valueDate"]} if "valueDate" in value else value


def _observation(code: Coded, value: dict[str, Any], subject: str, when: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "status": "final", "category": [{"coding": [SURVEY]}],
        "code": {"coding": [_coding(code)], "text": code.title}, "subject": {"reference": subject},
        "effectiveDateTime": when, **value,
    }  # fmt: skip


def _listed(answer: Answer) -> list[str]:
    return answer if isinstance(answer, list) else [answer]
