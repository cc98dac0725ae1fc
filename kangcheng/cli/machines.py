"""kangcheng machines: other systems that speak to ours, their scopes and their tokens."""

import json
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="接入系统与令牌 other systems and their tokens", no_args_is_help=True, add_completion=False
)

Code = Annotated[str, typer.Argument(help="接入系统代号 the machine's code")]
Why = Annotated[str, typer.Option("--why", help="原因，记入审计日志 reason, kept in the audit log")]


@app.command()
def register(
    code: Code,
    title: Annotated[str, typer.Option("--title", help="名称 name")],
    scopes: Annotated[
        str, typer.Option("--scopes", help='SMART 范围，如 "system/Observation.rs system/Patient.c"')
    ],
    institution: Annotated[
        str,
        typer.Option("--institution", help="机构的统一社会信用代码；全市平台不填 code of its institution"),
    ] = "",
    why: Why = "",
) -> None:
    """登记一个接入系统。 Register another system."""
    services, acting = _ready()
    services.register(
        code=code,
        title=title,
        scopes=scopes,
        institution_id=_institution(institution, acting["on"]),
        why=why,
        **acting,
    )
    print(f"已登记 registered {code}")


@app.command()
def issue(
    code: Code,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="有效天数 days it holds")] = 90,
    why: Why = "",
) -> None:
    """签发令牌，只显示一次；旧令牌到期前仍有效，以便轮换。 Issue a token, shown once; older ones hold on until they expire."""
    services, acting = _ready()
    print(services.issue(machine_id=_machine(code), days=days, why=why, **acting))


@app.command()
def revoke(code: Code, why: Annotated[str, typer.Option("--why", help="原因 reason")]) -> None:
    """撤销该系统的全部令牌，立即生效。 Revoke all tokens of the machine at once."""
    services, acting = _ready()
    print(f"已撤销 revoked {services.revoke(machine_id=_machine(code), why=why, **acting)}")


@app.command()
def end(code: Code, why: Annotated[str, typer.Option("--why", help="原因 reason")]) -> None:
    """停止为该系统服务。 Serve the machine no more."""
    services, acting = _ready()
    services.end(machine_id=_machine(code), why=why, **acting)
    print(f"已停用 ended {code}")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 as JSON")] = False) -> None:
    """列出接入系统。 List the machines."""
    _ready()
    from kangcheng.gateway.machines import selectors

    rows = [
        {
            "code": one.code,
            "title": one.title,
            "scopes": one.scopes,
            "from": str(one.valid_from),
            "to": str(one.valid_to or ""),
        }
        for one in selectors.machines()
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        print(f"{row['code']:<24} {row['title']}  {row['scopes']}  {row['from']}–{row['to']}")


def _ready() -> tuple[Any, dict[str, Any]]:
    """The verbs, and who acts on which day."""
    from datetime import datetime

    from kangcheng.config import boot
    from kangcheng.kernel.dates import CHINA_TZ

    boot.boot()
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.gateway.machines import services

    return services, {"by": system_actor("命令行"), "on": datetime.now(CHINA_TZ).date()}


def _machine(code: str) -> Any:
    from kangcheng.gateway.machines import selectors
    from kangcheng.gateway.machines.types import MachineError

    found = next((one for one in selectors.machines() if one.code == code), None)
    if found is None:
        raise MachineError("没有这个接入系统 (no such machine)", where=code, todo="kangcheng machines list")
    return found.pk


def _institution(code: str, on: Any) -> Any:
    if not code:
        return None
    from kangcheng.gateway.machines.types import MachineError
    from kangcheng.registry.institutions import selectors

    found = selectors.get_by_code(code, on)
    if found is None:
        raise MachineError(
            "没有这个机构 (no such institution)", where="--institution", todo="核对统一社会信用代码"
        )
    return found.id
