"""Verbs on accounts and role grants."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kangcheng.base.accounts import rights
from kangcheng.base.accounts.models import RoleGrant, User
from kangcheng.base.accounts.rights import AccountError
from kangcheng.base.accounts.roles import ADMINISTRATORS, ROLES
from kangcheng.base.accounts.types import Actor
from kangcheng.base.audit import acting, record

__all__ = [
    "AccountError", "create_user", "disable_user", "enable_user", "grant_role", "reset_password", "revoke_role",
]  # fmt: skip


def create_user(
    *,
    login: str,
    display_name: str,
    password: str,
    by: Actor,
    on: date,
    why: str = "",
    person_id: UUID | None = None,
    must_change_password: bool = True,
) -> User:
    """Open an account; raises AccountError for a log-in name in use or not possible, or a weak password."""
    rights.require(by, "account.write")
    rights.possible(login=login, display_name=display_name)
    user = User(
        login=login,
        display_name=display_name,
        person_id=person_id,
        must_change_password=must_change_password,
    )
    _set_password(user, password)
    with acting(by=by, on=on, why=why, action="account.create"):
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:
            raise AccountError(
                "登录名已被使用 (log-in name taken)", where=f"login {login}", todo="换一个登录名"
            ) from error
        record(action="account.create", subject=f"user:{user.id}", by=by, on=on, why=why)
    return user


def grant_role(
    *,
    user: User,
    role: str,
    by: Actor,
    on: date,
    why: str = "",
    institution_id: UUID | None = None,
    area_code: str = "",
    valid_to: date | None = None,
) -> RoleGrant:
    """Give `role` from `on`, to somebody else; raises AccountError for an unknown role or a second administrator role."""
    rights.require(by, "role.grant")
    rights.not_oneself(user, by)
    if role not in ROLES:
        raise AccountError(
            "没有这个角色 (no such role)", where=f"role {role}", todo=f"可用：{'、'.join(ROLES)}"
        )
    if valid_to is not None and valid_to <= on:
        raise AccountError("止期须晚于起期 (empty period)", where=f"valid_to {valid_to}", todo="改正止期")
    grant = RoleGrant(
        user=user,
        role=role,
        institution_id=institution_id,
        area_code=area_code,
        valid_from=on,
        valid_to=valid_to,
        granted_by=by.user_id,
    )
    with acting(by=by, on=on, why=why, action="role.grant"):
        _refuse_second_administrator(grant)
        try:
            with transaction.atomic():
                grant.save()
        except IntegrityError as error:
            raise _second_administrator(user) from error
        detail = {"role": role, "institution": str(institution_id or ""), "area": area_code}
        record(action="role.grant", subject=f"user:{user.id}", by=by, on=on, why=why, detail=detail)
    return grant


def revoke_role(*, grant: RoleGrant, by: Actor, on: date, why: str) -> None:
    """End `grant` on `on` (its last day is the day before). The last administrator of a kind keeps the role."""
    rights.require(by, "role.grant")
    with acting(by=by, on=on, why=why, action="role.revoke"):
        rights.not_the_last(grant.user, {grant.role}, by, on)
        grant.valid_to = max(on, grant.valid_from)
        grant.save(update_fields=["valid_to"])
        detail = {"role": grant.role, "grant": str(grant.id)}
        record(action="role.revoke", subject=f"user:{grant.user_id}", by=by, on=on, why=why, detail=detail)


def disable_user(*, user: User, by: Actor, on: date, why: str) -> None:
    """Close the account: it can no longer log in and its sessions end. Its past stays. Not for a last administrator."""
    _switch(user, False, "account.disable", by=by, on=on, why=why)


def enable_user(*, user: User, by: Actor, on: date, why: str) -> None:
    """Open a closed account again."""
    _switch(user, True, "account.enable", by=by, on=on, why=why)


def reset_password(*, user: User, password: str, by: Actor, on: date, why: str) -> None:
    """Set a password that must be changed at the next log-in (not when the user sets it for themself).

    All other sessions of the user end. An administrator's password is not set by an administrator of another kind.
    """
    if by.user_id != user.id:
        rights.require(by, "account.write")
        rights.not_an_administrator(user, by, on)
    _set_password(user, password)
    user.must_change_password = by.user_id != user.id
    with acting(by=by, on=on, why=why, action="account.password"):
        user.save(update_fields=["password", "must_change_password"])
        record(action="account.password", subject=f"user:{user.id}", by=by, on=on, why=why)


def _switch(user: User, active: bool, action: str, *, by: Actor, on: date, why: str) -> None:
    rights.require(by, "account.write")
    with acting(by=by, on=on, why=why, action=action):
        if not active:
            rights.not_the_last(user, ADMINISTRATORS, by, on)
        user.is_active = active
        user.save(update_fields=["is_active"])
        record(action=action, subject=f"user:{user.id}", by=by, on=on, why=why)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountError(
            "口令太弱 (weak password)", where="password", rule="；".join(error.messages), todo="换一个口令"
        ) from error
    user.set_password(password)


def _refuse_second_administrator(grant: RoleGrant) -> None:
    """The database refuses two administrator roles of one account; this also sees a person's second account."""
    user = grant.user
    if grant.role not in ADMINISTRATORS or user.person_id is None:
        return
    others = RoleGrant.objects.filter(user__person_id=user.person_id, role__in=ADMINISTRATORS - {grant.role})
    until = grant.valid_to or date.max - timedelta(days=1)
    if others.filter(valid_from__lt=until).exclude(valid_to__lte=grant.valid_from).exists():
        raise _second_administrator(user)


def _second_administrator(user: User) -> AccountError:
    return AccountError(
        "系统、安全、审计三类管理员不得由一人兼任 (one person, two administrator roles)",
        where=f"user {user.id}",
        rule="三员分立",
        todo="先收回其另一管理员角色，或授予他人",
    )
