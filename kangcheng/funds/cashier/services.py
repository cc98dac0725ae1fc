"""Verbs of the counter: take a deposit, take what is due, refund, correct, close the day. All idempotent by key."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import connection

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.billing.models import Bill, Debt
from kangcheng.funds.cashier import selectors
from kangcheng.funds.cashier.models import DayClose, Payment
from kangcheng.funds.cashier.types import METHODS, CashierError, PaymentView, Sheet
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking, Line
from kangcheng.funds.permission import require
from kangcheng.funds.settlement import requests
from kangcheng.funds.settlement.rulebook import lock_number
from kangcheng.kernel.ids import new_id
from kangcheng.kernel.money import yuan


def deposit(*, bill_id: UUID, method: str, amount: int, by: Actor, on: date, key: str) -> PaymentView:
    """Take a deposit of `amount` fen on an open bill. Refused for those who are treated first and pay later."""
    print_ = requests.fingerprint("deposit", bill=bill_id, method=method, amount=amount)
    _checked(method, amount)
    with audit.acting(by=by, on=on, why="", action="cashier.deposit"):
        bill = _bill(bill_id, by)
        if (done := requests.answered(requests.find(key), key=key, print_=print_)) is not None:
            return selectors.payment(done)
        if bill.no_deposit:
            raise CashierError(
                "先诊疗后付费，不收预交金 (no deposit for this person)",
                where=f"bill:{bill_id}",
                rule=bill.no_deposit,
                todo="出院结算后收取个人部分",
            )
        if bill.state != "open":
            raise CashierError("账单已结束 (bill no longer open)", where=f"bill:{bill_id}")
        lines = _lines(bill, method, "deposit:patient", amount)
        row = _write(bill, "deposit", method, amount, lines, by=by, on=on, business="deposit")
        requests.write(key=key, verb="deposit", print_=print_, subject=row.pk)
    return selectors.view(row)


def take(
    *, bill_id: UUID, method: str, by: Actor, on: date, key: str, amount: int | None = None
) -> PaymentView | None:
    """Bring a settled bill to zero: use the deposit, then take what is left or give the excess back.

    `amount` (fen, above zero) takes only a part of what is due. None when the deposit fitted exactly or nothing was due.
    """
    print_ = requests.fingerprint("take", bill=bill_id, method=method, amount=amount)
    _checked(method, 1 if amount is None else amount)
    with audit.acting(by=by, on=on, why="", action="cashier.take"):
        bill = _bill(bill_id, by)
        if requests.answered(requests.find(key), key=key, print_=print_) is not None:
            done = requests.answer(key)
            return selectors.payment(UUID(done)) if done else None
        row = _brought_to_zero(bill, method, amount, by=by, on=on)
        subject = row.pk if row else bill_id
        requests.write(
            key=key, verb="take", print_=print_, subject=subject, answer=str(row.pk) if row else None
        )
    return selectors.view(row) if row else None


def refund(
    *, bill_id: UUID, method: str, amount: int, by: Actor, on: date, why: str, key: str
) -> PaymentView:
    """Give `amount` fen back: what a reversal or adjustment left in the patient's favour, or an unused deposit."""
    print_ = requests.fingerprint("refund", bill=bill_id, method=method, amount=amount)
    _checked(method, amount)
    if not why.strip():
        raise CashierError("退款须写明原因 (reason needed)", where="why")
    with audit.acting(by=by, on=on, why=why, action="cashier.refund"):
        bill = _bill(bill_id, by)
        if (done := requests.answered(requests.find(key), key=key, print_=print_)) is not None:
            return selectors.payment(done)
        stand = selectors.due(bill_id)
        owed, unused = max(0, -stand.due), stand.deposit if bill.state in ("cancelled", "settled") else 0
        if amount > owed + unused:
            raise CashierError(
                f"最多可退 {yuan(owed + unused)} 元 (more than is owed back)", where=f"bill:{bill_id}",
                rule="只退冲正、调整形成的余款和未用的预交金", todo="先冲正或调整结算",
            )  # fmt: skip
        kind = "refund" if amount <= owed else "deposit_back"
        account = "receivable:patient" if kind == "refund" else "deposit:patient"
        if kind == "deposit_back" and amount > unused:
            raise CashierError("余款与预交金须分两笔退 (refund them apart)", where=f"bill:{bill_id}")
        lines = _lines(bill, method, account, -amount)
        row = _write(bill, kind, method, -amount, lines, by=by, on=on, business="refund", memo=why)
        requests.write(key=key, verb="refund", print_=print_, subject=row.pk)
    return selectors.view(row)


