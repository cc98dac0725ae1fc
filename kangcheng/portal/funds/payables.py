"""Approved amounts of registers: how many are due, and asking the fund for them once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.funds.payouts import selectors, services
from kangcheng.funds.payouts.types import PayoutError
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotAllowed, NotFound, page
from kangcheng.portal.funds.payouts import may_ask
from kangcheng.portal.words import t
from kangcheng.work.registers import selectors as registers


@page("payout.approve", "ledger.look")
def payables(request: Asking) -> HttpResponse:
    """Every register with amounts to pay: what is due by today and nobody asked for."""
    rows = []
    for one in registers.registers().values():
        if one.payable:
            due = selectors.due_of(one, request.today)
            fen = sum(each.amount for each in due)
            rows.append({"id": one.id, "title": t(one.title, one.title_en), "count": len(due), "fen": fen})
    context = {"rows": rows, "sources": citypack.choices("payers"), "may_ask": may_ask(request)}
    return render(request, "portal/funds/payables.html", context)


@page("ledger.look")
@require_POST
def ask(request: Asking, id: str) -> HttpResponse:
    """Ask one fund for all that is due in one register."""
    if not may_ask(request):
        raise NotAllowed(
            t("您的角色不能申请拨付", "Your role may not ask for payouts"),
            where=request.path,
            todo=t("由基金经办申请", "a fund officer asks"),
        )
    register = registers.registers().get(id)
    if register is None or register.payable is None:
        raise NotFound(t("没有这本有应付款项的台账", "No such register with amounts to pay"), where=id[:64])
    source = request.POST.get("source", "")
    if source not in dict(citypack.choices("payers")):
        raise PayoutError(t("没有选择资金", "no fund chosen"), where="source", rule=t("选一项", "choose one"))
    done = services.ask_for_register(
        register=register, source=source, until=request.today, by=request.actor, on=request.today
    )
    told = t(f"已申请 {len(done)} 笔，须两名审核人员批准。", f"{len(done)} asked for: two auditors decide.")
    messages.success(request, told, extra_tags="good")
    return redirect("portal:payouts")
