"""Remembered numbers as code: a unit starts with none (or with given ones), each claim finds the rows of its periods."""

from __future__ import annotations

from kangcheng.funds.engine.compiled.draft import Draft
from kangcheng.funds.engine.compiled.memory import Group


def write_starts(draft: Draft) -> None:
    """Before the first claim: where each group's keys and rows stand in the memory given."""
    source, before = draft.source, 0
    for group in draft.memory.groups:
        number = group.number
        if draft.memory.is_single(group):
            source.put(f"k_{number}, r_{number} = 0, {before} * cap  # {_words(group)}")
            before += group.width
            continue
        source.put(f"kb_{number}, mb_{number} = {number} * cap, {before} * cap  # {_words(group)}")
        source.put(f"n_{number} = j_{number} = r_{number} = 0")
        before += group.width


def write_unit(draft: Draft) -> None:
    """At the first claim of a unit."""
    source = draft.source
    for group in draft.memory.groups:
        if draft.memory.is_single(group):
            _empty(draft, group)
        else:
            source.put(f"n_{group.number} = j_{group.number} = 0")
    if draft.form.opening:
        with source.block("for z in range(opening_start[u], opening_start[u + 1])"):
            source.put("group, key = slot_group[opening_slot[z]], opening_key[z]")
            for group in draft.memory.groups:
                with source.block(f"if group == {group.number}"):
                    _find(draft, group, "key")
                    source.put(f"m[r_{group.number} + slot_at[opening_slot[z]]] = opening_value[z]")


def write_rows(draft: Draft) -> None:
    """At each claim: the rows of its periods, new ones filled with zeros; then what the claim itself replaces."""
    source = draft.source
    for group in draft.memory.groups:
        if draft.memory.is_single(group):
            continue
        number = group.number
        source.put(f"k_{number} = key_{number}[i]")
        with source.when(f"k_{number} >= 0" if group.key.may_lack else "True"):
            _find(draft, group, f"k_{number}")
    if draft.form.overrides:
        for group in draft.memory.groups:
            number = group.number
            source.put(f"rows[{number}] = r_{number} if k_{number} >= 0 else -1")
        with source.block("for z in range(override_start[i], override_end[i])"):
            source.put("group = slot_group[override_slot[z]]")
            with source.block("if group >= 0 and rows[group] >= 0"):
                source.put("m[rows[group] + slot_at[override_slot[z]]] = override_value[z]")


def _find(draft: Draft, group: Group, key: str) -> None:
    source, number, width = draft.source, group.number, group.width
    if draft.memory.is_single(group):
        return
    here = f"q[kb_{number} + j_{number}]"
    with source.block(f"if n_{number} == 0 or {here} != {key}"):
        source.put(f"j_{number} = 0")
        with source.block(f"while j_{number} < n_{number} and {here} != {key}"):
            source.put(f"j_{number} += 1")
        with source.block(f"if j_{number} == n_{number}"):
            source.put(f"{here} = {key}")
            source.put(f"n_{number} += 1")
            source.put(f"r_{number} = mb_{number} + j_{number} * {width}")
            _empty(draft, group)
    source.put(f"r_{number} = mb_{number} + j_{number} * {width}")


def _empty(draft: Draft, group: Group) -> None:
    """Zeros in the present row of a group."""
    with draft.source.block(f"for s in range({group.width})"):
        draft.source.put(f"m[r_{group.number} + s] = 0")


def _words(group: Group) -> str:
    key = group.key
    year = f" from {key.starts[0]:02d}-{key.starts[1]:02d}" if key.period == "year" else ""
    day = f", {key.decided_by}" if key.decided_by else ""
    by = f", by {' and '.join(key.by)}" if key.by else ""
    return f"{key.period}{year}{day}{by}, {key.owner}"
