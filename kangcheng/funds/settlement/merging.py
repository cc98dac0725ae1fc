"""Two persons were found to be one (or not to be): their running figures follow, and the claims that would now differ are listed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from kangcheng.base import audit
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking, Line
from kangcheng.funds.settlement import chain, rulebook, store
from kangcheng.funds.settlement.models import Accumulator, Balance, Settlement
from kangcheng.funds.settlement.results import Move
from kangcheng.funds.settlement.types import LIVE, Change

ADD_BALANCE = """
    INSERT INTO funds_balance (id, created_at, owner_id, name, amount)
    SELECT gen_random_uuid(), now(), %s, %s, 0 ON CONFLICT (owner_id, name) DO NOTHING
"""


def merge_people(*, golden: UUID, absorbed: UUID, by: Actor, on: date, why: str) -> tuple[Change, ...]:
    """After the registry let `absorbed` stand for `golden`: move the running figures over; returns claims whose result changes.

    No settlement is rewritten: each change listed can be taken up by `resettle`. Repeating it moves nothing.
    """
    with audit.acting(by=by, on=on, why=why, action="settlement.merge"):
        _lock(golden, absorbed)
        kept = Accumulator.objects.filter(owner_id=absorbed).exclude(value=0)
        moves: list[Move] = [
            ("accumulator", str(absorbed), row.name, row.period, row.scope, row.value) for row in kept
        ]
        moves += [
            ("balance", str(absorbed), row.name, "", "", row.amount)
            for row in Balance.objects.filter(owner_id=absorbed).exclude(amount=0)
        ]
        _carry(moves, absorbed, golden, by=by, on=on)
        changes = _changes(golden)
        detail = {"absorbed": str(absorbed), "changes": [str(change.settlement_id) for change in changes]}
        audit.record(
            action="settlement.merge", subject=f"person:{golden}", by=by, on=on, why=why, detail=detail
        )
    return changes


def unmerge_people(*, golden: UUID, absorbed: UUID, by: Actor, on: date, why: str) -> tuple[Change, ...]:
    """After the registry took a merge back: `absorbed` gets the figures of its own settlements again."""
    with audit.acting(by=by, on=on, why=why, action="settlement.unmerge"):
        _lock(golden, absorbed)
        sums: dict[tuple[str, str, str, str], int] = {}
        for row in Settlement.objects.filter(person_id=absorbed, state__in=LIVE):
            for kind, owner, name, period, scope, change in row.moves:
                if kind == "accumulator" and owner in (str(golden), str(absorbed)):
                    key = (kind, name, period, scope)
                    sums[key] = sums.get(key, 0) + change
        moves: list[Move] = [
            (kind, str(golden), name, period, scope, change)
            for (kind, name, period, scope), change in sums.items()
        ]
        _carry(moves, golden, absorbed, by=by, on=on)
        changes = (*_changes(golden), *_changes(absorbed))
        audit.record(action="settlement.unmerge", subject=f"person:{golden}", by=by, on=on, why=why)
    return changes


def _lock(*persons: UUID) -> None:
    locks = [rulebook.lock_number("person", person) for person in sorted(persons)]
    with connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(%s), pg_advisory_xact_lock(%s)", locks)


def _carry(moves: Sequence[Move], giver: UUID, taker: UUID, *, by: Actor, on: date) -> None:
    """Take figures off one person and give them to another; account money is booked over."""
    lines = []
    with connection.cursor() as sql:
        for kind, _, name, _, _, change in moves:
            if kind == "balance":
                sql.execute(ADD_BALANCE, [taker, name])
                lines += [Line(f"account:{name}", change, giver), Line(f"account:{name}", -change, taker)]
        given = [*((*move[:1], str(giver), *move[2:5], -move[5]) for move in moves)]
        taken = [*((*move[:1], str(taker), *move[2:5], move[5]) for move in moves)]
        sql.execute(store.MOVE, store.move_parameters(given, ""))
        sql.execute(store.MOVE, store.move_parameters(taken, ""))
    if lines:
        ledger.post(Booking("adjustment", f"person:{taker}", on, tuple(lines), "人员合并"), by=by)


def _changes(person: UUID) -> tuple[Change, ...]:
    """Live settlements of the person that would come out otherwise if all were run in order from the start."""
    rows = chain.live_of_person(person)
    if not rows:
        return ()
    return tuple(run.change() for run in chain.run_again(rows, chain.state_before(rows)) if run.changed)
