"""The door of every page: who may open it, as which actor, and what an error looks like.

`@page("claim.look")` asks for a log-in, builds the actor of today, refuses whoever holds none of the permissions and
turns our errors into pages. The permissions stay on the view (`view.page_permissions`), so that a test can try every
address as everybody.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kangcheng.access.errors import Refused
from kangcheng.base.accounts import selectors as accounts
from kangcheng.base.accounts.models import User
from kangcheng.base.accounts.roles import PERMISSIONS
from kangcheng.base.accounts.types import Actor
from kangcheng.kernel.errors import Faults, KangchengError
from kangcheng.portal.words import t

View = Callable[..., HttpResponse]


class Asking(HttpRequest):
    """A request that has passed a door: who asks, and on which day."""

    user: User
    actor: Actor
    today: date


class NotFound(KangchengError):
    """这里没有您能查看的内容（不存在，或不在您的职责范围内）。"""


class NotAllowed(KangchengError):
    """您的角色不能进行此操作。"""


def page(*permissions: str, purpose: str = "work") -> Callable[[View], View]:
    """Open a page to holders of any of `permissions` (none named: anybody logged in).

    The view gets `request.actor` and `request.today`.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: Asking, *args: Any, **kwargs: Any) -> HttpResponse:
            return _never_kept(inside(request, *args, **kwargs))

        def inside(request: Asking, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            asked = request.resolver_match.url_name if request.resolver_match else ""
            if request.user.must_change_password and asked not in ("password", "logout"):
                return redirect("portal:password")
            request.today = timezone.localdate()
            request.actor = accounts.actor_for(request.user, purpose=purpose, on=request.today)
            if permissions and not any(map(request.actor.may, permissions)):
                return refused(request, not_allowed(request.path, permissions), 403)
            request.actor = request.actor.where(*permissions)
            try:
                _only_text(request)
                return view(request, *args, **kwargs)
            except KangchengError as error:
                return refused(request, error, status_of(error))
            except DataError:  # its own words would quote what was typed
                return refused(request, not_storable(), 422)

        inner.page_permissions = permissions  # type: ignore[attr-defined]
        return inner

    return wrap


class NotStorable(KangchengError):
    """填写的内容过长、超出范围或含不能保存的字符。"""


def not_storable(where: str = "") -> NotStorable:
    """The refusal of words that no column takes."""
    return NotStorable(
        t(
            "填写的内容过长、超出范围或含不可见字符",
            "too long, out of range, or with characters nobody can see",
        ),
        where=where,
        todo=t("返回上一页改短或改正；没有写入任何内容", "go back and correct it: nothing was written"),
    )


def _only_text(request: HttpRequest) -> None:
    """Refuse the character that no text column can hold."""
    for given in (request.GET, request.POST):
        for name, values in given.lists():
            if any("\0" in value for value in (name, *values)):
                raise not_storable("\u2400" if "\0" in name else name)


def _never_kept(response: HttpResponse) -> HttpResponse:
    """No browser, proxy or shared computer keeps what a page showed."""
    response["Cache-Control"] = "no-store, private"
    return response


def not_allowed(path: str, permissions: tuple[str, ...]) -> NotAllowed:
    """The refusal of a page, naming what it asks for."""
    needed = "、".join(PERMISSIONS[name] for name in permissions)
    return NotAllowed(
        t("您的角色不能打开这一页", "Your role may not open this page"),
        where=path,
        rule=t(f"需要权限：{needed}", f"needs: {', '.join(permissions)}"),
        todo=t("如确需使用，请联系安全管理员授权", "ask the security administrator for the role"),
    )


def status_of(error: KangchengError) -> int:
    """HTTP status of one of our errors."""
    if isinstance(error, NotFound | Refused):
        return 404
    if type(error).__name__ in ("NotAllowed", "NotPermitted"):  # every module says it in its own class
        return 403
    return 422


def refused(request: HttpRequest, error: KangchengError, status: int) -> HttpResponse:
    """The error as a page, or as a part when HTMX asked."""
    faults = error.faults if isinstance(error, Faults) else ()
    part = bool(getattr(request, "htmx", False))
    template = "portal/_error.html" if part else "portal/error.html"
    response = render(request, template, {"error": error, "faults": faults, "status": status}, status=status)
    if part:
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
    return response
