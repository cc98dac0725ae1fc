"""The general ledger: trial balance of a day, an account by month and day, the entries of a day, one entry."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kangcheng.funds.ledger import selectors
from kangcheng.funds.ledger.types import BUSINESS, KINDS, EntryView, TrialRow
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.counter.cash import methods
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.funds.overview import newest_day, span_of
from kangcheng.portal.lists import Column, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t

KINDS_EN = {
    "asset": "asset",
    "liability": "liability",
    "income": "income",
    "expense": "expense",
    "memo": "memo",
}
BUSINESS_EN = {
    "settlement": "settlement", "reversal": "reversal", "adjustment": "adjustment", "payment": "payment", "refund": "refund",
    "deposit": "deposit", "deposit_use": "deposit used", "difference": "cash difference", "financing": "financing",
    "credit": "account credit", "payable": "payable", "payout": "payout",
}  # fmt: skip
MONTHS = 12
A_DAY = 50

COLUMNS = (
    Column("account", Words("科目", "Account"), "mono", order="account", link=lambda r: r["url"]),
    Column("title", Words("名称", "Title"), order="title"),
    Column("kind", Words("类别", "Kind"), order="kind"),
    Column("debit", Words("借方", "Debit"), "yuan", order="debit"),
    Column("credit", Words("贷方", "Credit"), "yuan", order="credit"),
    Column("balance", Words("余额（借为正）", "Balance (debit +)"), "yuan", order="balance"),
)


def _row(row: TrialRow) -> dict[str, Any]:
    return {
        "account": row.account,
        "title": account_title(row.account),
        "kind": t(KINDS[row.kind], KINDS_EN[row.kind]),
        "debit": row.debit,
        "credit": row.credit,
        "balance": row.balance,
        "url": reverse("portal:ledger_account", args=(row.account,)),
    }


def account_title(code: str) -> str:
    """The family's title with the payer or source in words: 基金支付·基本医保."""
    family = selectors.title(code).partition("·")[0]
    name = code.partition(":")[2]
    if not name:
        return family
    words = {
        **dict(methods()),
        "current": t("本年", "this year"),
        "history": t("历年", "past years"),
        "institution": t("医疗机构", "institutions"),
    }
    lists = ("payers", "financing-sources", "schemes")
    known = next(
        (title for list_ in lists if (title := citypack.title(list_, name)) != name), words.get(name, name)
    )
    return f"{family}·{known}"


@page("ledger.look")
def ledger(request: Asking) -> HttpResponse:
    """Debits and credits of every account up to a day; equal by construction, and shown to be."""
    _, on = span_of(request)
    trial = selectors.trial_balance(on=on)
    rows = [_row(row) for row in trial.rows]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, name=t("试算平衡表", "trial balance"))
    context = {
        "listing": listing(request, rows, COLUMNS),
        "on": on,
        "trial": trial,
        "unbalanced": len(selectors.unbalanced()),
        "months_closed": selectors.months_closed()[-1:],
    }
    return render(request, "portal/funds/ledger.html", context)


@page("ledger.look")
def account(request: Asking, code: str) -> HttpResponse:
    """One account: a year by month, or (?month=2024-05) a month by day, with opening and closing balance."""
    if code not in selectors.accounts():
        raise NotFound(t("没有这个科目", "No such account"), where=code[:64])
    last = newest_day() or request.today
    month = _month(request.GET.get("month"))
    steps = _days(month) if month else _months(last)
    rows, opening = [], selectors.balance(code, on=steps[0][0] - timedelta(days=1))
    closing = opening
    for start, end in steps:
        before, closing = closing, selectors.balance(code, on=end)
        rows.append({"start": start, "moved": closing - before, "closing": closing})
    context = {
        "code": code,
        "title": account_title(code),
        "month": month,
        "rows": [row for row in rows if row["moved"] or not month],
        "opening": opening,
        "closing": closing,
    }
    return render(request, "portal/funds/ledger_account.html", context)


@page("ledger.look")
def entries(request: Asking, day: str) -> HttpResponse:
    """The entries of one day, only those of an account when it is named (?account=)."""
    try:
        on = parse_date(day)
    except KangchengError:
        raise NotFound(t("不是日期", "Not a day"), where=day[:20]) from None
    wanted, after = request.GET.get("account", "")[:64], request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    found = _of_account(on, wanted, number)
    context = {
        "day": on,
        "account": wanted,
        "title": account_title(wanted) if wanted in selectors.accounts() else "",
        "entries": [_shown(one) for one in found[:A_DAY]],
        "after": found[A_DAY - 1].number if len(found) > A_DAY else None,
    }
    return render(request, "portal/funds/ledger_day.html", context)


@page("ledger.look")
def entry(request: Asking, entry_id: UUID) -> HttpResponse:
    """One entry with its postings; it balances to the fen."""
    try:
        found = selectors.entry(entry_id)
    except KangchengError:
        raise NotFound(t("没有这张凭证", "No such entry"), where=str(entry_id)) from None
    return render(
        request,
        "portal/funds/ledger_entry.html",
        {**_shown(found), "debit": sum(x.amount for x in found.lines if x.amount > 0)},
    )


def _of_account(on: date, wanted: str, after: int) -> list[EntryView]:
    """One more than a page of the day's entries that touch the account."""
    found: list[EntryView] = []
    while len(found) <= A_DAY:
        some = selectors.entries(since=on, on=on, after=after, limit=A_DAY * 4)
        found += [one for one in some if not wanted or any(line.account == wanted for line in one.lines)]
        if len(some) < A_DAY * 4:
            break
        after = some[-1].number
    return found


def _shown(one: EntryView) -> dict[str, Any]:
    subject, _, id_ = one.subject.partition(":")
    return {
        "entry": one,
        "business": t(BUSINESS.get(one.business, one.business), BUSINESS_EN.get(one.business, one.business)),
        "lines": [
            {"account": line.account, "title": account_title(line.account), "amount": line.amount}
            for line in one.lines
        ],
        "claim": id_ if subject == "settlement" else "",
        "payout": id_ if subject == "payout" else "",
    }


def _month(text: str | None) -> date | None:
    try:
        return parse_date(f"{text}-01") if text else None
    except KangchengError:
        return None


def _months(last: date) -> list[tuple[date, date]]:
    """First and last days of the twelve months up to the one of `last`."""
    count = last.year * 12 + last.month - 1
    starts = [date(m // 12, m % 12 + 1, 1) for m in range(count - MONTHS + 1, count + 2)]
    return [(start, after - timedelta(days=1)) for start, after in pairwise(starts)]


def _days(month: date) -> list[tuple[date, date]]:
    days = [month + timedelta(days=n) for n in range(31)]
    return [(one, one) for one in days if one.month == month.month]
