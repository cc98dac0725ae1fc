"""A stack: the order of positions, written whole or as changes to another stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kangcheng.funds.engine.definition import (
    CLASSIFIED,
    IN_SCOPE,
    Account,
    Benefit,
    Entitlement,
    Position,
    Split,
    Stack,
    TotalRounding,
)
from kangcheng.funds.engine.parse import benefits, entitlements
from kangcheng.funds.engine.parse.conditions import condition
from kangcheng.funds.engine.parse.reading import Reading, join
from kangcheng.funds.engine.parse.references import entry
from kangcheng.funds.engine.parse.splits import split
from kangcheng.funds.engine.slots import layer_of, streams

KEYS = (
    *(*benefits.ENTRY, "scheme", "setting", "when", "split", "order", "total_rounding"),
    *("extends", "replace", "insert", "remove"),
)
_PLACES = ("benefit", "entitlement", "account")
_DEEPEST = 8


def read(reading: Reading, node: object, path: str = "", *, release: str = "") -> Stack:
    """`node` as a Stack, its references resolved through the pack."""
    body = _whole(reading, reading.mapping(node, path, KEYS), path, ())
    order = tuple(
        _position(reading, one, join(path, f"order[{i}]"))
        for i, one in enumerate(reading.items(body.get("order") or (), join(path, "order")))
    )
    if not order:
        reading.fault(join(path, "order"), "叠层中没有位置 (no positions)", todo="order: [{benefit: ...}]")
    stack = Stack(
        id=reading.text(body.get("id"), join(path, "id")) or "stack",
        split=split(reading, body.get("split"), join(path, "split")),
        order=order,
        when=condition(reading, body.get("when"), join(path, "when")),
        total_rounding=_total_rounding(reading, body.get("total_rounding"), join(path, "total_rounding")),
        scheme=reading.texts(body.get("scheme"), join(path, "scheme")),
        setting=reading.texts(body.get("setting"), join(path, "setting")),
        title=reading.text(body.get("title"), join(path, "title")),
        clause=benefits.clause_of(reading, body, path),
        release=release,
    )
    _consistent(reading, stack, [join(path, f"order[{i}]({one.id})") for i, one in enumerate(order)])
    return stack


def alone(reading: Reading, node: object, path: str = "", *, release: str = "") -> Stack:
    """One benefit or entitlement as a stack of its own, with the benefit's own split."""
    if isinstance(node, Mapping) and node.get("kind") == "entitlement":
        position: Benefit | Entitlement = entitlements.read(reading, node, path)
        parts = Split()
    else:
        position = read = benefits.read(reading, node, path)
        parts = read.split or Split()
    stack = Stack(
        position.id, parts, (position,), title=position.title, clause=position.clause, release=release
    )
    _consistent(reading, stack, [path])
    return stack


def _whole(reading: Reading, body: Mapping[str, Any], path: str, seen: tuple[str, ...]) -> Mapping[str, Any]:
    """The mapping with `extends` worked in: replace, insert, remove by position id."""
    if "extends" not in body:
        for key in ("replace", "insert", "remove"):
            if key in body:
                reading.fault(join(path, key), f"{key} 只能与 extends 并用 (needs extends)")
        return body
    parent_id = reading.text(body["extends"], join(path, "extends"))
    if parent_id in seen or len(seen) >= _DEEPEST:
        reading.fault(join(path, "extends"), f"继承成环或过深: {' -> '.join([*seen, parent_id])} (cycle)")
        return body
    here = join(path, "extends")
    parent = _whole(reading, entry(reading, "stack", parent_id, here), here, (*seen, parent_id))
    order = list(
        reading.items(body["order"] if "order" in body else parent.get("order") or [], join(path, "order"))
    )
    order = _replaced(reading, order, body.get("replace"), join(path, "replace"))
    order = _removed(reading, order, body.get("remove"), join(path, "remove"))
    order = _inserted(reading, order, body.get("insert"), join(path, "insert"))
    inherited = {
        key: value for key, value in parent.items() if key not in ("cases", "id", "title", "title_en")
    }
    return {**inherited, **body, "order": order}


def _replaced(reading: Reading, order: list[Any], node: object, path: str) -> list[Any]:
    for name, position in (reading.mapping(node, path) if node is not None else {}).items():
        at = _find(reading, order, name, join(path, name))
        if at is not None and isinstance(position, Mapping):
            order[at] = {"id": name, **position}
        elif at is not None:
            reading.fault(join(path, name), "应为一个位置 (a position is expected)")
    return order


def _removed(reading: Reading, order: list[Any], node: object, path: str) -> list[Any]:
    for name in reading.texts(node, path):
        at = _find(reading, order, name, path)
        if at is not None:
            del order[at]
    return order


def _inserted(reading: Reading, order: list[Any], node: object, path: str) -> list[Any]:
    for i, one in enumerate(reading.items(node, path) if node is not None else ()):
        spot = f"{path}[{i}]"
        body = dict(reading.mapping(one, spot))
        marks = [key for key in ("after", "before") if key in body]
        if len(marks) != 1:
            reading.fault(spot, "写明 after 或 before 之一 (after or before)")
            continue
        at = _find(
            reading, order, reading.text(body.pop(marks[0]), join(spot, marks[0])), join(spot, marks[0])
        )
        if at is not None:
            order.insert(at + (marks[0] == "after"), body)
    return order


def _find(reading: Reading, order: list[Any], name: str, path: str) -> int | None:
    ids = [_id_of(one) for one in order]
    if name in ids:
        return ids.index(name)
    reading.fault(path, f"没有位置 {name!r} (no such position)", word=name, words=ids)
    return None


