"""Direct inpatient settlement: who has checked what, what may be done next, and the evidence that is kept."""

import base64
import binascii
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.access import for_pages
from kangcheng.base import files
from kangcheng.base.accounts.roles import ROLES
from kangcheng.funds.billing import selectors as billing
from kangcheng.funds.billing.types import BillView
from kangcheng.funds.procedure import selectors, services
from kangcheng.funds.procedure.types import DIRECT, OpenStep, ProcedureView
from kangcheng.funds.settlement import selectors as settlements
from kangcheng.kernel.errors import KangchengError
from kangcheng.policy.entry import Entry
from kangcheng.portal import citypack
from kangcheng.portal.counter.places import ids
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions

LISTED = 100
MOST_EVIDENCE = 5 * 2**20
PICTURE = "data:image/png;base64,"
MEDIA = {"image/png", "image/jpeg", "application/pdf"}


@page("claim.settle", "bill.write", purpose="settlement")
def procedures(request: Asking) -> HttpResponse:
    """Procedures of the clerk's institutions that are under way or ended lately; the one-time settlement rate."""
    entry, asked = _entry(), request.GET.get("state", "")
    states = entry.get("states", [])
    final = {row["id"] for row in states if row.get("final") == "yes"}
    wanted = tuple(row["id"] for row in states if (row["id"] == asked if asked else row["id"] not in final))
    mine = set(ids(request.actor, request.today))
    rows = [
        (one, bill)
        for one in selectors.waiting(process=DIRECT, states=wanted, limit=LISTED)
        if (bill := _bill(one, mine))
    ]
    names = for_pages.names([one.person_id for one, _ in rows], by=request.actor, on=request.today)
    since = request.today.replace(month=1, day=1)
    context = {
        "rows": [
            {
                "procedure": one,
                "bill": bill,
                "name": names.get(one.person_id, "—"),
                "state": _state(one.state),
            }
            for one, bill in rows
        ],
        "states": [(row["id"], t(row["title"], row.get("title_en", row["title"]))) for row in states],
        "asked": asked,
        "rate": selectors.rate_of(
            process=DIRECT, rate_id="one-time-settlement", since=since, on=request.today, institutions=mine
        ),
        "title": t(entry.title, entry.title_en),
        "not_asked": _not_asked(),
    }
    return render(request, "portal/counter/procedures.html", context)


@page("claim.settle", "bill.write", purpose="settlement")
@require_POST
def start(request: Asking, bill_id: UUID) -> HttpResponse:
    """Open the procedure over a bill of one's institution."""
    _mine(request, bill_id)
    done = services.open_procedure(bill_id=bill_id, pack=citypack.pack(), by=request.actor, on=request.today)
    return redirect("portal:procedure", procedure_id=done.id)


@page("claim.settle", "bill.write", purpose="settlement")
def procedure(request: Asking, procedure_id: UUID) -> HttpResponse:
    """The timeline, and a form for each step that one of the reader's roles may take now."""
    found, bill = _found(request, procedure_id)
    name = for_pages.name_of_subject(
        found.person_id, by=request.actor, on=request.today, what="procedure", why="住院直补"
    )
    live = settlements.find(bill_id=bill.id)
    given = {"settlement": str(live.number) if live else ""}
    context = {
        "procedure": found,
        "bill": bill,
        "name": name,
        "institution": institutions.names([bill.institution_id]).get(bill.institution_id, ""),
        "state": _state(found.state),
        "tone": "good" if found.state == "paid" else "bad" if found.state == "refused" else "warn",
        "live": live,
        "steps": [_taken(step) for step in found.steps],
        "open_steps": [_open(step, given) for step in selectors.next_steps(procedure_id, request.actor)],
        "not_asked": _not_asked(),
    }
    return render(request, "portal/counter/procedure.html", context)


@page("claim.settle", "bill.write", purpose="settlement")
@require_POST
def step(request: Asking, procedure_id: UUID) -> HttpResponse:
    """Take one step in one's own role; the pack says who must be another person and what must be given."""
    _found(request, procedure_id)
    fields, evidence = _given(request)
    done = services.step(
        procedure_id=procedure_id, do=request.POST.get("do", ""), role=request.POST.get("role", ""), by=request.actor,
        on=request.today, fields=fields, evidence=evidence,
    )  # fmt: skip
    messages.success(
        request,
        t(f"已记录，现在：{done.state_title}。", f"Recorded, now: {_state(done.state)}."),
        extra_tags="good",
    )
    return redirect("portal:procedure", procedure_id=procedure_id)


@page("claim.settle", "bill.write", purpose="settlement")
def evidence(request: Asking, procedure_id: UUID, name: str) -> HttpResponse:
    """One piece of evidence as it was kept, its hash checked on reading; a look at the person."""
    found, _ = _found(request, procedure_id)
    kept = next((one.evidence[name] for one in reversed(found.steps) if name in one.evidence), None)
    if kept is None:
        raise NotFound(t("没有这件证据", "No such evidence"), where=name)
    for_pages.name_of_subject(found.person_id, by=request.actor, on=request.today, what="evidence", why=name)
    file = files.StoredFile.objects.get(pk=kept["file"])
    media = file.media_type if file.media_type in MEDIA else "application/octet-stream"
    return HttpResponse(
        files.read(file), content_type=media, headers={"Content-Disposition": "inline; filename=evidence"}
    )


