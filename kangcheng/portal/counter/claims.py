"""Settlements: the list, one with every fen explained, its reversal, its receipt."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.access import for_pages
from kangcheng.funds.receipts import selectors as receipts
from kangcheng.funds.receipts import services as printing
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.funds.settlement import services as settlement
from kangcheng.funds.settlement.selectors import Filters, Row
from kangcheng.funds.settlement.types import STATES, Answer
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.money import show_yuan
from kangcheng.portal import citypack
from kangcheng.portal.counter import picture
from kangcheng.portal.counter.places import narrowed
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, as_file
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions

TONES = {"held": "info", "settled": "good", "reversed": "bad", "expired": "bad", "replaced": "warn"}
STATES_EN = {
    "held": "held",
    "settled": "settled",
    "reversed": "reversed",
    "expired": "expired",
    "replaced": "adjusted",
}
SORTS = ("-settled_on", "settled_on", "-total", "total", "-cash", "cash", "-fund", "fund")
MOST_EXPORTED = 20_000

COLUMNS = (
    Column("number", Words("结算号", "Number"), "mono"),
    Column("settled_on", Words("结算日期", "Settled"), "day"),
    Column("person", Words("居民", "Resident")),
    Column("institution", Words("机构", "Institution")),
    Column("setting", Words("就诊类型", "Setting")),
    Column("total", Words("总费用", "Bill"), "yuan"),
    Column("fund", Words("各方支付", "Paid by others"), "yuan"),
    Column("cash", Words("个人现金", "Patient"), "yuan"),
    Column("state", Words("状态", "State")),
)


def _filters(request: Asking) -> Filters:
    ask = request.GET
    number = ask.get("number", "").strip()
    return Filters(
        since=_day(ask.get("since")),
        on=_day(ask.get("on")),
        institution_ids=narrowed(request.actor),
        scheme=ask.get("scheme", "")[:32],
        setting=ask.get("setting", "")[:32],
        level=ask.get("level", "")[:16],
        payer=ask.get("payer", "")[:32],
        states=(ask["state"][:16],) if ask.get("state") else (),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None,
    )


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text) if text else None
    except KangchengError:
        return None


@page("claim.look", purpose="settlement")
def claims(request: Asking) -> HttpResponse:
    """Settlements of the reader's institutions or of the whole city; keyset pages, so that a million rows do not hurt."""
    asked = request.GET.get("sort", "")
    sort = asked if asked in SORTS else "-settled_on"
    filters = _filters(request)
    if request.GET.get("export") == "xlsx":
        return _sheet(request, filters, sort)
    found = settlements.listed(filters, sort=sort, after=request.GET.get("after"))
    context = {
        "rows": _shown(request, found.rows),
        "after": found.after,
        "sort": sort,
        "total": settlements.total_of(filters),
        "ask": request.GET,
        "choices": {
            name: citypack.choices(name) for name in ("schemes", "settings", "hospital-levels", "payers")
        },
        "states": [(code, t(zh, STATES_EN[code])) for code, zh in STATES.items()],
    }
    return render(request, "portal/counter/claims.html", context)


