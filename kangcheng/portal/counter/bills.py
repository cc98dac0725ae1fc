"""Stays and bills: the list, one bill with its lines, and every step it can take."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.access import for_pages
from kangcheng.access import people as gate
from kangcheng.funds.billing import selectors as billing
from kangcheng.funds.billing import services
from kangcheng.funds.billing.types import STATES, BillView
from kangcheng.funds.cashier import selectors as cashier
from kangcheng.funds.cashier import services as cash
from kangcheng.funds.cashier.types import KINDS
from kangcheng.funds.procedure import selectors as procedures
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.funds.settlement import services as settlement
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.kernel.money import parse_yuan
from kangcheng.portal import citypack
from kangcheng.portal.counter import picture
from kangcheng.portal.counter.cash import methods
from kangcheng.portal.counter.places import ids
from kangcheng.portal.counter.visit import typed_lines
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions

TONES = {"open": "info", "discharged": "warn", "settled": "good", "cancelled": ""}
STATES_EN = {
    "open": "open",
    "discharged": "discharged, to settle",
    "settled": "settled",
    "cancelled": "cancelled",
}
LISTED = 2_000

COLUMNS = (
    Column("number", Words("就诊号", "Number"), "mono", order="number", link=lambda r: r["url"]),
    Column("person", Words("居民", "Resident"), order="person"),
    Column("institution", Words("机构", "Institution"), order="institution"),
    Column("setting", Words("就诊类型", "Setting"), order="setting"),
    Column("admitted_on", Words("入院/就诊", "Admitted"), "day", order="admitted_on"),
    Column("discharged_on", Words("出院", "Discharged"), "day", order="discharged_on"),
    Column("total", Words("费用（元）", "Bill (yuan)"), "yuan", order="total"),
    Column("state", Words("状态", "State"), "tag", tone=lambda r: r["tone"]),
)
FILTERS = (
    Filter("number", Words("就诊号", "Number"), lambda rows, text: [r for r in rows if str(r["number"]) == text]),
    Filter("state", Words("状态", "State"), lambda rows, text: [r for r in rows if r["state_code"] == text],
           [(code, Words(zh, STATES_EN[code])) for code, zh in STATES.items()]),
)  # fmt: skip


@page("bill.write", "claim.settle", purpose="settlement")
def bills(request: Asking) -> HttpResponse:
    """Bills of the clerk's institutions that are open or wait to be settled, newest first."""
    found = _found(request)
    names = for_pages.names([b.person_id for b in found], by=request.actor, on=request.today)
    places = institutions.names({b.institution_id for b in found})
    rows = [_row(b, names, places) for b in found]
    if wants_sheet(request):
        # A file leaves the house: names of people go out through an approved export only.
        return sheet(
            request,
            rows,
            [c for c in COLUMNS if c.name != "person"],
            filters=FILTERS,
            name=t("账单", "bills"),
        )
    return render(
        request,
        "portal/counter/bills.html",
        {"listing": listing(request, rows, COLUMNS, filters=FILTERS, sort="-number")},
    )


def _found(request: Asking) -> list[BillView]:
    """Open and discharged bills of the clerk's institutions; with a number, that bill in whatever state."""
    number = request.GET.get("number", "").strip()
    if number:
        one = (
            billing.numbered(int(number))
            if number.isascii() and number.isdigit() and len(number) < 16
            else None
        )
        return [one] if one and request.actor.covers_institution(one.institution_id) else []
    return billing.waiting(institution_ids=ids(request.actor, request.today), limit=LISTED)


def _row(b: BillView, names: dict[UUID, str], places: dict[UUID, str]) -> dict[str, Any]:
    return {
        "number": b.number,
        "person": names.get(b.person_id, "—"),
        "institution": places.get(b.institution_id, "—"),
        "setting": citypack.title("settings", b.setting),
        "admitted_on": b.admitted_on,
        "discharged_on": b.discharged_on,
        "total": b.total,
        "state": t(STATES[b.state], STATES_EN[b.state]),
        "state_code": b.state,
        "tone": TONES[b.state],
        "url": f"/bills/{b.id}/",
    }


@page("bill.write", "claim.settle", purpose="settlement")
def bill(request: Asking, bill_id: UUID) -> HttpResponse:
    """One bill: lines, quote, and what can be done with it now."""
    found = _mine(request, bill_id)
    name = for_pages.name_of_subject(
        found.person_id, by=request.actor, on=request.today, what="bill", why="窗口办理"
    )
    live = settlements.find(bill_id=bill_id)
    procedure = procedures.of_bill(bill_id)
    context = {
        "bill": found,
        "state": t(STATES[found.state], STATES_EN[found.state]),
        "tone": TONES[found.state],
        "name": name,
        "sees_person": request.actor.may("person.look")
        and gate.may_see(by=request.actor, person_id=found.person_id, on=request.today),
        "may_settle": request.actor.may("claim.settle"),
        "may_cash": request.actor.may("cash.write"),
        "institution": institutions.names([found.institution_id]).get(found.institution_id, ""),
        "setting": citypack.title("settings", found.setting),
        "live": live,
        "due": cashier.due(bill_id),
        "payments": cashier.payments_of(bill_id),
        "methods": methods(),
        "kinds": KINDS,
        "debt": billing.debt(bill_id),
        "procedure": procedure,
        "procedure_state": procedure.state_title if procedure else "",
        "key": uuid4(),
        "rows": range(4),
        "today": request.today,
        **(picture.shown(live) if live else {}),
    }
    return render(request, "portal/counter/bill.html", context)


