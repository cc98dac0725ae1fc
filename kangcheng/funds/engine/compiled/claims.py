"""A list of claims as columns: for tests, single re-settlements and small batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction

import numpy as np

from kangcheng.funds.engine.compiled.bill import covers, waivers
from kangcheng.funds.engine.compiled.columns import Batch, assemble, slot_numbers
from kangcheng.funds.engine.compiled.keys import days_of
from kangcheng.funds.engine.compiled.memory import NAMED, by_household, key_of
from kangcheng.funds.engine.compiled.rows import Ints, Lines, Rows, Texts
from kangcheng.funds.engine.compiled.units import units_of
from kangcheng.funds.engine.compiled.vocabulary import BITS, vocabulary
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.engine.reference.check import faults_of
from kangcheng.funds.engine.reference.plan import Plan, plan
from kangcheng.funds.engine.reference.state import Memory, State
from kangcheng.kernel.errors import Fault

_FAR = 2**62


def from_claims(
    claims: Iterable[Claim], stack: Stack, state: State | None = None, *, by_line: bool = False
) -> Batch:
    """Claims in any order as a batch, with what `state` remembers (pools are given to `run`)."""
    given = list(claims)
    households = [claim.household for claim in given] if by_household(stack) else [""] * len(given)
    unit = units_of([claim.person for claim in given], households)
    places = sorted(range(len(given)), key=lambda at: (unit[at], *_order(given[at])))
    prepared, ordered = plan(stack), [given[at] for at in places]
    rows = _rows(ordered, prepared, places, [unit[at] for at in places])
    if state is not None:
        kept = [(row, claim) for row, claim in enumerate(ordered) if row not in rows.faults]
        rows.opening = _opening(kept, prepared, state)
    return assemble(rows, stack, by_line=by_line)


def _order(claim: Claim) -> tuple[date, int, str]:
    return (claim.on, claim.sequence, claim.id)


def _rows(claims: Sequence[Claim], prepared: Plan, places: list[int], unit: list[int]) -> Rows:
    faults = {row: found for row, claim in enumerate(claims) if (found := _faults(prepared, claim))}
    # a refused claim must not bring numbers that no column can hold
    claims = [_empty(claim) if row in faults else claim for row, claim in enumerate(claims)]
    words, totals = vocabulary(prepared.stack), [_total(claim) for claim in claims]
    rest = _ints(total - _listed(claim) for claim, total in zip(claims, totals, strict=True))
    discharged = [claim.discharged_on or claim.on for claim in claims]
    return Rows(
        ids=[claim.id for claim in claims],
        places=_ints(places),
        unit=_ints(unit),
        person=codes_of([claim.person for claim in claims]).codes,
        household=codes_of([claim.household or None for claim in claims]).codes,
        on=_ints(days_of(claim.on) for claim in claims),
        admitted=_ints(days_of(c.admitted_on or day) for c, day in zip(claims, discharged, strict=True)),
        discharged=_ints(days_of(day) for day in discharged),
        sequence=_ints(claim.sequence for claim in claims),
        total=_ints(totals),
        in_scope=_some(claims, lambda claim: claim.in_scope or 0),
        rest=rest if rest.any() else None,
        lines=_lines(claims, prepared.stack),
        sums={},
        attributes=_attributes(claims, [*words.codes, *named_attributes(prepared)]),
        categories=[_mask(claims, words.categories, at) for at in range(words.words)],
        facts={name: _ints(claim.facts.get(name, -1) for claim in claims) for name in words.facts},
        given=_given(claims, prepared),
        overrides=_overrides(claims, prepared),
        faults=faults,
    )


def _faults(prepared: Plan, claim: Claim) -> list[Fault]:
    """The reference's own tests, and the household where the claim brings a balance of it."""
    found = faults_of(prepared, claim)
    if not claim.household and any(prepared.balances.get(name) == "household" for name in claim.accounts):
        found.append(Fault("household", "单据缺少家庭编号 (household missing)", "家庭共用的账户或累计"))
    return found


def _empty(claim: Claim) -> Claim:
    return Claim(claim.id, claim.person, claim.on, household=claim.household)


def _listed(claim: Claim) -> int:
    lines = sum(line.amount for line in claim.lines) + sum(claim.groups.values())
    return lines + (claim.in_scope or 0)


def _total(claim: Claim) -> int:
    return _listed(claim) if claim.total is None else claim.total


def _ints(numbers: Iterable[int]) -> Ints:
    return np.array(list(numbers), np.int64)


