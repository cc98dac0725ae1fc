"""One resident: who, where, which marks and cover, household, settlements, running figures, and (to themself) who looked."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.access import people as gate
from kangcheng.access.emergencies.services import CLINICIANS
from kangcheng.access.errors import Refused
from kangcheng.access.for_pages import is_own
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.portal import citypack
from kangcheng.portal.counter.figures import running_figures
from kangcheng.portal.counter.places import narrowed
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.people.purposes import PURPOSES, acting_for, sealed_address, why
from kangcheng.portal.words import t
from kangcheng.registry.areas import selectors as areas
from kangcheng.registry.cards import selectors as cards
from kangcheng.registry.cards.types import KINDS as CARD_KINDS
from kangcheng.registry.categories import selectors as categories
from kangcheng.registry.coverage import selectors as coverage
from kangcheng.registry.households import selectors as households
from kangcheng.registry.households.types import ROLES, Household
from kangcheng.registry.people.selectors import ids_of
from kangcheng.registry.people.types import Person

CLAIMS = 30
CARDS_EN = {"evoucher": "Insurance e-voucher", "social_card": "Social card"}
ROLES_EN = {"head": "head", "spouse": "spouse", "child": "child", "parent": "parent", "other": "other"}


@page("person.look", purpose="care")
def person(request: Asking, person_id: UUID) -> HttpResponse:
    """The resident's page; the look is logged before anything is shown."""
    if address := sealed_address(request):
        return redirect(address)
    actor = acting_for(request)
    try:
        found = gate.get_person(
            by=actor, person_id=person_id, on=request.today, what="person", why=why(request)
        )
    except Refused as error:
        if not actor.has(*CLINICIANS):
            raise
        return render(
            request, "portal/people/refused.html", {"error": error, "person_id": person_id}, status=404
        )
    context = {
        **shown(found, request),
        "own": False,
        "may_settle": actor.may("claim.settle"),
        "may_merge": actor.may("person.write"),
        "may_claims": actor.may("claim.look"),
        "purpose": PURPOSES.get(actor.purpose, actor.purpose),
        "why": why(request),
    }
    return render(request, "portal/people/person.html", context)


def shown(found: Person, request: Asking) -> dict[str, Any]:
    """Everything the resident's page shows."""
    ids, on = ids_of(found.id), request.today
    home = households.of(found.id, on)
    mine = is_own(found.id, by=request.actor, on=on)
    money = mine or request.actor.may("claim.look")
    # Settlements of another institution stay there, also when the person is known here; one's own are all one's own.
    places = None if mine else narrowed(request.actor.where("claim.look"))
    return {
        "person": found,
        "age": found.age(on),
        "area": " › ".join(areas.path(found.area_code)),
        "categories": [
            _held(row, citypack.title("person-categories", row.category), on)
            for row in categories.rows(found.id)
        ],
        "covers": [_held(row, citypack.title("schemes", row.scheme), on) for row in coverage.rows(found.id)],
        "cards": [(t(CARD_KINDS[card.kind], CARDS_EN[card.kind]), card) for card in cards.of(found.id)],
        "household": home,
        "members": _members(home, found.id, request) if home else [],
        "money": money,
        "claims": settlements.history(ids, institution_ids=places, limit=CLAIMS) if money else (),
        "accumulators": running_figures(settlements.accumulators(ids)) if money else [],
        "balances": settlements.balances(ids).items() if money else (),
        "now": on,
    }


def _members(home: Household, me: UUID, request: Asking) -> list[dict[str, Any]]:
    """The others of the household whom the reader may see."""
    roles = {row.person_id: row.role for row in households.members(home.id, request.today)}
    others = gate.household(by=request.actor, household_id=home.id, on=request.today)
    return [
        {"role": t(ROLES[roles[one.id]], ROLES_EN[roles[one.id]]) if one.id in roles else "", "person": one}
        for one in others
        if one.id != me
    ]


def _held(row: Any, title: str, on: date) -> dict[str, Any]:
    now = row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
    return {"row": row, "title": title, "now": now}
