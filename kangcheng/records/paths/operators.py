"""What the signs of FHIRPath do to collections: equality, order, arithmetic, logic. A value is plain JSON; numbers are exact."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from kangcheng.records.paths import moments
from kangcheng.records.paths.errors import PathError

Items = list[Any]
ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def number(value: object) -> int | Decimal | None:
    """An exact number; None when `value` is none. A float is taken at its shortest spelling."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return value
    return Decimal(repr(value)) if isinstance(value, float) else None


def truth(items: Items) -> bool | None:
    """A collection as a condition: None when empty; one value that is not a boolean counts as true."""
    if not items:
        return None
    if len(items) > 1:
        raise PathError("条件有多个值 (a condition has several values)")
    return items[0] if isinstance(items[0], bool) else True


def single(items: Items, what: str) -> Any:
    """The only item, None when there is none; raises PathError naming `what` when there are several."""
    if len(items) > 1:
        raise PathError(f"{what} 只能有一个值 (takes one value, found {len(items)})")
    return items[0] if items else None


def equal(left: Any, right: Any, as_moments: bool) -> bool | None:
    """Whether two values are equal; None when their precision leaves it open."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, float) or isinstance(right, float):
        return number(left) == number(right) and number(left) is not None
    if as_moments and left != right:
        one, two = moments.read(left), moments.read(right)
        if one and two:
            order = moments.compare(one, two)
            return None if order is None else order == 0
    return bool(left == right)


def equals(left: Items, right: Items, as_moments: bool = False) -> Items:
    """`left = right`: empty when either is; collections item by item, in order."""
    if not left or not right:
        return []
    if len(left) != len(right):
        return [False]
    found = [equal(one, two, as_moments) for one, two in zip(left, right, strict=True)]
    if False in found:
        return [False]
    return [] if None in found else [True]


def equivalent(left: Items, right: Items) -> Items:
    """`left ~ right`: never empty; text without regard to case and spacing, collections in any order."""
    if len(left) != len(right):
        return [False]
    rest = [_loose(item) for item in right]
    for item in left:
        if _loose(item) not in rest:
            return [False]
        rest.remove(_loose(item))
    return [True]


def _loose(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.lower().split())
    exact = number(value)
    return value if exact is None else exact


def compared(sign: str, left: Items, right: Items) -> Items:
    """`left < right` and its kin: numbers, texts, moments, quantities of one unit. Raises PathError on a mixture."""
    one, two = single(left, sign), single(right, sign)
    if one is None or two is None:
        return []
    order = _order(one, two)
    return [] if order is None else [ORDERS[sign](order)]


def _order(one: Any, two: Any) -> int | None:
    left, right = number(one), number(two)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    if isinstance(one, str) and isinstance(two, str):
        first, second = moments.read(one), moments.read(two)
        if first and second:
            return moments.compare(first, second)
        return (one > two) - (one < two)
    if isinstance(one, dict) and isinstance(two, dict) and "value" in one and "value" in two:
        same_unit = one.get("code", one.get("unit")) == two.get("code", two.get("unit"))
        return _order(one["value"], two["value"]) if same_unit else None
    raise PathError(f"不能比较 (cannot compare) {kind(one)} {kind(two)}")


def kind(value: object) -> str:
    """What a value is, in a word for error messages."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | Decimal | float):
        return "number"
    return "string" if isinstance(value, str) else "element"


def worked(sign: str, left: Items, right: Items) -> Items:
    """Arithmetic, exact. `&` joins texts and takes nothing as empty text; division by zero gives nothing."""
    one, two = single(left, sign), single(right, sign)
    if sign == "&":
        return [f"{'' if one is None else one}{'' if two is None else two}"]
    if one is None or two is None:
        return []
    if sign == "+" and isinstance(one, str) and isinstance(two, str):
        return [one + two]
    first, second = number(one), number(two)
    if first is None or second is None:
        raise PathError(f"不能运算 (cannot work out) {kind(one)} {sign} {kind(two)}")
    found = _number(sign, first, second)
    return [] if found is None else [found]


def _number(sign: str, one: int | Decimal, two: int | Decimal) -> int | Decimal | None:
    if sign == "+":
        return one + two
    if sign == "-":
        return one - two
    if sign == "*":
        return one * two
    if two == 0:
        return None
    try:
        return _divided(sign, Decimal(one), Decimal(two))
    except InvalidOperation:
        return None


def _divided(sign: str, one: Decimal, two: Decimal) -> int | Decimal:
    if sign == "/":
        return one / two
    return int(one // two) if sign == "div" else one % two


def logic(sign: str, left: bool | None, right: Callable[[], bool | None]) -> bool | None:
    """`and`, `or`, `xor`, `implies` over true, false and unknown; `right` is asked only when it matters."""
    if sign == "and":
        return False if left is False else _both(left, right())
    if sign == "or":
        return True if left is True else _either(left, right())
    if sign == "implies":
        return True if left is False else _either(None if left is None else not left, right())
    other = right()
    return None if left is None or other is None else left != other


def _both(left: bool | None, right: bool | None) -> bool | None:
    if right is False:
        return False
    return True if left and right else None


def _either(left: bool | None, right: bool | None) -> bool | None:
    if right is True:
        return True
    return False if left is False and right is False else None


def distinct(items: Items) -> Items:
    """Each value once, in order of first appearance."""
    found: Items = []
    seen: set[tuple[type, Any]] = set()
    for item in items:
        if isinstance(item, dict | list):
            if item not in found:
                found.append(item)
        elif (type(item), item) not in seen:
            seen.add((type(item), item))
            found.append(item)
    return found
