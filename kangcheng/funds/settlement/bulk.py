"""A whole load of settled claims at once: COPY of the same rows, postings and moves that the counter would write."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.copying import copy_in
from kangcheng.funds.engine import reference
from kangcheng.funds.engine.definition import Entitlement, Stack
from kangcheng.funds.engine.facts import Claim
from kangcheng.funds.engine.reference.state import period_key
from kangcheng.funds.engine.result import Result
from kangcheng.funds.engine.slots import Slot, slots
from kangcheng.funds.entitlements.models import EntitlementUse
from kangcheng.funds.ledger.models import Entry, Posting
from kangcheng.funds.ledger.services import account_parameters, merged
from kangcheng.funds.ledger.types import Line
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import releases, results, rows, store
from kangcheng.funds.settlement.models import Settlement
from kangcheng.funds.settlement.results import Move
from kangcheng.funds.settlement.types import SettlementError
from kangcheng.kernel.ids import new_id
from kangcheng.policy.pack import Pack

CHUNK = 5000
_ENTRY = ("id", "business", "subject", "happened_on", "memo", "actor_id", "actor_name")
_POSTING = ("id", "entry_id", "account", "party", "amount", "happened_on")
_USE = (
    "id", "person_id", "entitlement", "kind", "source", "case_key", "amount", "used_on", "settlement_id", "release_hash",
    "evidence", "granted_by",
)  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """One claim that was settled by an engine already. Claims of one person stand in their order.

    `result` may come from either implementation; `claim` must carry the ids as text (person, household). `paid`: the
    patient's part was collected in cash, so nothing is left to receive.
    """

    claim: Claim
    result: Result
    stack: str
    institution_id: UUID
    area_code: str = ""
    level: str = ""
    scheme: str = ""
    setting: str = ""
    disease: str = ""
    bill_id: UUID | None = None
    paid: bool = True


def bulk(loaded: Iterable[Loaded], *, pack: Pack, by: Actor, on: date, why: str = "批量载入") -> list[UUID]:
    """Write settled claims with the same rows, postings and state moves as the counter; returns their ids in order.

    One transaction, one audit event; other settlements wait meanwhile. Nothing is computed again but entitlements used.
    """
    require(by, "claim.settle")
    book = releases.book_of(pack)
    releases.keep(book)
    writer = _Writer(book, by)
    for one in loaded:
        writer.add(one)
    with audit.acting(by=by, on=on, why=why, action="settlement.bulk"):
        with connection.cursor() as sql:
            sql.execute("LOCK TABLE funds_settlement IN SHARE ROW EXCLUSIVE MODE")
        writer.write()
        detail = {"rows": len(writer.ids), "release": book.release_hash}
        audit.record(
            action="settlement.bulk", subject="settlement:many", by=by, on=on, why=why, detail=detail
        )
        outbox.append("funds.loaded", str(new_id()), {"rows": len(writer.ids)})
    return writer.ids


class _Writer:
    """Collects rows of every table, then copies them."""

    def __init__(self, book: Any, by: Actor) -> None:
        self.book, self.by = book, by
        self.ids: list[UUID] = []
        self.settlements: list[tuple[Any, ...]] = []
        self.entries: list[tuple[Any, ...]] = []
        self.postings: list[tuple[Any, ...]] = []
        self.uses: list[tuple[Any, ...]] = []
        self.seen: dict[tuple[str, str, str, str], int] = {}
        self.balances: dict[tuple[str, str], int] = {}
        self.pools: dict[str, tuple[int, int]] = {}  # name -> size, drawn
        self.slots: dict[int, tuple[Slot, ...]] = {}
        self.schemes: dict[tuple[str, str, str, str], str] = {}

    def add(self, one: Loaded) -> None:
        stack = self.book.stack(one.stack, one.claim.discharged_on or one.claim.on)
        moves = self._moves(one, stack)
        row = self._row(one, stack, moves)
        self.ids.append(row.pk)
        values = rows.settlement_parameters(row)
        self.settlements.append(tuple(values[f"s_{name}"] for name in store.SETTLEMENT_COLUMNS))
        self._book(one, row, stack)
        self._use(one, row, stack)

    def write(self) -> None:
        now = timezone.now()
        names = (*store.SETTLEMENT_COLUMNS, "state_at")
        copy_in(Settlement, names, ((*row, now) for row in self.settlements))
        with connection.cursor() as sql:
            sql.execute(ACCOUNTS, account_parameters({row[2] for row in self.postings}))
        copy_in(Entry, _ENTRY, self.entries)
        copy_in(Posting, _POSTING, self.postings)
        copy_in(EntitlementUse, _USE, self.uses)
        self._write_moves()

    def _row(self, one: Loaded, stack: Stack, moves: list[Move]) -> Settlement:
        claim = one.claim
        row = Settlement(
            id=new_id(), number=None, bill_id=one.bill_id, version=0, person_id=UUID(claim.person),
            household_id=UUID(claim.household) if claim.household else None, institution_id=one.institution_id,
            area_code=one.area_code, level=one.level, scheme=one.scheme or claim.attributes.get("scheme", ""),
            setting=one.setting or claim.attributes.get("setting", ""),
            disease=one.disease or claim.attributes.get("disease", ""), categories=sorted(claim.categories),
            stack=stack.id, pack=self.book.pack, release_hash=self.book.release_hash, settled_on=claim.on,
            admitted_on=claim.admitted_on or claim.discharged_on or claim.on,
            discharged_on=claim.discharged_on or claim.on, sequence=claim.sequence, state="settled", hold_until=None,
            why="", replaces_id=None, settled_by=self.by.user_id, batch=True,
        )  # fmt: skip
        rows.fill(row, claim, one.result, moves=moves, explained=False)
        return row

    def _moves(self, one: Loaded, stack: Stack) -> list[Move]:
        """What the claim changed: said by the result, or worked out from the values after it."""
        moves = results.moves_of(one.result) if one.result.changes else self._differences(one, stack)
        for kind, owner, name, period, scope, change in moves:
            if kind == "balance":
                self.balances[owner, name] = self.balances.get((owner, name), 0) + change
            elif kind == "pool":
                size = results.pool_size(stack, name, one.claim)
                self.pools[name] = (size, self.pools.get(name, (0, 0))[1] + change)
            elif one.result.changes:
                key = (owner, name, period, scope)
                self.seen[key] = self.seen.get(key, 0) + change
                self.schemes[key] = one.scheme
        return moves

    def _differences(self, one: Loaded, stack: Stack) -> list[Move]:
        claim = one.claim
        moves: list[Move] = []
        if id(stack) not in self.slots:
            self.slots[id(stack)] = slots(stack)
        for slot in self.slots[id(stack)]:
            after = one.result.accumulators.get(slot.label, 0)
            key = _key(slot, claim) if after else None
            if key is None:
                continue
            change = after - self.seen.get(key, 0)
            if change:
                self.seen[key] = after
                self.schemes[key] = one.scheme
                moves.append(("accumulator", *key, change))
        owners = results.account_owners(
            stack, UUID(claim.person), UUID(claim.household) if claim.household else None
        )
        moves += [
            ("balance", str(owners[name]), name, "", "", -fen)
            for name, fen in one.result.accounts.items()
            if fen
        ]
        return moves + results.draws_of(one.result, stack)

    def _book(self, one: Loaded, row: Settlement, stack: Stack) -> None:
        lines: Sequence[Line] = rows.lines_of(row, stack)
        if one.paid:
            lines = [
                Line("cash:cash", line.amount, row.institution_id)
                if line.account == "receivable:patient"
                else line
                for line in lines
            ]
        kept = merged(lines)
        if not kept:
            return
        entry = new_id()
        subject = f"settlement:{row.pk}"
        self.entries.append((entry, "settlement", subject, row.settled_on, "", self.by.user_id, self.by.name))
        self.postings += [
            (new_id(), entry, line.account, line.party, line.amount, row.settled_on) for line in kept
        ]

    def _use(self, one: Loaded, row: Settlement, stack: Stack) -> None:
        if not (row.waived or row.institution_borne or _subsidised(one, stack)):
            return
        uses = entitlements_used(stack, one.claim, one.result)
        given = rows.use_parameters(row, uses, stack)
        for name, kind, source, case, amount in zip(
            given["use_ids"], given["use_kinds"], given["use_sources"], given["use_cases"], given["use_amounts"],
            strict=True,
        ):  # fmt: skip
            self.uses.append(
                (
                    new_id(), row.person_id, name, kind, source, case, amount, row.settled_on, row.pk,
                    row.release_hash, "{}", self.by.user_id,
                )
            )  # fmt: skip

    def _write_moves(self) -> None:
        moves: list[tuple[Move, str]] = [
            (("accumulator", *key, value), self.schemes.get(key, ""))
            for key, value in self.seen.items()
            if value
        ]
        moves += [
            (("balance", owner, name, "", "", change), "") for (owner, name), change in self.balances.items()
        ]
        by_scheme: dict[str, list[Move]] = {}
        for move, scheme in moves:
            by_scheme.setdefault(scheme, []).append(move)
        with connection.cursor() as sql:
            for scheme, group in by_scheme.items():
                for start in range(0, len(group), CHUNK):
                    sql.execute(store.MOVE, store.move_parameters(group[start : start + CHUNK], scheme))
        if self.pools and not store.reserve(self.pools):
            raise SettlementError("限额不足 (a pool is overdrawn)", where=", ".join(self.pools))


ACCOUNTS = """
    INSERT INTO funds_account (id, created_at, code, kind)
    SELECT gen_random_uuid(), now(), code, kind
    FROM unnest(%(account_codes)s::text[], %(account_kinds)s::text[]) AS a(code, kind)
    ON CONFLICT (code) DO NOTHING
