"""Who may change accounts and roles: asked first by every verb, so that no page can forget it."""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from kangcheng.base.accounts.models import RoleGrant, User
from kangcheng.base.accounts.roles import ADMINISTRATORS, PERMISSIONS, ROLES
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.kernel.errors import Fault, Faults, KangchengError

LONGEST = 64  # characters of a log-in name, and of a name


class AccountError(KangchengError):
    """An account cannot be made or changed as asked."""


class NotPermitted(KangchengError):
    """The actor's roles do not reach this."""


def require(by: Actor, permission: str) -> None:
    """Raise NotPermitted unless `by` holds `permission`."""
    if not by.may(permission):
        raise NotPermitted(
            "您的角色不能进行此操作 (not permitted)",
            rule=f"需要权限：{PERMISSIONS[permission]} ({permission})",
            todo="系统管理员开户，安全管理员授权",
        )


def possible(*, login: str, display_name: str) -> None:
    """Raise Faults for a log-in name or name that is blank, too long, or holds what nobody can type or see."""
    faults = [
        Fault(
            where, "为空、过长或含不可见字符 (blank, too long or unprintable)", rule=f"1 至 {LONGEST} 个字符"
        )
        for where, text in (("login", login), ("display_name", display_name))
        if not 0 < len(text.strip()) <= LONGEST or not text.isprintable()
    ]
    if faults:
        raise Faults(faults, where="账户", todo="改正后重试")


def not_oneself(user: User, by: Actor) -> None:
    """Nobody gives roles to themself, be it through a second account of theirs."""
    if user.id == by.user_id or (by.person_id is not None and by.person_id == user.person_id):
        raise AccountError(
            "不得给自己授予角色 (not to oneself)",
            where=f"user {user.id}",
            rule="三员分立",
            todo="由另一名安全管理员授予",
        )


def not_an_administrator(user: User, by: Actor, on: date) -> None:
    """Who sets a password could log in with it: nobody reaches a second kind of administrator that way."""
    if SYSTEM in by.roles:
        return
    held = set(_valid(on).filter(user=user, role__in=ADMINISTRATORS).values_list("role", flat=True))
    if held - by.roles:
        raise AccountError(
            "不能重置另一类管理员的口令 (another kind of administrator)", where=f"user {user.id}", rule="三员分立",
            todo="由本人更改；遗失时收回角色并另开账户",
        )  # fmt: skip


def not_the_last(user: User, roles: Collection[str], by: Actor, on: date) -> None:
    """Refuse what would leave the city without an administrator of one of `roles` that the user holds on the day."""
    if SYSTEM in by.roles:
        return
    with connection.cursor() as sql:  # two removals at once must see each other
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('kangcheng:administrators'))")
    now = _valid(on).filter(user__is_active=True, role__in=set(roles) & ADMINISTRATORS)
    others = set(now.exclude(user=user).values_list("role", flat=True))
    for role in sorted(set(now.filter(user=user).values_list("role", flat=True)) - others):
        raise AccountError(
            f"这是最后一名{ROLES[role].title} (last administrator of the kind)", where=f"user {user.id}",
            rule="三类管理员各至少一名", todo="先授予他人，再收回或停用",
        )  # fmt: skip


def valid(on: date) -> Q:
    """The grants that hold on the day."""
    return (Q(valid_to=None) | Q(valid_to__gt=on)) & Q(valid_from__lte=on)


def _valid(on: date) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(valid(on))
