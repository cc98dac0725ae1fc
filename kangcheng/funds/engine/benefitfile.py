"""A benefit, entitlement or stack from a YAML file of its own, outside any pack or beside one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from kangcheng.funds.engine import parse
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.kinds import steps_of
from kangcheng.kernel.errors import Faults
from kangcheng.policy import source


def stack_of_file(file: Path, pack: Any | None = None) -> Callable[[Claim], Stack]:
    """From claim to the stack of the file. References go to the pack at the claim's day; without a pack there are none.

    Raises Faults with line numbers, at once for what does not hang on a day.
    """
    node = source.parse(source.read_bytes(file, file.name), file.name)
    body = source.plain(node)
    known: dict[date | None, Stack] = {}

    def read(day: date | None) -> Stack:
        try:
            return parse.settleable(body, pack.at(day) if pack is not None else None, file=file.name)
        except Faults as error:
            faults = [
                replace(fault, line=source.line_at(node, steps_of(fault.where))) for fault in error.faults
            ]
            raise Faults(faults, what=error.what, where=error.where) from None

    def stack_of(claim: Claim) -> Stack:
        day = claim.on if pack is not None else None
        if day not in known:
            known[day] = read(day)
        return known[day]

    if pack is None:
        known[None] = read(None)
    return stack_of
