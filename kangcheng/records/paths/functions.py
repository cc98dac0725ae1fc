"""Functions of FHIRPath that look at the collection before the dot and at plain arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from kangcheng.records.paths import moments
from kangcheng.records.paths.errors import PathError
from kangcheng.records.paths.members import BOOLEAN, DECIMAL, INTEGER, STRING, Types
from kangcheng.records.paths.operators import Items, distinct, kind, number, single

SAME: Types = frozenset(("same",))  # the result has the types of what stands before the dot
LONGEST_TEXT = 1_000_000  # characters one expression may build


class Function(NamedTuple):
    """What a function does to the items before the dot and its arguments (each a collection), and what it yields."""

    run: Callable[..., Items]
    types: Types
    least: int = 0
    most: int = 0


def text_of(items: Items, name: str) -> str | None:
    """The one text before the dot; None when there is none. Raises PathError for another kind of value."""
    value = single(items, name)
    if value is None or isinstance(value, str):
        return value
    raise PathError(f"{name}() 只用于文字 (works on text, found {kind(value)})")


def _on_text(name: str, work: Callable[..., Any], *, before: bool = True) -> Callable[..., Items]:
    """A function of a text and of plain arguments; empty when any of them is."""

    def run(items: Items, *arguments: Items) -> Items:
        text = text_of(items, name)
        given = [single(argument, name) for argument in arguments]
        if text is None or None in given:
            return []
        try:
            found = work(text, *given)
        except (TypeError, ValueError) as error:
            raise PathError(f"{name}() 的参数不对 (wrong argument)") from error
        return [] if found is None else found if isinstance(found, list) else [found]

    return run


def _on_number(name: str, work: Callable[..., Any]) -> Callable[..., Items]:
    def run(items: Items, *arguments: Items) -> Items:
        value = single(items, name)
        if value is None:
            return []
        exact = number(value)
        if exact is None:
            raise PathError(f"{name}() 只用于数 (works on numbers, found {kind(value)})")
        return [work(exact, *[single(argument, name) for argument in arguments])]

    return run


def _substring(text: str, start: int, length: int | None = None) -> str | None:
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + max(length, 0)]


def _replace(text: str, old: str, new: str) -> str:
    found = text.replace(old, new)
    if len(found) > LONGEST_TEXT:
        raise PathError(f"replace() 的结果过长 (more than {LONGEST_TEXT} characters)")
    return found


def _join(items: Items, separator: Items = []) -> Items:  # noqa: B006
    between = single(separator, "join")
    return [("" if between is None else str(between)).join(spelled(item) for item in items)]


def spelled(value: Any) -> str:
    """A value as FHIR writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    exact = number(value)
    if isinstance(exact, Decimal):
        return format(exact, "f")
    if isinstance(value, dict | list):
        raise PathError("只有简单的值可以写成文字 (only plain values can be written as text)")
    return str(value)


def _to_integer(items: Items) -> Items:
    value = single(items, "toInteger")
    if isinstance(value, bool):
        return [int(value)]
    if isinstance(value, str):
        bare = value[1:] if value[:1] in "+-" else value
        return [int(value)] if bare.isascii() and bare.isdigit() and len(bare) < 19 else []
    return [value] if isinstance(value, int) else []


def _to_decimal(items: Items) -> Items:
    value = single(items, "toDecimal")
    if isinstance(value, str):
        try:
            found = Decimal(value)
        except ArithmeticError:
            return []
        return [found] if found.is_finite() and "_" not in value else []
    exact = int(value) if isinstance(value, bool) else number(value)
    return [] if exact is None else [Decimal(exact)]


def _to_boolean(items: Items) -> Items:
    value = single(items, "toBoolean")
    words = {
        "true": True,
        "t": True,
        "yes": True,
        "1": True,
        "false": False,
        "f": False,
        "no": False,
        "0": False,
    }
    found = value if isinstance(value, bool) else words.get(str(value).lower())
    return [] if found is None else [found]


def _round(value: int | Decimal, places: int | None = None) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-(places or 0)), rounding=ROUND_HALF_UP)


def _all(wanted: bool, every: bool) -> Callable[[Items], Items]:
    def run(items: Items) -> Items:
        if any(not isinstance(item, bool) for item in items):
            raise PathError("只用于真假值 (works on booleans only)")
        hits = [item is wanted for item in items]
        return [all(hits) if every else any(hits)]

    return run


