"""Log-in with lock-out, the second factor where a user has one, log-out."""

import time
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_otp import devices_for_user, match_token
from django_otp import login as otp_login

from kangcheng.base.accounts.models import User
from kangcheng.base.accounts.selectors import get_user
from kangcheng.portal.words import t

WAITING = "second_factor_for"  # session key: who has passed the password and owes a code, until when
WAIT_SECONDS = 300


class LogInForm(forms.Form):
    login = forms.CharField(max_length=64)
    password = forms.CharField(max_length=256)


def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for log-in name and password; hand over to the second factor where one is set up."""
    if request.user.is_authenticated:
        return redirect("portal:home")
    form = LogInForm(request.POST or None)
    fault = ""
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, login=form.cleaned_data["login"], password=form.cleaned_data["password"])
        if _locked(request):
            fault = t(
                f"多次输错，已锁定 {_minutes()} 分钟。", f"Too many tries: locked for {_minutes()} minutes."
            )
        elif user is None:
            fault = t("登录名或口令不对，或账户已停用。", "Wrong name or password, or the account is closed.")
        elif any(devices_for_user(user)):
            request.session[WAITING] = [
                str(user.pk),
                user.get_session_auth_hash(),
                time.time() + WAIT_SECONDS,
            ]
            request.session["after"] = _after(request)
            return redirect("portal:second_factor")
        else:
            login(request, user)
            return redirect(_after(request))
    status = 200 if not fault else 401
    return render(
        request,
        "portal/session/log_in.html",
        {"fault": fault, "next": _after(request), "form": form},
        status=status,
    )


def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the six digits of the authenticator."""
    person = _waiting(request)
    if person is None:
        return redirect("portal:login")
    fault = ""
    if request.method == "POST":
        device = match_token(person, request.POST.get("code", "").strip()[:16])
        if device:
            after = request.session.pop("after", settings.LOGIN_REDIRECT_URL)
            request.session.pop(WAITING, None)
            login(request, person, backend="django.contrib.auth.backends.ModelBackend")
            otp_login(request, device)
            return redirect(after)
        fault = t(
            "验证码不对或已过期，请输入最新的六位数字。", "Wrong or expired code: use the newest six digits."
        )
    return render(
        request, "portal/session/second_factor.html", {"fault": fault}, status=401 if fault else 200
    )


def _waiting(request: HttpRequest) -> User | None:
    """Who owes a code: passed the password lately, and neither it nor the account has been changed since."""
    user_id, mark, until = request.session.get(WAITING) or ("", "", 0)
    user = get_user(UUID(user_id)) if time.time() < until else None
    if user is None or not user.is_active or not constant_time_compare(mark, user.get_session_auth_hash()):
        request.session.pop(WAITING, None)
        return None
    return user


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("portal:login")


def _locked(request: HttpRequest) -> bool:
    """True when the log-in is locked. The mark is taken off, or the middleware would answer with a page of its own."""
    locked = bool(getattr(request, "axes_locked_out", False))
    request.axes_locked_out = False  # type: ignore[attr-defined]
    return locked


def _minutes() -> int:
    return int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)


def _after(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else settings.LOGIN_REDIRECT_URL
