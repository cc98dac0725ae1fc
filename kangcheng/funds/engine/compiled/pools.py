"""Pools that run out: each layer that draws is asked first, the pool is cut in the order of time, the rest follows.

That is exact as long as what a layer asks for cannot depend on what a pool gave or on what came after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kangcheng.funds.engine.compiled.refusal import Refusal
from kangcheng.funds.engine.compiled.rows import Ints
from kangcheng.funds.engine.definition import REMEMBERED, Account, Pool, Position, Stack
from kangcheng.funds.engine.slots import asked, layer_of, name_of

if TYPE_CHECKING:
    from kangcheng.funds.engine.compiled.runs import Run


def pools_of(stack: Stack) -> list[Pool]:
    """Pools of the stack, in the order of the layers that draw on them."""
    return [benefit.pool for position in stack.order if (benefit := layer_of(position)) and benefit.pool]


def check_exact(stack: Stack) -> None:
    """Raise Refusal when the passes would not give what settling one by one gives."""
    seen: dict[str, str] = {}
    for at, position in enumerate(stack.order):
        benefit = layer_of(position)
        if benefit is None or benefit.pool is None:
            continue
        if benefit.pool.id in seen:
            raise _refusal(
                stack, position, f"资金池 {benefit.pool.id!r} 已由 {seen[benefit.pool.id]} 使用 (two draws)"
            )
        seen[benefit.pool.id] = position.id
        written = set().union(*(_written(one, drawing=one is position) for one in stack.order[at:]))
        for earlier in stack.order[: at + 1]:
            if again := sorted(_read(earlier) & written):
                raise _refusal(
                    stack, earlier, f"{again[0]!r} 取决于资金池 {benefit.pool.id!r} (depends on the pool)"
                )


def _refusal(stack: Stack, position: Position, what: str) -> Refusal:
    return Refusal(
        what,
        where=f"{stack.id}: {position.id}",
        rule="资金池之前及本层的应付不得取决于资金池给了多少",
        todo="用 reference 结算，或改变次序",
    )


def _read(position: Position) -> set[str]:
    """Remembered names that a position's amounts depend on."""
    if isinstance(position, Account):
        return {f"balance {name}" for name in position.balances}
    benefit = layer_of(position)
    return {name_of(benefit, what) for what, _ in asked(benefit)} if benefit else set()


def _written(position: Position, *, drawing: bool) -> set[str]:
    """Remembered names whose value a pool can change. The drawing layer's own base, deductible and count are settled."""
    if isinstance(position, Account):
        return {f"balance {name}" for name in position.balances}
    benefit = layer_of(position)
    if benefit is None:
        return set()
    return {name_of(benefit, what) for what in (("paid",) if drawing else REMEMBERED)}


def settle_with_pools(run: Run, used: dict[str, int], *, stop: bool) -> None:
    """A pass for each drawing layer, then the last one; again without the first refused claim until none is left."""
    order = _time_order(run)
    while True:
        after = dict(used)
        for grant in run.grants:
            grant[:] = 2**62
        for number, pool in enumerate(run.kernel.pools):
            run.settle()
            run.forgive(run.fresh)
            granted, after[pool.id] = _cut(run, number, pool, order, used.get(pool.id, 0))
            run.grants[number][:] = granted
        run.settle()
        if not len(run.fresh) or stop:
            break
        first = min(run.fresh.tolist(), key=lambda row: int(np.nonzero(order == row)[0][0]))
        run.forgive(run.fresh[run.fresh != first])
    run.pools_after = after


def _time_order(run: Run) -> Ints:
    """Rows in the order that claims count: day, sequence, id."""
    rows = run.batch.rows
    ids = [str(one) for one in rows.ids]
    listed = list(zip(rows.on.tolist(), rows.sequence.tolist(), ids, strict=True))
    return np.array(sorted(range(len(rows)), key=lambda row: listed[row]), np.int64)


def _cut(run: Run, number: int, pool: Pool, order: Ints, used: int) -> tuple[Ints, int]:
    """What each claim gets of the pool, and what is used of it in the end."""
    names = run.kernel.outputs
    demand = run.out[names.index(f"demand.{number}")]
    limit = run.out[names.index(f"limit.{number}")]
    grant = np.full(len(order), 2**62, np.int64)
    asking = order[(demand[order] > 0) & (run.status[order] == 0)]
    for row in asking.tolist():
        if pool.counts == "cases":
            given = int(demand[row]) if used < int(limit[row]) else 0
            used += given > 0
        else:
            given = min(int(demand[row]), max(0, int(limit[row]) - used))
            used += given
        grant[row] = given
    return grant, used
