"""Find residents: by what they show, by name, pinyin, number, phone or household; only those the reader may see."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from kangcheng.access import people as gate
from kangcheng.access.emergencies import services as emergencies
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.counter.find import KINDS
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.lists import PAGE
from kangcheng.portal.people.asked import opened, sealed
from kangcheng.portal.people.purposes import LONGEST_WHY, PURPOSES, acting_for, asked_for, why
from kangcheng.portal.words import t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.people.types import FIND_TITLES


@page("person.look", purpose="care")
def people(request: Asking) -> HttpResponse:
    """A page of residents; one exact hit opens at once. Everyone listed is a logged look."""
    if request.method == "POST" or not {"q", "why"}.isdisjoint(request.GET):
        return redirect(f"{reverse('portal:people')}?{urlencode(_typed(request))}")
    ask, actor = request.GET, acting_for(request)
    wanted = _wanted(request)
    number = max(int(_digits(ask.get("page", ""))[:4] or 1), 1)
    found = gate.search(
        by=actor, wanted=wanted, on=request.today, why=why(request), offset=(number - 1) * PAGE, limit=PAGE
    )
    if found.count == 1 and number == 1 and wanted.text:
        return redirect(_address(found.rows[0].id, request))
    names = areas.paths({one.area_code for one in found.rows})
    context = {
        "rows": [
            {"person": one, "area": " › ".join(names.get(one.area_code, ())[-2:])} for one in found.rows
        ],
        "count": found.count,
        "capped": found.capped,
        "page": number,
        "first": (number - 1) * PAGE + 1,
        "last": (number - 1) * PAGE + len(found.rows),
        "more": number * PAGE < found.count or (found.capped and len(found.rows) == PAGE),
        "may_export": actor.may("person.export"),
        "ask": ask,
        "typed": wanted.text,
        "looked_for": {"purpose": asked_for(request), "why": why(request), "said": sealed(why(request))},
        "purposes": PURPOSES.items(),
        "kinds": KINDS,
        "categories": citypack.choices("person-categories"),
        "schemes": citypack.choices("schemes"),
    }
    return render(request, "portal/people/people.html", context)


@page("person.look", purpose="care")
@require_POST
def shown_card(request: Asking) -> HttpResponse:
    """Somebody shows a card: one hit opens the file, several list, none says so."""
    how, value = request.POST.get("kind", "identity"), request.POST.get("value", "").strip()[:64]
    try:
        found = gate.find(
            by=acting_for(request),
            how=how if how in FIND_TITLES else "identity",
            value=value,
            on=request.today,
            why=t("出示证件", "card shown"),
        )
    except KangchengError as error:
        messages.error(request, str(error), extra_tags="bad")
        return redirect("portal:people")
    if len(found) == 1:
        return redirect("portal:person", person_id=found[0].id)
    if found:
        return redirect(
            f"{reverse('portal:people')}?{urlencode({'household': str(found[0].household_id or '')})}"
        )
    messages.warning(
        request, t("没有找到这个人，请核对号码。", "Nobody found: check the number."), extra_tags="warn"
    )
    return redirect("portal:people")


@page("person.look", purpose="care")
@require_POST
def emergency(request: Asking, person_id: UUID) -> HttpResponse:
    """A clinician opens a file outside the own scope in an emergency; the audit administrator looks into it."""
    emergencies.break_glass(
        person_id=person_id, reason=request.POST.get("reason", "")[:500], by=request.actor, on=request.today
    )
    words = t(
        "已紧急打开，审计管理员将复核。", "Opened in an emergency: the audit administrator will review it."
    )
    messages.warning(request, words, extra_tags="warn")
    return redirect("portal:person", person_id=person_id)


def _typed(request: Asking) -> dict[str, str]:
    """The words of the search form for the address, what was typed sealed."""
    given = request.POST if request.method == "POST" else request.GET
    dropped = ("q", "why", "csrfmiddlewaretoken", "find", "said")
    kept = {key: str(text) for key, text in given.items() if text and key not in dropped}
    for clear, word, longest in (("q", "find", 80), ("why", "said", LONGEST_WHY)):
        if text := given.get(clear, "").strip()[:longest]:
            kept[word] = sealed(text)
        elif clear not in given and given.get(word):
            kept[word] = str(given[word])
    return kept


def _wanted(request: Asking) -> gate.Wanted:
    ask = request.GET
    return gate.Wanted(
        text=opened(ask.get("find", "")[:1000]),
        area=_digits(ask.get("area", "")),
        category=ask.get("category", "")[:32],
        scheme=ask.get("scheme", "")[:32],
        sex=ask.get("sex", "") if ask.get("sex") in ("M", "F") else "",
        household_id=_uuid(ask.get("household", "")),
    )


def _address(person_id: UUID, request: Asking) -> str:
    return f"{reverse('portal:person', args=(person_id,))}?{urlencode({'purpose': asked_for(request), 'said': sealed(why(request))})}"


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 12 else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
