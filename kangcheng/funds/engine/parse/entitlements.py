"""Entitlements: exemptions, price caps, subsidies, admission without deposit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kangcheng.funds.engine.definition import Benefit, Cap, Constant, Entitlement, Waive
from kangcheng.funds.engine.parse.benefits import ENTRY, LAYER, clause_of, frequency, layer
from kangcheng.funds.engine.parse.conditions import condition, words
from kangcheng.funds.engine.parse.reading import MONEY, RATE, Reading, join
from kangcheng.funds.engine.parse.values import optional, value

_WAYS = ("waive", "cap", "subsidy", "no_deposit")
KEYS = (*ENTRY, "source", "when", "unless", "evidence", "frequency", *_WAYS)


def read(reading: Reading, node: object, path: str, *, position: str = "") -> Entitlement:
    """`node` as an Entitlement; exactly one of waive, cap, subsidy, no_deposit."""
    body = reading.mapping(node, path, KEYS)
    own = reading.text(body.get("id"), join(path, "id")) or position or "entitlement"
    ways = [way for way in _WAYS if way in body]
    if len(ways) != 1:
        reading.fault(path, f"待遇应恰好一种，得到 {ways or '无'} (exactly one)", todo=" | ".join(_WAYS))
    source = reading.text(body.get("source"), join(path, "source"), "institution" if "cap" in body else "")
    if not source and "no_deposit" not in body:
        reading.fault(join(path, "source"), "缺少资金来源 (source missing)", todo="例如 source: hospital")
    entitlement = Entitlement(
        id=position or own,
        source=source,
        when=condition(reading, body.get("when"), join(path, "when")),
        unless=condition(reading, body["unless"], join(path, "unless")) if "unless" in body else None,
        waive=_waive(reading, body["waive"], join(path, "waive")) if "waive" in body else None,
        cap=_cap(reading, body["cap"], join(path, "cap")) if "cap" in body else None,
        no_deposit=reading.yes(body.get("no_deposit"), join(path, "no_deposit")),
        frequency=frequency(reading, body.get("frequency"), join(path, "frequency")),
        evidence=reading.texts(body.get("evidence"), join(path, "evidence")),
        title=reading.text(body.get("title"), join(path, "title")),
        clause=clause_of(reading, body, path),
    )
    if "subsidy" not in body:
        return entitlement
    return _with_subsidy(reading, body["subsidy"], join(path, "subsidy"), entitlement, own)


def _with_subsidy(
    reading: Reading, node: object, path: str, entitlement: Entitlement, own: str
) -> Entitlement:
    """The subsidy is a layer with the entitlement's own conditions; what it leaves goes back to its parts."""
    body: Mapping[str, Any] = reading.mapping(node, path, (*LAYER, "clause", "note"))
    benefit: Benefit = layer(reading, {"rest": "back", **body}, path, own=own, payer=entitlement.source)
    benefit = replace(
        benefit,
        id=entitlement.id,
        when=entitlement.when,
        unless=entitlement.unless,
        frequency=entitlement.frequency or benefit.frequency,
        title=entitlement.title,
        clause=benefit.clause or entitlement.clause,
    )
    return replace(entitlement, subsidy=benefit, frequency=None)


def _waive(reading: Reading, node: object, path: str) -> Waive:
    body = reading.mapping(node, path, ("groups", "items", "share", "clause", "note")) if node != "" else {}
    share = optional(reading, body, "share", path, RATE)
    return Waive(
        groups=words(reading, body.get("groups"), join(path, "groups")),
        items=words(reading, body.get("items"), join(path, "items")),
        share=share if share is not None else Constant(reading.number("1", path, RATE)),
    )


def _cap(reading: Reading, node: object, path: str) -> Cap:
    if not isinstance(node, Mapping) or "limit" not in node:
        return Cap(value(reading, node, path, MONEY))
    body = reading.mapping(node, path, ("limit", "take", "clause", "note"))
    limit = value(reading, body["limit"], join(path, "limit"), MONEY)
    return Cap(limit, reading.texts(body["take"], join(path, "take"))) if "take" in body else Cap(limit)
