"""Verbs of payouts: ask, approve (twice, by two others), refuse, pay. The database counts the approvals as well."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from kangcheng.base import audit, outbox
from kangcheng.base.accounts.types import Actor
from kangcheng.funds.ledger import selectors as entries
from kangcheng.funds.ledger import services as ledger
from kangcheng.funds.ledger.types import Booking, Line
from kangcheng.funds.payouts import selectors
from kangcheng.funds.payouts.models import Payout, PayoutApproval
from kangcheng.funds.payouts.types import APPROVALS, INSTITUTION, PERSON, PayoutError, PayoutView
from kangcheng.funds.permission import require
from kangcheng.funds.settlement.rulebook import lock_number
from kangcheng.kernel.ids import new_id
from kangcheng.work.registers.types import Register


def ask(
    *, register: str, subject: str, source: str, party_id: UUID | None, payee: str, amount: int, by: Actor, on: date,
    memo: str = "", owed: bool = False,
) -> PayoutView:  # fmt: skip
    """Ask for money: `source` (a fund) pays `amount` fen to somebody for an approved row of `register`.

    Asking twice for one register and subject gives the payout that is there. With `owed` the ledger knows the debt
    already (a settlement or an entitlement booked it); otherwise it is booked now.
    """
    require(by, "payout.approve" if by.may("payout.approve") else "claim.settle")
    if amount <= 0:
        raise PayoutError("金额须大于零 (amount must be above zero)", where=f"{register}/{subject}")
    with audit.acting(by=by, on=on, why=memo, action="payout.ask"):
        known = Payout.objects.filter(register=register, subject=subject).exclude(state="refused").first()
        if known is not None:
            if (known.amount, known.source, known.party_id) != (amount, source, party_id):
                raise PayoutError(
                    "同一事项已有金额或收款人不同的拨付 (asked for differently)", where=f"payout:{known.pk}",
                    rule="一事项一笔，不得重复给付", todo="先退回原申请",
                )  # fmt: skip
            return selectors.payout(known.pk)
        row = Payout.objects.create(
            id=new_id(), register=register, subject=subject, source=source, party_id=party_id, payee=payee,
            amount=amount, asked_on=on, asked_by=by.user_id, memo=memo,
        )  # fmt: skip
        if not owed:
            lines = (
                Line(f"allowance:{source}", amount, party_id),
                Line(_payable(register), -amount, party_id),
            )
            ledger.post(Booking("payable", f"payout:{row.pk}", on, lines, memo), by=by)
        audit.record(
            action="payout.ask", subject=f"payout:{row.pk}", by=by, on=on, why=memo, detail={"amount": amount}
        )
    return selectors.payout(row.pk)


def ask_for_institution(
    *, institution_id: UUID, payee: str, source: str, until: date, by: Actor, on: date
) -> PayoutView:
    """Ask for all that `source` owes an institution for settlements and that nobody asked for yet."""
    require(by, "ledger.look")
    with audit.acting(by=by, on=on, why="", action="payout.ask"):
        # Two who ask at once must see each other: what is owed is asked for once.
        with connection.cursor() as sql:
            sql.execute(
                "SELECT pg_advisory_xact_lock(%s)", [lock_number("owed", f"{institution_id}:{source}")]
            )
        owed = {(place, fund): fen for place, fund, fen in selectors.owed_to_institutions()}
        amount = owed.get((institution_id, source), 0)
        if amount <= 0:
            raise PayoutError("没有应拨款项 (nothing owed)", where=f"institution:{institution_id}, {source}")
        return ask(
            register=INSTITUTION, subject=f"{institution_id}:{source}:{until}", source=source, party_id=institution_id,
            payee=payee, amount=amount, by=by, on=on, memo=f"截至{until}结算款", owed=True,
        )  # fmt: skip


def ask_for_register(
    *, register: Register, source: str, until: date, by: Actor, on: date
) -> list[PayoutView]:
    """Ask `source` for every approved amount of a register due up to a day; rows asked for before are passed over.

    Whoever asks approves none of them. Raises PayoutError when nothing is due.
    """
    require(by, "claim.settle")
    require(by, "ledger.look")
    pay = register.payable
    column = register.column(pay.payee) if pay else None
    known = column is not None and column.type in ("person", "institution")
    with audit.acting(by=by, on=on, why="", action="payout.ask"):
        with connection.cursor() as sql:  # two who ask at once must see each other
            sql.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number("rows", register.id)])
        due = selectors.due_of(register, until)
        if not due:
            raise PayoutError("没有应付未申请的行 (nothing due)", where=register.id, rule=f"截至{until}")
        return [
            ask(
                register=register.id, subject=str(one.row_id), source=source, party_id=UUID(one.payee) if known else None,
                payee=one.payee, amount=one.amount, by=by, on=on, memo=register.title,
            )
            for one in due
        ]  # fmt: skip


def approve(*, payout_id: UUID, by: Actor, on: date, reason: str = "") -> PayoutView:
    """Say yes. The asker cannot, and nobody can twice; with the second yes the payout is approved."""
    require(by, "payout.approve")
    with audit.acting(by=by, on=on, why=reason, action="payout.approve"):
        row = _waiting(payout_id)
        if by.user_id == row.asked_by:
            raise PayoutError(
                "申请人不得审批 (asker cannot approve)", where=f"payout:{payout_id}", rule="两人审批"
            )
        _verdict(row, "yes", reason, by=by, on=on)
        if PayoutApproval.objects.filter(payout=row, verdict="yes").count() >= APPROVALS:
            Payout.objects.filter(pk=row.pk).update(state="approved")
        audit.record(action="payout.approve", subject=f"payout:{row.pk}", by=by, on=on, why=reason)
    return selectors.payout(payout_id)


def refuse(*, payout_id: UUID, by: Actor, on: date, reason: str) -> PayoutView:
    """Say no, with a reason: the payout ends here; a debt that was booked for it is taken back."""
    require(by, "payout.approve")
    if not reason.strip():
        raise PayoutError("退回须写明原因 (reason needed)", where=f"payout:{payout_id}")
    with audit.acting(by=by, on=on, why=reason, action="payout.refuse"):
        row = _waiting(payout_id, states=("asked", "approved"))
        _verdict(row, "no", reason, by=by, on=on)
        Payout.objects.filter(pk=row.pk).update(state="refused", reason=reason)
        for entry in entries.entries_of(f"payout:{row.pk}"):
            ledger.reverse(entry_id=entry.id, by=by, on=on, memo=reason)
        audit.record(action="payout.refuse", subject=f"payout:{row.pk}", by=by, on=on, why=reason)
    return selectors.payout(payout_id)


def pay(*, payout_id: UUID, by: Actor, on: date) -> PayoutView:
    """The money leaves the fund. Only after two approvals; paying twice changes nothing."""
    require(by, "payout.approve")
    with audit.acting(by=by, on=on, why="", action="payout.pay"):
        row = Payout.objects.select_for_update().filter(pk=payout_id).first()
        if row is None or row.state not in ("approved", "paid"):
            raise PayoutError(
                "尚未经两人批准 (not approved by two)", where=f"payout:{payout_id}", rule="两人审批"
            )
        if row.state == "approved":
            Payout.objects.filter(pk=row.pk).update(state="paid", paid_on=on)
            lines = (
                Line(_payable(row.register), row.amount, row.party_id),
                Line(f"bank:{row.source}", -row.amount),
            )
            ledger.post(Booking("payout", f"payout:{row.pk}", on, lines, row.memo), by=by)
            audit.record(action="payout.pay", subject=f"payout:{row.pk}", by=by, on=on)
            outbox.append("funds.paid_out", str(row.pk), {"payout": str(row.pk), "register": row.register})
    return selectors.payout(payout_id)


def _payable(register: str) -> str:
    """The account the debt stands on: institutions apart, everything else is owed to persons."""
    return f"payable:{INSTITUTION if register == INSTITUTION else PERSON}"


def _waiting(payout_id: UUID, states: tuple[str, ...] = ("asked",)) -> Payout:
    row = Payout.objects.select_for_update().filter(pk=payout_id).first()
    if row is None or row.state not in states:
        raise PayoutError("没有这笔待审批的拨付 (not waiting)", where=f"payout:{payout_id}")
    return row


def _verdict(row: Payout, verdict: str, reason: str, *, by: Actor, on: date) -> None:
    try:
        with transaction.atomic():
            PayoutApproval.objects.create(
                payout=row,
                approver_id=by.user_id,
                approver_name=by.name,
                verdict=verdict,
                reason=reason,
                given_on=on,
            )
    except IntegrityError as error:
        raise PayoutError(
            "您已审批过 (one verdict each)",
            where=f"payout:{row.pk}",
            rule="两名不同的授权人",
            todo="由另一人审批",
        ) from error
