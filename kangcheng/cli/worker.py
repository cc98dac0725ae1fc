"""kangcheng worker: background jobs."""

from typing import Annotated

import typer


def run(
    at_once: Annotated[int, typer.Option(help="同时执行的任务数 jobs at once", min=1)] = 2,
) -> None:
    """执行后台任务与定时任务。 Run background jobs and timers until stopped."""
    from kangcheng.config.worker import work

    work(at_once)
