"""Pack entries and plain YAML mappings into definitions; claims in JSON into facts.

Everything here reads text scalars only, gathers every fault with its path, and raises `Faults` once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kangcheng.funds.engine import definition, facts
from kangcheng.funds.engine.parse import benefits, claims, entitlements, stacks
from kangcheng.funds.engine.parse.reading import PackAt, Reading
from kangcheng.funds.engine.parse.references import body_of

KINDS = ("benefit", "entitlement", "stack")
__all__ = ["benefit", "claim", "claims_of", "entitlement", "load", "settleable", "stack"]


def benefit(entry: Any, pack_at: PackAt | None = None, *, file: str = "") -> definition.Benefit:
    """A benefit from its mapping or pack entry. Raises Faults."""
    reading = Reading(file=file, pack_at=pack_at)
    found = benefits.read(reading, body_of(entry), "")
    reading.close("待遇 benefit")
    return found


def entitlement(entry: Any, pack_at: PackAt | None = None, *, file: str = "") -> definition.Entitlement:
    """An entitlement from its mapping or pack entry. Raises Faults."""
    reading = Reading(file=file, pack_at=pack_at)
    found = entitlements.read(reading, body_of(entry), "")
    reading.close("减免 entitlement")
    return found


def stack(
    entry: Any, pack_at: PackAt | None = None, *, file: str = "", release: str = ""
) -> definition.Stack:
    """A stack from its mapping or pack entry, references resolved through `pack_at`. Raises Faults."""
    reading = Reading(file=file, pack_at=pack_at)
    found = stacks.read(reading, body_of(entry), release=release)
    reading.close("叠层 stack")
    return found


def settleable(
    entry: Any, pack_at: PackAt | None = None, *, file: str = "", release: str = ""
) -> definition.Stack:
    """Whatever can settle a claim: a stack, or one benefit or entitlement as a stack of its own. Raises Faults."""
    body, reading = body_of(entry), Reading(file=file, pack_at=pack_at)
    if not isinstance(body, Mapping):
        reading.mapping(body, "")
        reading.close("待遇 benefit")
    kind = body.get("kind", "stack" if "order" in body else "benefit")
    if kind == "stack":
        return stack(body, pack_at, file=file, release=release)
    reading.choice(kind, "kind", KINDS, "benefit")
    found = stacks.alone(reading, body, release=release)
    reading.close("待遇 benefit")
    return found


def load(pack: Any, stack_id: str, on: date) -> definition.Stack:
    """The stack of a pack as it stands on a day. Raises Faults."""
    pack_at = pack.at(on)
    return stack(pack_at.get("stack", stack_id), pack_at, release=getattr(pack, "release_hash", ""))


def claim(node: object, *, file: str = "") -> facts.Claim:
    """One claim from its JSON mapping. Raises Faults."""
    reading = Reading(file=file)
    found = claims.read(reading, node)
    reading.close("单据 claim")
    return found


def claims_of(nodes: Iterable[object], *, file: str = "", once: bool = False) -> list[facts.Claim]:
    """Claims from a list of JSON mappings, faults of all rows gathered; missing ids and persons are filled by row.

    A row without id counts after the rows before it. `once`: no two may bear one id.
    """
    reading = Reading(file=file)
    found = [claims.read(reading, node, f"[{row}]") for row, node in enumerate(nodes)]
    if once:
        _no_id_twice(reading, found)
    reading.close("单据 claims")
    return [_filled(one, row) for row, one in enumerate(found)]


def _filled(claim: facts.Claim, row: int) -> facts.Claim:
    if claim.id and claim.person:
        return claim
    person = claim.person or f"row {row}"
    if claim.id:
        return replace(claim, person=person)
    return replace(claim, id=str(row), person=person, sequence=claim.sequence or row)


def _no_id_twice(reading: Reading, found: list[facts.Claim]) -> None:
    first: dict[str, int] = {}
    for row, one in enumerate(found):
        if one.id and first.setdefault(one.id, row) != row:
            reading.fault(
                f"[{row}].id",
                f"编号 {one.id[:60]!r} 与 [{first[one.id]}] 重复 (id twice)",
                rule="一个文件里每张单据编号不同",
            )
