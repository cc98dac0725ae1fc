"""Settles claims on both implementations and says where they differ."""

from dataclasses import fields
from typing import Any

from kangcheng.funds.engine import compiled, reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference import State
from kangcheng.funds.engine.result import Result
from kangcheng.kernel.errors import Faults


def one_by_one(
    stack: Stack, claims: list[Claim], state: State | None = None
) -> tuple[list[Result | None], State]:
    """By reference: each claim after the other, refused ones as if they had not come."""
    working = state.copy() if state else State()
    found: list[Result | None] = [None] * len(claims)
    for place in reference.in_order(claims):
        try:
            result = reference.settle(stack, claims[place], working, explain=False)
        except Faults:
            continue
        working.apply(result.changes)
        found[place] = result
    return found, working


def differences(
    program: compiled.Program,
    claims: list[Claim],
    state: State | None,
    expected: tuple[list[Result | None], State],
    *,
    by_line: bool = False,
) -> list[str]:
    """Every field of every result that is not the same to the fen. Raises Refusal when compiled will not."""
    results, after = expected
    batch = compiled.from_claims(claims, program.stack, state, by_line=by_line)
    settled = program.run(batch, refused="mark", pools=dict(state.pools) if state else None)
    got = settled.marked()
    found = [
        f"{claims[at].id}: {name}: compiled {mine}, reference {theirs}"
        for at, (one, other) in enumerate(zip(got, results, strict=True))
        for name, mine, theirs in _fields(one, other)
    ]
    for pool, used in settled.pools.items():
        if used != after.pools.get(pool, 0):
            found.append(f"pool {pool}: compiled {used}, reference {after.pools.get(pool, 0)}")
    return found


def _fields(one: Result | None, other: Result | None) -> list[tuple[str, Any, Any]]:
    if one is None or other is None:
        return [] if one is other else [("refused", one is None, other is None)]
    names = [field.name for field in fields(Result) if field.name not in ("changes", "reasons")]
    return [(n, getattr(one, n), getattr(other, n)) for n in names if getattr(one, n) != getattr(other, n)]


def sums_differ(program: compiled.Program, claims: list[Claim], state: State | None) -> list[str]:
    """Whether payments and cash change when nothing else is asked for: less is remembered then, and less written."""
    used = dict(state.pools) if state else None
    batch = compiled.from_claims(claims, program.stack, state)
    whole = program.run(batch, refused="mark", pools=used)
    few = program.run(batch, ("payers",), refused="mark", pools=used)
    return [name for name in few.names if few.column(name).tolist() != whole.column(name).tolist()]
