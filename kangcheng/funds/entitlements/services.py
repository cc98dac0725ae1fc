"""Verbs of entitlements: grant an award to a person without a bill, once per case or year, and take one back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.eligibility import selectors as eligibility
from kangcheng.funds.engine import reference
from kangcheng.funds.engine.definition import Entitlement, Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.result import Result
from kangcheng.funds.entitlements import selectors
from kangcheng.funds.entitlements.models import EntitlementUse
from kangcheng.funds.entitlements.types import EntitlementError, UseView
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking, Line
from kangcheng.funds.payouts import services as payouts
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import releases, requests, results, rulebook, store
from kangcheng.funds.settlement.facts import UNINSURED
from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack
from kangcheng.registry.people import selectors as people
from kangcheng.registry.people.types import Facts


def grant(
    *,
    person_id: UUID,
    entitlement: str,
    pack: Pack,
    by: Actor,
    on: date,
    evidence: Mapping[str, str],
    key: str,
) -> UseView:
    """Grant an award of the pack (setting `award`) and ask for its payout, which two others approve.

    `evidence`: what the entitlement asks for -> file hash or number. Raises EntitlementError when the person is not
    entitled, has had it already, or evidence is missing; the database refuses a second use of one case as well.
    """
    require(by, "claim.settle")
    requests.check_key(key)
    print_ = requests.fingerprint("grant", person=person_id, entitlement=entitlement)
    book = releases.book_of(pack)
    releases.keep(book)
    facts = _person(person_id, on)
    stack = _award(book, facts, entitlement, on, evidence)
    with audit.acting(by=by, on=on, why="", action="entitlement.grant"):
        state = _locked(facts, stack)
        if (done := requests.answered(requests.find(key), key=key, print_=print_)) is not None:
            return selectors.use(done)
        result = reference.settle(stack, _claim(facts, on), state)
        payer, amount = _granted(result, entitlement)
        row = _write(book, facts, stack, result, payer, amount, evidence, by=by, on=on)
        requests.write(key=key, verb="grant", print_=print_, subject=row.pk)
        detail = {"entitlement": entitlement, "amount": amount}
        audit.record(action="entitlement.grant", subject=f"use:{row.pk}", by=by, on=on, detail=detail)
        audit.look(by=by, person_id=facts.person_id, what=f"use:{row.pk}", why="发放补助")
        outbox.append("funds.granted", str(row.pk), {"use": str(row.pk), "entitlement": entitlement})
    return selectors.use(row.pk)


def cancel(*, use_id: UUID, by: Actor, on: date, why: str) -> UseView:
    """Take an award back that was not paid out yet: its payout is refused, its postings and moves mirrored."""
    require(by, "payout.approve")
    if not why.strip():
        raise EntitlementError("撤销须写明原因 (reason needed)", where="why")
    with audit.acting(by=by, on=on, why=why, action="entitlement.cancel"):
        row = EntitlementUse.objects.select_for_update().filter(pk=use_id, settlement_id=None).first()
        if row is None or row.cancelled_on is not None:
            raise EntitlementError("没有这笔补助，或已撤销 (unknown or cancelled)", where=f"use:{use_id}")
        if row.payout_id:
            payouts.refuse(payout_id=row.payout_id, by=by, on=on, reason=why)
        EntitlementUse.objects.filter(pk=row.pk).update(cancelled_on=on)
        lines = _lines(row.source, -row.amount, row.person_id)
        ledger.post(Booking("reversal", f"use:{row.pk}", on, lines, why), by=by)
        moves = [(*move[:5], -move[5]) for move in row.evidence.get("moves", ())]
        with connection.cursor() as sql:
            sql.execute(store.MOVE, store.move_parameters(moves, ""))
        audit.record(action="entitlement.cancel", subject=f"use:{row.pk}", by=by, on=on, why=why)
    return selectors.use(use_id)


def _person(person_id: UUID, on: date) -> Facts:
    facts = people.facts(person_id, on)
    if facts is None or (facts.death_on is not None and facts.death_on < on):
        raise EntitlementError(
            "没有这位居民，或已去世 (no such person, or dead)", where=f"person:{person_id}"
        )
    return facts


def _award(
    book: rulebook.RuleBook, facts: Facts, entitlement: str, on: date, evidence: Mapping[str, str]
) -> Stack:
    """The award alone as a stack."""
    scheme = facts.scheme or UNINSURED
    whole = book.stack_for(scheme, selectors.AWARD, on)
    place = next((one for one in whole.order if one.id == entitlement), None)
    if not isinstance(place, Entitlement) or place.subsidy is None:
        raise EntitlementError(
            f"政策包没有按人发放的待遇 {entitlement!r} (no such award)", where=book.pack,
            todo=f"可为 {'、'.join(one.id for one in whole.order)}",
        )  # fmt: skip
    missing = [name for name in place.evidence if not evidence.get(name)]
    if missing:
        raise EntitlementError(
            f"缺少材料：{'、'.join(missing)} (evidence missing)", where=entitlement, rule=place.clause
        )
    return replace(whole, order=(place,))


def _claim(facts: Facts, on: date) -> Claim:
    return Claim(
        id=f"award-{on}", person=str(facts.person_id), on=on, household=str(facts.household_id or ""), total=0,
        attributes={**eligibility.facts_of(facts.person_id, on), "scheme": facts.scheme or UNINSURED, "setting": selectors.AWARD},
        categories=facts.categories, facts={"age": facts.age(on)},
    )  # fmt: skip


def _locked(facts: Facts, stack: Stack) -> reference.State:
    locks = [rulebook.lock_number("person", facts.person_id)]
    if facts.household_id:
        locks.append(rulebook.lock_number("household", facts.household_id))
    return store.lock_and_read(
        locks=locks, key="", bill_id=None, person=facts.person_id, household=facts.household_id,
        pools=rulebook.pools_of(stack), lock_pools=True,
    ).state  # fmt: skip


def _granted(result: Result, entitlement: str) -> tuple[str, int]:
    paid = {payer: fen for payer, fen in result.allowances.items() if fen}
    if not paid:
        why = {layer.skipped for layer in result.layers if layer.skipped}
        said = (
            "本期已发放，不得重复享受 (granted already)"
            if "frequency" in why
            else "不符合条件 (not entitled)"
        )
        raise EntitlementError(said, where=entitlement, rule="一事由（一年）一次")
    payer, amount = next(iter(paid.items()))
    return payer, amount


def _write(
    book: rulebook.RuleBook, facts: Facts, stack: Stack, result: Result, payer: str, amount: int,
    evidence: Mapping[str, str], *, by: Actor, on: date,
) -> EntitlementUse:  # fmt: skip
    moves, use_id, name = results.moves_of(result), new_id(), stack.order[0].id
    case = results.case_keys(stack, moves).get(name, f"use:{use_id}")
    payout = payouts.ask(
        register=name, subject=f"{facts.person_id}:{case}", source=payer, party_id=facts.person_id, payee=facts.name,
        amount=amount, by=by, on=on, memo=name, owed=True,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row = EntitlementUse.objects.create(
                id=use_id, person_id=facts.person_id, entitlement=name, kind="subsidy", source=payer, case_key=case,
                amount=amount, used_on=on, payout_id=payout.id, release_hash=book.release_hash,
                evidence={**evidence, "moves": [list(move) for move in moves]}, granted_by=by.user_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise EntitlementError("同一事由已发放 (granted already)", where=name, rule="不得重复享受") from error
    ledger.post(Booking("payable", f"use:{row.pk}", on, _lines(payer, amount, facts.person_id)), by=by)
    with connection.cursor() as sql:
        sql.execute(store.MOVE, store.move_parameters(moves, facts.scheme or ""))
    drawn = {move[2]: move[5] for move in moves if move[0] == "pool"}
    if drawn:
        store.reserve(
            {pool: (results.pool_size(stack, pool, _claim(facts, on)), fen) for pool, fen in drawn.items()}
        )
    return row


def _lines(payer: str, amount: int, person: UUID) -> tuple[Line, ...]:
    return (Line(f"allowance:{payer}", amount, person), Line("payable:person", -amount, person))
