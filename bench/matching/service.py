"""Single look-ups and single matches through the service's own code, in a fresh database of many residents."""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from pyarrow import parquet

from kangcheng.synth import city as city_
from kangcheng.synth import records_of_sources as sources

SEED, ASKED, BATCH = 9, 2_000, 20_000
DAY = date(2026, 1, 1)


def measured(residents: int) -> dict[str, Any]:
    """p50 and p99 of finding by number and of matching one record without its number."""
    with tempfile.TemporaryDirectory(prefix="kc-bench-", dir=os.environ.get("KANGCHENG_BENCH_DIR")) as folder:
        os.environ["KANGCHENG_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "kangcheng.config.settings"
        os.environ.pop("DATABASE_URL", None)
        Path(folder).chmod(0o755)
        from kangcheng.config.boot import boot, cluster

        boot()
        try:
            return _run(residents, Path(folder))
        finally:
            cluster().release()


def _run(residents: int, folder: Path) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from kangcheng.registry.matching import thresholds

    thresholds.limits(DAY)  # a pack that cannot be read is told before the loading, not after it
    call_command("migrate", verbosity=0)
    city_.write(residents, SEED, folder / "city")
    began = time.perf_counter()
    _load(folder / "city")
    loaded = time.perf_counter() - began
    with connection.cursor() as sql:
        sql.execute("ANALYZE")
    rows = parquet.read_table(folder / "city" / "people.parquet")
    rng = random.Random(SEED)
    some = rows.take(rng.sample(range(rows.num_rows), ASKED))
    figures = {"by number": _timed(_find, [one for one in some["identity_number"].to_pylist() if one])}
    records = sources.make(some, seed=SEED, share=1.0).to_pylist()
    figures["match without number"] = _timed(_match, [row | {"identity": ""} for row in records])
    figures["match as sent"] = _timed(_match, records)
    connection.close()
    return {"residents": residents, "loading s": round(loaded), "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1), **figures}  # fmt: skip


def _load(folder: Path) -> None:
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.registry.areas.models import Area
    from kangcheng.registry.areas.types import LEVELS, parent_of
    from kangcheng.registry.people import services
    from kangcheng.registry.people.types import NewPerson

    codes = parquet.read_table(folder / "areas.parquet").to_pylist()
    Area.objects.bulk_create(
        Area(
            code=row["code"],
            name=row["name"],
            level=LEVELS[len(row["code"])],
            parent_code=parent_of(row["code"]),
        )
        for row in codes
        if len(row["code"]) in LEVELS
    )
    rows = iter(parquet.read_table(folder / "people.parquet").to_pylist())
    while block := list(islice(rows, BATCH)):
        new = [
            NewPerson(
                row["name"], row["area_code"], row["identity_number"] or "", row["sex"], row["birth_on"], row["phone"] or "",
                row["address"], death_on=row["died_on"],
            )
            for row in block
        ]  # fmt: skip
        services.bulk(new, by=system_actor("bench"), on=date(2030, 1, 1))


def _find(number: str) -> None:
    from kangcheng.registry.people.selectors import find_by_identity

    assert find_by_identity(number)


def _match(row: dict[str, Any]) -> None:
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.registry.matching.services.judge import judge
    from kangcheng.registry.matching.traits import read

    given = {
        name: row[name]
        for name in ("name", "sex", "birth_on", "phone", "identity", "area_code", "address", "household")
    }
    judge(read(**given).traits, by=system_actor("bench"), on=DAY)


def _timed(act: Callable[[Any], None], asked: list[Any]) -> dict[str, float]:
    for one in asked[:50]:
        act(one)
    seconds = []
    for one in asked:
        start = time.perf_counter()
        act(one)
        seconds.append(time.perf_counter() - start)
    cuts = statistics.quantiles(seconds, n=100)
    return {"p50 ms": round(cuts[49] * 1000, 2), "p99 ms": round(cuts[98] * 1000, 2), "most ms": round(max(seconds) * 1000, 1),
            "asked": len(seconds)}  # fmt: skip
