"""One case: its timeline, the forms of the next steps, opinions and attachments; and opening one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kangcheng.access import for_pages
from kangcheng.base import files
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.ids import new_id
from kangcheng.kernel.money import yuan
from kangcheng.policy.entry import Entry
from kangcheng.policy.guards import data_of, listed
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.open import certificates
from kangcheng.portal.words import t
from kangcheng.portal.work import processes_diagram, processes_shown
from kangcheng.portal.work.processes import DOORS
from kangcheng.registry.institutions import selectors as institutions
from kangcheng.registry.people import selectors as people
from kangcheng.work.processes import selectors, services
from kangcheng.work.processes.types import CaseView, NoSuchCase, Subject, Upload

SHOWN = {"image/png", "image/jpeg", "application/pdf"}  # other attachments are only ever downloaded


@page(*DOORS)
def case(request: Asking, case_id: UUID) -> HttpResponse:
    """The case as it stands, with a form for each step that one of the reader's roles may take."""
    found = _found(request, case_id)
    now = timezone.now()
    context = {
        "case": found,
        "title": t(found.title, found.title_en),
        "place": processes_shown.belongs(found),
        "person": _person(request, found),
        "tone": processes_shown.tone(found.final, found.due_at, now),
        "due": processes_shown.due_words(found.due_at, now, found.due_sure),
        "overdue": found.overdue(now),
        "filled": processes_shown.filled(found.entry, found.fields),
        "attached": [
            (processes_shown.titled(data_of(found.entry)[name]), name, kept)
            for name, kept in found.files.items()
        ],
        "steps": [(step, processes_shown.filled(found.entry, step.fields)) for step in found.steps],
        "forms": [_form(request, found, one) for one in selectors.next_steps(case_id, request.actor)],
        "opinions": selectors.may_opine(case_id, request.actor),
        "diagram": processes_diagram.draw(found.entry, found.state, found.passed),
        "key": new_id(),
        "certificate": certificates.address(found),
    }
    return render(request, "portal/work/case.html", context)


@page(*DOORS)
@require_POST
def step(request: Asking, case_id: UUID) -> HttpResponse:
    """Take one step in one's own role; the entry says what is needed and who must be somebody else."""
    found = _found(request, case_id)
    fields, uploads = _given(request, found.entry)
    done = services.take_step(
        case_id=case_id, do=request.POST.get("do", ""), role=request.POST.get("role", ""), by=request.actor,
        on=request.today, at=timezone.now(), key=request.POST.get("key", "")[:64], fields=fields, files=uploads,
        comment=request.POST.get("comment", "").strip(),
    )  # fmt: skip
    if done.state == found.state and not done.final and len(done.steps) > len(found.steps):
        messages.success(
            request,
            t("已确认，等待另一人确认。", "Confirmed; another person must confirm too."),
            extra_tags="good",
        )
    else:
        messages.success(
            request,
            t(f"已办理，现在：{done.state_title}。", f"Done, now: {done.state_title}."),
            extra_tags="good",
        )
    return redirect("portal:case", case_id=case_id)


@page(*DOORS)
@require_POST
def opinion(request: Asking, case_id: UUID) -> HttpResponse:
    """Give an opinion in one's own role."""
    _found(request, case_id)
    services.give_opinion(
        case_id=case_id, role=request.POST.get("role", ""), agrees=request.POST.get("agrees") == "yes", by=request.actor,
        on=request.today, at=timezone.now(), comment=request.POST.get("comment", "").strip(),
        key=request.POST.get("key", "")[:64],
    )  # fmt: skip
    messages.success(request, t("意见已记录。", "Recorded."), extra_tags="good")
    return redirect("portal:case", case_id=case_id)


