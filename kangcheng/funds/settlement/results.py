"""A result of the engine, to and from what a settlement keeps. Amounts stay integer fen. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from kangcheng.funds.engine.definition import Account, Benefit, Entitlement, Pool, Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference import values
from kangcheng.funds.engine.result import Result
from kangcheng.funds.engine.slots import layer_of, name_of
from kangcheng.funds.settlement.types import Layer, Reason
from kangcheng.kernel.money import parse_yuan

Move = tuple[str, str, str, str, str, int]  # kind, owner, name, period, scope, change

MONEY = ("total", "payers", "accounts", "waived", "institution", "parts", "allowances")


def to_json(result: Result) -> dict[str, Any]:
    """What a settlement keeps of a result; layers as lists in the order of `Layer` without title and clause."""
    return {
        "total": result.total,
        "payers": result.payers,
        "accounts": result.accounts,
        "waived": result.waived,
        "institution": result.institution,
        "parts": {part: fen for part, fen in result.parts.items() if fen},
        "allowances": {payer: fen for payer, fen in result.allowances.items() if fen},
        "accumulators": result.accumulators,
        "balances": result.balances,
        "layers": [
            [
                layer.id, layer.payer, layer.base, layer.deductible, layer.expense, layer.over_ceiling, layer.copay,
                layer.paid, layer.given, layer.skipped,
            ]
            for layer in result.layers
        ],
    }  # fmt: skip


def reasons_json(result: Result) -> list[list[Any]]:
    """The explanation as lists: layer, clause, formula, inputs, output, rounding."""
    return [
        [one.layer, one.clause, one.formula, [list(pair) for pair in one.inputs], one.output, one.rounding]
        for one in result.reasons
    ]


def reasons(rows: Iterable[list[Any]]) -> tuple[Reason, ...]:
    """The explanation back from its lists."""
    return tuple(
        Reason(layer, clause, formula, tuple((name, number) for name, number in inputs), output, rounding)
        for layer, clause, formula, inputs, output, rounding in rows
    )


def layers(rows: Iterable[list[Any]], titles: Mapping[str, tuple[str, str]]) -> tuple[Layer, ...]:
    """The layers back from their lists, with title and clause by position id."""
    return tuple(Layer(row[0], *_named(titles, row[0], row[1]), *row[2:]) for row in rows)


def _named(titles: Mapping[str, tuple[str, str]], layer: str, payer: str) -> tuple[str, str, str]:
    title, clause = titles.get(layer, ("", ""))
    return title or layer, payer, clause


def titles_of(stack: Stack) -> dict[str, tuple[str, str]]:
    """Title and clause of every position of a stack."""
    found = {}
    for position in stack.order:
        layer = layer_of(position)
        title = getattr(position, "title", "") or (layer.title if layer else "")
        found[position.id] = (title, position.clause or (layer.clause if layer else ""))
        if layer is not None:
            found.setdefault(layer.id, found[position.id])
    return found


def moves_of(result: Result) -> list[Move]:
    """What the result changed in the state, as differences: their sum over live settlements is the state."""
    return [
        (one.kind, one.owner, one.name, one.period, one.scope, one.after - one.before)
        for one in result.changes
    ]


def money_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Only the amounts of a kept result, zeros left out: what decides whether a later settlement changes."""
    found: dict[str, Any] = {}
    for name in MONEY:
        value = kept[name]
        found[name] = {key: fen for key, fen in value.items() if fen} if isinstance(value, Mapping) else value
    return found


def pool_draws(moves: Iterable[Move], stack: Stack) -> dict[str, int]:
    """Fen drawn from pools that count money; quotas of cases are not money."""
    in_fen = {name for name, pool in pools(stack).items() if pool.counts == "fen"}
    return {name: change for kind, _, name, _, _, change in moves if kind == "pool" and name in in_fen}


def pools(stack: Stack) -> dict[str, Pool]:
    """Pools the stack draws on, by id."""
    return {layer.pool.id: layer.pool for layer in _layers(stack) if layer.pool}


def pool_size(stack: Stack, pool: str, claim: Claim) -> int:
    """Limit of a pool for this claim, in fen or cases."""
    return int(values.number_of(pools(stack)[pool].limit, claim))


def draws_of(result: Result, stack: Stack) -> list[Move]:
    """Draws on pools told by the layers of a result that came without moves."""
    paid = {layer.id: layer.paid for layer in result.layers}
    drawn: dict[str, int] = {}
    for layer in _layers(stack):
        fen = paid.get(layer.id, 0) if layer.pool else 0
        if layer.pool and fen:
            drawn[layer.pool.id] = drawn.get(layer.pool.id, 0) + (1 if layer.pool.counts == "cases" else fen)
    return [("pool", "", name, "", "", change) for name, change in drawn.items()]


def account_owners(stack: Stack, person: UUID, household: UUID | None) -> dict[str, UUID]:
    """Whose each account balance of the stack is."""
    return {
        name: household if position.owner == "household" and household else person
        for position in stack.order
        if isinstance(position, Account)
        for name in position.balances
    }


def uses_of(result: Result, stack: Stack) -> list[tuple[str, str, str, int]]:
    """Entitlements used, as (id, waive|cap|subsidy, source, fen): subsidies by what their layer paid, the rest by the explanation."""
    paid: dict[str, int] = {}
    for layer in result.layers:
        paid[layer.id] = paid.get(layer.id, 0) + layer.paid
    told = {one.id for one in stack.order if isinstance(one, Entitlement) and (one.waive or one.cap)}
    said: dict[str, int] = {}
    for reason in result.reasons:
        if reason.layer in told:
            said[reason.layer] = said.get(reason.layer, 0) + parse_yuan(reason.output)
    found = []
    for position in stack.order:
        if not isinstance(position, Entitlement) or position.no_deposit:
            continue
        kind = "subsidy" if position.subsidy is not None else "cap" if position.cap is not None else "waive"
        amount = paid.get(position.subsidy.id, 0) if position.subsidy else said.get(position.id, 0)
        if amount:
            found.append((position.id, kind, position.source, amount))
    return found


def _layers(stack: Stack) -> list[Benefit]:
    return [layer for position in stack.order if (layer := layer_of(position)) is not None]


def case_keys(stack: Stack, moves: Iterable[Move]) -> dict[str, str]:
    """Entitlement -> period, for those that may be used once in a period: the database then refuses a second use."""
    periods: dict[str, list[str]] = {}
    for kind, _, name, period, _, _ in moves:
        if kind == "accumulator":
            periods.setdefault(name, []).append(period)
    found = {}
    for position in stack.order:
        if isinstance(position, Entitlement):
            layer = position.subsidy
            frequency = (layer.frequency if layer else None) or position.frequency
            if frequency is None or frequency.times != 1:
                continue
            name = name_of(layer, "count") if layer else f"{position.id}.count"
            for period in periods.get(name, ()):
                if period.split(":", 1)[0] == frequency.per:
                    found[position.id] = period
    return found