@page("bill.write", "claim.settle", purpose="settlement")
def quote(request: Asking, bill_id: UUID) -> HttpResponse:
    """What settling the bill today would come to."""
    _mine(request, bill_id)
    try:
        answer = settlement.quote(pack=citypack.pack(), by=request.actor, on=request.today, bill_id=bill_id)
    except KangchengError as error:
        return render(
            request,
            "portal/_error.html",
            {"error": error, "faults": error.faults if isinstance(error, Faults) else ()},
        )
    return render(request, "portal/counter/_quote.html", picture.shown(answer))


@page("bill.write", "claim.settle", purpose="settlement")
@require_POST
def act(request: Asking, bill_id: UUID, verb: str) -> HttpResponse:
    """One step of the bill; each form carries a key, so a double click is one step."""
    found = _mine(request, bill_id)
    step = STEPS.get(verb)
    if step is None:
        raise NotFound(t("没有这个操作", "No such step"), where=verb)
    done = step(request, found)
    messages.success(request, done, extra_tags="good")
    live = settlements.live_of(bill_id) if verb == "settle" else None
    return redirect("portal:claim", settlement_id=live) if live else redirect("portal:bill", bill_id=bill_id)


def _mine(request: Asking, bill_id: UUID) -> BillView:
    try:
        found = billing.bill(bill_id)
    except KangchengError:
        found = None
    if found is None or not request.actor.covers_institution(found.institution_id):
        raise NotFound(t("没有这张账单", "No such bill"), where=str(bill_id))
    return found


def _key(request: Asking) -> str:
    return request.POST.get("key", "")[:80]


def _charge(request: Asking, found: BillView) -> str:
    lines, faults = typed_lines(request)
    if faults or not lines:
        raise Faults(faults, what=t("没有可记的项目", "Nothing to charge"))
    day = _day(request, "charged_on")
    services.charge(
        bill_id=found.id, lines=lines, by=request.actor, on=day, key=_key(request), pack=citypack.pack()
    )
    return t(f"已记账 {len(lines)} 项。", f"{len(lines)} lines charged.")


def _strike(request: Asking, found: BillView) -> str:
    line = next((line.id for line in found.lines if str(line.id) == request.POST.get("line")), None)
    if line is None:
        raise NotFound(t("账单上没有这一行", "No such line"))
    services.strike(line_id=line, by=request.actor, on=request.today, why=request.POST.get("why", ""))
    return t("该行已划销。", "Line struck out.")


def _discharge(request: Asking, found: BillView) -> str:
    services.discharge(
        bill_id=found.id, discharged_on=_day(request, "discharged_on"), by=request.actor, on=request.today
    )
    return t("已办理出院，可以结算。", "Discharged: ready to settle.")


def _cancel_discharge(request: Asking, found: BillView) -> str:
    services.cancel_discharge(
        bill_id=found.id,
        by=request.actor,
        on=request.today,
        why=request.POST.get("why", ""),
        key=_key(request),
    )
    return t("出院已撤销；已有的结算已冲正。", "Discharge cancelled; a settlement was reversed.")


def _cancel(request: Asking, found: BillView) -> str:
    services.cancel(bill_id=found.id, by=request.actor, on=request.today, why=request.POST.get("why", ""))
    return t("账单已取消。", "Bill cancelled.")


def _settle(request: Asking, found: BillView) -> str:
    answer = settlement.settle(
        bill_id=found.id, pack=citypack.pack(), by=request.actor, on=request.today, key=_key(request)
    )
    return t(f"已结算，结算号 {answer.number}。", f"Settled, number {answer.number}.")


def _pay(request: Asking, found: BillView) -> str:
    cash.take(
        bill_id=found.id,
        method=request.POST.get("method", "cash"),
        by=request.actor,
        on=request.today,
        key=_key(request),
    )
    return t("已收款。", "Payment taken.")


def _refund(request: Asking, found: BillView) -> str:
    cash.refund(
        bill_id=found.id, method=request.POST.get("method", "cash"), amount=parse_yuan(request.POST.get("amount", "")),
        by=request.actor, on=request.today, why=request.POST.get("why", ""), key=_key(request),
    )  # fmt: skip
    return t("已退款。", "Refunded.")


def _deposit(request: Asking, found: BillView) -> str:
    cash.deposit(
        bill_id=found.id, method=request.POST.get("method", "cash"), amount=parse_yuan(request.POST.get("amount", "")),
        by=request.actor, on=request.today, key=_key(request),
    )  # fmt: skip
    return t("预交金已收。", "Deposit taken.")


def _day(request: Asking, name: str) -> date:
    text = request.POST.get(name, "").strip()
    return parse_date(text) if text else request.today


STEPS: dict[str, Callable[[Asking, BillView], str]] = {
    "charge": _charge,
    "strike": _strike,
    "discharge": _discharge,
    "cancel-discharge": _cancel_discharge,
    "cancel": _cancel,
    "settle": _settle,
    "pay": _pay,
    "refund": _refund,
    "deposit": _deposit,
}