def correct(*, payment_id: UUID, by: Actor, on: date, why: str, key: str) -> PaymentView:
    """Undo one row of the journal by a row dated `on`: the way to change a closed day. Each row is corrected once."""
    print_ = requests.fingerprint("correct", payment=payment_id)
    if not why.strip():
        raise CashierError("更正须写明原因 (reason needed)", where="why")
    with audit.acting(by=by, on=on, why=why, action="cashier.correct"):
        old = Payment.objects.get(pk=payment_id)
        bill = _bill(old.bill_id, by)
        if (done := requests.answered(requests.find(key), key=key, print_=print_)) is not None:
            return selectors.payment(done)
        if old.kind == "correction" or Payment.objects.filter(corrects_id=old.pk).exists():
            raise CashierError("该笔已更正或本身是更正 (already corrected)", where=f"payment:{payment_id}")
        account = "receivable:patient" if old.kind in ("payment", "refund") else "deposit:patient"
        lines = _lines(bill, old.method, account, -old.amount)
        row = _write(
            bill,
            "correction",
            old.method,
            -old.amount,
            lines,
            by=by,
            on=on,
            business="refund",
            memo=why,
            corrects=old.pk,
        )
        requests.write(key=key, verb="correct", print_=print_, subject=row.pk)
    return selectors.view(row)


def close_day(*, institution_id: UUID, day: date, counted: Mapping[str, int], by: Actor, on: date) -> Sheet:
    """Seal the actor's own day: counts, totals, what was counted in the drawer, the difference to the ledger.

    Afterwards the database takes no row of that day from this cashier. Closing twice gives the sealed sheet again.
    """
    require(by, "cash.write", institution=institution_id)
    unknown = set(counted) - METHODS.keys()
    if unknown or any(fen < 0 for fen in counted.values()):
        raise CashierError(
            "实点数不对 (bad count)", where=f"counted {sorted(unknown)}", rule="按方式填写，不得为负"
        )
    with audit.acting(by=by, on=on, why="日结", action="cashier.close_day"):
        _lock_drawer(by.user_id, institution_id)
        sheet = selectors.sheet(cashier_id=by.user_id, institution_id=institution_id, day=day)
        if sheet.closed:
            return sheet
        if day > on:
            raise CashierError("不能提前日结 (day not over)", where=str(day))
        full = {method: counted.get(method, 0) for method in {*sheet.totals, *counted}}
        differences = {method: full[method] - sheet.totals.get(method, 0) for method in full}
        closed = DayClose.objects.create(
            cashier_id=by.user_id, cashier_name=by.name, institution_id=institution_id, day=day, counts=sheet.counts,
            totals=sheet.totals, counted=full, difference=sum(differences.values()),
            digest=selectors.seal(sheet.payments), closed_by=by.user_id,
        )  # fmt: skip
        lines = [
            line
            for method, fen in differences.items()
            for line in (
                Line(f"cash:{method}", fen, institution_id), Line(f"over_short:{method}", -fen, institution_id),
            )
        ]  # fmt: skip
        if any(differences.values()):
            ledger.post(Booking("difference", f"dayclose:{closed.pk}", on, tuple(lines), "日结长短款"), by=by)
        detail = {"difference": closed.difference, "digest": closed.digest}
        audit.record(action="cashier.close_day", subject=f"dayclose:{closed.pk}", by=by, on=on, detail=detail)
    return selectors.sheet(cashier_id=by.user_id, institution_id=institution_id, day=day)


