"""The cashier's drawer: today's journal and the day close."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.funds.cashier import selectors, services
from kangcheng.funds.cashier.types import KINDS, METHODS
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.money import parse_yuan, show_yuan
from kangcheng.portal.counter.places import chosen, narrowed, own
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.words import t

BACK = timedelta(days=31)
METHODS_EN = {"cash": "cash", "card": "card", "mobile": "mobile"}


@page("cash.write", purpose="settlement")
def cash(request: Asking) -> HttpResponse:
    """My journal of a day at one institution, the sum to count, and the sheets of the last month."""
    places = own(request.actor, request.today)
    place = chosen(request, places)
    day = _day(request.GET.get("day"), request.today)
    sheet = selectors.sheet(cashier_id=request.actor.user_id, institution_id=place.id, day=day)
    context = {
        "places": places,
        "place": place,
        "day": day,
        "sheet": sheet,
        "kinds": KINDS,
        "methods": [(code, title, sheet.totals.get(code, 0)) for code, title in methods()],
        "sheets": selectors.sheets(
            institution_ids=narrowed(request.actor), since=request.today - BACK, on=request.today
        ),
        "open_days": selectors.days_open(institution_id=place.id, before=request.today),
    }
    return render(request, "portal/counter/cash.html", context)


@page("cash.write", purpose="settlement")
@require_POST
def close(request: Asking) -> HttpResponse:
    """Seal the day: what was counted beside what the journal says."""
    place = chosen(request, own(request.actor, request.today))
    day = _day(request.POST.get("day"), request.today)
    counted = {code: parse_yuan(request.POST.get(code) or "0") for code in METHODS}
    sheet = services.close_day(
        institution_id=place.id, day=day, counted=counted, by=request.actor, on=request.today
    )
    words = t(
        f"{day} 已日结，长短款 {show_yuan(sheet.difference)} 元。",
        f"{day} closed, difference {show_yuan(sheet.difference)} yuan.",
    )
    messages.success(request, words, extra_tags="warn" if sheet.difference else "good")
    return redirect(f"/cash/?institution={place.id}&day={day}")


def methods() -> list[tuple[str, str]]:
    """(code, title) of the ways to pay."""
    return [(code, t(zh, METHODS_EN[code])) for code, zh in METHODS.items()]


def _day(text: str | None, today: date) -> date:
    try:
        return min(parse_date(text), today) if text else today
    except KangchengError:
        return today
