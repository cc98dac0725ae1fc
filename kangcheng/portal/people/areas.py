"""Divisions and how they changed: list, rename, merge, split, take back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.kernel.dates import parse_date
from kangcheng.kernel.errors import Fault, Faults
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.people.place_tabs import tabs
from kangcheng.portal.people.places import LOOK
from kangcheng.portal.words import t
from kangcheng.registry.areas import selectors, services
from kangcheng.registry.areas.types import CHANGES, TITLES, Area
from kangcheng.registry.reach.selectors import living


@page(*LOOK)
def listed(request: Asking) -> HttpResponse:
    """The divisions below one, open ones with their people on the day; and all changes."""
    code = request.GET.get("under", "")
    code = code if code.isascii() and code.isdigit() else ""
    rows = selectors.children(code) if code else _counties()
    counts = living()
    now = selectors.current(counts, request.today)
    people = {
        row.code: sum(
            number
            for one, number in counts.items()
            if now[one].startswith(row.code) or one.startswith(row.code)
        )
        for row in rows
    }
    context = {
        "path": [(one, selectors.names([one]).get(one, one)) for one in _above(code)],
        "rows": [(row, TITLES[row.level], people[row.code], row.open_on(request.today)) for row in rows],
        "changes": [(one, t(CHANGES[one.kind], one.kind)) for one in selectors.changes()],
        "kinds": [(code_, t(title, code_)) for code_, title in CHANGES.items()],
        "today": request.today, **tabs("portal:areas"),
    }  # fmt: skip
    return render(request, "portal/people/areas.html", context)


@page("institution.write")
@require_POST
def change(request: Asking) -> HttpResponse:
    """Rename, merge or split by a document, from a day on."""
    given = request.POST
    act: dict[str, Any] = {
        "by": request.actor,
        "on": parse_date(given.get("day", "")),
        "document": given.get("document", "").strip()[:200],
    }
    code, kind, text = (
        given.get("code", "").strip(),
        given.get("kind", ""),
        given.get("text", "").strip()[:1000],
    )
    if kind == "rename":
        services.rename(code=code, name=text, **act)
    elif kind == "merge":
        services.merge(codes=[code], into=text, **act)
    elif kind == "split":
        services.split(code=code, parts=_parts(text), **act)
    else:
        raise Faults([Fault("kind", "没有这种变更 (no such change)", "、".join(CHANGES))])
    messages.success(
        request, t("区划变更已登记，可撤销。", "Written; it can be taken back."), extra_tags="good"
    )
    return redirect("portal:areas")


@page("institution.write")
@require_POST
def undo(request: Asking, act: UUID) -> HttpResponse:
    """Take a change back."""
    services.undo(act=act, by=request.actor, on=request.today, why=request.POST.get("why", "").strip()[:200])
    messages.success(request, t("已撤销。", "Taken back."), extra_tags="good")
    return redirect("portal:areas")


def _counties() -> list[Area]:
    codes = {code[:6] for code in living() if len(code) >= 6}
    return [one for code in sorted(codes) if (one := selectors.get(code))]


def _above(code: str) -> tuple[str, ...]:
    return tuple(code[:digits] for digits in (6, 9, 12) if digits <= len(code))


def _parts(text: str) -> dict[str, str]:
    found = [part.split(maxsplit=1) for part in text.replace("；", ";").split(";") if part.strip()]
    return {part[0]: part[1] if len(part) > 1 else "" for part in found}