def _shown(request: Asking, rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    names = for_pages.names([row.person_id for row in rows], by=request.actor, on=request.today)
    places = institutions.names({row.institution_id for row in rows})
    return [
        {
            "id": row.id, "number": row.number, "settled_on": row.settled_on, "person": names.get(row.person_id, "—"),
            "institution": places.get(row.institution_id, "—"), "setting": citypack.title("settings", row.setting),
            "total": row.total, "fund": row.fund, "cash": row.cash, "state": t(STATES[row.state], STATES_EN[row.state]),
            "tone": TONES[row.state],
        }
        for row in rows
    ]  # fmt: skip


def _sheet(request: Asking, filters: Filters, sort: str) -> HttpResponse:
    from kangcheng.portal.lists import sheet

    found = settlements.listed(filters, sort=sort, limit=MOST_EXPORTED)
    # A file leaves the house: names of people go out through an approved export only.
    return sheet(
        request,
        _shown(request, found.rows),
        [c for c in COLUMNS if c.name != "person"],
        name=t("结算清单", "settlements"),
    )


@page("claim.look", "own.look", purpose="settlement")
def claim(request: Asking, settlement_id: UUID) -> HttpResponse:
    """One settlement: the picture, the layers, the reasons, what was paid, what can be done."""
    answer = _mine(request, settlement_id)
    name = for_pages.name_of_subject(
        answer.person_id, by=request.actor, on=request.today, what="claim", why="查看结算"
    )
    context = {
        **picture.shown(answer),
        "name": name,
        "institution": institutions.names([answer.institution_id]).get(answer.institution_id, ""),
        "state": t(STATES[answer.state], STATES_EN[answer.state]),
        "tone": TONES[answer.state],
        "may_reverse": request.actor.may("claim.settle") and answer.state in ("held", "settled"),
        "key": uuid4(),
    }
    return render(request, "portal/counter/claim.html", context)


@page("claim.settle", purpose="settlement")
def reverse_claim(request: Asking, settlement_id: UUID) -> HttpResponse:
    """First what a reversal would change for later settlements, then, confirmed and with a reason, the reversal."""
    answer = _mine(request, settlement_id)
    if request.method == "POST":
        done = settlement.reverse(
            settlement_id=settlement_id,
            by=request.actor,
            on=request.today,
            why=request.POST.get("why", ""),
            key=request.POST.get("key", "")[:80],
            resettle_later=request.POST.get("later") == "yes",
        )
        messages.success(
            request,
            t(
                f"结算 {done.number} 已冲正，应退 {show_yuan(done.cash)} 元。",
                f"Settlement {done.number} reversed.",
            ),
            extra_tags="good",
        )
        return (
            redirect("portal:bill", bill_id=answer.bill_id)
            if answer.bill_id
            else redirect("portal:claim", settlement_id=settlement_id)
        )
    name = for_pages.name_of_subject(
        answer.person_id, by=request.actor, on=request.today, what="claim", why="冲正"
    )
    context = {
        "answer": answer,
        "name": name,
        "later": settlements.chain_effect(settlement_id),
        "key": uuid4(),
    }
    return render(request, "portal/counter/reverse.html", context)


@page("claim.look", "own.look", purpose="settlement")
def receipt(request: Asking, settlement_id: UUID) -> HttpResponse:
    """The settlement sheet as a page to read."""
    answer = _mine(request, settlement_id)
    name = for_pages.name_of_subject(
        answer.person_id, by=request.actor, on=request.today, what="receipt", why="查看结算单"
    )
    data = receipts.data(settlement_id)
    whole = name == data.person_name
    context = {
        **picture.shown(data.settlement),
        "data": data,
        "name": name,
        "whole": whole,
        "may_print": whole or request.actor.may("claim.settle"),
    }
    return render(request, "portal/counter/receipt.html", context)


@page("claim.look", "own.look", purpose="settlement")
@require_POST
def receipt_pdf(request: Asking, settlement_id: UUID) -> HttpResponse:
    """Print the settlement sheet (PDF); every print is counted, so a mere link cannot ask for one."""
    answer = _mine(request, settlement_id)
    # Paper names the person in full: printed where it was settled, by those who may see the person, or by themself.
    own = for_pages.is_own(answer.person_id, by=request.actor, on=request.today)
    if not own and not request.actor.may("claim.settle"):
        for_pages.require(answer.person_id, by=request.actor, on=request.today, what="receipt")
    for_pages.name_of_subject(
        answer.person_id, by=request.actor, on=request.today, what="receipt", why="打印结算单"
    )
    pdf, _ = printing.print_settlement(
        settlement_id=settlement_id, by=request.actor, on=request.today, now=timezone.now()
    )
    return as_file(pdf, f"{t('结算单', 'settlement')}{answer.number}.pdf", "application/pdf")


def _mine(request: Asking, settlement_id: UUID) -> Answer:
    """The settlement, if the reader's institution or own person is its; else as if it were not there."""
    try:
        answer = settlements.explained(settlement_id)
    except KangchengError:
        raise NotFound(t("没有这笔结算", "No such settlement"), where=str(settlement_id)) from None
    actor = request.actor
    own = for_pages.is_own(answer.person_id, by=actor, on=request.today)
    if not own and not (actor.may("claim.look") and actor.covers_institution(answer.institution_id)):
        raise NotFound(t("没有这笔结算", "No such settlement"), where=str(settlement_id))
    return answer
