"""The life of an account: opened, given roles, given a new password, closed, opened again."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kangcheng.base.accounts import selectors, services
from kangcheng.base.accounts.models import User
from kangcheng.base.accounts.recovery import first_password
from kangcheng.base.accounts.roles import ROLES
from kangcheng.kernel.dates import parse_date
from kangcheng.portal.doors import Asking, NotFound, page
from kangcheng.portal.lists import Column, Filter, listing, sheet, wants_sheet
from kangcheng.portal.words import Words, t
from kangcheng.registry.institutions import selectors as institutions

STATES = (
    ("active", Words("在用", "Open")),
    ("closed", Words("已停用", "Closed")),
    ("roleless", Words("没有角色", "Without a role")),
    ("first", Words("初始口令", "First password")),
)


def _roles(user: User) -> str:
    return "、".join(ROLES[grant.role].title for grant in user.grants.all() if grant.role in ROLES) or "—"


def _in_state(rows: QuerySet[User], state: str) -> QuerySet[User]:
    return {
        "active": rows.filter(is_active=True),
        "closed": rows.filter(is_active=False),
        "roleless": rows.filter(grants=None, is_active=True),
        "first": rows.filter(must_change_password=True, is_active=True),
    }[state]


COLUMNS = (
    Column("login", Words("登录名", "Log-in"), "mono", order="login", link=lambda user: f"/accounts/{user.pk}/"),
    Column("display_name", Words("姓名", "Name"), order="display_name"),
    Column("roles", Words("角色", "Roles"), source=_roles),
    Column("last_login", Words("最近登录", "Last log-in"), "moment", order="last_login"),
    Column(
        "state", Words("状态", "State"), "tag",
        source=lambda user: t("在用", "open") if user.is_active else t("已停用", "closed"),
        tone=lambda user: "good" if user.is_active else "bad",
    ),
)  # fmt: skip
FILTERS = (
    Filter("login", Words("登录名", "Log-in"), "login__icontains"),
    Filter("name", Words("姓名", "Name"), "display_name__icontains"),
    Filter("state", Words("状态", "State"), _in_state, STATES),
)


@page("account.write", "role.grant")
def accounts(request: Asking) -> HttpResponse:
    """All accounts."""
    rows = selectors.users()
    if wants_sheet(request):
        return sheet(request, rows, COLUMNS, filters=FILTERS, name="账户")
    return render(
        request,
        "portal/admin/accounts.html",
        {"listing": listing(request, rows, COLUMNS, filters=FILTERS, sort="login")},
    )


@page("account.write")
def new(request: Asking) -> HttpResponse:
    """Open an account; the first password is shown once and must be changed at log-in."""
    if request.method == "POST":
        password = first_password()
        user = services.create_user(
            login=request.POST.get("login", "").strip(),
            display_name=request.POST.get("display_name", "").strip(),
            password=password,
            by=request.actor,
            on=request.today,
            why=request.POST.get("why", ""),
        )
        return render(
            request, "portal/admin/first_password.html", {"user_account": user, "password": password}
        )
    return render(request, "portal/admin/account_new.html")


@page("account.write", "role.grant")
def account(request: Asking, user_id: UUID) -> HttpResponse:
    """One account with its roles, past and present."""
    user = _user(user_id)
    rows = list(user.grants.order_by("-valid_from"))
    names = institutions.names(row.institution_id for row in rows if row.institution_id)
    grants = [
        {
            "grant": row,
            "role": ROLES.get(row.role),
            "place": names.get(row.institution_id, "") if row.institution_id else "",
        }
        for row in rows
    ]
    context = {
        "user_account": user,
        "grants": grants,
        "roles": ROLES.values(),
        "places": institutions.list_on(request.today) if request.actor.may("role.grant") else [],
        "may_grant": request.actor.may("role.grant"),
        "may_write": request.actor.may("account.write"),
        "today": request.today,
    }
    return render(request, "portal/admin/account.html", context)


@page("role.grant")
@require_POST
def grant(request: Asking, user_id: UUID) -> HttpResponse:
    """Give a role, from today, in an area or an institution."""
    until = request.POST.get("valid_to", "").strip()
    institution = request.POST.get("institution_id", "").strip()
    services.grant_role(
        user=_user(user_id),
        role=request.POST.get("role", ""),
        area_code=request.POST.get("area_code", "").strip(),
        institution_id=_uuid(institution) if institution else None,
        valid_to=parse_date(until) if until else None,
        by=request.actor,
        on=request.today,
        why=request.POST.get("why", ""),
    )
    return _done(request, user_id, t("角色已授予。", "Role granted."))


@page("role.grant")
@require_POST
def revoke(request: Asking, user_id: UUID) -> HttpResponse:
    """End a role today."""
    wanted = _uuid(request.POST.get("grant", ""))
    held = next((g for g in _user(user_id).grants.all() if g.pk == wanted), None)
    if held is None:
        raise NotFound("没有这项授权", where=request.path)
    services.revoke_role(grant=held, by=request.actor, on=request.today, why=request.POST.get("why", ""))
    return _done(request, user_id, t("角色已收回。", "Role withdrawn."))


@page("account.write")
@require_POST
def switch(request: Asking, user_id: UUID) -> HttpResponse:
    """Close the account, or open it again."""
    user, why = _user(user_id), request.POST.get("why", "")
    verb = services.disable_user if user.is_active else services.enable_user
    verb(user=user, by=request.actor, on=request.today, why=why)
    return _done(request, user_id, t("账户状态已更改。", "Account changed."))


@page("account.write")
@require_POST
def reset(request: Asking, user_id: UUID) -> HttpResponse:
    """A new first password, shown once."""
    user, password = _user(user_id), first_password()
    services.reset_password(
        user=user, password=password, by=request.actor, on=request.today, why=request.POST.get("why", "")
    )
    return render(request, "portal/admin/first_password.html", {"user_account": user, "password": password})


def _user(user_id: UUID) -> User:
    user = selectors.get_user(user_id)
    if user is None:
        raise NotFound("没有这个账户", where=f"/accounts/{user_id}/")
    return user


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("编号不是有效的格式", where=text[:40]) from None


def _done(request: Asking, user_id: UUID, words: str) -> HttpResponse:
    messages.success(request, words, extra_tags="good")
    return redirect("portal:account", user_id=user_id)