def _id_of(node: object) -> str:
    """Id of a position as written: its own, or that of what it names."""
    if not isinstance(node, Mapping):
        return ""
    for key in ("id", "benefit", "entitlement", "account"):
        inner = node.get(key)
        if isinstance(inner, Mapping):
            inner = inner.get("id")
        if isinstance(inner, str) and inner:
            return inner
    return ""


def _position(reading: Reading, node: object, path: str) -> Position:
    body = reading.mapping(node, path, ("id", *_PLACES, "note", "clause"))
    kinds = [key for key in _PLACES if key in body]
    if not isinstance(node, Mapping):
        return Account("", (), ())
    if len(kinds) != 1:
        reading.fault(path, "位置应恰好一种 (exactly one)", todo=" | ".join(_PLACES))
        return Account("", (), ())
    kind, here = kinds[0], join(path, kinds[0])
    place = _id_of(body)
    if not place:
        reading.fault(join(path, "id"), "位置没有编号 (position without id)", todo="id: basic")
    inner = body[kind]
    if kind == "account":
        return _account(reading, inner, here, place)
    if not isinstance(inner, Mapping):
        inner = entry(reading, kind, inner, here)
        if not inner:
            return Account(place, (), ())
        here = f"{here}({inner.get('id', '')})"
    else:
        _as_its_stack(reading, inner, here)
    if kind == "benefit":
        return benefits.read(reading, inner, here, position=place)
    return entitlements.read(reading, inner, here, position=place)


def _as_its_stack(reading: Reading, inner: Mapping[str, Any], path: str) -> None:
    """What is written inside a stack is in force when the stack is."""
    for key in ("from", "to", "status", "checked", "cases"):
        if key in inner:
            reading.fault(
                join(path, key),
                f"就地写的条目没有自己的 {key} (written inside a stack)",
                rule="就地写的条目随叠层生效",
                todo="写在叠层上，或另立一个条目",
            )


def _account(reading: Reading, node: object, path: str, place: str) -> Account:
    body = reading.mapping(node, path, ("id", "balances", "base", "owner", "when", "clause", "note"))
    balances = reading.texts(reading.need(body, "balances", path), join(path, "balances"))
    if len(set(balances)) != len(balances):
        reading.fault(join(path, "balances"), "账户名重复 (balance named twice)")
    return Account(
        id=place,
        balances=balances,
        base=benefits.base(reading, body.get("base"), join(path, "base")),
        owner=reading.choice(body.get("owner"), join(path, "owner"), ("person", "household"), "person"),
        when=condition(reading, body.get("when"), join(path, "when")),
        clause=reading.text(body.get("clause"), join(path, "clause")),
    )


def _total_rounding(reading: Reading, node: object, path: str) -> TotalRounding | None:
    if node is None:
        return None
    body = reading.mapping(node, path, ("unit", "borne_by"))
    unit = reading.choice(reading.need(body, "unit", path), join(path, "unit"), ("jiao", "yuan"), "jiao")
    return TotalRounding(
        benefits.UNITS[unit], reading.text(body.get("borne_by"), join(path, "borne_by"), "institution")
    )


def _consistent(reading: Reading, stack: Stack, paths: list[str]) -> None:
    """What only the whole stack shows: doubled ids, unknown parts, payers counted before they pay, shared names."""
    known = (IN_SCOPE, *CLASSIFIED, *streams(stack.split))
    seen: set[str] = set()
    payers: set[str] = set()
    for position, here in zip(stack.order, paths, strict=True):
        if position.id in seen:
            reading.fault(here, f"位置编号 {position.id!r} 重复 (position id twice)")
        seen.add(position.id)
        _known_parts(reading, position, known, here)
        benefit = layer_of(position)
        if benefit and benefit.minimum:
            for payer in benefit.minimum.counting:
                if payer not in payers:
                    reading.fault(
                        join(here, "minimum.counting"),
                        f"{payer!r} 不在此层之前付款 (does not pay before this layer)",
                        rule="只能计入前面各层的付款方",
                        word=payer,
                        words=payers,
                    )
        if benefit and not benefit.cash:
            payers.add(benefit.payer)
    _shared_names(reading, stack, paths)


def _known_parts(reading: Reading, position: Position, known: tuple[str, ...], path: str) -> None:
    benefit = layer_of(position)
    parts = position.base if isinstance(position, Account) else benefit.base if benefit else ()
    names, key = [part.part for part in parts], "base"
    if isinstance(position, Entitlement) and position.cap:
        names, key = list(position.cap.take), "cap.take"
    for name in names:
        if name not in known:
            reading.fault(
                join(join(path, key), name),
                f"账单中没有部分 {name!r} (unknown part)",
                todo=f"可用: {', '.join(known)}",
                word=name,
                words=known,
            )
    if len(set(names)) != len(names):
        reading.fault(join(path, key), "同一部分写了两次 (part named twice)")


def _shared_names(reading: Reading, stack: Stack, paths: list[str]) -> None:
    """Layers that share a remembered name must agree on whose it is and when its year starts."""
    first: dict[str, Benefit] = {}
    for position, path in zip(stack.order, paths, strict=True):
        benefit = layer_of(position)
        for what, name in benefit.accumulate.names.items() if benefit else ():
            other = first.setdefault(name, benefit)  # type: ignore[arg-type]
            ours, theirs = benefit.accumulate, other.accumulate  # type: ignore[union-attr]
            same = ("year_starts", "decided_by", "owner", "by")
            if any(getattr(ours, key) != getattr(theirs, key) for key in same):
                reading.fault(
                    join(path, f"accumulate.names.{what}"),
                    f"{name!r} 与 {other.id!r} 共用，但归属或年度不同 (shared name, different owner or year)",
                    rule=f"共用名称的层 {', '.join(same)} 须一致",
                )