@page(*DOORS)
def attachment(request: Asking, case_id: UUID, seq: int, name: str) -> HttpResponse:
    """One attachment as it was kept, its hash checked on reading."""
    found = _found(request, case_id)
    try:
        kept = selectors.file_of(case_id, seq, name, by=request.actor)
    except NoSuchCase:
        raise NotFound(t("没有这个附件", "No such attachment"), where=name) from None
    _person(request, found)
    file = files.StoredFile.objects.get(pk=kept["file"])
    shown = file.media_type in SHOWN
    return HttpResponse(
        files.read(file),
        content_type=file.media_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="attachment"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@page(*DOORS)
def open_list(request: Asking) -> HttpResponse:
    """Processes that the reader may open."""
    rows = [
        {"id": entry.id, "title": t(entry.title, entry.title_en), "about": entry.get("about", "")}
        for entry, _ in selectors.openable(citypack.pack(), request.actor)
    ]
    return render(request, "portal/work/open_list.html", {"rows": rows})


@page(*DOORS)
def open_case(request: Asking, process_id: str) -> HttpResponse:
    """The form of an application, and sending it."""
    entry = next(
        (one for one, _ in selectors.openable(citypack.pack(), request.actor) if one.id == process_id), None
    )
    if entry is None:
        raise NotFound(t("没有您能发起的这个流程", "No such process for you to open"), where=process_id)
    error = None
    if request.method == "POST":
        try:
            return _opened(request, entry)
        except KangchengError as refusal:  # what was typed stays in the form
            error = refusal
    row = entry.get("open")
    either = {name for group in row.get("any_of", []) for name in group}
    names = [*listed(row.get("requires", [])), *either, *listed(row.get("fills", []))]
    context = {
        "entry": entry,
        "title": t(entry.title, entry.title_en),
        "subject": entry.get("subject", "institution"),
        "places": _places(request),
        "fields": [
            _field(
                request,
                data_of(entry)[name],
                request.POST.get(name, ""),
                name in listed(row.get("requires", [])),
            )
            for name in names
        ],
        "key": request.POST.get("key") or new_id(),
        "error": error,
        "diagram": processes_diagram.draw(entry, str(entry.get("start"))),
    }
    return render(request, "portal/work/open.html", context, status=422 if error else 200)


def _opened(request: Asking, entry: Entry) -> HttpResponse:
    fields, uploads = _given(request, entry)
    done = services.open(
        process=entry.id, subject=_subject(request, entry), pack=citypack.pack(), by=request.actor, on=request.today,
        at=timezone.now(), key=request.POST.get("key", "")[:60] or str(new_id()), fields=fields, files=uploads,
    )  # fmt: skip
    messages.success(
        request, t(f"已发起，案号 {done.number}。", f"Opened, number {done.number}."), extra_tags="good"
    )
    return redirect("portal:case", case_id=done.id)


def _subject(request: Asking, entry: Entry) -> Subject:
    """What the case is about, from the form: one of the reader's institutions, an area, the reader or a person they may see."""
    kind = str(entry.get("subject", "institution"))
    if kind == "person":
        return _person_subject(request)
    if kind == "institution":
        place = next(
            (one for one in _places(request) if str(one.id) == request.POST.get("institution")), None
        )
        if place is None:
            raise KangchengError(
                t("请选择机构", "Choose an institution"),
                where="institution",
                todo=t("从列表选择", "from the list"),
            )
        return Subject("institution", str(place.id), place.id, place.area_code)
    area = request.POST.get("area", "").strip() or min(request.actor.areas, key=len, default="")
    return Subject(kind, area if kind == "area" else "", None, area)


def _person_subject(request: Asking) -> Subject:
    text = request.POST.get("person") or request.GET.get("person") or str(request.actor.person_id or "")
    try:
        person = UUID(text)
    except ValueError:
        raise KangchengError(
            t("请从居民页面发起", "Open it from the resident's page"), where="person"
        ) from None
    own = for_pages.is_own(person, by=request.actor, on=request.today)
    if not own:
        for_pages.require(person, by=request.actor, on=request.today, what="process")
    found = people.get(person, request.today)
    place = next((one for one in _places(request) if str(one.id) == request.POST.get("institution")), None)
    return Subject("person", str(person), place.id if place else None, found.area_code if found else "", own)


def _places(request: Asking) -> list[Any]:
    """Institutions at which the reader works; those of the reader's areas for whoever is bound to none."""
    actor = request.actor
    if actor.institutions:
        return sorted(
            institutions.get_many(actor.institutions, request.today).values(), key=lambda one: one.name
        )
    return [one for area in actor.areas for one in institutions.list_on(request.today, area=area)][:500]


def _person(request: Asking, found: CaseView) -> str:
    """The person a case is about, through the gate: the look is logged, and refused where it must be."""
    if found.subject.kind != "person":
        return ""
    return str(
        for_pages.name_of_subject(
            UUID(found.subject.id), by=request.actor, on=request.today, what="process", why=found.number
        )
    )


def _found(request: Asking, case_id: UUID) -> CaseView:
    try:
        return selectors.case(case_id, by=request.actor)
    except NoSuchCase:
        raise NotFound(t("没有这个案件", "No such case"), where=str(case_id)) from None


def _form(request: Asking, found: CaseView, one: Any) -> dict[str, Any]:
    """A step with its fields; a group of which one is enough says so."""
    known = data_of(found.entry)
    required = {row["id"] for row in one.requires}
    either = {name for group in one.any_of for name in group}
    names = dict.fromkeys([*required, *either, *(row["id"] for row in one.fills)])
    row = next(step for step in found.entry.get("transitions") if step["id"] == one.do)
    return {
        "step": one,
        "title": processes_shown.titled(row),
        "fields": [
            _field(
                request,
                known[name],
                _raw(known[name], found.fields.get(name)),
                name in required,
                name in either,
            )
            for name in known
            if name in names
        ],
    }


def _raw(datum: Mapping[str, Any], value: Any) -> str:
    if value is None or datum["type"] == "identity":
        return ""
    return yuan(int(value)) if datum["type"] == "money" else str(value)


def _field(
    request: Asking, datum: Mapping[str, Any], value: str, required: bool, either: bool = False
) -> dict[str, Any]:
    choices: list[tuple[str, str]] = []
    if datum["type"] == "code":
        choices = (
            citypack.choices(datum["codelist"])
            if datum.get("codelist")
            else [(one, one) for one in datum["options"]]
        )
    elif datum["type"] == "institution":
        choices = [(str(one.id), one.name) for one in _places(request)]
    return {
        "id": datum["id"], "type": datum["type"], "title": processes_shown.titled(datum), "unit": datum.get("unit", ""),
        "help": datum.get("help", ""), "required": required, "either": either, "value": value, "choices": choices,
    }  # fmt: skip


def _given(request: Asking, entry: Entry) -> tuple[dict[str, str], dict[str, Upload]]:
    """Fields and uploads of the form, by the fields of the entry; anything else that was posted is left alone."""
    fields, uploads = {}, {}
    for name, datum in data_of(entry).items():
        if datum["type"] == "file":
            upload = request.FILES.get(name)
            if upload is not None:
                uploads[name] = (upload.name or name, upload.content_type or "", upload.read())
        elif request.POST.get(name, "").strip():
            fields[name] = request.POST[name].strip()
    return fields, uploads