def codes_of(texts: Sequence[str | None]) -> Texts:
    """Texts as codes, in the order they come; -1 for none."""
    known: dict[str, int] = {}
    codes = [-1 if text is None else known.setdefault(text, len(known)) for text in texts]
    return Texts(_ints(codes), list(known))


def _some(claims: Sequence[Claim], amount: Callable[[Claim], int]) -> Ints | None:
    column = _ints(amount(claim) for claim in claims)
    return column if column.any() else None


def named_attributes(prepared: Plan) -> list[str]:
    """Attributes that keys are made of."""
    keys = [key_of(slot.period, slot.accumulate) for slot in prepared.slots]
    return [name for key in keys for name in (*key.by, *([key.period] if key.period in NAMED else []))]


def _attributes(claims: Sequence[Claim], names: Iterable[str]) -> dict[str, Texts]:
    return {
        name: codes_of([claim.attributes.get(name) or None for claim in claims])
        for name in dict.fromkeys(names)
    }


def _mask(claims: Sequence[Claim], bits: dict[str, int], word: int) -> Ints:
    here = {name: 1 << bit % BITS for name, bit in bits.items() if bit // BITS == word}
    return _ints(sum(here.get(name, 0) for name in claim.categories) for claim in claims)


def _given(claims: Sequence[Claim], prepared: Plan) -> dict[str, Ints]:
    payers = [payer for payer in prepared.payers if any(payer in claim.paid for claim in claims)]
    return {payer: _ints(claim.paid.get(payer, -1) for claim in claims) for payer in payers}


def _lines(claims: Sequence[Claim], stack: Stack) -> Lines:
    """Lines, or a line for each group sum."""
    listed = [
        (row, line)
        for row, claim in enumerate(claims)
        for line in (claim.lines or [Line(group, amount) for group, amount in claim.groups.items()])
    ]
    lines = [line for _, line in listed]
    shares = {Fraction(*line.first_pay): 0 for line in lines if line.first_pay is not None}
    shares = {share: at for at, share in enumerate(shares)}
    return Lines(
        row=_ints(row for row, _ in listed),
        group=codes_of([line.group for line in lines]),
        amount=_ints(line.amount for line in lines),
        quantity=_ints(line.quantity for line in lines),
        limit=_ints(
            -1 if line.price_limit is None else min(line.price_limit * line.quantity, _FAR) for line in lines
        ),
        share=_ints(-1 if line.first_pay is None else shares[Fraction(*line.first_pay)] for line in lines),
        shares=tuple(shares),
        waivers=_ints(
            sum(1 << n for n, one in enumerate(waivers(stack)) if covers(one, line.group, line.code))
            for line in lines
        ),
    )


def _overrides(claims: Sequence[Claim], prepared: Plan) -> tuple[Ints, Ints, Ints] | None:
    """Row, slot and value of every number that a claim replaces."""
    numbers, found = slot_numbers(prepared), list[tuple[int, int, int]]()
    for row, claim in enumerate(claims):
        for label, value in claim.accumulators.items():
            name, _, period = label.partition("@")
            found += [
                (row, numbers[s.label], value) for s in prepared.named(name) if period in ("", s.period)
            ]
        found += [(row, numbers[f"balance.{name}"], value) for name, value in claim.accounts.items()]
    if not found:
        return None
    row_, slot_, value_ = (_ints(column) for column in zip(*found, strict=True))
    return row_, slot_, value_


def _opening(
    claims: Sequence[tuple[int, Claim]], prepared: Plan, state: State
) -> tuple[Ints, Ints, Ints] | None:
    """Row, slot and value of what the state remembers, as far as a claim of the batch meets it."""
    numbers, found = slot_numbers(prepared), dict[tuple[object, ...], tuple[int, int, int]]()
    for row, claim in claims:
        memory = Memory(prepared, claim, State())
        for slot in prepared.slots:
            key = memory.keys[slot.label]
            if key and key in state.accumulators:
                found.setdefault((*key, slot.label), (row, numbers[slot.label], state.accumulators[key]))
        for name, owner in prepared.balances.items():
            whose = (claim.household if owner == "household" else claim.person, name)
            if whose in state.balances:
                found.setdefault(whose, (row, numbers[f"balance.{name}"], state.balances[whose]))
    if not found:
        return None
    row_, slot_, value_ = (_ints(column) for column in zip(*found.values(), strict=True))
    return row_, slot_, value_
