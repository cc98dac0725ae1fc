"""kangcheng serve: the web server."""

from typing import Annotated

import typer


def run(
    host: Annotated[str, typer.Option(help="监听地址 address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 port", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="进程数 processes", min=1)] = 2,
    threads: Annotated[int, typer.Option(help="每进程线程数 threads of each process", min=1)] = 8,
) -> None:
    """提供网页与接口。 Serve the pages and the API until stopped."""
    import os

    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from kangcheng.config.boot import watch_database

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kangcheng.config.settings")
    os.environ.setdefault("KANGCHENG_POOL", str(threads))
    watch_database()
    Granian(
        "kangcheng.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    ).serve()
