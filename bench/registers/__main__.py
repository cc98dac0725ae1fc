"""Lists, filters and imports of one large register: `python -m bench.registers [--rows N] [--import-rows M] [--json]`.

The register is `rural-toilets` of the city's pack, in a database of its own with fsync, history, audit and news on.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2024, 5, 20)
REGISTER = "rural-toilets"
VILLAGES, COUNTIES = 400, 4
ROUNDS = 15
FILL = """
    INSERT INTO work_registerrow (id, created_at, register, number, key, data, area_code, when_on, removed, action, by_id,
        by_name, "on", why, changed_at)
    SELECT (lpad(to_hex(1716163200000 + n / 50), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid, now(), %(register)s, 1,
        md5(n::text), jsonb_build_object('village', area, 'household', 'H-' || n, 'kind', (ARRAY['tank','biogas','urine'])[1 + n %% 3],
        'planned_on', day::text, 'passed', n %% 10 < 7, 'checked_on', day::text, 'volume', '1.5', 'subsidy', (n %% 3000) * 100,
        'state', (ARRAY['asked','approved','refused'])[1 + n %% 7 / 3]), area, day, false, 'create', %(by)s, 'bench', day, '', now()
    FROM (SELECT n, '36080' || (1 + n %% %(counties)s)::text || lpad((100 + n %% %(villages)s)::text, 3, '0')
        || lpad((n %% 37)::text, 3, '0') AS area, date '2020-01-01' + n %% 1500 AS day FROM generate_series(1, %(rows)s) n) made
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.registers", description=__doc__)
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="rows of the register (default 1,000,000)"
    )
    parser.add_argument("--import-rows", type=int, default=50_000, help="rows of the file (default 50,000)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kc-bench-") as folder:
        os.environ["KANGCHENG_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "kangcheng.config.settings"
        os.environ.pop("DATABASE_URL", None)
        Path(folder).chmod(0o755)
        found = measure(asked.rows, asked.import_rows)
    print(json.dumps(found, ensure_ascii=False, indent=2) if asked.json else _told(found))


def measure(rows: int, import_rows: int) -> dict[str, Any]:
    """Times in milliseconds of each kind of list, and seconds of the import, on a fresh database."""
    from kangcheng.config.boot import boot, cluster

    boot()
    try:
        return _measured(rows, import_rows)
    finally:
        cluster().release()


def _measured(rows: int, import_rows: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from kangcheng.base.accounts.types import system_actor
    from kangcheng.work.registers import selectors, services

    call_command("migrate", verbosity=0)
    register, by = selectors.get_register(REGISTER), system_actor("bench")
    facts = {
        "register": REGISTER,
        "by": str(by.user_id),
        "rows": rows,
        "villages": VILLAGES,
        "counties": COUNTIES,
    }
    with connection.cursor() as sql:
        sql.execute(FILL, facts)
    services.prepare(selectors.registers().values())
    with connection.cursor() as sql:
        sql.execute("VACUUM ANALYZE work_registerrow")
    lists = {name: _timed(ask) for name, ask in _questions(register, by)}
    every = sorted(time_ for times in lists.values() for time_ in times)
    told = {name: [round(statistics.median(times), 1), round(max(times), 1)] for name, times in lists.items()}
    return {
        "rows": rows, "lists": told, "p50 ms": round(statistics.median(every), 1),
        "p95 ms": round(every[int(len(every) * 0.95)], 1), "imported": import_rows,
        "import s": round(_import(register, by, import_rows), 1), "load": os.getloadavg()[0],
    }  # fmt: skip


def _questions(register: Any, by: Any) -> Iterator[tuple[str, Callable[[int], Any]]]:
    """Name and question; each round asks a little differently."""
    from kangcheng.base.accounts.roles import ROLES
    from kangcheng.base.accounts.types import Actor
    from kangcheng.work.registers import selectors
    from kangcheng.work.registers.types import Asked

    def officer(area: str) -> Actor:
        role = ROLES["bureau_officer"]
        return Actor(by.user_id, "科员", frozenset({role.code}), (area,), permissions=role.permissions)

    kinds, states = ("tank", "biogas", "urine"), ("asked", "approved", "refused")
    county, township = officer("360802"), officer("360801103")

    def asked(who: Any, **more: Any) -> Any:
        return selectors.page(register, Asked(**more), who)

    def second(n: int) -> Any:
        first = asked(by, filters={"kind": kinds[n % 3]})
        return asked(by, filters={"kind": kinds[n % 3]}, after=first.next)

    yield "first page", lambda n: asked(by)
    yield "one filter", lambda n: asked(by, filters={"kind": kinds[n % 3]})
    yield "two pages of one filter", second
    yield (
        "three filters",
        lambda n: asked(by, filters={"kind": kinds[n % 3], "state": states[n % 3], "passed": n % 2 == 0}),
    )
    yield "village", lambda n: asked(by, filters={"village": f"36080{1 + n % 4}{100 + n:03d}"})
    yield "a county's own", lambda n: asked(county)
    yield "a county's own, filtered", lambda n: asked(county, filters={"state": states[n % 3]})
    yield "a township's own", lambda n: asked(township)
    yield "a township's own, filtered", lambda n: asked(township, filters={"passed": n % 2 == 0})
    yield "nothing found", lambda n: asked(by, filters={"village": "999"})


def _timed(ask: Callable[[int], Any]) -> list[float]:
    ask(0)
    times = []
    for n in range(ROUNDS):
        start = time.perf_counter()
        ask(n)
        times.append((time.perf_counter() - start) * 1000)
    return times


def _import(register: Any, by: Any, rows: int) -> float:
    """Seconds to take a file of `rows` new rows: reading, checking, comparing, writing."""
    from kangcheng.base.sheets import write_sheet
    from kangcheng.registry.areas.models import Area
    from kangcheng.work.registers import services

    Area.objects.bulk_create(
        [Area(code="36", name="江西省", level=1), Area(code="360803100201", name="测试村", level=5)],
        ignore_conflicts=True,
    )
    heads = ["村", "户号", "户主", "改造方式", "列入计划日期", "化粪池容积", "补助"]
    lines = [["测试村", f"N-{n}", f"张{n}", "三格化粪池", "2024-05-01", 1.5, 1000] for n in range(rows)]
    content = write_sheet(lines, heads)
    start = time.perf_counter()
    report = services.apply_import(register=register, content=content, file_name="bench.xlsx", by=by, on=DAY)
    if report.created != rows:
        raise SystemExit(f"{report.created} of {rows} rows were taken: {report.bad[:3]}")
    return time.perf_counter() - start


def _told(found: dict[str, Any]) -> str:
    lines = [
        f"{name:<30} p50 {p50:>8} ms   most {most:>8} ms" for name, (p50, most) in found["lists"].items()
    ]
    lines.append(f"{found['rows']:,} rows, all lists: p50 {found['p50 ms']} ms, p95 {found['p95 ms']} ms")
    lines.append(f"import of {found['imported']:,} rows: {found['import s']} s; load {found['load']:.1f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
