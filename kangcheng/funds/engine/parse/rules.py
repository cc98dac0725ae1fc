"""The rules of amount inside a layer: deductible, brackets, per-day sums, adjustments, ceilings, minimum."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from kangcheng.funds.engine.definition import (
    Adjustment,
    Brackets,
    Ceiling,
    Constant,
    Deductible,
    Minimum,
    NthStep,
    PerDay,
    Step,
    Value,
)
from kangcheng.funds.engine.parse.conditions import condition
from kangcheng.funds.engine.parse.reading import CHANGE, COUNT, FACTOR, MONEY, RATE, Kind, Reading, join
from kangcheng.funds.engine.parse.values import optional, value

PERIODS = ("claim", "day", "month", "quarter", "year", "episode", "disease", "course", "life")


def deductible(reading: Reading, node: object, path: str) -> Deductible | None:
    """Amount, period, n-th steps, floor and yearly cap. A bare value is an amount per claim."""
    if node is None:
        return None
    if not isinstance(node, Mapping) or "amount" not in node:
        return Deductible(value(reading, node, path, MONEY))
    body = reading.mapping(node, path, ("amount", "per", "nth", "floor", "yearly_cap", "clause", "note"))
    return Deductible(
        amount=value(reading, body["amount"], join(path, "amount"), MONEY),
        per=reading.choice(body.get("per"), join(path, "per"), PERIODS, "claim"),
        nth=_nth(reading, body.get("nth"), join(path, "nth")),
        floor=optional(reading, body, "floor", path, MONEY),
        yearly_cap=optional(reading, body, "yearly_cap", path, MONEY),
        clause=reading.text(body.get("clause"), join(path, "clause")),
    )


def brackets(reading: Reading, node: object, path: str) -> Brackets | None:
    """Ascending steps of which the last is open."""
    if node is None:
        return None
    body = reading.mapping(node, path, ("on", "mode", "boundary", "steps", "clause", "note"))
    here = join(path, "steps")
    steps = []
    for i, one in enumerate(reading.items(reading.need(body, "steps", path) or [], here)):
        spot = f"{here}[{i}]"
        row = reading.mapping(one, spot, ("to", "rate", "clause", "note"))
        steps.append(
            Step(
                to=_end(reading, row, spot, MONEY),
                rate=_needed(reading, row, "rate", spot, RATE),
                clause=reading.text(row.get("clause"), join(spot, "clause")),
            )
        )
    ascending(reading, [step.to for step in steps], here)
    return Brackets(
        steps=tuple(steps),
        on=reading.choice(
            body.get("on"), join(path, "on"), ("after_deductible", "gross"), "after_deductible"
        ),
        mode=reading.choice(body.get("mode"), join(path, "mode"), ("progressive", "whole"), "progressive"),
        boundary=reading.choice(body.get("boundary"), join(path, "boundary"), ("lower", "upper"), "lower"),
    )


def per_day(reading: Reading, node: object, path: str) -> PerDay | None:
    """Amount by day number, after waiting days."""
    if node is None:
        return None
    body = reading.mapping(node, path, ("days", "waiting", "steps", "clause", "note"))
    here = join(path, "steps")
    steps: list[tuple[int | None, Value]] = []
    for i, one in enumerate(reading.items(reading.need(body, "steps", path) or [], here)):
        spot = f"{here}[{i}]"
        row = reading.mapping(one, spot, ("to", "amount", "clause", "note"))
        steps.append((_end(reading, row, spot, COUNT), _needed(reading, row, "amount", spot, MONEY)))
    ascending(reading, [to for to, _ in steps], here)
    return PerDay(
        days=_needed(reading, body, "days", path, COUNT),
        steps=tuple(steps),
        waiting=reading.whole(body.get("waiting", "0"), join(path, "waiting"), most=366),
    )


def adjustments(reading: Reading, node: object, path: str) -> tuple[Adjustment, ...]:
    """Changes of the rate in the order written."""
    if node is None:
        return ()
    built = []
    for i, one in enumerate(reading.items(node, path)):
        spot = f"{path}[{i}]"
        body = reading.mapping(one, spot, ("when", *_CHANGES, "of", "clause", "note"))
        if sum(key in body for key in _CHANGES) != 1:
            reading.fault(spot, "调整应恰好一种 (exactly one change)", todo=" | ".join(_CHANGES))
        built.append(
            Adjustment(
                when=condition(reading, body.get("when"), join(spot, "when")),
                of=reading.choice(body.get("of"), join(spot, "of"), ("payer", "patient"), "payer"),
                clause=reading.text(body.get("clause"), join(spot, "clause")),
                **{key: optional(reading, body, key, spot, kind) for key, kind in _CHANGES.items()},
            )
        )
    return tuple(built)


_CHANGES = {"add": CHANGE, "times": FACTOR, "at_least": RATE, "at_most": RATE}


def ceilings(reading: Reading, node: object, path: str) -> tuple[Ceiling, ...]:
    """Limits on the expense taken in, or on the payment."""
    if node is None:
        return ()
    built = []
    for i, one in enumerate(reading.items(node, path)):
        spot = f"{path}[{i}]"
        body = reading.mapping(one, spot, ("limit", "of", "per", "basis", "clause", "note"))
        built.append(
            Ceiling(
                limit=_needed(reading, body, "limit", spot, MONEY),
                of=reading.choice(
                    reading.need(body, "of", spot), join(spot, "of"), ("expense", "payment"), "payment"
                ),
                per=reading.choice(body.get("per"), join(spot, "per"), PERIODS, "year"),
                basis=reading.choice(
                    body.get("basis"), join(spot, "basis"), ("after_deductible", "gross"), "after_deductible"
                ),
                clause=reading.text(body.get("clause"), join(spot, "clause")),
            )
        )
    return tuple(built)


def minimum(reading: Reading, node: object, path: str) -> Minimum | None:
    """The least share that the counted payers reach together."""
    if node is None:
        return None
    body = reading.mapping(node, path, ("rate", "of", "counting", "clause", "note"))
    return Minimum(
        rate=_needed(reading, body, "rate", path, RATE),
        of=reading.choice(body.get("of"), join(path, "of"), ("total", "in_scope", "base"), "in_scope"),
        counting=reading.texts(body.get("counting"), join(path, "counting")),
        clause=reading.text(body.get("clause"), join(path, "clause")),
    )


def ascending(reading: Reading, ends: list[int | None], path: str) -> None:
    """Every end above the one before, and only the last open."""
    closed = [end for end in ends[:-1] if end is not None]
    if not ends or ends[-1] is not None:
        reading.fault(path, "最后一段应没有上限 (the last step must be open)", todo="最后一行不写 to")
    if len(closed) < len(ends) - 1:
        reading.fault(path, "只有最后一段可以没有上限 (only the last step is open)", todo="给前面各段写 to")
    if any(later <= earlier for earlier, later in pairwise([0, *closed])):
        reading.fault(path, "分段上限应逐段升高 (steps must ascend)")


def _nth(reading: Reading, node: object, path: str) -> tuple[NthStep, ...]:
    if node is None:
        return ()
    steps = []
    for i, one in enumerate(reading.items(node, path)):
        spot = f"{path}[{i}]"
        body = reading.mapping(one, spot, ("from", "times", "minus", "clause"))
        steps.append(
            NthStep(
                start=reading.whole(reading.need(body, "from", spot) or "2", join(spot, "from"), least=1),
                times=reading.number(body.get("times", "1"), join(spot, "times"), FACTOR),
                minus=int(reading.number(body.get("minus", "0"), join(spot, "minus"), MONEY)),
            )
        )
    if any(b.start <= a.start for a, b in pairwise(steps)):
        reading.fault(path, "次数应逐行升高 (n-th steps must ascend)")
    return tuple(steps)


def _end(reading: Reading, row: Mapping[str, Any], path: str, kind: Kind) -> int | None:
    if "to" not in row:
        return None
    end = reading.number(row["to"], join(path, "to"), kind)
    if end.denominator != 1:
        reading.fault(join(path, "to"), "分段上限应为整数 (a step ends at a whole number)")
    return int(end)


def _needed(reading: Reading, body: Mapping[str, Any], key: str, path: str, kind: Kind) -> Value:
    if reading.need(body, key, path) is None:
        return Constant(reading.number("0", path, kind))
    return value(reading, body[key], join(path, key), kind)
