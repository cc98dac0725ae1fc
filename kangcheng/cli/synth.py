"""kangcheng synth: write a synthetic city to Parquet files."""

from pathlib import Path
from typing import Annotated

import typer


def run(
    residents: Annotated[int, typer.Option(help="居民数 residents", min=1)] = 20_000,
    seed: Annotated[
        int, typer.Option(help="种子：同一种子同一座城 the same seed gives the same city", min=0)
    ] = 1,
    out: Annotated[Path, typer.Option(help="写入的文件夹 folder to write to")] = Path("city"),
    params: Annotated[
        Path | None, typer.Option(help="参数文件 parameters, else those of pack kangcheng")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="以JSON输出 print as JSON")] = False,
) -> None:
    """生成虚构城市的一年，写成 Parquet。 Make a year of a made-up city as Parquet files."""
    import orjson
    from tqdm import tqdm

    from kangcheng.synth import city
    from kangcheng.synth.params import FILE, read

    numbers = read(params or FILE)
    with tqdm(total=residents, unit="人", disable=None if not json else True) as bar:
        rows = city.write(residents, seed, out, numbers, progress=bar.update)
    if json:
        print(orjson.dumps({"folder": str(out), "residents": residents, "seed": seed, "rows": rows}).decode())
        return
    for name, count in rows.items():
        print(f"{name:16} {count:>12,}")
    print(f"已写入 {out} (written)")
