"""The kinds of entries. Each file of this folder describes one kind and ends in `KIND = Kind(...)`.

A kind's pure part (keys, what the schema cannot say) is here; the module that runs it adds the rest:

    # kangcheng/funds/engine/kinds.py
    from dataclasses import replace
    from kangcheng.policy.kinds import benefit
    KINDS = [replace(benefit.KIND, check=check_benefit, run_case=run_benefit_case)]

    # kangcheng/config/kinds.py
    from kangcheng.policy import kinds
    for module in (engine_kinds, ...):
        kinds.add(*module.KINDS)

`check(entry, pack) -> list[Fault]` uses `entry.fault(path, what)` so that file and line come along.
`run_case(entry, case, pack) -> CaseResult` uses `judged(case, differences)`; `case.data` is the case as str, list, dict.

How to write the keys: see `kangcheng.policy.schema`. A type moves by itself under `packs check --mutate`: Money by 1% (at
least one yuan), Rate by one point, Day by one day, whole numbers by one, a Choice to its other words, `Many(ordered=True)`
by swapping neighbours, `Level` to its neighbours in the tier lists. Give `moved=False` to keys that decide nothing.
"""

from __future__ import annotations

import importlib
import pkgutil

from kangcheng.policy.entry import Case, CaseResult, Entry, judged
from kangcheng.policy.kinds.kind import CASE, COMMON, Kind, no_faults

__all__ = [
    "CASE",
    "COMMON",
    "Case",
    "CaseResult",
    "Entry",
    "Kind",
    "add",
    "judged",
    "known",
    "no_faults",
]

_REGISTRY: dict[str, Kind] = {}


def add(*kinds: Kind) -> None:
    """Make a kind known, or replace its pure part by the one that can be run."""
    for kind in kinds:
        _REGISTRY[kind.name] = kind


def known() -> dict[str, Kind]:
    """Every kind by name."""
    return dict(_REGISTRY)


def _discover() -> None:
    for module in pkgutil.iter_modules(__path__):
        if module.name != "kind":
            found = getattr(importlib.import_module(f"{__name__}.{module.name}"), "KIND", None)
            if isinstance(found, Kind):
                add(found)


_discover()
