"""kangcheng accounts: the first administrators of a city, and the way back when one of them cannot log in."""

import json
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="管理员账户：开户、重置口令 the administrators' accounts", no_args_is_help=True, add_completion=False
)

Login = Annotated[str, typer.Argument(help="登录名 log-in name")]
Why = Annotated[str, typer.Option("--why", help="原因，记入审计日志 reason, kept in the audit log")]


@app.command("open")
def open_(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="姓名 the person's name")],
    role: Annotated[str, typer.Option("--role", help="system_admin, security_admin 或 or audit_admin")],
    why: Why = "首任管理员",
    namesake: Annotated[
        bool, typer.Option("--namesake", help="同名的另一个人 another person of the same name")
    ] = False,
) -> None:
    """开一个管理员账户，显示一次性口令；一人只能任一类管理员。 Open an administrator's account, one kind a person."""
    recovery, acting = _ready()
    user, password = recovery.open_administrator(
        login=login, display_name=name, role=role, why=why, namesake=namesake, **acting
    )
    _show(user.login, password)


@app.command()
def reset(
    login: Login,
    why: Annotated[str, typer.Option("--why", help="原因，记入审计日志 reason, kept in the audit log")],
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="同时停用两步验证（手机遗失） drop the second factor too")
    ] = False,
) -> None:
    """给管理员一个新的一次性口令，并解除锁定。 A new one-time password for an administrator; lifts a lock-out."""
    recovery, acting = _ready()
    user, password = recovery.recover(login=login, why=why, second_factor=second_factor, **acting)
    _show(user.login, password)


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 as JSON")] = False,
) -> None:
    """列出管理员账户：谁、哪一类、是否在用。 List the administrators: who, which kind, open or closed."""
    _, acting = _ready()
    from kangcheng.base.accounts import selectors
    from kangcheng.base.accounts.roles import ADMINISTRATORS, ROLES

    rows = [
        {"login": user.login, "name": user.display_name, "role": role, "open": user.is_active}
        for user in selectors.users()
        for role in sorted({grant.role for grant in selectors.grants_of(user, acting["on"])} & ADMINISTRATORS)
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        closed = "" if row["open"] else "  已停用 closed"
        print(f"{row['login']:<16} {row['name']}  {ROLES[row['role']].title} {row['role']}{closed}")
    held = {row["role"] for row in rows if row["open"]}
    if missing := sorted(ADMINISTRATORS - held):
        print(f"还缺 {'、'.join(ROLES[role].title for role in missing)} (missing: {', '.join(missing)})")


def _ready() -> tuple[Any, dict[str, Any]]:
    """The verbs, and who acts on which day."""
    from datetime import datetime

    from kangcheng.config.boot import boot
    from kangcheng.kernel.dates import CHINA_TZ

    boot()
    from kangcheng.base.accounts import recovery
    from kangcheng.base.accounts.types import system_actor

    return recovery, {"by": system_actor("命令行"), "on": datetime.now(CHINA_TZ).date()}


def _show(login: str, password: str) -> None:
    print(f"登录名 log-in    {login}")
    print(f"一次性口令 password {password}")
    print("口令只显示这一次，首次登录须更改。 (shown once; must be changed at the first log-in)")