def _brought_to_zero(bill: Bill, method: str, amount: int | None, *, by: Actor, on: date) -> Payment | None:
    stand = selectors.due(bill.pk)
    if stand.settlement_id is None:
        raise CashierError("账单尚未结算 (not settled)", where=f"bill:{bill.pk}", todo="先结算")
    use = max(0, min(stand.deposit, stand.due))
    rest, excess = stand.due - use, stand.deposit - use
    if amount is not None and amount > rest:
        raise CashierError(
            f"应收仅 {yuan(rest)} 元 (more than is due)", where=f"bill:{bill.pk}", todo="核对金额"
        )
    if use:
        lines = (
            Line("deposit:patient", use, bill.person_id),
            Line("receivable:patient", -use, bill.person_id),
        )
        ledger.post(Booking("deposit_use", f"bill:{bill.pk}", on, lines), by=by)
    row, taken = None, min(rest, rest if amount is None else amount)
    if rest > 0:
        lines = _lines(bill, method, "receivable:patient", taken)
        row = _write(
            bill,
            "payment",
            method,
            taken,
            lines,
            by=by,
            on=on,
            business="payment",
            settlement=stand.settlement_id,
        )
    elif excess > 0:
        lines = _lines(bill, method, "deposit:patient", -excess)
        row = _write(bill, "deposit_back", method, -excess, lines, by=by, on=on, business="refund")
    if rest <= max(0, taken):
        Debt.objects.filter(bill_id=bill.pk, closed_on=None).update(closed_on=on)
    return row


def _lines(bill: Bill, method: str, account: str, fen: int) -> tuple[Line, Line]:
    """Cash in (or out, below zero) against what the patient owes or deposited."""
    return Line(f"cash:{method}", fen, bill.institution_id), Line(account, -fen, bill.person_id)


def _checked(method: str, amount: int) -> None:
    if method not in METHODS:
        raise CashierError(
            "未知的收款方式 (unknown method)", where=repr(method), todo=f"可为 {'、'.join(METHODS)}"
        )
    if amount <= 0:
        raise CashierError("金额须大于零 (amount must be above zero)", where=str(amount))


def _bill(bill_id: UUID | None, by: Actor) -> Bill:
    """The bill, locked: two counters at one bill take turns. Then the cashier's drawer, so that a day closes whole."""
    bill = Bill.objects.select_for_update().filter(pk=bill_id).first() if bill_id else None
    if bill is None:
        raise CashierError("没有这张账单 (no such bill)", where=f"bill:{bill_id}")
    require(by, "cash.write", institution=bill.institution_id)
    _lock_drawer(by.user_id, bill.institution_id)
    return bill


def _lock_drawer(cashier_id: UUID, institution_id: UUID) -> None:
    with connection.cursor() as sql:
        sql.execute(
            "SELECT pg_advisory_xact_lock(%s)", [lock_number("drawer", f"{cashier_id}:{institution_id}")]
        )


def _write(
    bill: Bill, kind: str, method: str, amount: int, lines: tuple[Line, ...], *, by: Actor, on: date, business: str,
    settlement: UUID | None = None, memo: str = "", corrects: UUID | None = None,
) -> Payment:  # fmt: skip
    if DayClose.objects.filter(cashier_id=by.user_id, institution_id=bill.institution_id, day=on).exists():
        raise CashierError(
            f"{on} 已日结 (day closed)",
            where=f"cashier:{by.user_id}",
            rule="日结后封存",
            todo="以次日日期更正",
        )
    row = Payment.objects.create(
        id=new_id(), kind=kind, method=method, amount=amount, paid_on=on, person_id=bill.person_id, bill_id=bill.pk,
        settlement_id=settlement, institution_id=bill.institution_id, cashier_id=by.user_id, cashier_name=by.name,
        corrects_id=corrects, memo=memo,
    )  # fmt: skip
    ledger.post(Booking(business, f"payment:{row.pk}", on, lines, memo), by=by)
    audit.record(
        action=f"cashier.{kind}",
        subject=f"payment:{row.pk}",
        by=by,
        on=on,
        why=memo,
        detail={"amount": amount},
    )
    outbox.append("funds.paid", str(row.pk), {"payment": str(row.pk), "bill": str(bill.pk), "kind": kind})
    return Payment.objects.get(pk=row.pk)
