"""Positions of a stack whose order among themselves cannot matter: swapping them is no mutant, for nothing could notice.

Waivers come off the bill before it is split and price caps before anybody pays, wherever they are listed; a waived
deposit moves no money. So only positions of the same step can depend on each other; and what is paid in cash beside the
bill depends on no other layer, unless they draw on one pool or remember under one name.
"""

from __future__ import annotations

from typing import Any

from kangcheng.policy.entry import Entry
from kangcheng.policy.pack import Pack
from kangcheng.policy.schema import Move
from kangcheng.policy.source import Mapping, Sequence, plain

FORMS = ("waive", "cap", "no_deposit")


def commutes(entry: Entry, move: Move, pack: Pack) -> bool:
    """True for a swap in `order` of two positions of which neither can change what the other does."""
    order = entry.node.items.get("order")
    if move.path != ("order",) or not isinstance(order, Sequence) or not isinstance(move.node, Sequence):
        return False
    first = next((n for n, item in enumerate(order.items) if item is not move.node.items[n]), None)
    if first is None:
        return False
    one, two = (
        _rule(plain(item), pack) for item in order.items[first : first + 2] if isinstance(item, Mapping)
    )
    kinds = [next((form for form in FORMS if form in rule), "pays") for rule in (one, two)]
    if kinds[0] != kinds[1]:
        return True
    if _beside(one) or _beside(two):
        return True
    return kinds[0] == "no_deposit" or (kinds[0] == "waive" and _apart(one, two))


def _rule(position: dict[str, Any], pack: Pack) -> dict[str, Any]:
    kind = "entitlement" if "entitlement" in position else "benefit"
    rule = position.get(kind, position)
    entry = pack.entries.get((kind, rule)) if isinstance(rule, str) else None
    return entry.data if entry is not None else rule if isinstance(rule, dict) else {}


def _beside(rule: dict[str, Any]) -> bool:
    """It pays cash, and shares neither a pool nor a remembered name with anybody."""
    layer = rule.get("subsidy", rule)
    return layer.get("cash") == "yes" and "pool" not in layer and "names" not in layer.get("accumulate", {})


def _apart(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """They waive different lines, or both waive theirs whole and for the same source."""
    whole = all("share" not in rule["waive"] for rule in (one, two))
    if whole and one.get("source") == two.get("source"):
        return True
    for key in ("items", "groups"):
        lines = [rule["waive"].get(key) for rule in (one, two)]
        if all(lines) and not set(_listed(lines[0])) & set(_listed(lines[1])):
            return True
    return False


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value]
