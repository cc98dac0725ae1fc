"""A visit at the counter: price as you type, see every payer's share, settle in one stop."""

from datetime import date
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kangcheng.access import for_pages
from kangcheng.access import people as gate
from kangcheng.funds.billing import services as billing
from kangcheng.funds.billing.types import NewLine
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.funds.settlement import services as settlement
from kangcheng.funds.settlement.types import Draft, DraftLine
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.counter import circumstances, picture
from kangcheng.portal.counter.places import chosen, narrowed, own
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.words import t
from kangcheng.registry.catalogues import selectors as catalogues
from kangcheng.registry.categories import selectors as categories
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.people.selectors import ids_of

BLANK_LINES = 6
MOST_LINES = 400
DIAGNOSES = 400  # the data list of the browser filters them while typing


@page("claim.settle", purpose="settlement")
def visit(request: Asking, person_id: UUID) -> HttpResponse:
    """The person and an empty visit; posting it opens the bill and, for a finished visit, settles it."""
    person = gate.get_person(
        by=request.actor, person_id=person_id, on=request.today, what="counter", why="窗口办理"
    )
    places = own(request.actor, request.today)
    if request.method == "POST":
        return _done(request, person_id)
    held = categories.of(person.id, request.today)
    context = {
        "person": person,
        "age": person.age(request.today),
        "categories": [citypack.title("person-categories", code) for code in sorted(held)],
        "scheme": citypack.title("schemes", coverage.scheme_of(person.id, request.today) or "none"),
        "places": places,
        "settings": [
            (code, title)
            for code, title in citypack.choices("settings")
            if code in ("outpatient", "inpatient", "special_outpatient", "delivery")
        ],
        "diagnoses": catalogues.search("", request.today, kind="diagnosis", limit=DIAGNOSES),
        "circumstances": circumstances.offered(),
        "referrals": citypack.choices("referrals"),
        "rows": range(BLANK_LINES),
        "today": request.today,
        "key": uuid4(),
        "past": settlements.history(ids_of(person.id), institution_ids=narrowed(request.actor), limit=8),
        "now": None,
    }
    return render(request, "portal/counter/visit.html", context)


@page("claim.settle", purpose="settlement")
def quote(request: Asking, person_id: UUID) -> HttpResponse:
    """What the visit typed so far would come to; errors in place of it, never a page lost."""
    if request.method != "POST":
        return redirect("portal:visit", person_id=person_id)
    for_pages.require(person_id, by=request.actor, on=request.today, what="counter.quote")
    lines, faults = typed_lines(request)
    if not lines and not faults:
        return render(request, "portal/counter/_quote_empty.html")
    try:
        if faults:
            raise Faults(faults)
        answer = settlement.quote(
            pack=citypack.pack(), by=request.actor, on=request.today, draft=_draft(request, person_id, lines)
        )
    except KangchengError as error:
        shown = {"error": error, "faults": error.faults if isinstance(error, Faults) else ()}
        return render(request, "portal/_error.html", shown)
    return render(request, "portal/counter/_quote.html", picture.shown(answer))


def typed_lines(request: Asking) -> tuple[list[NewLine], list[Fault]]:
    """Rows of the item table that are filled in; every bad quantity is a fault naming its row."""
    codes, numbers = request.POST.getlist("code")[:MOST_LINES], request.POST.getlist("quantity")[:MOST_LINES]
    lines, faults = [], []
    for row, code in enumerate(codes, 1):
        code = code.split(" ")[0].strip()[:64]
        number = (numbers[row - 1] if row <= len(numbers) else "1").strip() or "1"
        if not code:
            continue
        if number.isascii() and number.isdigit() and 0 < int(number[:7]) <= 100_000 and len(number) < 7:
            lines.append(NewLine(code, int(number)))
        else:
            faults.append(Fault(f"第{row}行 {code}", "数量须为1至100000的整数", todo="改正数量"))
    return lines, faults


def _draft(request: Asking, person_id: UUID, lines: list[NewLine]) -> Draft:
    place = chosen(request, own(request.actor, request.today))
    admitted, discharged = _days(request)
    return Draft(
        person_id=person_id,
        institution_id=place.id,
        setting=request.POST.get("setting", "outpatient"),
        admitted_on=admitted,
        discharged_on=discharged,
        lines=[DraftLine(line.hospital_code, line.quantity) for line in lines],
        diagnosis=_diagnosis(request),
        attributes=_attributes(request),
    )


def _diagnosis(request: Asking) -> str:
    return request.POST.get("diagnosis", "").split(" ")[0].strip()[:32]


def _attributes(request: Asking) -> dict[str, str]:
    referral = request.POST.get("referral", "")
    return ({"referral": referral} if referral else {}) | circumstances.chosen(request)


def _days(request: Asking) -> tuple[date, date | None]:
    admitted = request.POST.get("admitted_on", "").strip()
    discharged = request.POST.get("discharged_on", "").strip()
    return parse_date(admitted) if admitted else request.today, parse_date(discharged) if discharged else None


def _key(request: Asking) -> str:
    """The key of the form: each step of the visit is done once under a key of its own made from it."""
    key = request.POST.get("key", "").strip()[:80]
    if not key:
        raise KangchengError(
            t("表单缺少防重复标记", "the form carries no key"),
            where="key",
            todo=t("重新打开本页再办理", "open the page again"),
        )
    return key


def _done(request: Asking, person_id: UUID) -> HttpResponse:
    """Open the bill, charge its lines and, when the visit is over, discharge and settle. Each step is safe to repeat."""
    lines, faults = typed_lines(request)
    if faults:
        raise Faults(faults, todo="退回上一页改正")
    place = chosen(request, own(request.actor, request.today))
    admitted, discharged = _days(request)
    key, by, on, pack = _key(request), request.actor, request.today, citypack.pack()
    setting = request.POST.get("setting", "outpatient")
    bill = billing.open_bill(
        person_id=person_id, institution_id=place.id, setting=setting, admitted_on=admitted, by=by, on=on,
        key=f"{key}/open", diagnosis=_diagnosis(request), attributes=_attributes(request), pack=pack,
    )  # fmt: skip
    if lines:
        # Charged as of the last day of the stay, the day whose prices the quote has shown.
        billing.charge(
            bill_id=bill.id, lines=lines, by=by, on=min(discharged or on, on), key=f"{key}/charge", pack=pack
        )
    if request.POST.get("do") == "settle":
        if bill.state == "open":
            billing.discharge(bill_id=bill.id, discharged_on=discharged or on, by=by, on=on)
        answer = settlement.settle(bill_id=bill.id, pack=pack, by=by, on=on, key=f"{key}/settle")
        return redirect("portal:claim", settlement_id=answer.id)
    return redirect(reverse("portal:bill", args=(bill.id,)))
