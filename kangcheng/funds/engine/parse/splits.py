"""How a bill is split into parts before any layer."""

from __future__ import annotations

from collections.abc import Mapping

from kangcheng.funds.engine.definition import (
    FIXED_PARTS,
    IN_SCOPE,
    OUT_OF_SCOPE,
    Group,
    PlaceFirstPay,
    Rounding,
    Split,
)
from kangcheng.funds.engine.parse.conditions import condition
from kangcheng.funds.engine.parse.reading import MONEY, RATE, Reading, join
from kangcheng.funds.engine.parse.values import optional, value

_UNITS = {"fen": 1, "jiao": 10, "yuan": 100}
_MODES = ("half_up", "down", "up", "half_even")


def split(reading: Reading, node: object, path: str) -> Split:
    """Groups, what happens to unnamed groups, place-of-care first payment and rounding."""
    if node is None:
        return Split()
    body = reading.mapping(
        node, path, ("groups", "otherwise", "place_first_pay", "rounding", "clause", "note")
    )
    here = join(path, "groups")
    groups = reading.mapping(body["groups"], here) if "groups" in body else {}
    return Split(
        groups={name: _group(reading, one, join(here, name)) for name, one in groups.items()},
        otherwise=_otherwise(reading, body.get("otherwise"), join(path, "otherwise")),
        place_first_pay=_place(reading, body.get("place_first_pay"), join(path, "place_first_pay")),
        rounding=_rounding(reading, body.get("rounding"), join(path, "rounding")),
    )


def _group(reading: Reading, node: object, path: str) -> Group:
    if node in (None, ""):
        return Group()
    body = reading.mapping(
        node, path, ("first_pay", "price_limit", "into", "place_first_pay", "clause", "note")
    )
    into = reading.text(body.get("into"), join(path, "into"), IN_SCOPE)
    if into in FIXED_PARTS and into not in (IN_SCOPE, OUT_OF_SCOPE):
        reading.fault(
            join(path, "into"),
            f"{into!r} 由结算得出，不能直接归入 (a part that settlement makes)",
            todo="in_scope、out_of_scope 或自定的名称",
        )
    return Group(
        first_pay=optional(reading, body, "first_pay", path, RATE),
        price_limit=optional(reading, body, "price_limit", path, MONEY),
        into=into,
        place_first_pay=reading.yes(body.get("place_first_pay"), join(path, "place_first_pay"), default=True),
    )


def _otherwise(reading: Reading, node: object, path: str) -> Group | None:
    if node is None:
        return Group()
    if isinstance(node, Mapping):
        return _group(reading, node, path)
    reading.choice(node, path, ("refuse",), "refuse")
    return None


def _place(reading: Reading, node: object, path: str) -> PlaceFirstPay | None:
    if node is None:
        return None
    if not isinstance(node, Mapping) or "rate" not in node:
        return PlaceFirstPay(value(reading, node, path, RATE))
    body = reading.mapping(node, path, ("rate", "order", "when", "clause", "note"))
    return PlaceFirstPay(
        rate=value(reading, body["rate"], join(path, "rate"), RATE),
        order=reading.choice(
            body.get("order"), join(path, "order"), ("after_items", "before_items"), "after_items"
        ),
        when=condition(reading, body.get("when"), join(path, "when")),
    )


def _rounding(reading: Reading, node: object, path: str) -> Rounding:
    if node is None:
        return Rounding(at="group")
    body = reading.mapping(node, path, ("unit", "mode", "at"))
    return Rounding(
        unit=_UNITS[reading.choice(body.get("unit"), join(path, "unit"), _UNITS, "fen")],
        mode=reading.choice(body.get("mode"), join(path, "mode"), _MODES, "half_up"),
        at=reading.choice(body.get("at"), join(path, "at"), ("line", "group"), "group"),
    )