def _given(request: Asking) -> tuple[dict[str, Any], dict[str, tuple[str, str, bytes]]]:
    """Fields and evidence of the form; a drawn signature comes as a picture in text."""
    kinds = {field["id"]: field["type"] for field in _entry().get("fields", [])}
    fields = {
        name: value.strip()[:200]
        for name in request.POST
        if kinds.get(name) not in (None, "file") and (value := request.POST.get(name, "")).strip()
    }
    evidence: dict[str, tuple[str, str, bytes]] = {}
    for name in (name for name, kind in kinds.items() if kind == "file"):
        upload, drawn = request.FILES.get(name), request.POST.get(name, "")
        if upload is not None:
            evidence[name] = _uploaded(name, upload)
        elif drawn.startswith(PICTURE):
            evidence[name] = (f"{name}.png", "image/png", _drawn(name, drawn))
    return fields, evidence


def _uploaded(name: str, upload: Any) -> tuple[str, str, bytes]:
    if upload.size > MOST_EVIDENCE or upload.content_type not in MEDIA:
        raise KangchengError(
            t("证据文件不能接收", "The evidence cannot be taken"), where=name,
            rule=t("图片（PNG、JPEG）或 PDF，不超过 5 MB", "picture (PNG, JPEG) or PDF up to 5 MB"),
            todo=t("换一个文件", "choose another file"),
        )  # fmt: skip
    return upload.name, upload.content_type, upload.read()


def _drawn(name: str, text: str) -> bytes:
    try:
        content = base64.b64decode(text[len(PICTURE) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise KangchengError(
            t("签名图不完整", "The drawn signature is damaged"),
            where=name,
            todo=t("请重新签名", "sign again"),
        ) from error
    if not 100 < len(content) <= MOST_EVIDENCE:
        raise KangchengError(
            t("没有签名", "Nothing was drawn"), where=name, todo=t("请在框内签名", "sign in the box")
        )
    return content


def _entry() -> Entry:
    entry = citypack.pack().entries.get(("process", DIRECT))
    if entry is None:
        raise NotFound(t("政策包里没有直补流程", "The pack has no such process"), where=DIRECT)
    return entry


def _not_asked() -> list[str]:
    return [t(row["title"], row.get("title_en", row["title"])) for row in _entry().get("not_asked", [])]


def _state(code: str) -> str:
    row = next((row for row in _entry().get("states", []) if row["id"] == code), {"title": code})
    return t(row["title"], row.get("title_en", row["title"]))


def _field(name: str) -> dict[str, Any]:
    return next(
        (dict(row) for row in _entry().get("fields", []) if row["id"] == name), {"id": name, "title": name}
    )


def _title(row: dict[str, Any]) -> str:
    return t(row["title"], row.get("title_en", row["title"]))


def _taken(one: Any) -> dict[str, Any]:
    """A step as the timeline shows it."""
    row = next(
        (row for row in _entry().get("transitions", []) if row["id"] == one.step), {"title": one.title}
    )
    role = ROLES.get(one.role)
    shown = [
        (_title(_field(name)), t("是", "yes") if value == "yes" else value)
        for name, value in one.fields.items()
    ]
    kept = [(name, _title(_field(name)), file["sha256"]) for name, file in one.evidence.items()]
    return {
        "step": one,
        "title": _title(row),
        "role": Words(role.title, role.title_en) if role else one.role,
        "fields": shown,
        "evidence": kept,
    }


def _open(one: OpenStep, given: dict[str, str]) -> dict[str, Any]:
    """A step with the fields of its form; a group of which one is enough says so."""
    row = next(
        (row for row in _entry().get("transitions", []) if row["id"] == one.step), {"title": one.title}
    )
    either = {name for group in one.missing if "|" in group for name in group.split("|")}
    fields = [
        {
            "id": f["id"],
            "type": f["type"],
            "title": _title(dict(f)),
            "either": f["id"] in either,
            "value": given.get(f["id"], ""),
        }
        for f in one.fields
    ]
    role = ROLES.get(one.role)
    return {
        "step": one.step,
        "role": one.role,
        "role_title": Words(role.title, role.title_en) if role else one.role,
        "title": _title(row),
        "fields": fields,
    }


def _bill(one: ProcedureView, mine: set[UUID]) -> BillView | None:
    bill = billing.bill(one.bill_id)
    return bill if bill.institution_id in mine else None


def _found(request: Asking, procedure_id: UUID) -> tuple[ProcedureView, BillView]:
    try:
        found = selectors.procedure(procedure_id)
        return found, _mine(request, found.bill_id)
    except KangchengError:  # also of another institution's bill: its number is not for this reader
        raise NotFound(t("没有这个直补办理", "No such procedure"), where=str(procedure_id)) from None


def _mine(request: Asking, bill_id: UUID) -> BillView:
    try:
        bill = billing.bill(bill_id)
    except KangchengError:
        bill = None
    if bill is None or not request.actor.covers_institution(bill.institution_id):
        raise NotFound(t("没有这张账单", "No such bill"), where=str(bill_id))
    return bill
