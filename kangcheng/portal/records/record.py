"""A resident's record: for those who care for them, and for the resident and who acts for them, with a copy to take away."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.access import people as gate
from kangcheng.access import records as access_records
from kangcheng.access import segments
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.people.purposes import acting_for, purpose_title, sealed_address, why
from kangcheng.portal.records.trends import sparkline
from kangcheng.portal.words import t
from kangcheng.records import texts
from kangcheng.records.forms import selectors as forms
from kangcheng.records.life import selectors as lives
from kangcheng.records.life.types import KINDS, KINDS_EN, NOW, Life, Line
from kangcheng.registry.people.selectors import ids_of
from kangcheng.registry.people.types import Person

TIMELINE, TRENDS, LOOKS = 60, 24, 50


@page("record.look", purpose="care")
def record(request: Asking, person_id: UUID) -> HttpResponse:
    """One screen for those who care: the look is logged before anything is shown."""
    if address := sealed_address(request):
        return redirect(address)
    actor = acting_for(request)
    person = gate.get_person(by=actor, person_id=person_id, on=request.today, what="record", why=why(request))
    return render(request, "portal/records/record.html", {**_shown(request, person, actor), "own": False})


@page("own.look", purpose="own")
def own_record(request: Asking) -> HttpResponse:
    """The resident's own record, or that of somebody they act for (?person=); ?big=1 for larger type."""
    person, family = _mine(request)
    looks = gate.looks(by=request.actor, person_id=person.id, on=request.today, limit=LOOKS)
    context = {
        **_shown(request, person, request.actor), "own": True, "family": family, "big": request.GET.get("big") == "1",
        "looks": [(one, purpose_title(one.purpose)) for one in looks],
    }  # fmt: skip
    return render(request, "portal/records/record.html", context)


@page("own.look", purpose="own")
def own_copy(request: Asking, form: str) -> HttpResponse:
    """The record to take away: pdf, or json (a FHIR Bundle of every resource)."""
    person, _ = _mine(request)
    ids, within = ids_of(person.id), _within(request.actor, request.today)
    if form == "json":
        rows = lives.resources(ids, within=within)
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": one} for one in rows],
        }
        return _file(texts.write(bundle), "application/fhir+json", f"record-{request.today}.json")
    life = lives.read(ids, within=within)
    written = lives.paper(
        life, name=person.name, number=person.identity_masked, born=person.birth_on, on=request.today
    )
    return _file(written, "application/pdf", f"record-{request.today}.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _mine(request: Asking) -> tuple[Person, list[Person]]:
    family = gate.family(by=request.actor, on=request.today)
    asked = request.GET.get("person", "")
    return next((one for one in family if str(one.id) == asked), family[0]), family


def _within(actor: Actor, on: date) -> Any:
    return access_records.within(actor, on, segments.categories(on))


def _shown(request: Asking, person: Person, actor: Actor) -> dict[str, Any]:
    life = lives.read(ids_of(person.id), within=_within(actor, request.today))
    kind, since = request.GET.get("kind", ""), _day(request.GET.get("since", ""))
    lines = [
        one
        for one in life.lines
        if kind in ("", one.kind) and (since is None or (one.on and one.on >= since))
    ]
    return {
        "person": person, "age": person.age(request.today), **_summary(life), "count": len(lines), "more": life.more,
        "lines": [_line(one) for one in lines[:TIMELINE]], "kind": kind, "since": since, "total": len(life.lines),
        "kinds": [(code, t(KINDS[code], KINDS_EN[code])) for code in KINDS],
        "forms": [(one.id, t(one.title, one.title_en)) for one in forms.forms(citypack.pack())],
    }  # fmt: skip


def _summary(life: Life) -> dict[str, Any]:
    problems = [one for one in life.of("Condition") if one.state in NOW]
    return {
        "problems": _once(problems), "allergies": life.of("AllergyIntolerance"), "medicines": _once(life.of("MedicationRequest"))[:12],
        "doses": life.of("Immunization"), "reports": life.of("DiagnosticReport")[:8],
        "trends": [{"trend": one, "line": sparkline(one)} for one in life.trends[:TRENDS]],
    }  # fmt: skip


def _once(lines: list[Line]) -> list[Line]:
    """The newest line of each code."""
    found: dict[str, Line] = {}
    for one in lines:
        found.setdefault(one.code or one.title, one)
    return list(found.values())


def _line(one: Line) -> dict[str, Any]:
    return {"line": one, "kind": t(KINDS.get(one.kind, one.kind), KINDS_EN.get(one.kind, one.kind))}


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except (ValueError, KangchengError):
        return None
