"""Verbs of the ledger: book an entry, reverse one, close a month. An entry is written by one statement."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection

from kangcheng.base import audit
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.ledger import selectors
from kangcheng.funds.ledger.models import MonthClose
from kangcheng.funds.ledger.types import BUSINESS, Booking, LedgerError, Line, family_of
from kangcheng.funds.permission import require
from kangcheng.funds.prepared import Prepared
from kangcheng.kernel.dates import Period, month_of
from kangcheng.kernel.ids import new_id

# Common table expressions, so that a settlement writes its entry in the statement that writes everything else.
CTES = """
    new_account AS (
        INSERT INTO funds_account (id, created_at, code, kind)
        SELECT gen_random_uuid(), now(), code, kind
        FROM unnest(%(account_codes)s::text[], %(account_kinds)s::text[]) AS a(code, kind)
        WHERE NOT EXISTS (SELECT 1 FROM funds_account c WHERE c.code = a.code)
        ON CONFLICT (code) DO NOTHING),
    new_entry AS (
        INSERT INTO funds_entry
            (id, created_at, number, business, subject, happened_on, memo, actor_id, actor_name, reverses_id)
        SELECT id, now(), nextval('funds_entry_number'), business, subject, happened_on, memo,
               %(actor_id)s::uuid, %(actor_name)s::text, reverses
        FROM unnest(%(entry_ids)s::uuid[], %(businesses)s::text[], %(subjects)s::text[], %(days)s::date[],
                    %(memos)s::text[], %(reverses)s::uuid[])
             AS e(id, business, subject, happened_on, memo, reverses)),
    new_posting AS (
        INSERT INTO funds_posting (id, created_at, entry_id, account, party, amount, happened_on)
        SELECT id, now(), entry, account, party, amount, happened_on
        FROM unnest(%(posting_ids)s::uuid[], %(posting_entries)s::uuid[], %(accounts)s::text[],
                    %(parties)s::uuid[], %(amounts)s::bigint[], %(posting_days)s::date[])
             AS p(id, entry, account, party, amount, happened_on))
"""

POST = Prepared("kc_post", f"WITH {CTES} SELECT 1")


def parameters(bookings: Sequence[Booking], *, by: Actor) -> dict[str, Any]:
    """Parameters of `CTES` for these entries; raises LedgerError for one that does not balance or names no account."""
    checked = [_checked(booking) for booking in bookings]
    ids = [new_id() for _ in bookings]
    lines = [
        (entry_id, line, booking.happened_on)
        for entry_id, booking, kept in zip(ids, bookings, checked, strict=True)
        for line in kept
    ]
    return account_parameters({line.account for _, line, _ in lines}) | {
        "actor_id": by.user_id,
        "actor_name": by.name,
        "entry_ids": ids,
        "businesses": [booking.business for booking in bookings],
        "subjects": [booking.subject for booking in bookings],
        "days": [booking.happened_on for booking in bookings],
        "memos": [booking.memo for booking in bookings],
        "reverses": [booking.reverses for booking in bookings],
        "posting_ids": [new_id() for _ in lines],
        "posting_entries": [entry_id for entry_id, _, _ in lines],
        "accounts": [line.account for _, line, _ in lines],
        "parties": [line.party for _, line, _ in lines],
        "amounts": [line.amount for _, line, _ in lines],
        "posting_days": [day for _, _, day in lines],
    }


def account_parameters(codes: Iterable[str]) -> dict[str, Any]:
    """Parameters that make sure of accounts: codes and kinds. Raises LedgerError for a code outside the chart."""
    known = sorted(set(codes))
    return {"account_codes": known, "account_kinds": [family_of(code).kind for code in known]}


def post(booking: Booking, *, by: Actor) -> UUID:
    """Write one entry in the current transaction (one statement); returns its id. Raises LedgerError."""
    given = parameters([booking], by=by)
    run(POST, given)
    return given["entry_ids"][0]


def run(statement: Prepared, given: dict[str, Any]) -> tuple[Any, ...]:
    """Execute a statement built on `CTES`; refusals of the ledger's triggers come back as LedgerError."""
    try:
        return statement.one(given) or ()
    except IntegrityError as error:
        text = str(error.__cause__ or error)
        if "is closed" in text:
            raise LedgerError(
                "该月已结账 (month closed)",
                where=", ".join(str(day) for day in given.get("days", ())),
                rule="已结账月份只能以当月调整凭证更正",
                todo="以当前月份的日期入账",
            ) from error
        raise