"""


def entitlements_used(stack: Stack, claim: Claim, result: Result) -> list[tuple[str, str, str, int]]:
    """Entitlements used by a claim whose result came without reasons.

    Waivers and caps look at the bill alone, so the claim is run once more for them; subsidies are told by their layer.
    """
    uses = results.uses_of(result, stack) if result.layers else []
    if result.reasons or not (sum(result.waived.values()) or result.institution):
        return uses
    told = results.uses_of(reference.settle(stack, claim, explain=True), stack)
    return [use for use in uses if use[1] == "subsidy"] + [use for use in told if use[1] != "subsidy"]


def _subsidised(one: Loaded, stack: Stack) -> bool:
    sources = {place.source for place in stack.order if isinstance(place, Entitlement) and place.subsidy}
    return any(one.result.payers.get(source) or one.result.allowances.get(source) for source in sources)


def _key(slot: Slot, claim: Claim) -> tuple[str, str, str, str] | None:
    """Where the engine keeps the slot for this claim; None when it cannot be named."""
    period = period_key(slot.period, slot.accumulate, claim)
    texts = [claim.attributes.get(name) for name in slot.accumulate.by]
    if period is None or not all(texts):
        return None
    owner = claim.person if slot.accumulate.owner == "person" else claim.household
    scope = ";".join(f"{name}={text}" for name, text in zip(slot.accumulate.by, texts, strict=True))
    return owner, slot.name, period, scope
