"""Claims a second through the settlement service with the database: `python -m bench.service [--claims N] [--json]`.

One client, eight clients, and eight clients whose every claim draws on one pool. Prints the flags it ran under.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.service.work import Share, discharged_bills, settle_share

RUNS = (("1 client", 1, "mixed"), ("8 clients", 8, "mixed"), ("8 clients, one pool", 8, "pool"))
FLAGS = ("fsync", "synchronous_commit", "full_page_writes", "wal_level", "server_version")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.service", description=__doc__)
    parser.add_argument("--claims", type=int, default=1600, help="claims a run (default 1600)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kc-bench-") as folder:
        os.environ["KANGCHENG_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "kangcheng.config.settings"
        os.environ.pop("DATABASE_URL", None)
        Path(folder).chmod(0o755)
        print(_told(measure(asked.claims), as_json=asked.json))


def measure(claims: int) -> dict[str, Any]:
    """Timings of all runs and the flags of the server, on a fresh database."""
    from kangcheng.config.boot import boot, cluster

    boot()
    try:
        return _measured(claims)
    finally:
        cluster().release()


def _measured(claims: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from bench import town

    call_command("migrate", verbosity=0)
    town.build(claims)
    with connection.cursor() as sql:
        sql.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(FLAGS)])
        flags = dict(sql.fetchall())
    flags |= {
        "audit": "on",
        "look log": "on",
        "outbox": "on",
        "per-person lock": "on",
        "cores": str(os.cpu_count()),
    }
    found = {"flags": flags, "claims": claims, "runs": [_run(*run, claims) for run in RUNS]}
    connection.close()
    return found


def _run(name: str, clients: int, kind: str, claims: int) -> dict[str, Any]:
    from django.db import connection

    bills = discharged_bills(claims, kind)
    with connection.cursor() as sql:
        sql.execute("ANALYZE")
        sql.execute("CHECKPOINT")
    connection.close()
    database = _database_cpu()
    context = multiprocessing.get_context("spawn")
    start_at = time.monotonic() + 2 + clients * 0.7
    with context.Pool(clients) as pool:
        jobs = [(number, bills[number::clients], start_at) for number in range(clients)]
        shares = pool.starmap(settle_share, jobs)
    return {
        "run": name,
        **_figures(shares),
        "database_cpu_ms": round((_database_cpu() - database) / claims * 1000, 2),
    }


def _database_cpu() -> float:
    """Seconds of processor time of the server and its children, those that ended included. 0 where there is no /proc."""
    from kangcheng.config.boot import cluster

    pid, ticks = cluster().server_pid(), os.sysconf("SC_CLK_TCK")
    if pid is None or not Path(f"/proc/{pid}").exists():
        return 0.0
    fields = [_fields(path) for path in Path("/proc").glob("[0-9]*/stat")]
    own = [one for one in fields if one and (one[1] == str(pid) or one[-1] == str(pid))]
    # utime and stime of every one, and of the children the server has waited for
    return sum(sum(map(int, one[11:15] if one[-1] == str(pid) else one[11:13])) for one in own) / ticks


def _fields(path: Path) -> list[str]:
    """State, parent, ... of a process, and its id at the end; empty when it has gone."""
    try:
        return [*path.read_text().rsplit(")", 1)[1].split(), path.parent.name]
    except OSError:
        return []


def _figures(shares: list[Share]) -> dict[str, Any]:
    seconds = sorted(one for share in shares for one in share.seconds)
    took = max(share.ended for share in shares) - min(share.began for share in shares)
    cuts = statistics.quantiles(seconds, n=100)
    return {
        "claims_per_second": round(len(seconds) / took, 1),
        "p50_ms": round(cuts[49] * 1000, 1),
        "p99_ms": round(cuts[98] * 1000, 1),
        "most_round_trips": max(share.round_trips for share in shares),
        "client_cpu_ms": round(sum(share.cpu for share in shares) / len(seconds) * 1000, 2),
    }


def _told(found: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(found, ensure_ascii=False, indent=1)
    lines = ["  ".join(f"{name}={value}" for name, value in found["flags"].items())]
    lines += [
        f"{run['run']:<22} {run['claims_per_second']:>7} claims/s   p50 {run['p50_ms']:>6} ms   p99 {run['p99_ms']:>6} ms"
        f"   round trips {run['most_round_trips']}   processor a claim: client {run['client_cpu_ms']} ms,"
        f" database {run['database_cpu_ms']} ms"
        for run in found["runs"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
