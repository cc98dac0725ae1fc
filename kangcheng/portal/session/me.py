"""The user's own page: roles, password, second factor."""

import base64
import io

import segno
from django.contrib import messages
from django.contrib.auth import password_validation, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from kangcheng.base.accounts import selectors, services
from kangcheng.base.accounts.roles import ROLES
from kangcheng.base.accounts.second_factor import Authenticator
from kangcheng.base.audit import acting, record
from kangcheng.portal.doors import Asking, page
from kangcheng.portal.words import Words, t


@page()
def me(request: Asking) -> HttpResponse:
    """Who am I, what may I do, how do I log in."""
    device = Authenticator.objects.filter(user=request.user, confirmed=True).first()
    grants = [
        {
            "grant": grant,
            "role": Words(ROLES[grant.role].title, ROLES[grant.role].title_en),
            "does": ROLES[grant.role].description,
        }
        for grant in selectors.grants_of(request.user, request.today)
        if grant.role in ROLES
    ]
    return render(request, "portal/session/me.html", {"grants": grants, "device": device})


@page()
def password(request: Asking) -> HttpResponse:
    """Change the password; asked for at the first log-in."""
    faults: list[str] = []
    if request.method == "POST":
        old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
        if not request.user.check_password(old):
            faults.append(t("原口令不对。", "The old password is wrong."))
        if new != again:
            faults.append(t("两次输入的新口令不一致。", "The two new passwords differ."))
        try:
            password_validation.validate_password(new, request.user)
        except ValidationError as error:
            faults += error.messages
        if not faults:
            services.reset_password(
                user=request.user, password=new, by=request.actor, on=request.today, why="本人更改"
            )
            update_session_auth_hash(request, request.user)
            messages.success(request, t("口令已更改。", "Password changed."), extra_tags="good")
            return redirect("portal:me")
    return render(request, "portal/session/password.html", {"faults": faults}, status=422 if faults else 200)


@page()
def set_up_second_factor(request: Asking) -> HttpResponse:
    """Show the QR code of a new secret; the first right code switches the second factor on."""
    device, _ = Authenticator.objects.get_or_create(
        user=request.user, confirmed=False, defaults={"name": "totp"}
    )
    fault = ""
    if request.method == "POST":
        if device.verify_token(request.POST.get("code", "").strip()[:16]):
            with acting(
                by=request.actor, on=request.today, why="本人启用", action="account.second_factor_on"
            ):
                Authenticator.objects.filter(pk=device.pk).update(confirmed=True)
                record(
                    action="account.second_factor_on",
                    subject=f"user:{request.user.pk}",
                    by=request.actor,
                    on=request.today,
                )
            messages.success(request, t("两步验证已启用。", "The second factor is on."), extra_tags="good")
            return redirect("portal:me")
        fault = t(
            "验证码不对，或试得太快。请确认手机时间正确，稍等几秒再试。",
            "Wrong code, or tried too fast: check the phone's clock, wait a few seconds, try again.",
        )
    picture = io.BytesIO()
    segno.make(device.address).save(picture, kind="svg", scale=5, xmldecl=False)
    image = base64.b64encode(picture.getvalue()).decode()
    secret = base64.b32encode(device.secret).decode()
    return render(
        request,
        "portal/session/set_up.html",
        {"image": image, "secret": secret, "fault": fault},
        status=422 if fault else 200,
    )


@page()
def drop_second_factor(request: Asking) -> HttpResponse:
    """Switch the second factor off, with the password."""
    if request.method == "POST":
        if request.user.check_password(request.POST.get("password", "")):
            with acting(
                by=request.actor, on=request.today, why="本人停用", action="account.second_factor_off"
            ):
                Authenticator.objects.filter(user=request.user).delete()
                record(
                    action="account.second_factor_off",
                    subject=f"user:{request.user.pk}",
                    by=request.actor,
                    on=request.today,
                )
            messages.success(request, t("两步验证已停用。", "The second factor is off."), extra_tags="good")
        else:
            messages.error(
                request,
                t("口令不对，两步验证仍然有效。", "Wrong password: the second factor stays on."),
                extra_tags="bad",
            )
    return redirect("portal:me")
