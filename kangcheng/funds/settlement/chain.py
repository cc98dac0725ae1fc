"""What later settlements become when an earlier one goes or changes: the state before it, and everything after run again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from kangcheng.funds.engine import reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference import State
from kangcheng.funds.engine.result import Result
from kangcheng.funds.settlement import claims, results, rulebook
from kangcheng.funds.settlement.answers import stack_of
from kangcheng.funds.settlement.models import Accumulator, Balance, Pool, Settlement
from kangcheng.funds.settlement.results import Move
from kangcheng.funds.settlement.types import LIVE, Change
from kangcheng.registry.people import selectors as people


@dataclass(frozen=True)
class Run:
    """One settlement run again: the row as it stands and what it becomes."""

    row: Settlement
    claim: Claim
    stack: Stack
    result: Result

    @property
    def changed(self) -> bool:
        """True when an amount or a move differs from what was settled."""
        money = results.money_of(results.to_json(self.result)) != results.money_of(self.row.result)
        return money or sorted(map(tuple, self.row.moves)) != sorted(results.moves_of(self.result))

    def change(self, now_id: UUID | None = None) -> Change:
        """The difference, for callers."""
        return Change(
            self.row.pk,
            self.row.number,
            self.row.settled_on,
            results.money_of(self.row.result),
            results.money_of(results.to_json(self.result)),
            now_id,
        )


def later_than(row: Settlement) -> list[Settlement]:
    """Live settlements of the unit after this one, in order. The unit is the household once household money is involved."""
    ids = people.ids_of(row.person_id)
    own = Settlement.objects.filter(state__in=LIVE)
    after = _after(own.filter(person_id__in=ids), row)
    if row.household_id is not None and any(_touches_household(one) for one in (row, *after)):
        after = _after(own.filter(Q(person_id__in=ids) | Q(household_id=row.household_id)), row)
    as_golden([row, *after])
    return after


def as_golden(rows: Iterable[Settlement]) -> None:
    """Let rows of a merged person speak of the golden one, in memory only: what is written keeps the id it was written with."""
    known: dict[UUID, str] = {}
    for row in rows:
        if row.person_id not in known:
            known[row.person_id] = str(people.resolve(row.person_id))
        old, golden = str(row.person_id), known[row.person_id]
        if old != golden:
            row.moves = [[kind, golden if owner == old else owner, *rest] for kind, owner, *rest in row.moves]
            row.claim = {**row.claim, "person": golden}


def locks_of(row: Settlement) -> list[int]:
    """Advisory locks for work on a chain: every person of the household in order, then the household, as `settle` takes them."""
    persons = {row.person_id, *people.ids_of(row.person_id)}
    if row.household_id:
        others = Settlement.objects.filter(household_id=row.household_id)
        persons |= set(others.values_list("person_id", flat=True).distinct())
    locks = [rulebook.lock_number("person", person) for person in sorted(persons)]
    if row.household_id:
        locks.append(rulebook.lock_number("household", row.household_id))
    return locks


def state_before(rows: Sequence[Settlement], *, lock_pools: bool = False) -> State:
    """The state as it would be without these settlements: what is there less what they moved."""
    owners = {UUID(one.claim["person"]) for one in rows} | {
        one.household_id for one in rows if one.household_id
    }
    accumulators = {
        (str(owner), name, period, scope): value
        for owner, name, period, scope, value in Accumulator.objects.filter(owner_id__in=owners).values_list(
            "owner_id", "name", "period", "scope", "value"
        )
    }
    balances = {
        (str(owner), name): amount
        for owner, name, amount in Balance.objects.filter(owner_id__in=owners).values_list(
            "owner_id", "name", "amount"
        )
    }
    pools = Pool.objects.order_by("name")
    if lock_pools:
        pools = pools.select_for_update()
    state = State(accumulators, balances, dict(pools.values_list("name", "used")))
    for row in rows:
        take_back(state, [tuple(move) for move in row.moves])
    return state


def take_back(state: State, moves: Iterable[Move]) -> None:
    """Undo moves in a state."""
    for kind, owner, name, period, scope, change in moves:
        if kind == "accumulator":
            key = (owner, name, period, scope)
            state.accumulators[key] = state.accumulators.get(key, 0) - change
        elif kind == "balance":
            state.balances[owner, name] = state.balances.get((owner, name), 0) - change
        else:
            state.pools[name] = state.pools.get(name, 0) - change


def run_again(rows: Sequence[Settlement], state: State) -> list[Run]:
    """Run the kept claims in order on their own releases; `state` moves on with them."""
    done = []
    for row in rows:
        stack, claim = stack_of(row), claims.from_json(row.claim)
        result = reference.settle(stack, claim, state)
        state.apply(result.changes)
        done.append(Run(row, claim, stack, result))
    return done


def effect(row: Settlement) -> tuple[list[Run], State]:
    """What all later settlements become without this one, and the state after them."""
    later = later_than(row)
    state = state_before([row, *later])
    return run_again(later, state), state


def replay(person_id: UUID) -> dict[tuple[str, ...], int]:
    """Accumulators of a person from nothing but the kept claims, run again in order: what the table must say.

    Balances start from today's plus what the claims took; pools from what other claims left.
    """
    rows = live_of_person(person_id)
    state = state_before(rows) if rows else State()
    state.accumulators = dict.fromkeys(state.accumulators, 0)
    run_again(rows, state)
    return {key: value for key, value in state.accumulators.items() if value}


def live_of_person(person_id: UUID) -> list[Settlement]:
    """Live settlements of one human being in order, under all ids."""
    rows = Settlement.objects.filter(person_id__in=people.ids_of(person_id), state__in=LIVE)
    found = list(rows.order_by("settled_on", "sequence", "number"))
    as_golden(found)
    return found


def _after(rows: Any, row: Settlement) -> list[Settlement]:
    later = rows.filter(
        Q(settled_on__gt=row.settled_on)
        | Q(settled_on=row.settled_on, sequence__gt=row.sequence)
        | Q(settled_on=row.settled_on, sequence=row.sequence, number__gt=row.number)
    ).exclude(pk=row.pk)
    return list(later.order_by("settled_on", "sequence", "number"))


def _touches_household(row: Settlement) -> bool:
    household = str(row.household_id)
    return any(move[1] == household for move in row.moves)
