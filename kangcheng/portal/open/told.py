"""What the city tells everybody: answers on policies, and how to find one's way and a parking place at an institution."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kangcheng.registry.institutions import selectors as institutions
from kangcheng.work.screens import selectors

SURROUNDINGS = "visit-surroundings"
MOST = 500


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """Questions and answers on policies that are public today; `q` narrows them."""
    text = request.GET.get("q", "").strip()[:60]
    rows = [
        row
        for row in selectors.public_rows(selectors.ANSWERS, timezone.localdate())
        if text in f"{row['policy']}{row['question']}{row['answer']}"
    ]
    return render(request, "portal/open/answers.html", {"rows": rows[:MOST], "q": text})


@require_safe
def surroundings(request: HttpRequest) -> HttpResponse:
    """Entrances, signs and parking of every institution that has entered them; `q` is part of its name."""
    text, on = request.GET.get("q", "").strip()[:60], timezone.localdate()
    rows = selectors.public_rows(SURROUNDINGS, on)
    names = institutions.names([row["institution"] for row in rows])  # type: ignore[misc]
    shown = [row | {"name": names.get(row["institution"], "")} for row in rows]  # type: ignore[call-overload]
    found = sorted((row for row in shown if text in str(row["name"])), key=lambda row: str(row["name"]))
    return render(request, "portal/open/surroundings.html", {"rows": found[:MOST], "q": text})
