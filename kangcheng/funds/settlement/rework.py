"""Reverse a settlement, settle it again, let held ones expire: always with what later settlements become."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.billing.models import Bill, Debt
from kangcheng.funds.engine import reference
from kangcheng.funds.entitlements.models import EntitlementUse
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import chain, claims, postings, releases, requests, results, rows, store
from kangcheng.funds.settlement.answers import answer_of, by_id, stack_of
from kangcheng.funds.settlement.cases import Stay, claim_of, facts_for, stack_for
from kangcheng.funds.settlement.models import Settlement
from kangcheng.funds.settlement.results import Move
from kangcheng.funds.settlement.types import LIVE, Answer, Change, Reversal, SettlementError
from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack


def reverse(
    *,
    settlement_id: UUID,
    by: Actor,
    on: date,
    why: str,
    key: str,
    resettle_later: bool = False,
    state: str = "reversed",
) -> Reversal:
    """Take a settlement back in full: postings mirrored, state moves undone, the bill open for settlement again.

    `later` of the answer says what every later settlement of the unit becomes; with `resettle_later` they are
    adjusted at once. The same key gives the same answer. Raises SettlementError without a reason or a live settlement.
    """
    if not why.strip():
        raise SettlementError("冲正须写明原因 (reason needed)", where="why", rule="冲正留痕")
    requests.check_key(key)
    print_ = requests.fingerprint("reverse", settlement=settlement_id, later=resettle_later)
    with audit.acting(by=by, on=on, why=why, action="settlement.reverse"):
        row = _locked(settlement_id)
        require(by, "claim.settle", institution=row.institution_id)
        if requests.answered(requests.find(key), key=key, print_=print_) is not None:
            return _answered(key)
        _must_be_live(row)
        later = chain.later_than(row)
        before = chain.state_before([row, *later], lock_pools=True)
        runs = chain.run_again(later, before)
        changed = [run for run in runs if run.changed]
        _give_back([row, *(run.row for run in changed if resettle_later)], on=on)
        _take_out(row, by=by, on=on, why=why, state=state)
        changes = [_adjust(run, by=by, on=on, why=why) if resettle_later else run.change() for run in changed]
        reversal = Reversal(row.pk, row.number, row.cash, tuple(changes))
        requests.write(key=key, verb="reverse", print_=print_, subject=row.pk, answer=_plain(reversal))
        detail = {"later": [str(change.settlement_id) for change in changes], "adjusted": resettle_later}
        audit.record(
            action="settlement.reverse", subject=f"settlement:{row.pk}", by=by, on=on, why=why, detail=detail
        )
        audit.look(by=by, person_id=row.person_id, what=f"settlement:{row.pk}", why=why)
        outbox.append("funds.reversed", str(row.pk), {"settlement": str(row.pk), "bill": str(row.bill_id)})
    return reversal


def resettle(*, settlement_id: UUID, pack: Pack, by: Actor, on: date, why: str, key: str) -> Answer:
    """Settle again with today's facts of the registry and the given pack; later settlements of the unit follow.

    The old row becomes `replaced`; the ledger takes one adjustment entry of the differences, dated `on`.
    """
    if not why.strip():
        raise SettlementError("重算须写明原因 (reason needed)", where="why", rule="调整留痕")
    requests.check_key(key)
    print_ = requests.fingerprint("resettle", settlement=settlement_id)
    book = releases.book_of(pack)
    releases.keep(book)
    with audit.acting(by=by, on=on, why=why, action="settlement.resettle"):
        row = _locked(settlement_id)
        require(by, "claim.settle", institution=row.institution_id)
        if (done := requests.answered(requests.find(key), key=key, print_=print_)) is not None:
            return by_id(done)
        _must_be_live(row)
        later = chain.later_than(row)
        state = chain.state_before([row, *later], lock_pools=True)
        first = _with_new_facts(row, book, state)
        state.apply(first.result.changes)
        runs = [first, *(run for run in chain.run_again(later, state) if run.changed)]
        _give_back([run.row for run in runs], on=on)
        changes = [_adjust(run, by=by, on=on, why=why, book=book if run is first else None) for run in runs]
        now_id = changes[0].now_id or row.pk
        requests.write(key=key, verb="resettle", print_=print_, subject=now_id)
        audit.record(
            action="settlement.resettle", subject=f"settlement:{row.pk}", by=by, on=on, why=why,
            detail={"adjusted": [str(change.settlement_id) for change in changes]},
        )  # fmt: skip
        audit.look(by=by, person_id=row.person_id, what=f"settlement:{row.pk}", why=why)
    return by_id(now_id)


def expire_held(*, now: datetime, by: Actor, on: date) -> list[UUID]:
    """Reverse every held settlement whose time is over; returns their ids. Safe to run twice and beside the counter."""
    over = Settlement.objects.filter(state="held", hold_until__lt=now).order_by("hold_until")
    expired = []
    for settlement_id in list(over.values_list("pk", flat=True)):
        try:
            reverse(
                settlement_id=settlement_id, by=by, on=on, why="超时未确认", key=f"expire:{settlement_id}",
                resettle_later=True, state="expired",
            )  # fmt: skip
            expired.append(settlement_id)
        except SettlementError:
            continue  # confirmed or reversed meanwhile
    return expired


def _locked(settlement_id: UUID) -> Settlement:
    """The row, read after its unit is locked."""
    row = Settlement.objects.filter(pk=settlement_id).first()
    if row is None:
        raise SettlementError("没有这笔结算 (no such settlement)", where=f"settlement:{settlement_id}")
    with connection.cursor() as sql:
        locks = chain.locks_of(row)
        waits = ", ".join(["pg_advisory_xact_lock(%s)"] * len(locks))
        sql.execute(
            f"SELECT set_config('lock_timeout', %s, true), {waits}", [f"{store.LOCK_SECONDS}s", *locks]
        )
    row = Settlement.objects.select_for_update().get(pk=settlement_id)
    chain.as_golden([row])
    return row


def _must_be_live(row: Settlement) -> None:
    if row.state not in LIVE:
        raise SettlementError(
            f"该结算已是“{row.state}” (not live any more)",
            where=f"settlement:{row.pk}",
            rule="一笔结算只冲正一次",
        )


def _take_out(row: Settlement, *, by: Actor, on: date, why: str, state: str) -> None:
    """The row leaves: its state, its bill, its postings."""
    Settlement.objects.filter(pk=row.pk).update(state=state, state_at=Now(), why=why, hold_until=None)
    if row.bill_id:
        Bill.objects.filter(pk=row.bill_id, state="settled").update(
            state="discharged", version=F("version") + 1
        )
        Debt.objects.filter(bill_id=row.bill_id).update(amount=None, settled_on=None, closed_on=None)
    lines = postings.mirrored(rows.lines_of(row, stack_of(row)))
    if lines:
        ledger.post(Booking("reversal", f"settlement:{row.pk}", on, lines, why), by=by)


def _give_back(rows_: Sequence[Settlement], *, on: date) -> None:
    """Undo moves and entitlements of all rows at once, before any of them moves anew.

    What an earlier one now takes, a later one may have had: one by one an account would fall below zero on the way.
    """
    EntitlementUse.objects.filter(settlement_id__in=[row.pk for row in rows_], cancelled_on=None).update(
        cancelled_on=on
    )
    sums: dict[tuple[str, str, str, str, str], int] = {}
    for row in rows_:
        for *key, change in row.moves:
            sums[tuple(key)] = sums.get(tuple(key), 0) - change
    _move([(*key, change) for key, change in sums.items() if change], scheme=rows_[0].scheme)


def _adjust(run: chain.Run, *, by: Actor, on: date, why: str, book: Any = None) -> Change:
    """Write what a settlement becomes as a new row that replaces it, and the difference as one entry."""
    old = run.row
    new = Settlement.objects.get(pk=old.pk)
    rows.overwrite(new, run.claim, run.result, run.stack, by=by)
    new.pk, new.number, new.replaces_id = new_id(), None, old.pk
    new.why = why
    if book is not None:
        new.pack, new.release_hash = book.pack, book.release_hash
    Settlement.objects.filter(pk=old.pk).update(state="replaced", state_at=Now(), why=why, hold_until=None)
    before, after = rows.lines_of(old, stack_of(old)), rows.lines_of(new, run.stack)
    difference = ledger.merged((*after, *postings.mirrored(before)))
    bookings = [Booking("adjustment", f"settlement:{new.pk}", on, difference, why)] if difference else []
    given = (
        ledger.parameters(bookings, by=by)
        | store.move_parameters([tuple(move) for move in new.moves], new.scheme)
        | rows.settlement_parameters(new)
        | rows.use_parameters(new, results.uses_of(run.result, run.stack), run.stack)
    )
    ledger.run(store.ADJUST, given)
    _pools([tuple(move) for move in new.moves])
    if new.bill_id:
        Debt.objects.filter(bill_id=new.bill_id).update(amount=new.cash)
    outbox.append("funds.adjusted", str(new.pk), {"settlement": str(new.pk), "replaces": str(old.pk)})
    return run.change(new.pk)


def _with_new_facts(row: Settlement, book: Any, state: reference.State) -> chain.Run:
    """The kept claim with what the registry says now about its deciding day."""
    kept = claims.from_json(row.claim)
    stay = Stay(
        number=kept.attributes.get("episode", kept.id), person_id=row.person_id, institution_id=row.institution_id,
        setting=row.setting, disease=row.disease, admitted_on=row.admitted_on, discharged_on=row.discharged_on,
        stated=kept.attributes, lines=kept.lines, bill_id=row.bill_id, version=row.version,
    )  # fmt: skip
    facts = facts_for(stay, book)
    fresh = claim_of(facts, stay, on=kept.on, paid=kept.paid)
    # Sums instead of lines, the unit and the place in the order stay what they were when it was settled.
    claim = replace(
        kept, attributes=fresh.attributes, categories=fresh.categories, facts={**kept.facts, **fresh.facts}
    )
    stack = stack_for(facts, book, setting=row.setting, on=row.discharged_on)
    return chain.Run(row, claim, stack, reference.settle(stack, claim, state))


def _move(moves: Sequence[Move], *, scheme: str) -> None:
    """Apply moves to accumulators, balances and pools."""
    with connection.cursor() as sql:
        sql.execute(store.MOVE, store.move_parameters(moves, scheme))
    _pools(moves)


def _pools(moves: Sequence[Move]) -> None:
    """Pool rows were locked when the chain was read, so adding is safe."""
    with connection.cursor() as sql:
        for kind, _, name, _, _, change in moves:
            if kind == "pool" and change:
                sql.execute("UPDATE funds_pool SET used = used + %s WHERE name = %s", [change, name])


def _plain(reversal: Reversal) -> Any:
    """The answer as JSON, ids and days as text."""
    return orjson.loads(orjson.dumps(asdict(reversal), default=str))


def _answered(key: str) -> Reversal:
    """The answer given to this key before."""
    kept = requests.answer(key)
    changes = (
        Change(
            UUID(one["settlement_id"]), one["number"], date.fromisoformat(one["settled_on"]), one["before"], one["after"],
            UUID(one["now_id"]) if one["now_id"] else None,
        )
        for one in kept["later"]
    )  # fmt: skip
    return Reversal(UUID(kept["settlement_id"]), kept["number"], kept["cash"], tuple(changes))


def chain_effect(settlement_id: UUID) -> tuple[Change, ...]:
    """What every later settlement would become if this one were reversed; nothing is written."""
    row = Settlement.objects.get(pk=settlement_id)
    _must_be_live(row)
    with transaction.atomic():
        return tuple(run.change() for run in chain.effect(row)[0] if run.changed)


__all__ = ["answer_of", "chain_effect", "expire_held", "resettle", "reverse"]
