"""What one resource is found by: every value of every search parameter of its type, in the form searches compare. Pure."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from kangcheng.records.definitions.selectors import Parameter, elements_of, parameters_of
from kangcheng.records.search.expressions import Values, compiled
from kangcheng.records.search.expressions import parts as second_parts
from kangcheng.records.search.marks import forms, key, mark, refers, token
from kangcheng.records.search.moments import span_of
from kangcheng.records.search.texts import LONGEST, plain, spelled
from kangcheng.records.search.types import Index, Mark

# Held in columns of the row itself, or nowhere because it is not searched.
BY_COLUMN = frozenset({"_id", "_lastUpdated", "_text", "_content", "_query", "_filter"})
MAIN_DATES = ("date", "onset-date", "authoredon", "whenhandedover", "effective-time", "started", "created", "authored",
              "period", "occurrence", "collected", "start-date", "sent", "recorded")  # fmt: skip
NAME_PARTS = ("text", "family", "given", "prefix", "suffix")
ADDRESS_PARTS = ("text", "line", "city", "district", "state", "country", "postalCode")
ENDLESS = Decimal("1e39")


class Rule(NamedTuple):
    """How one parameter of a type is indexed."""

    code: str
    key: Mark
    values: Values
    add: Callable[[Index, "Rule", Any, str], bool]
    parts: tuple[tuple[str, str, Values], ...] = ()  # code, kind, values


@cache
def rules_of(resource_type: str) -> tuple[Rule, ...]:
    """The parameters of a type that are indexed by value."""
    known = parameters_of(resource_type)
    rows = []
    for code, one in known.items():
        if code in BY_COLUMN or one.kind == "special" or simple_composite(resource_type, code):
            continue
        parts = second_parts(resource_type, code) if one.parts else ()
        rows.append(
            Rule(code, key(resource_type, code), compiled(resource_type, code), _ADDERS[one.kind], parts)
        )
    return tuple(rows)


@cache
def main_date(resource_type: str) -> str | None:
    """The parameter whose span stands in the row itself: what a list of the type is ordered by."""
    known = parameters_of(resource_type)
    return next((code for code in MAIN_DATES if code in known and known[code].kind == "date"), None)


def simple_composite(resource_type: str, code: str) -> bool:
    """True for a composite of the resource's own single elements: both parts asked apart say the same."""
    one: Parameter | None = parameters_of(resource_type).get(code)
    if one is None or one.kind != "composite" or one.expression != resource_type:
        return False
    return all(name in parameters_of(resource_type) for name, _ in one.parts)


def index_of(resource: dict[str, Any]) -> Index:
    """Everything `resource` is found by."""
    kind, index = resource["resourceType"], Index()
    main = main_date(kind)
    for rule in _touched(kind, resource):
        found = False
        for value in rule.values(resource):
            found = rule.add(index, rule, value, kind) or found
        if found:
            index.tokens.add(rule.key)
    if main is not None:
        _lift(index, key(kind, main))
    return index


def _touched(kind: str, resource: dict[str, Any]) -> list[Rule]:
    """The rules that begin at an element the resource has: a few of the dozens of its type."""
    rules, by_element = rules_of(kind), _by_element(kind)
    touched = {at for element in resource for at in by_element.get(element, ())}
    return [rules[at] for at in sorted(touched)]


@cache
def _by_element(kind: str) -> dict[str, tuple[int, ...]]:
    """JSON name of an element -> places in rules_of of those that begin there."""
    known, found = parameters_of(kind), dict[str, list[int]]()
    for at, rule in enumerate(rules_of(kind)):
        expression = known[rule.code].expression
        begin = set(re.findall(rf"(?:{kind}|Resource|DomainResource)\.(\w+)", expression)) or {"resourceType"}
        if re.search(rf"\b{kind}(?!\.)\b", expression):  # the whole resource, as in many composites
            begin.add("resourceType")
        for name, one in {"resourceType": None, **elements_of(kind)}.items():
            if name in begin or (one is not None and one.choice in begin):
                found.setdefault(name, []).append(at)
    return {name: tuple(places) for name, places in found.items()}


def _lift(index: Index, main: Mark) -> None:
    """Move the main date, where it has one value, into the row's own columns."""
    own = [row for row in index.spans if row[0] == main]
    if own:
        starts, ends = [row[1] for row in own], [row[2] for row in own]
        index.starts = None if None in starts else min(starts)  # type: ignore[type-var]
        index.ends = None if None in ends else max(ends)  # type: ignore[type-var]
    if len(own) == 1:
        index.spans.remove(own[0])


def coded(value: Any) -> list[tuple[str | None, str | None]]:
    """(system, code) of everything in a value that a token search can ask for."""
    if isinstance(value, bool):
        return [(None, "true" if value else "false")]
    if isinstance(value, str | int):
        return [(None, str(value))]
    if not isinstance(value, dict):
        return []
    if "coding" in value:
        return [(one.get("system"), one.get("code")) for one in value["coding"] if isinstance(one, dict)]
    if "code" in value or "display" in value:
        return [(value.get("system"), value.get("code"))]
    if "value" in value:
        return [(value.get("system"), str(value["value"]))]
    return []


def _token(index: Index, rule: Rule, value: Any, kind: str) -> bool:
    for system, code in coded(value):
        for form in forms(system, code):
            index.tokens.add(token(kind, rule.code, form))
    return True


