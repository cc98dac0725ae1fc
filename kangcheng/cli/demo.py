"""kangcheng demo: the demonstration city, ready to log in to."""

from typing import Annotated

import typer


def run(
    residents: Annotated[int, typer.Option(help="居民数 residents", min=1_000)] = 20_000,
    seed: Annotated[int, typer.Option(help="随机种子；同一种子同一座城 seed of the city")] = 20_240_101,
    host: Annotated[str, typer.Option(help="监听地址 address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 port", min=1, max=65535)] = 8000,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="只准备数据，不启动 prepare only, do not serve")
    ] = False,
) -> None:
    """准备并启动演示城市；可重复执行。 Prepare and start the demonstration city; safe to repeat."""
    from kangcheng.config import demo

    demo.refuse_production()
    if not prepare:
        demo.refuse_taken_port(host, port)
    demo.prepare(residents=residents, seed=seed)
    if not prepare:
        demo.serve(host=host, port=port)
