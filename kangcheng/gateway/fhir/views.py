"""The endpoint for everybody who does not come the short way (`machines_only`): people with a session, strangers, tests."""

from typing import Any

import structlog
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from kangcheng.base.accounts import selectors as accounts
from kangcheng.gateway.fhir import door
from kangcheng.gateway.fhir.outcome import forbidden
from kangcheng.gateway.machines.types import READ, Caller


@csrf_exempt  # machines show a token and no cookie; people's sessions may only read here
def endpoint(request: HttpRequest, path: str = "") -> HttpResponse:
    """Everything under /fhir/."""
    asked = door.Request(
        method=request.method or "GET", path=path, query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): value for name, value in request.headers.items()},
        length=request.META.get("CONTENT_LENGTH") or "0", read=request.read,
        base=f"{request.scheme}://{request.get_host()}/fhir/",
    )  # fmt: skip
    try:
        found = door.answer(asked, lambda purpose: _person(request, purpose))
    except OperationalError:
        structlog.get_logger(__name__).warning("database away", exc_info=True)
        found = door.away()
    response = HttpResponse(found.body, status=found.status, content_type=found.type, headers=found.headers)
    response["Cache-Control"] = "no-store"
    return response


def _person(request: HttpRequest, purpose: str) -> Caller | None:
    """Who is logged in, to read only. Raises 403 for roles that see no records."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.method not in door.SAFE:
        return None
    actor = accounts.actor_for(user, purpose=purpose, on=timezone.localdate())
    if not (actor.may("record.look") or actor.may("own.look")):
        raise forbidden("您的角色不能查看健康档案 (not permitted)", "record.look")
    return Caller(actor, READ, next(iter(sorted(actor.institutions)), None), machine=False)
