"""Quote and settle at the counter: one claim, one transaction, at most twelve round trips."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.engine import reference
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.result import Result
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import releases, requests, results, rows, rulebook, store
from kangcheng.funds.settlement.answers import answer_of, by_id
from kangcheng.funds.settlement.cases import Case, case_for, case_of, locks_of
from kangcheng.funds.settlement.draft import stay_of
from kangcheng.funds.settlement.models import Settlement
from kangcheng.funds.settlement.results import Move
from kangcheng.funds.settlement.types import AlreadySettled, Answer, Draft, SettlementError
from kangcheng.policy.pack import Pack

TRIES = 3  # a pool that moved between reading and drawing is read again under lock


class PoolMoved(Exception):
    """A pool changed between reading and drawing."""


def quote(
    *,
    pack: Pack,
    by: Actor,
    on: date,
    bill_id: UUID | None = None,
    draft: Draft | None = None,
    paid: Mapping[str, int] | None = None,
) -> Answer:
    """What a settlement on `on` would come to, for a saved bill or a draft; nothing is written or locked.

    `paid`: fen that earlier payers already gave. Raises SettlementError or Faults as `settle` would.
    """
    book = releases.book_of(pack)
    if draft is not None:
        case = case_for(stay_of(draft, on=on), book=book, on=on, paid=paid or {})
    else:
        if bill_id is None:
            raise SettlementError("报价需要账单或草稿 (bill or draft needed)", where="quote")
        case = case_of(
            _found(bill_id, store.before(bill_id=bill_id, key="", on=on)), book=book, on=on, paid=paid or {}
        )
    locked = _read(case, key="", locks=[])
    claim = replace(case.claim, sequence=locked.sequence)
    result = reference.settle(case.stack, claim, locked.state)
    return answer_of(rows.row_of(case, claim, result, by=by, quoted=True), case.stack)


def settle(
    *,
    bill_id: UUID,
    pack: Pack,
    by: Actor,
    on: date,
    key: str,
    paid: Mapping[str, int] | None = None,
    hold_until: datetime | None = None,
) -> Answer:
    """Settle a discharged bill: result, postings, accumulators, event, audit and look in one durable transaction.

    The same key with the same request gives the same answer again. With `hold_until` the settlement is only held and
    expires unless confirmed. Raises SettlementError, AlreadySettled, KeyReused, Faults.
    """
    requests.check_key(key)
    print_ = requests.fingerprint("settle", bill=bill_id, paid=paid or {}, held=hold_until is not None)
    book = releases.book_of(pack)
    releases.keep(book)
    for turn in range(TRIES):
        try:
            with transaction.atomic():
                return _settle(
                    bill_id, book, by, on, key, print_, paid or {}, hold_until, lock_pools=turn > 0
                )
        except PoolMoved:
            continue
        except IntegrityError as error:
            return _explained(error, key, print_)
    raise SettlementError(
        "资金池变动过于频繁 (pool too busy)", where=f"bill:{bill_id}", todo="稍后以同一键重试"
    )


def confirm(*, settlement_id: UUID, by: Actor, on: date) -> Answer:
    """Make a held settlement final. Repeating it changes nothing. Raises SettlementError when it expired."""
    with audit.acting(by=by, on=on, why="", action="settlement.confirm"):
        row = Settlement.objects.select_for_update().filter(pk=settlement_id).first()
        require(by, "claim.settle", institution=row.institution_id if row else None)
        if row is None or row.state not in ("held", "settled"):
            raise SettlementError(
                "预结算已失效 (hold no longer valid)", where=f"settlement:{settlement_id}", todo="重新结算"
            )
        if row.state == "held":
            Settlement.objects.filter(pk=row.pk).update(state="settled", state_at=Now(), hold_until=None)
            audit.record(action="settlement.confirm", subject=f"settlement:{row.pk}", by=by, on=on)
            outbox.append("funds.settled", str(row.pk), {"settlement": str(row.pk), "bill": str(row.bill_id)})
    return by_id(settlement_id)


def _settle(
    bill_id: UUID,
    book: rulebook.RuleBook,
    by: Actor,
    on: date,
    key: str,
    print_: str,
    paid: Mapping[str, int],
    hold_until: datetime | None,
    *,
    lock_pools: bool,
) -> Answer:
    before = _found(bill_id, store.before(bill_id=bill_id, key=key, on=on))
    require(by, "claim.settle", institution=UUID(before.bill["institution_id"]))
    if (done := requests.answered(before.request, key=key, print_=print_)) is not None:
        return by_id(done)
    case = case_of(before, book=book, on=on, paid=paid)
    locked = _read(case, key=key, locks=locks_of(case.facts), lock_pools=lock_pools)
    if (done := requests.answered(locked.request, key=key, print_=print_)) is not None:
        return by_id(done)
    _may_settle(case, locked, on)
    claim = replace(case.claim, sequence=locked.sequence)
    result = reference.settle(case.stack, claim, locked.state)
    row = rows.row_of(case, claim, result, by=by, hold_until=hold_until)
    _tell(row, by=by, on=on)
    _draw(case.stack, claim, row.moves)
    _write(case, row, result, by=by, on=on, key=key, print_=print_)
    return answer_of(row, case.stack)


def _found(bill_id: UUID, before: store.Before | None) -> store.Before:
    if before is None:
        raise SettlementError("没有这张账单 (no such bill)", where=f"bill:{bill_id}", todo="核对就诊号")
    return before


def _read(case: Case, *, key: str, locks: list[int], lock_pools: bool = False) -> store.Locked:
    return store.lock_and_read(
        locks=locks,
        key=key,
        bill_id=case.bill_id,
        person=case.facts.person_id,
        household=case.facts.household_id,
        pools=rulebook.pools_of(case.stack),
        lock_pools=lock_pools,
    )


def _may_settle(case: Case, locked: store.Locked, on: date) -> None:
    if locked.live is not None:
        raise AlreadySettled(*locked.live)
    state, version = locked.bill or ("", -1)
    where = f"bill:{case.bill_id}"
    if state != "discharged":
        raise SettlementError(
            "账单尚未办理出院（结束就诊）(bill not discharged)",
            where=where,
            rule="出院后方可结算",
            todo="先办理出院",
        )
    if version != case.version:
        raise SettlementError("账单刚被改动 (bill changed meanwhile)", where=where, todo="重新核对后再结算")
    if on < (case.claim.discharged_on or on):
        raise SettlementError(
            "结算日期早于出院日期 (settled before discharge)", where=where, rule="先出院后结算"
        )
    last_on = locked.last_on
    if rulebook.uses_household(case.stack):
        last_on = max((day for day in (last_on, locked.last_of_household) if day), default=None)
    if last_on is not None and on < last_on:
        raise SettlementError(
            f"该居民或其家庭已有 {last_on} 的结算 (a later settlement exists)",
            where=where,
            rule="累计按结算先后计算，不能倒插",
            todo="以今日日期结算，或先冲正后面的结算",
        )


def _tell(row: Settlement, *, by: Actor, on: date) -> None:
    """Audit, look log and news, in the transaction of the settlement."""
    subject = f"settlement:{row.pk}"
    audit.record(
        action="settlement.settle",
        subject=subject,
        by=by,
        on=on,
        detail={"bill": str(row.bill_id), "total": row.total},
    )
    audit.look(by=by, person_id=row.person_id, what=subject, why="结算")
    outbox.append("funds.settled", str(row.pk), {"settlement": str(row.pk), "bill": str(row.bill_id)})


def _draw(stack: Stack, claim: Claim, moves: list[Any]) -> None:
    """Reserve what the claim draws from pools; raises PoolMoved when another claim was faster."""
    drawn = {move[2]: move[5] for move in moves if move[0] == "pool"}
    if not drawn:
        return
    wanted = {name: (results.pool_size(stack, name, claim), fen) for name, fen in drawn.items()}
    if not store.reserve(wanted):
        raise PoolMoved


def _write(
    case: Case, row: Settlement, result: Result, *, by: Actor, on: date, key: str, print_: str
) -> None:
    """Everything else in one statement."""
    moves: list[Move] = [tuple(move) for move in row.moves]
    booking = Booking("settlement", f"settlement:{row.pk}", on, rows.lines_of(row, case.stack))
    given = (
        ledger.parameters([booking] if booking.lines else [], by=by)
        | store.move_parameters(moves, row.scheme)
        | rows.settlement_parameters(row)
        | rows.use_parameters(row, results.uses_of(result, case.stack), case.stack)
        | {
            "key": key,
            "verb": "settle",
            "fingerprint": print_,
            "subject": row.pk,
            "bill": row.bill_id,
            "version": row.version,
        }
    )
    written = ledger.run(store.SETTLE, given)
    row.number = written[0]
    if written[1] != 1:
        raise SettlementError(
            "账单刚被改动 (bill changed meanwhile)", where=f"bill:{row.bill_id}", todo="重新核对后再结算"
        )


def _explained(error: IntegrityError, key: str, print_: str) -> Answer:
    """A constraint stopped a race that the locks do not cover: the same key for two persons, or an entitlement granted elsewhere."""
    text = str(error.__cause__ or error)
    if "funds_request" in text:
        done = requests.answered(requests.find(key), key=key, print_=print_)
        if done is not None:
            return by_id(done)
    if "use_once" in text:
        raise SettlementError(
            "同一事由的补助已经给付 (already granted)",
            where=f"key {key}",
            rule="一事由只补助一次，不得重复享受",
        ) from error
    raise error
