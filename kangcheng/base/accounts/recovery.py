"""The way in where no administrator can help: the first ones of a city, and one who lost password or second factor.

Called from the command line of the machine only, by the system: pages never come here.
"""

import secrets
from datetime import date

from axes.utils import reset as unlock
from django_otp import devices_for_user

from kangcheng.base.accounts import rights, selectors, services
from kangcheng.base.accounts.models import RoleGrant, User
from kangcheng.base.accounts.rights import AccountError, NotPermitted
from kangcheng.base.accounts.roles import ADMINISTRATORS, ROLES
from kangcheng.base.accounts.types import SYSTEM, Actor
from kangcheng.base.audit import acting, record


def first_password() -> str:
    """A random password that can be read out: 72 bits."""
    return "-".join(secrets.token_hex(3) for _ in range(3)) + "K"


def open_administrator(
    *, login: str, display_name: str, role: str, by: Actor, on: date, why: str, namesake: bool = False
) -> tuple[User, str]:
    """Open an account for an administrator of the whole city; returns it and its one-time password.

    Raises AccountError for another role, a log-in name in use, a blank reason, or a person of that name who is another kind of
    administrator already (`namesake`: it is somebody else).
    """
    _only_the_system(by)
    if role not in ADMINISTRATORS:
        known = "、".join(sorted(ADMINISTRATORS))
        raise AccountError(
            "这里只开管理员账户 (administrators only)", where=f"role {role}", rule=f"可用：{known}",
            todo="其他账户由系统管理员在网页上开户，安全管理员授权",
        )  # fmt: skip
    _said(why)
    if not namesake:
        _refuse_same_name(display_name, role, on)
    password = first_password()
    with acting(by=by, on=on, why=why, action="account.open_administrator"):
        user = services.create_user(
            login=login, display_name=display_name, password=password, by=by, on=on, why=why
        )
        services.grant_role(user=user, role=role, by=by, on=on, why=why)
    return user, password


def recover(*, login: str, by: Actor, on: date, why: str, second_factor: bool = False) -> tuple[User, str]:
    """Give an administrator a new one-time password and lift the lock-out; returns the account and the password.

    With `second_factor` the second factor is switched off too. Raises AccountError for an account that is not there, is
    closed or is no administrator's.
    """
    _only_the_system(by)
    _said(why)
    user = selectors.find_user(login)
    if user is None or not user.is_active:
        raise AccountError(
            "没有在用的这个账户 (no such open account)",
            where=f"login {login}",
            todo="kangcheng accounts list",
        )
    if not selectors.grants_of(user, on).filter(role__in=ADMINISTRATORS).exists():
        raise AccountError(
            "不是管理员账户 (not an administrator)", where=f"login {login}", rule="这里只重置管理员的口令",
            todo="由系统管理员在网页上重置",
        )  # fmt: skip
    password = first_password()
    with acting(by=by, on=on, why=why, action="account.recover"):
        services.reset_password(user=user, password=password, by=by, on=on, why=why)
        dropped = _drop_second_factor(user) if second_factor else 0
        unlock(username=login)
        detail = {"second_factors_dropped": dropped}
        record(action="account.recover", subject=f"user:{user.id}", by=by, on=on, why=why, detail=detail)
    return user, password


def _drop_second_factor(user: User) -> int:
    devices = list(devices_for_user(user, confirmed=None))
    for device in devices:
        device.delete()
    return len(devices)


def _refuse_same_name(display_name: str, role: str, on: date) -> None:
    """An account at the command line has no resident behind it, so the name is all that tells two people apart."""
    others = RoleGrant.objects.filter(
        rights.valid(on), role__in=ADMINISTRATORS - {role}, user__display_name=display_name.strip()
    )
    if held := others.first():
        raise AccountError(
            "同名的人已是另一类管理员 (that name is another kind of administrator)",
            where=f"{display_name} {ROLES[held.role].title}", rule="三员分立：系统、安全、审计三类管理员不得由一人兼任",
            todo="由另一个人担任；确系同名的另一个人时加 --namesake",
        )  # fmt: skip


def _only_the_system(by: Actor) -> None:
    if SYSTEM not in by.roles:
        raise NotPermitted(
            "只能在本机命令行进行 (at the machine's command line only)", todo="kangcheng accounts"
        )


def _said(why: str) -> None:
    if not why.strip():
        raise AccountError("请写明原因 (say why)", where="why", todo="加 --why")
