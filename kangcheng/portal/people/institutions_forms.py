"""Forms of institutions: open, convert, put right, close, take back. Each asks why and can be taken back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, Faults, KangchengError
from kangcheng.portal import citypack
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors, services
from kangcheng.registry.institutions.types import OWNERSHIPS, NewInstitution

TEXTS = (
    "name",
    "type",
    "level",
    "ownership",
    "governed_by",
    "functions",
    "area_code",
    "equipment",
    "consortium",
)
MODES = {
    "open": Words("登记开业", "Register an opening"),
    "convert": Words("变更、转型", "Change or convert"),
    "correct": Words("更正", "Correct"),
}


@page("institution.write")
def new(request: Asking) -> HttpResponse:
    """The form of a new institution, and its registration."""
    if request.method != "POST":
        return _form(request, "open", {"ownership": "public", "day": request.today.isoformat()})
    return _tried(request, "open", None)


@page("institution.write")
def edit(request: Asking, institution_id: UUID, mode: str) -> HttpResponse:
    """Change from a day on (`convert`), or put right what was always so (`correct`)."""
    past = selectors.past(institution_id)
    if mode not in ("convert", "correct") or not past:
        raise NotFound(t("没有这个机构", "No such institution"), where=str(institution_id))
    if request.method != "POST":
        found = selectors.get(institution_id, past[0].valid_from)
        given: dict[str, Any] = {
            name: getattr(found, name, "")
            for name in (*TEXTS, "beds", "standardised", "longitude", "latitude")
        }
        given |= {"parent": str(found.parent_id or "") if found else "", "day": request.today.isoformat()}
        return _form(request, mode, given, institution_id)
    return _tried(request, mode, institution_id)


@page("institution.write")
@require_POST
def close(request: Asking, institution_id: UUID) -> HttpResponse:
    """Close from a day on; designations end with it."""
    services.close(
        institution_id=institution_id,
        closed_on=_day(request),
        by=request.actor,
        on=request.today,
        why=_why(request),
    )
    messages.success(request, t("已登记关闭，可撤销。", "Closed; it can be taken back."), extra_tags="good")
    return redirect("portal:institution", institution_id)


@page("institution.write")
@require_POST
def undo(request: Asking, institution_id: UUID) -> HttpResponse:
    """Take back the newest opening, change or closing."""
    what = services.undo(institution_id=institution_id, by=request.actor, on=request.today, why=_why(request))
    messages.success(request, t("已撤销最近一次登记。", "The newest act is taken back."), extra_tags="good")
    if what == "opened":
        return redirect("portal:institutions")
    return redirect("portal:institution", institution_id)


def _tried(request: Asking, mode: str, institution_id: UUID | None) -> HttpResponse:
    try:
        kept = _write(request, mode, institution_id)
    except KangchengError as error:
        if type(error).__name__ == "NotPermitted":
            raise
        given: dict[str, Any] = {
            name: request.POST.get(name, "")
            for name in (*TEXTS, "beds", "longitude", "latitude", "parent", "day", "code", "why")
        }
        given["standardised"] = bool(request.POST.get("standardised"))
        return _form(request, mode, given, institution_id, error)
    messages.success(request, t("已登记。", "Written."), extra_tags="good")
    return redirect("portal:institution", kept)


def _write(request: Asking, mode: str, institution_id: UUID | None) -> UUID:
    act: dict[str, Any] = {"by": request.actor, "on": request.today, "why": _why(request)}
    facts = _facts(request)
    if institution_id is None:
        new_ = NewInstitution(
            code=request.POST.get("code", "").strip(), valid_from=_day(request), **facts, why=act["why"]
        )
        return services.register(new=new_, **act)
    if mode == "convert":
        services.change(institution_id=institution_id, valid_from=_day(request), **facts, **act)
    else:
        term = selectors.past(institution_id)[0]
        services.correct(term_id=term.id, **facts, **act)  # type: ignore[arg-type]
    return institution_id


def _facts(request: Asking) -> dict[str, Any]:
    given = request.POST
    facts: dict[str, Any] = {name: given.get(name, "").strip()[:200] for name in TEXTS}
    faults: list[Fault] = []
    facts["beds"] = _number(given.get("beds", ""), "beds", int, faults) or 0
    facts["longitude"] = _number(given.get("longitude", ""), "longitude", float, faults)
    facts["latitude"] = _number(given.get("latitude", ""), "latitude", float, faults)
    facts["standardised"] = given.get("standardised") == "yes"
    parent = given.get("parent", "")
    try:
        facts["parent_id"] = UUID(parent) if parent else None
    except ValueError:
        faults.append(Fault("parent", "没有这个上级机构 (no such parent)"))
    if faults:
        raise Faults(faults, where="机构", todo="改正后重试")
    return facts


def _number(text: str, name: str, kind: type, faults: list[Fault]) -> Any:
    try:
        return kind(text) if text.strip() else None
    except ValueError:
        faults.append(Fault(name, f"不是数字 (not a number) {text[:20]!r}"))
        return None


def _day(request: Asking) -> date:
    return parse_date(request.POST.get("day", ""))


def _why(request: Asking) -> str:
    why = request.POST.get("why", "").strip()[:200]
    if not why:
        raise Faults([Fault("why", "须写明原因或依据 (say why)")], where="机构")
    return why


def _form(
    request: Asking, mode: str, given: dict[str, Any], institution_id: UUID | None = None,
    error: KangchengError | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "mode": mode, "title": MODES[mode], "given": given, "error": error, "id": institution_id,
        "faults": error.faults if isinstance(error, Faults) else (),
        "types": citypack.choices("institution-types"), "levels": citypack.choices("hospital-levels"),
        "ownerships": OWNERSHIPS.items(),
        "parents": [one for one in selectors.list_on(request.today) if one.type.endswith(("hospital", "centre"))],
    }  # fmt: skip
    return render(request, "portal/people/institution_form.html", context, status=422 if error else 200)
