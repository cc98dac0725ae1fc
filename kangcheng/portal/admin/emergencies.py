"""Files opened in an emergency, and the audit administrator's view of each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.access.emergencies import selectors, services
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.words import t


@page("audit.look")
def emergencies(request: Asking) -> HttpResponse:
    """Openings that wait for review, then all others."""
    past = [one for one in selectors.openings() if one.reviewed_on]
    return render(request, "portal/admin/emergencies.html", {"waiting": selectors.waiting(), "past": past})


@page("audit.look")
@require_POST
def review(request: Asking, emergency_id: UUID) -> HttpResponse:
    """Justified or not, with the finding."""
    services.review(
        emergency_id=emergency_id, justified=request.POST.get("do") == "justified", finding=request.POST.get("finding", "")[:500],
        by=request.actor, on=request.today,
    )  # fmt: skip
    messages.success(request, t("已复核。", "Reviewed."), extra_tags="good")
    return redirect("portal:emergencies")