def reverse(*, entry_id: UUID, by: Actor, on: date, memo: str) -> UUID:
    """Write the mirror image of an entry, dated `on`; an entry is reversed at most once (the database sees to it)."""
    entry = selectors.entry(entry_id)
    booking = Booking(
        "reversal",
        entry.subject,
        on,
        tuple(Line(line.account, -line.amount, line.party) for line in entry.lines),
        memo,
        reverses=entry_id,
    )
    return post(booking, by=by)


def close_month(*, month: date, by: Actor, on: date) -> MonthClose:
    """Close a month that is over: its trial balance is sealed by a digest and no entry may carry a day of it again.

    Needs `ledger.close`. Months are closed in order, from the first with an entry. What is found later is booked in an open month.
    """
    require(by, "ledger.close")
    period = month_of(month)
    if period.end is None or on < period.end:
        raise LedgerError("月份尚未结束 (month not over)", where=str(month), rule="月末之后方可结账")
    with audit.acting(by=by, on=on, why="月结", action="ledger.close"):
        _in_order(period.start)
        _alone(period.start)
        return _close(period, by=by, on=on)


def _in_order(month: date) -> None:
    """Raise LedgerError unless `month` is the next to close. Two who close at once take turns."""
    with connection.cursor() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('kangcheng:month'))")
    due = selectors.month_due()
    if month != due:
        known = month in selectors.months_closed()
        raise LedgerError(
            "该月已结账 (month closed already)" if known else "须按月依次结账 (months are closed in order)",
            where=f"{month:%Y-%m}", rule=f"下一个待结月份：{due:%Y-%m}" if due else "还没有凭证，无月可结",
            todo="先结更早的月份",
        )  # fmt: skip


def _alone(month: date) -> None:
    """Wait for every transaction that has an entry of the month; who comes later finds the month closed (`models.MONTH_OPEN`)."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT pg_advisory_xact_lock(hashtext('kangcheng:month'), %s)", [month.year * 100 + month.month]
        )


def _close(period: Period, *, by: Actor, on: date) -> MonthClose:
    trial = selectors.trial_balance(on=period.last or on)
    text = "\n".join(f"{row.account} {row.debit} {row.credit}" for row in trial.rows)
    closed = MonthClose.objects.create(
        month=period.start,
        closed_by=by.user_id,
        debit=trial.debit,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
    audit.record(
        action="ledger.close",
        subject=f"month:{period.start:%Y-%m}",
        by=by,
        on=on,
        detail={"digest": closed.digest, "name": by.name},
    )
    return closed


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines of one account and party added up; those that come to zero are left out."""
    sums: dict[tuple[str, UUID | None], int] = {}
    for line in lines:
        key = (line.account, line.party)
        sums[key] = sums.get(key, 0) + line.amount
    return tuple(Line(account, amount, party) for (account, party), amount in sums.items() if amount)


def _checked(booking: Booking) -> tuple[Line, ...]:
    if booking.business not in BUSINESS:
        raise LedgerError(
            "未知业务 (unknown business)", where=booking.business, todo=f"可为 {', '.join(BUSINESS)}"
        )
    lines = merged(booking.lines)
    total = sum(line.amount for line in lines)
    if total or len(lines) < 2:
        raise LedgerError(
            f"凭证不平，差 {total} 分 (entry does not balance)"
            if total
            else "凭证没有内容 (entry says nothing)",
            where=booking.subject,
            rule="借方合计等于贷方合计",
        )
    return lines
