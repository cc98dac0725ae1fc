"""Log-in with lock-out, the second factor where a user has one, log-out."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_otp import devices_for_user, match_token
from django_otp import login as otp_login

from kangcheng.portal.words import t

WAITING = "second_factor_for"  # session key: who has passed the password and owes a code


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
        if getattr(request, "axes_locked_out", False):
            fault = t(
                f"多次输错，已锁定 {_minutes()} 分钟。", f"Too many tries: locked for {_minutes()} minutes."
            )
        elif user is None:
            fault = t("登录名或口令不对，或账户已停用。", "Wrong name or password, or the account is closed.")
        elif any(devices_for_user(user)):
            request.session[WAITING] = str(user.pk)
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
    from kangcheng.base.accounts.selectors import get_user

    waiting = request.session.get(WAITING)
    if not waiting:
        return redirect("portal:login")
    fault = ""
    if request.method == "POST":
        person = get_user(waiting)
        device = person and match_token(person, request.POST.get("code", "").strip()[:16])
        if person and device:
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


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("portal:login")


def _minutes() -> int:
    return int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)


def _after(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else settings.LOGIN_REDIRECT_URL
