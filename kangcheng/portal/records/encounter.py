"""Writing a visit: complaint, diagnoses, tests (with what is recognised already), medicines, values; and correcting its note."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kangcheng.access import people as gate
from kangcheng.access import records as access_records
from kangcheng.access import segments
from kangcheng.kernel.errors import Faults
from kangcheng.portal import citypack
from kangcheng.portal.counter.places import chosen, own
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.records import encounter_form as typed
from kangcheng.portal.words import t
from kangcheng.records import texts
from kangcheng.records.life import selectors as lives
from kangcheng.records.recognition import selectors as recognition
from kangcheng.records.recognition.types import Earlier
from kangcheng.records.store import selectors as stored
from kangcheng.records.visits import services
from kangcheng.records.visits.types import Note, Place
from kangcheng.registry.catalogues import selectors as catalogues
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.people.selectors import ids_of

MOST = 12


@page("record.write", purpose="care")
def new(request: Asking, person_id: UUID) -> HttpResponse:
    """An empty visit; posted, it is signed and written whole, or comes back with every fault and what is recognised."""
    person = gate.get_person(by=request.actor, person_id=person_id, on=request.today, what="visit.write")
    places = own(request.actor, request.today)
    context: dict[str, Any] = {
        "person": person, "age": person.age(request.today), "places": places, "sent": request.POST, **typed.offered(request.today)
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "portal/records/encounter_new.html", context)
    place = chosen(request, places)
    known = _earlier(request, person.id, str(place.id))
    try:
        note = typed.note(request.POST, request.today, known)
        key = services.write(
            note, subject=person.id, place=Place(place.id, place.name), segment=lambda one: segments.of(one, request.today),
            by=request.actor, on=request.today, at=timezone.localtime(),
        )  # fmt: skip
    except Faults as error:
        context |= {"faults": error.faults, "rows": typed.filled(request.POST, known)}
        return render(request, "portal/records/encounter_new.html", context, status=422)
    messages.success(
        request, t("已签名并写入健康档案。", "Signed and written to the record."), extra_tags="good"
    )
    return redirect("portal:encounter", person.id, key)


@page("record.write", purpose="care")
def diagnoses(request: Asking) -> HttpResponse:
    """Options while a diagnosis is typed: code, part of the name or pinyin initials."""
    text = request.GET.get("diagnosis", "").strip()[:40]
    return render(
        request, "portal/records/_options.html", {"options": typed.diagnoses(text, request.today, MOST)}
    )


@page("record.write", purpose="care")
def tests(request: Asking) -> HttpResponse:
    """Options while a test is typed."""
    text = request.GET.get("test", "").strip()[:40]
    found = catalogues.search(text, request.today, kind="service", limit=MOST) if text else []
    return render(
        request, "portal/records/_options.html", {"options": [(one.code, one.name) for one in found]}
    )


@page("record.look", purpose="care")
def encounter(request: Asking, person_id: UUID, key: str) -> HttpResponse:
    """A written visit with its versions; posted, its note is corrected: a new version that says why."""
    person = gate.get_person(by=request.actor, person_id=person_id, on=request.today, what="visit")
    held = stored.get(
        "Composition",
        key,
        access_records.within(request.actor, request.today, segments.categories(request.today)),
    )
    if held is None or held.subject_id not in ids_of(person.id):
        raise NotFound(t("没有这份病历", "No such note"), where=key)
    writer = request.actor.where("record.write")
    mine = request.actor.may("record.write") and held.institution_id in writer.institutions
    if request.method == "POST" and mine and held.institution_id:
        number, said = request.POST.get("version", "")[:6], typed.words(request.POST)
        services.amend(
            held, Note(said[0], said[1], said[2]), expect=int(number) if number.isdigit() else 0,
            place=Place(held.institution_id, ""), by=request.actor, on=request.today, at=timezone.localtime(),
            why=request.POST.get("why", "")[:300],
        )  # fmt: skip
        messages.success(
            request, t("已更正，原版保留。", "Corrected; the version before is kept."), extra_tags="good"
        )
        return redirect("portal:encounter", person.id, key)
    life = lives.read(
        ids_of(person.id),
        within=access_records.within(request.actor, request.today, segments.categories(request.today)),
    )
    versions = [{"stored": row, "line": line, "sections": typed.sections(texts.read(row.body or "{}"))}
                for row, line in lives.versions("Composition", key)]  # fmt: skip
    context = {
        "person": person, "held": held, "mine": mine, "versions": versions, "now": versions[0],
        "lines": [one for one in life.lines if one.encounter == key and one.kind != "Composition"],
    }  # fmt: skip
    return render(request, "portal/records/encounter.html", context)


def _earlier(request: Asking, person_id: UUID, place: str) -> dict[str, Earlier]:
    """Results of other institutions that the tests ordered here could reuse."""
    on: date = request.today
    known = recognition.recognised(citypack.pack(), on)
    items = [code for code in typed.codes(request.POST.getlist("test")) if code in known]
    if not items:
        return {}
    seen = access_records.within(request.actor, on, segments.categories(on))
    lines = lives.read(ids_of(person_id), within=seen, kinds=("Observation", "DiagnosticReport")).lines
    ids = {UUID(one.institution_id) for one in lines if one.institution_id}
    levels = {str(key): one.level for key, one in institutions.get_many(ids, on).items()}
    return recognition.earlier(known, items, lines, on=on, levels=levels, own=place)
