"""kangcheng upgrade: bring database and packs to this version."""

from typing import Annotated

import typer


def run(
    grant_to: Annotated[
        str,
        typer.Option(
            "--grant-to", help="DATABASE_URL 的库：把读写权授予该普通角色 the role that serves, there"
        ),
    ] = "",
) -> None:
    """升级数据库结构并核对政策包；可重复执行。 Migrate the database and check the packs; safe to repeat."""
    from kangcheng.config import boot

    boot.boot()
    from django.core.management import call_command

    from kangcheng.base import personal
    from kangcheng.work.registers import selectors as registers
    from kangcheng.work.registers.services import prepare

    call_command("migrate", interactive=False, verbosity=0)
    prepare(registers.registers().values())
    boot.grant(grant_to)
    personal.mark_keys()
    print("数据库结构已是最新 (database up to date)")
    from kangcheng.config.health import packs

    finding = packs()
    print(f"{finding.title}: {finding.says}")
    if not finding.well:
        from kangcheng.kernel.errors import KangchengError

        raise KangchengError("政策包有错误 (packs have faults)", todo="运行 kangcheng packs check")
