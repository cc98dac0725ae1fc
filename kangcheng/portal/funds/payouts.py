"""Payouts: what the fund owes, asked for by one person, approved by two others, then paid."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.funds.payouts import selectors, services
from kangcheng.funds.payouts.types import APPROVALS, INSTITUTION, STATES, PayoutView
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.counter.picture import payer
from kangcheng.portal.doors import Asking, NotAllowed, NotFound, page
from kangcheng.portal.funds.awards import title_of
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions

STATES_EN = {"asked": "waiting", "approved": "approved", "paid": "paid", "refused": "sent back"}
TONES = {"asked": "warn", "approved": "info", "paid": "good", "refused": "bad"}
LISTED = 2_000

COLUMNS = (
    Column("number", Words("单号", "Number"), "mono", order="number", link=lambda r: r["url"]),
    Column("payee", Words("收款人", "Payee"), order="payee"),
    Column("source", Words("资金", "Fund"), order="source"),
    Column("memo", Words("说明", "What for")),
    Column("asked_on", Words("申请日期", "Asked on"), "day", order="asked_on"),
    Column("amount", Words("金额（元）", "Yuan"), "yuan", order="amount"),
    Column("approvals", Words("审批", "Approvals"), "number"),
    Column("state", Words("状态", "State"), "tag", tone=lambda r: r["tone"]),
)
FILTERS = (
    Filter("payee", Words("收款人", "Payee"), "payee"),
    Filter(
        "state", Words("状态", "State"), lambda rows, text: [r for r in rows if r["state_code"] == text],
        [(code, Words(zh, STATES_EN[code])) for code, zh in STATES.items()],
    ),
)  # fmt: skip


def _row(one: PayoutView) -> dict[str, Any]:
    yes = sum(verdict.verdict == "yes" for verdict in one.approvals)
    return {
        "number": one.number, "payee": one.payee if one.register == INSTITUTION else t("（个人）", "(a person)"),
        "source": payer(one.source), "memo": title_of(one.memo), "asked_on": one.asked_on, "amount": one.amount,
        "approvals": f"{yes} / {APPROVALS}", "state": t(STATES[one.state], STATES_EN[one.state]), "state_code": one.state,
        "tone": TONES[one.state], "url": f"/payouts/{one.id}/",
    }  # fmt: skip


@page("payout.approve", "ledger.look")
def payouts(request: Asking) -> HttpResponse:
    """Payouts of every state, those that wait first; what institutions are owed and nobody has asked for."""
    rows = [_row(one) for one in selectors.listed(states=tuple(STATES), limit=LISTED)]
    rows.sort(key=lambda row: list(STATES).index(row["state_code"]))
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name=t("拨付", "payouts"))
    owed = selectors.owed_to_institutions()
    names = institutions.names({place for place, _, _ in owed})
    context = {
        "listing": listing(
            request, rows, COLUMNS, filters=FILTERS, empty=Words("还没有拨付", "No payout yet")
        ),
        "owed": [(place, names.get(place, "—"), source, payer(source), fen) for place, source, fen in owed],
        "owed_sum": sum(fen for _, _, fen in owed),
        "may_ask": may_ask(request),
        "today": request.today,
    }
    return render(request, "portal/funds/payouts.html", context)


def may_ask(request: Asking) -> bool:
    """Who sees the ledger and works on claims asks for payouts; who approves them does not."""
    return bool(request.actor.may("ledger.look") and request.actor.may("claim.settle"))


@page("ledger.look")
@require_POST
def ask(request: Asking) -> HttpResponse:
    """Ask for all that one fund owes one institution up to a day."""
    if not may_ask(request):
        raise NotAllowed(
            t("您的角色不能申请拨付", "Your role may not ask for payouts"),
            where=request.path,
            todo=t("由基金经办申请", "a fund officer asks"),
        )
    place = _uuid(request.POST.get("institution", ""))
    name = institutions.names([place]).get(place, "")
    until = request.POST.get("until", "").strip()
    done = services.ask_for_institution(
        institution_id=place, payee=name, source=request.POST.get("source", ""),
        until=parse_date(until) if until else request.today, by=request.actor, on=request.today,
    )  # fmt: skip
    messages.success(
        request,
        t(
            f"拨付 {done.number} 已申请，须两名审核人员批准。",
            f"Payout {done.number} asked for: two auditors decide.",
        ),
        extra_tags="good",
    )
    return redirect("portal:payout", payout_id=done.id)


@page("payout.approve", "ledger.look")
def payout(request: Asking, payout_id: UUID) -> HttpResponse:
    """One payout, who approved it, and what the reader may do with it."""
    one = _found(payout_id)
    me = request.actor.user_id
    context = {
        **_row(one),
        "payout": one,
        "process": citypack.pack().entries.get(("process", "double-seal-payout")),
        "needed": APPROVALS,
        "may_decide": request.actor.may("payout.approve")
        and one.state == "asked"
        and me != one.asked_by
        and me not in {a.by for a in one.approvals},
        "is_asker": me == one.asked_by,
        "may_refuse": request.actor.may("payout.approve")
        and one.state in ("asked", "approved")
        and me not in {a.by for a in one.approvals},
        "may_pay": request.actor.may("payout.approve") and one.state == "approved",
    }
    return render(request, "portal/funds/payout.html", context)


@page("payout.approve")
@require_POST
def decide(request: Asking, payout_id: UUID) -> HttpResponse:
    """Approve, send back, or pay; each of the two approvals by another person, neither of them the asker."""
    _found(payout_id)
    do, reason = request.POST.get("do", ""), request.POST.get("reason", "")[:200]
    asked: dict[str, Any] = {"payout_id": payout_id, "by": request.actor, "on": request.today}
    if do == "pay":
        services.pay(**asked)
        words = t("已拨付。", "Paid.")
    elif do == "approve":
        services.approve(**asked, reason=reason)
        words = t("已批准。", "Approved.")
    else:
        services.refuse(**asked, reason=reason)
        words = t("已退回。", "Sent back.")
    messages.success(request, words, extra_tags="good")
    return redirect("portal:payout", payout_id=payout_id)


def _found(payout_id: UUID) -> PayoutView:
    try:
        return selectors.payout(payout_id)
    except KangchengError:
        raise NotFound(t("没有这笔拨付", "No such payout"), where=str(payout_id)) from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(t("编号不是有效的格式", "Not an id"), where=text[:40]) from None
