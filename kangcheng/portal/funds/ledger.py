"""The general ledger: trial balance of a day, and one account's movements."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kangcheng.funds.ledger import selectors
from kangcheng.funds.ledger.types import KINDS, TrialRow
from kangcheng.portal.doors import page
from kangcheng.portal.funds.overview import span_of
from kangcheng.portal.lists import Column, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t

COLUMNS = (
    Column("account", Words("科目", "Account"), "mono", order="account"),
    Column("title", Words("名称", "Title"), order="title"),
    Column("kind", Words("类别", "Kind"), order="kind"),
    Column("debit", Words("借方", "Debit"), "yuan", order="debit"),
    Column("credit", Words("贷方", "Credit"), "yuan", order="credit"),
    Column("balance", Words("余额（借为正）", "Balance (debit +)"), "yuan", order="balance"),
)


def _row(row: TrialRow) -> dict[str, Any]:
    return {
        "account": row.account,
        "title": row.title,
        "kind": KINDS[row.kind],
        "debit": row.debit,
        "credit": row.credit,
        "balance": row.debit - row.credit,
    }


@page("ledger.look")
def ledger(request: HttpRequest) -> HttpResponse:
    """Debits and credits of every account up to a day; equal by construction, and shown to be."""
    _, on = span_of(request)
    trial = selectors.trial_balance(on=on)
    rows = [_row(row) for row in trial.rows]
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, name=t("试算平衡表", "trial balance"))
    debit, credit = sum(r["debit"] for r in rows), sum(r["credit"] for r in rows)
    context = {"listing": listing(request, rows, COLUMNS), "on": on, "debit": debit, "credit": credit, "unbalanced": len(selectors.unbalanced())}
    return render(request, "portal/funds/ledger.html", context)