def _bound(items: Items, high: bool, types: Types) -> Items:
    value = single(items, "highBoundary" if high else "lowBoundary")
    exact = number(value)
    if exact is not None:
        step = Decimal(1).scaleb(int(Decimal(exact).as_tuple().exponent)) / 2
        return [exact + step if high else exact - step]
    if isinstance(value, dict) and number(value.get("value")) is not None:
        return [{**value, "value": _bound([value["value"]], high, types)[0]}]
    found = None
    if isinstance(value, str):
        known = "date" if types == frozenset(("date",)) else "dateTime"
        found = moments.boundary(value, known, high)
    return [] if found is None else [found]


def boundary(high: bool, types: Types) -> Callable[[Items], Items]:
    """`lowBoundary()` or `highBoundary()` of values known to be of `types`."""
    return lambda items: _bound(items, high, types)


FUNCTIONS: dict[str, Function] = {
    "empty": Function(lambda items: [not items], BOOLEAN),
    "first": Function(lambda items: items[:1], SAME),
    "last": Function(lambda items: items[-1:], SAME),
    "tail": Function(lambda items: items[1:], SAME),
    "single": Function(lambda items: [single(items, "single")] if items else [], SAME),
    "skip": Function(lambda items, n: items[max(single(n, "skip") or 0, 0) :], SAME, 1, 1),
    "take": Function(lambda items, n: items[: max(single(n, "take") or 0, 0)], SAME, 1, 1),
    "count": Function(lambda items: [len(items)], INTEGER),
    "distinct": Function(distinct, SAME),
    "isDistinct": Function(lambda items: [len(distinct(items)) == len(items)], BOOLEAN),
    "hasValue": Function(lambda items: [len(items) == 1 and not isinstance(items[0], dict)], BOOLEAN),
    "allTrue": Function(_all(True, True), BOOLEAN),
    "anyTrue": Function(_all(True, False), BOOLEAN),
    "allFalse": Function(_all(False, True), BOOLEAN),
    "anyFalse": Function(_all(False, False), BOOLEAN),
    "union": Function(lambda items, other: distinct([*items, *other]), None, 1, 1),
    "combine": Function(lambda items, other: [*items, *other], None, 1, 1),
    "intersect": Function(lambda items, other: [i for i in distinct(items) if i in other], SAME, 1, 1),
    "exclude": Function(lambda items, other: [i for i in items if i not in other], SAME, 1, 1),
    "subsetOf": Function(lambda items, other: [all(i in other for i in items)], BOOLEAN, 1, 1),
    "supersetOf": Function(lambda items, other: [all(i in items for i in other)], BOOLEAN, 1, 1),
    "join": Function(_join, STRING, 0, 1),
    "contains": Function(_on_text("contains", lambda text, part: part in text), BOOLEAN, 1, 1),
    "startsWith": Function(_on_text("startsWith", str.startswith), BOOLEAN, 1, 1),
    "endsWith": Function(_on_text("endsWith", str.endswith), BOOLEAN, 1, 1),
    "indexOf": Function(_on_text("indexOf", str.find), INTEGER, 1, 1),
    "substring": Function(_on_text("substring", _substring), STRING, 1, 2),
    "replace": Function(_on_text("replace", _replace), STRING, 2, 2),
    "split": Function(_on_text("split", lambda text, by: text.split(by)), STRING, 1, 1),
    "upper": Function(_on_text("upper", str.upper), STRING),
    "lower": Function(_on_text("lower", str.lower), STRING),
    "trim": Function(_on_text("trim", str.strip), STRING),
    "length": Function(_on_text("length", len), INTEGER),
    "toChars": Function(_on_text("toChars", list), STRING),
    "toString": Function(lambda items: [spelled(single(items, "toString"))] if items else [], STRING),
    "toInteger": Function(_to_integer, INTEGER),
    "toDecimal": Function(_to_decimal, DECIMAL),
    "toBoolean": Function(_to_boolean, BOOLEAN),
    "abs": Function(_on_number("abs", abs), SAME),
    "ceiling": Function(_on_number("ceiling", math.ceil), INTEGER),
    "floor": Function(_on_number("floor", math.floor), INTEGER),
    "truncate": Function(_on_number("truncate", math.trunc), INTEGER),
    "round": Function(_on_number("round", _round), DECIMAL, 0, 1),
}
