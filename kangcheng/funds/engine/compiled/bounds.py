"""How large numbers may be: bounds from wide to tight, and what a batch holds."""

from __future__ import annotations

import numpy as np

from kangcheng.funds.engine.compiled.draft import MOST_FEN, Bounds
from kangcheng.funds.engine.compiled.money_facts import money_facts
from kangcheng.funds.engine.compiled.refusal import Refusal
from kangcheng.funds.engine.compiled.rows import Rows
from kangcheng.funds.engine.compiled.vocabulary import vocabulary
from kangcheng.funds.engine.definition import Stack

TRIED = (
    Bounds(MOST_FEN, MOST_FEN),
    Bounds(MOST_FEN, 10**6),
    Bounds(10**13, 10**6),
    Bounds(10**12, 10**6),
    Bounds(10**11, 10**6),
    Bounds(10**11, 10**4),
    Bounds(10**10, 10**4),
)
"""Amounts in fen, then plain numbers such as days; below a hundred million yuan a claim, reference is the engine."""

_UNIT_MOST = 2**61


def check_sizes(rows: Rows) -> dict[str, int]:
    """The greatest amount (under "") and fact of a batch. Raises Refusal when sums over a unit might not fit."""
    amounts = [rows.total, *rows.given.values()]
    amounts += [table[2] for table in (rows.overrides, rows.opening) if table is not None]
    most = max((int(column.max(initial=0)) for column in amounts), default=0)
    claims = int(np.bincount(rows.unit).max(initial=0)) if len(rows) else 0
    if most * (claims + 1) >= _UNIT_MOST:
        raise Refusal(
            f"一个结算单元 {claims} 笔、最大 {most} 分，累计可能超出 64 位 (sums too large)",
            where="batch",
            rule="单元内合计小于 2**61 分",
            todo="用 reference 结算",
        )
    return {"": most, **{name: int(column.max(initial=0)) for name, column in rows.facts.items()}}


def limits_of(stack: Stack, bounds: Bounds) -> dict[str, int]:
    """The greatest amount (under "") and fact for which the code is exact."""
    money = money_facts(stack)
    limits = {name: bounds.amount if name in money else bounds.number for name in vocabulary(stack).computed}
    return limits | {"": bounds.amount}


def check_bounds(sizes: dict[str, int], limits: dict[str, int], stack_id: str) -> None:
    """Raise Refusal when the batch holds a number beyond what the code was written for."""
    for name, most in sizes.items():
        if name in limits and most > limits[name]:
            what = f"facts.{name}" if name else "金额 (amount)"
            raise Refusal(
                f"{what} 达 {most}，超过此叠层可精确计算的 {limits[name]} (beyond the exact bounds)",
                where=f"stack {stack_id}",
                rule="64 位整数内精确",
                todo="用 reference 结算这些单据",
            )
