"""The command `kangcheng`. Each verb is one file beside this one:

* a verb without parts has a function `run` whose arguments are the command's (typer reads them);
* a verb with parts (`packs check`, `packs diff`) has a typer.Typer named `app`;
* `audit_report.py` is the verb `audit-report`.

A verb file imports nothing heavy at its top, so that `--help` stays quick; only the file of the verb asked for is read.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
"""

import sys
from importlib import import_module
from pathlib import Path

import typer

from kangcheng.kernel.errors import Faults, KangchengError

HELP = "康城：让城市的卫生规划运行起来。 A city's health plan, running."


def main() -> None:
    """Run the command of this process and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; return its exit code. Our own errors are printed in their four parts."""
    try:
        application(arguments)(args=arguments, prog_name="kangcheng")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except KangchengError as error:
        show(error)
        return 1
    except BrokenPipeError:
        return 1
    except OSError as error:
        show(unreachable(error))
        return 1
    except Exception as error:
        told = unprepared(error)
        if told is None:
            raise
        show(told)
        return 1
    return 0


def verbs() -> list[str]:
    """Names of all verbs, from the files beside this one."""
    files = Path(__file__).parent.glob("*.py")
    return sorted(file.stem.replace("_", "-") for file in files if file.stem not in ("main", "__init__"))


def application(arguments: list[str]) -> typer.Typer:
    """The command with the verb that `arguments` ask for, or with all verbs when they ask for help or for no known one."""
    asked = [word for word in arguments[:1] if word in verbs()]
    app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_nothing)
    for verb in asked or verbs():
        module = import_module(f"kangcheng.cli.{verb.replace('-', '_')}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=verb)
        else:
            app.command(verb)(module.run)
    return app


def show(error: KangchengError) -> None:
    """Print an error on stderr: what, where, which rule, what to do; then each fault of a gathered one."""
    parts = [("错误", error.what), ("位置", error.where), ("规则", error.rule), ("处理", error.todo)]
    for label, text in parts:
        if text:
            print(f"{label}: {text}", file=sys.stderr)
    if isinstance(error, Faults):
        for fault in error.faults:
            print(f"  {fault}", file=sys.stderr)


def unreachable(error: OSError) -> KangchengError:
    """A file or service that the machine refused, in our own words."""
    where = " ".join(str(name) for name in (error.filename, error.filename2) if name)
    what = error.strerror or str(error) or type(error).__name__
    return KangchengError(
        f"读写失败 (input or output failed): {what}", where=where, todo="检查路径、权限和磁盘"
    )


def unprepared(error: Exception) -> KangchengError | None:
    """In our own words: a database that is not there or has no tables yet. None for every other error."""
    kinds = {f"{kind.__module__}.{kind.__name__}" for kind in type(error).__mro__}
    if "django.db.utils.ProgrammingError" in kinds and type(error.__cause__).__name__ == "UndefinedTable":
        return KangchengError(
            "数据库里还没有表 (the database is not prepared)", todo="先运行 kangcheng upgrade 或 make demo"
        )
    if "django.db.utils.OperationalError" in kinds:
        told = str(error).strip().splitlines()[:1]
        return KangchengError(
            "数据库用不了 (cannot use the database)",
            where="".join(told),
            todo="检查 DATABASE_URL；kangcheng doctor",
        )
    return None


def _nothing() -> None:
    """康城：让城市的卫生规划运行起来。 A city's health plan, running."""


if __name__ == "__main__":
    main()
