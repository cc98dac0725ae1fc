"""A benefit, entitlement or stack from a YAML file of its own, outside any pack or beside one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kangcheng.funds.engine import parse
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.kinds import steps_of
from kangcheng.funds.engine.parse.reading import Reading
from kangcheng.funds.engine.reference.values import refuse
from kangcheng.kernel.dates import Period
from kangcheng.kernel.errors import Faults
from kangcheng.policy import source
from kangcheng.policy.entry import EARLIEST


def stack_of_file(file: Path, pack: Any | None = None) -> Callable[[Claim], Stack]:
    """From claim to the stack of the file. References go to the pack at the claim's day; without a pack there are none.

    Raises Faults with line numbers, at once for what does not hang on a day.
    """
    node = source.parse(source.read_bytes(file, file.name), file.name)
    body = source.plain(node)
    known: dict[date | None, Stack] = {}
    in_force = _period(body, node, file.name)

    def read(day: date | None) -> Stack:
        try:
            return parse.settleable(body, pack.at(day) if pack is not None else None, file=file.name)
        except Faults as error:
            faults = [
                replace(fault, line=source.line_at(node, steps_of(fault.where))) for fault in error.faults
            ]
            raise Faults(faults, what=error.what, where=error.where) from None

    def stack_of(claim: Claim) -> Stack:
        if not in_force.contains(claim.on):
            raise refuse(
                "on",
                f"{file.name} 在 {claim.on} 不生效 (not in force): {str(in_force).removeprefix(str(EARLIEST))}",
                rule="from 是第一天，to 是最后一天",
            )
        day = claim.on if pack is not None else None
        if day not in known:
            known[day] = read(day)
        return known[day]

    if pack is None:
        known[None] = read(None)
    return stack_of


def _period(body: Any, node: source.Node, name: str) -> Period:
    """The days on which the file says it is in force. Raises Faults for what are no days."""
    written = {key: body[key] for key in ("from", "to") if isinstance(body, Mapping) and key in body}
    reading = Reading(file=name)
    days = {key: reading.day(text, key) for key, text in written.items()}
    start, last = days.get("from") or EARLIEST, days.get("to")
    if last is not None and last < start:
        reading.fault("to", "最后一天早于第一天 (ends before it starts)")
    if reading.faults:
        lines = [replace(one, line=source.line_at(node, steps_of(one.where))) for one in reading.faults]
        raise Faults(lines, where=name)
    return Period(start, last + timedelta(days=1) if last and last < date.max else None)
