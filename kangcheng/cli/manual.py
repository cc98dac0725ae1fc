"""kangcheng manual: write the pages of the manual that are made from the code: roles, commands, lake tables."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

MADE = "<!-- Made by `kangcheng manual`; do not edit. -->"


def run(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹 folder to write to")] = Path("docs/manual"),
    check: Annotated[
        bool, typer.Option("--check", help="只核对是否过期 only say whether they are stale")
    ] = False,
) -> None:
    """由代码生成手册：角色、命令、湖表。 Pages made from the code: roles, commands, lake tables."""
    stale = []
    for name, text in pages().items():
        path = out / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                out.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    if stale:
        typer.echo(f"{'过期 stale' if check else '写 wrote'}: {', '.join(stale)}")
    raise typer.Exit(1 if check and stale else 0)


def pages() -> dict[str, str]:
    """File name -> text."""
    return {"roles.md": roles(), "commands.md": commands(), "lake.md": lake()}


def roles() -> str:
    """Who may do what."""
    from kangcheng.base.accounts.roles import PERMISSIONS, ROLES

    lines = [MADE, "# Roles 角色", "", "| 角色 | role | 做什么 | permissions |", "|---|---|---|---|"]
    for role in ROLES.values():
        held = ", ".join(f"`{name}`" for name in sorted(role.permissions))
        lines.append(f"| {role.title} | `{role.code}` {role.title_en} | {role.description} | {held} |")
    lines += [
        "",
        "The last three are administrators; no one person holds two of them.",
        "",
        "## Permissions 权限",
        "",
    ]
    lines += ["| permission | 权限 |", "|---|---|"]
    lines += [f"| `{name}` | {title} |" for name, title in PERMISSIONS.items()]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Every command with its arguments and options."""
    return "\n".join([MADE, "# Commands 命令", *_commands()]) + "\n"


def _commands() -> Iterator[str]:
    from kangcheng.cli.main import verbs

    for verb in verbs():
        module = import_module(f"kangcheng.cli.{verb.replace('-', '_')}")
        if hasattr(module, "app"):
            group: Any = typer.main.get_command(module.app)
            for name, command in sorted(group.commands.items()):
                yield from _command(f"{verb} {name}", command)
        else:
            yield from _command(verb, _single(module.run))


def _single(function: Any) -> Any:
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return typer.main.get_command(app)


def _command(name: str, command: Any) -> Iterator[str]:
    yield f"\n## `kangcheng {name}`\n"
    yield (command.help or "").strip() + "\n"
    shown = [p for p in command.params if p.name != "help"]
    if shown:
        yield "| | |\n|---|---|"
    for parameter in shown:
        label = (
            parameter.name.upper() if parameter.param_type_name == "argument" else ", ".join(parameter.opts)
        )
        yield f"| `{label}` | {_help(parameter)} |"


def _help(parameter: Any) -> str:
    text = (getattr(parameter, "help", "") or "").replace("|", "\\|")
    default = parameter.default
    plain = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    return f"{text} (默认 default `{default}`)" if plain else text


def lake() -> str:
    """Every lake table and column with its meaning."""
    from kangcheng.performance.tables import TABLES

    lines = [
        MADE,
        "# Lake tables 数据湖",
        "",
        "No table holds a name, an identity number, a phone number or an address.",
    ]
    for table in TABLES.values():
        when = f" Dated by `{table.when}`." if table.when else " As of the export."
        lines += [
            "",
            f"## `{table.name}` {table.title}",
            "",
            when.strip(),
            "",
            "| column | type | 含义 | meaning |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{c.name}` | {c.type} | {c.meaning} | {c.meaning_en} |" for c in table.columns]
    return "\n".join(lines) + "\n"