def _reference(index: Index, rule: Rule, value: Any, kind: str) -> bool:
    if isinstance(value, str):  # canonical
        index.tokens.add(refers(kind, rule.code, value))
        index.tokens.add(refers(kind, rule.code, value.partition("|")[0]))
        return True
    if not isinstance(value, dict):
        return False
    text = value.get("reference")
    if isinstance(text, str) and not text.startswith("#"):
        index.tokens.add(refers(kind, rule.code, text.split("/_history/")[0]))
    held = value.get("identifier")
    if isinstance(held, dict):
        for form in forms(held.get("system"), held.get("value")):
            index.tokens.add(token(kind, f"{rule.code}:identifier", form))
    return text is not None or held is not None


def _uri(index: Index, rule: Rule, value: Any, kind: str) -> bool:
    if not isinstance(value, str):
        return False
    index.tokens.add(token(kind, rule.code, value))
    index.texts.append((rule.key, value[:LONGEST], value[:LONGEST], ""))
    return True


def _string(index: Index, rule: Rule, value: Any, kind: str) -> bool:
    texts = strings(value)
    for text in texts:
        whole, first = spelled(text)
        index.texts.append((rule.key, plain(text), text[:LONGEST], whole))
        if first:
            index.texts.append((rule.key, first, text[:LONGEST], ""))
    return bool(texts)


def strings(value: Any) -> list[str]:
    """The texts of a string, a HumanName or an Address."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict):
        return []
    found: list[str] = []
    for name in dict.fromkeys(NAME_PARTS + ADDRESS_PARTS):
        part = value.get(name)
        found += [part] if isinstance(part, str) else [one for one in part or () if isinstance(one, str)]
    family, given = value.get("family"), value.get("given")
    if isinstance(family, str) and isinstance(given, list) and not family.isascii():
        found.append(family + "".join(one for one in given if isinstance(one, str)))  # 张 + 小明
    return list(dict.fromkeys(found))


def _date(index: Index, rule: Rule, value: Any, kind: str) -> bool:
    found = span_of(value)
    if found is not None:
        index.spans.append((rule.key, found[0], found[1], None))
    return found is not None


def measured(value: Any) -> tuple[Decimal, Decimal, Decimal, list[str]] | None:
    """(value, low, high, unit forms) of a number, Quantity, Money, Range or SampledData; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        exact = Decimal(str(value))
        return exact, exact, exact, []
    if not isinstance(value, dict):
        return None
    if {"low", "high"} & value.keys():
        return _range(value)
    held = value.get("origin", value) if "origin" in value else value
    number = held.get("value")
    if not isinstance(number, int | float | Decimal) or isinstance(number, bool):
        return None
    exact = Decimal(str(number))
    low = -ENDLESS if held.get("comparator") in ("<", "<=") else exact
    high = ENDLESS if held.get("comparator") in (">", ">=") else exact
    return exact, low, high, _units(held)


def _range(value: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal, list[str]] | None:
    low, high = measured(value.get("low")), measured(value.get("high"))
    if low is None and high is None:
        return None
    first = low or high
    assert first is not None
    return first[0], low[0] if low else -ENDLESS, high[0] if high else ENDLESS, first[3]


def _units(quantity: dict[str, Any]) -> list[str]:
    system, code = quantity.get("system"), quantity.get("code") or quantity.get("currency")
    unit = quantity.get("unit")
    return list(dict.fromkeys([*forms(system, code), *([unit] if unit else [])]))


def _number(index: Index, rule: Rule, value: Any, kind: str) -> bool:
    found = measured(value)
    if found is None or abs(found[0]) >= ENDLESS:
        return False
    exact, low, high, units = found
    index.numbers.append((rule.key, exact, low, high, [mark(unit) for unit in units], None))
    return True


def _composite(index: Index, rule: Rule, value: Any, kind: str) -> bool:
    (_, _, first_values), (_, second_kind, second_values) = rule.parts[0], rule.parts[1]
    firsts = [form for one in first_values(value) for pair in coded(one) for form in forms(*pair)]
    if not firsts:
        return False
    found = False
    for second in second_values(value):
        found = _pair(index, rule, firsts, second, second_kind, kind) or found
    return found


def _pair(index: Index, rule: Rule, firsts: list[str], second: Any, second_kind: str, kind: str) -> bool:
    marks = [mark(form) for form in firsts]
    if second_kind in ("number", "quantity"):
        found = measured(second)
        if found:
            index.numbers.append((rule.key, *found[:3], [mark(unit) for unit in found[3]], marks))
        return found is not None
    if second_kind == "date":
        span = span_of(second)
        if span:
            index.spans.append((rule.key, *span, marks))
        return span is not None
    if second_kind == "reference":
        ends = [second["reference"]] if isinstance(second, dict) and "reference" in second else []
    elif second_kind == "string":
        ends = [plain(one) for one in strings(second)]
    else:
        ends = [form for pair in coded(second) for form in forms(*pair)]
    index.tokens |= {token(kind, rule.code, f"{form}${end}") for form in firsts for end in ends}
    return bool(ends)


_ADDERS: dict[str, Callable[[Index, Rule, Any, str], bool]] = {
    "token": _token, "reference": _reference, "uri": _uri, "string": _string, "date": _date, "number": _number,
    "quantity": _number, "composite": _composite,
}  # fmt: skip
