"""Closing a month of the ledger: which is due, what it holds, and the months that are closed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.base.accounts import selectors as accounts
from kangcheng.funds.ledger import selectors, services
from kangcheng.funds.ledger.types import ClosedMonth
from kangcheng.kernel.dates import month_of, parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal.doors import Asking, NotAllowed, page
from kangcheng.portal.lists import Column, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t

COLUMNS = (
    Column("month", Words("月份", "Month"), "mono", order="month"),
    Column("at", Words("结账时间", "Closed at"), "moment", order="at"),
    Column("by", Words("结账人", "By"), order="by"),
    Column("debit", Words("累计借方＝贷方", "Debits = credits so far"), "yuan", order="debit"),
    Column("digest", Words("试算表摘要", "Digest of the trial balance"), "mono"),
)


@page("ledger.look")
def months(request: Asking) -> HttpResponse:
    """Closed months; who may close sees the one that is due, with its trial balance, and confirms."""
    if request.method == "POST":
        return _close(request)
    rows = [_row(one) for one in selectors.closings()]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, name=t("月结", "closed months"))
    due = selectors.month_due()
    over = due is not None and due < request.today.replace(day=1)
    context = {
        "listing": listing(
            request, rows, COLUMNS, sort="-month", empty=Words("还没有结过账的月份", "No month is closed yet")
        ),
        "due": due,
        "over": over,
        "trial": selectors.trial_balance(on=month_of(due).last or due) if due and over else None,
        "may_close": request.actor.may("ledger.close"),
    }
    return render(request, "portal/funds/months.html", context)


def _close(request: Asking) -> HttpResponse:
    if not request.actor.may("ledger.close"):
        raise NotAllowed(
            t("您的角色不能结账", "Your role may not close a month"),
            where=request.path,
            todo=t("由基金审核人员结账", "a fund auditor closes"),
        )
    try:
        month = parse_date(f"{request.POST.get('month', '')[:7]}-01")
    except KangchengError:
        month = request.today.replace(day=1)  # refused below: it is not over
    done = services.close_month(month=month, by=request.actor, on=request.today)
    messages.success(
        request,
        t(f"{done.month:%Y-%m} 已结账，此后的更正记入当月。", f"{done.month:%Y-%m} is closed."),
        extra_tags="good",
    )
    return redirect("portal:months")


def _row(one: ClosedMonth) -> dict[str, Any]:
    user = accounts.get_user(one.by)
    return {
        "month": f"{one.month:%Y-%m}",
        "at": one.at,
        "by": user.display_name if user else t("系统", "the system"),
        "debit": one.debit,
        "digest": one.digest[:16],
    }
