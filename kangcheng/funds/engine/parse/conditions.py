"""Conditions as packs write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kangcheng.funds.engine.definition import ALWAYS, Condition, Span
from kangcheng.funds.engine.parse.reading import COUNT, MONEY, Kind, Reading, join
from kangcheng.funds.engine.parse.references import codes

_SPECIAL = ("categories", "all_categories", "age", "facts", "money", "any", "not")


def condition(reading: Reading, node: object, path: str) -> Condition:
    """`node` as a Condition; None is the condition that always holds."""
    if node is None:
        return ALWAYS
    body = reading.mapping(node, path)
    if isinstance(node, Mapping) and not node:
        reading.fault(path, "空条件 (empty condition)", todo="写明条件，或删去此键")
    return Condition(
        attributes={
            key: words(reading, value, join(path, key)) for key, value in body.items() if key not in _SPECIAL
        },
        categories=words(reading, body.get("categories"), join(path, "categories")),
        all_categories=words(reading, body.get("all_categories"), join(path, "all_categories")),
        numbers=_numbers(reading, body, path),
        any_of=_several(reading, body.get("any"), join(path, "any")),
        none_of=_several(reading, body.get("not"), join(path, "not")),
    )


def words(reading: Reading, node: object, path: str) -> frozenset[str]:
    """Accepted texts: one text, a list, or {codelist: ID} anywhere in it."""
    if node is None:
        return frozenset()
    found: set[str] = set()
    before = len(reading.faults)
    for i, one in enumerate(node if isinstance(node, (list, tuple)) else [node]):
        here = f"{path}[{i}]"
        if isinstance(one, Mapping):
            body = reading.mapping(one, here, ("codelist",))
            found |= codes(reading, body.get("codelist"), join(here, "codelist"))
        elif text := reading.text(one, here):
            found.add(text)
    if not found and len(reading.faults) == before:
        reading.fault(path, "没有可接受的值 (no accepted value)", todo="至少写一个")
    return frozenset(found)


def _several(reading: Reading, node: object, path: str) -> tuple[Condition, ...]:
    if node is None:
        return ()
    rows = node if isinstance(node, (list, tuple)) else [node]
    return tuple(condition(reading, one, f"{path}[{i}]") for i, one in enumerate(rows))


def _numbers(reading: Reading, body: Mapping[str, Any], path: str) -> dict[str, Span]:
    spans: dict[str, Span] = {}
    if "age" in body:
        spans["age"] = _span(reading, body["age"], join(path, "age"), COUNT)
    for key, kind in (("facts", COUNT), ("money", MONEY)):
        if key in body:
            for name, node in reading.mapping(body[key], join(path, key)).items():
                spans[name] = _span(reading, node, join(join(path, key), name), kind)
    return spans


def _span(reading: Reading, node: object, path: str, kind: Kind) -> Span:
    body = reading.mapping(node, path, ("from", "below"))
    start, below = (
        reading.number(body[key], join(path, key), kind) if key in body else None for key in ("from", "below")
    )
    if start is None and below is None:
        reading.fault(path, "区间没有端点 (span without ends)", todo='{from: "60"} 或 {below: "70"}')
    if start is not None and below is not None and start >= below:
        reading.fault(path, "区间为空: from 不小于 below (empty span)")
    return Span(start, below)
