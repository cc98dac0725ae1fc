"""Awards paid to a person without a bill (yearly subsidies): what the person may get, and granting one."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.access import for_pages
from kangcheng.access import people as gate
from kangcheng.funds.entitlements import selectors, services
from kangcheng.funds.entitlements.types import UseView
from kangcheng.funds.overview import selectors as overview
from kangcheng.kernel.money import show_yuan
from kangcheng.portal import citypack
from kangcheng.portal.counter.picture import payer
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.funds.overview import KINDS, span_of
from kangcheng.portal.words import t
from kangcheng.registry.people.selectors import ids_of

USES = 50


@page("claim.settle", purpose="settlement")
def awards(request: Asking, person_id: UUID) -> HttpResponse:
    """The person's entitlements used, and the awards that may be granted; granting asks for a payout that two others approve."""
    person = gate.get_person(
        by=request.actor, person_id=person_id, on=request.today, what="awards", why="补助发放"
    )
    if request.method == "POST":
        entitlement = request.POST.get("entitlement", "")[:64]
        evidence = {
            name: request.POST.get(f"evidence-{i}", "").strip()[:100]
            for i, name in enumerate(_evidence(entitlement))
        }
        done = services.grant(
            person_id=person.id, entitlement=entitlement, pack=citypack.pack(), by=request.actor, on=request.today,
            evidence={name: text for name, text in evidence.items() if text}, key=request.POST.get("key", "")[:80],
        )  # fmt: skip
        words = t(
            f"已核定 {show_yuan(done.amount)} 元，拨付待两人审批。",
            f"{show_yuan(done.amount)} yuan granted: two people approve the payout.",
        )
        messages.success(request, words, extra_tags="good")
        return redirect("portal:awards", person_id=person_id)
    context = {
        "person": person,
        "awards": [
            {"id": id_, "title": title_of(id_), "evidence": list(enumerate(_evidence(id_)))}
            for id_, _ in selectors.awards(person_id=person.id, pack=citypack.pack(), on=request.today)
        ],
        "uses": [_use(one) for one in selectors.of_people(ids_of(person.id))],
        "key": uuid4(),
    }
    return render(request, "portal/funds/awards.html", context)


@page("fund.look")
def uses(request: Asking) -> HttpResponse:
    """Single uses behind the ledger of waivers, newest first, of one funding source when named."""
    since, on = span_of(request)
    after, source = _uuid(request.GET.get("after", "")), request.GET.get("source", "")[:64]
    rows = overview.waived_rows(since=since, on=on, source=source, after=after, limit=USES + 1)
    # Who leads reads sums; whose each use is concerns those who look at claims.
    ids = [row["person_id"] for row in rows[:USES]] if request.actor.may("claim.look") else []
    names = for_pages.names(ids, by=request.actor, on=request.today, what="waivers")
    context = {
        "rows": [{**row, "name": names.get(row["person_id"], "—"), **_words(row)} for row in rows[:USES]],
        "after": rows[USES - 1]["id"] if len(rows) > USES else None,
        "since": since,
        "on": on,
        "source": source,
        "source_title": payer(source) if source else "",
    }
    return render(request, "portal/funds/uses.html", context)


def title_of(entitlement: str) -> str:
    """An entitlement's title in the reader's language."""
    entry = citypack.pack().entries.get(("entitlement", entitlement))
    return t(entry.title, entry.title_en) if entry else entitlement


def _words(row: dict[str, Any]) -> dict[str, str]:
    return {
        "title": title_of(row["entitlement"]),
        "kind_title": str(KINDS.get(row["kind"], row["kind"])),
        "payer": payer(row["source"]),
    }


def _use(one: UseView) -> dict[str, Any]:
    return {
        "use": one,
        "title": title_of(one.entitlement),
        "kind": str(KINDS.get(one.kind, one.kind)),
        "payer": payer(one.source),
    }


def _evidence(entitlement: str) -> list[str]:
    entry = citypack.pack().entries.get(("entitlement", entitlement))
    return [str(name) for name in entry.get("evidence", [])] if entry else []


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
