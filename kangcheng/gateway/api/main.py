"""The city API: who speaks, what goes wrong in words, and the description of it all (OpenAPI)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.security import SessionAuth

from kangcheng.base.accounts import selectors as accounts
from kangcheng.gateway.api import registers
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.work.registers.services import Conflict

NOT_FOUND = ("NoSuchRow", "NoSuchRegister")


class Person(SessionAuth):
    """Somebody logged in, as an actor with today's roles. Writing asks for the CSRF token of the session."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = request.user
        if not user.is_authenticated or getattr(user, "must_change_password", False):
            return None
        actor = accounts.actor_for(user, purpose="work", on=timezone.localdate())
        if not actor.may("register.look"):
            raise HttpError(403, "您的角色不能使用此接口 (not permitted)")
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def _readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only who may use the API reads its description."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not accounts.actor_for(request.user, purpose="work", on=timezone.localdate()).may("register.look"):
            return HttpResponse(
                "没有权限 (not permitted)", status=403, content_type="text/plain; charset=utf-8"
            )
        return view(request, *args, **kwargs)

    return inner


api = NinjaAPI(
    title="康城城市接口 Kangcheng city API", version="1", auth=Person(), docs_decorator=_readers, docs_url="/docs",
    urls_namespace="api",
)  # fmt: skip
api.add_router("", registers.router)


@api.exception_handler(KangchengError)
def refused(request: HttpRequest, error: KangchengError) -> HttpResponse:
    """One of our errors with its status; nothing was written."""
    body: dict[str, Any] = {
        "what": error.what,
        "where": error.where,
        "rule": error.rule,
        "todo": error.todo,
        "faults": [],
        "conflict": [],
    }
    if isinstance(error, Faults):
        body["faults"] = [
            {"where": fault.where, "what": fault.what, "rule": fault.rule, "todo": fault.todo}
            for fault in error.faults
        ]
    if isinstance(error, Conflict):
        body["conflict"] = [
            {
                "column": one.column.id,
                "before": str(one.before),
                "theirs": str(one.theirs),
                "yours": str(one.yours),
            }
            for one in error.differences
        ]
    return api.create_response(request, body, status=_status(error))


def _status(error: KangchengError) -> int:
    name = type(error).__name__
    if isinstance(error, Conflict):
        return 412
    if isinstance(error, registers.NoVersion):
        return 428
    return 404 if name in NOT_FOUND else 403 if name == "NotPermitted" else 422


@api.exception_handler(DataError)
def not_storable(request: HttpRequest, error: DataError) -> HttpResponse:
    """What no column takes; the database's own words would quote it."""
    return api.create_response(
        request, {"what": "内容过长、超出范围或含不能保存的字符 (cannot be stored)"}, status=422
    )
