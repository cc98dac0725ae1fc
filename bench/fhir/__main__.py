"""Our own endpoint under load: `python -m bench.fhir [--seconds N]`. A fresh database, the server `kangcheng serve` starts.

Prints the flags it ran under: what was written down before each answer, and how durably.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

from bench.fhir import load

FLAGS = ("fsync", "synchronous_commit", "full_page_writes", "wal_level", "server_version")
PORT = 8767
IDENTITY = "urn:oid:2.16.156.10011.1.3"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.fhir", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kc-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ |= {"KANGCHENG_DATA": folder, "DJANGO_SETTINGS_MODULE": "kangcheng.config.settings"}
        os.environ.pop("DATABASE_URL", None)
        found = measure(asked.clients, asked.seconds, asked.only)
    if asked.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print("; ".join(f"{key} {value}" for key, value in found["flags"].items()))
        print(load.told(found["rows"]))


def measure(clients: int, seconds: float, only: str) -> dict[str, Any]:
    """Flags and one row a scenario, on a fresh database."""
    from kangcheng.config.boot import boot, cluster

    boot()
    try:
        token, flags = _prepared()
        command = [sys.executable, "-m", "kangcheng.cli.main", "serve", "--port", str(PORT)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait()
            target = load.Target(f"http://127.0.0.1:{PORT}/fhir", token, IDENTITY, "360803100201")
            rows = load.run(target, clients, seconds, [server.pid, *_postmaster()], only)
        finally:
            server.terminate()
            server.wait(30)
        return {"flags": flags, "clients": clients, "rows": rows}
    finally:
        cluster().release()


def _prepared() -> tuple[str, dict[str, str]]:
    from django.core.management import call_command
    from django.db import connection

    from bench import town
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.gateway.machines import services as machines

    call_command("migrate", verbosity=0)
    town.build(200)
    by, today = system_actor("bench"), date.today()  # noqa: DTZ011
    made = machines.register(
        code="bench", title="bench", scopes="system/*.cruds", institution_id=_hospital(), by=by, on=today
    )
    token = machines.issue(machine_id=made, by=by, on=today)
    with connection.cursor() as sql:
        sql.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(FLAGS)])
        flags = dict(sql.fetchall())
        sql.execute("ANALYZE")
    connection.close()
    return token, flags | {
        "access control": "on",
        "look log before the answer": "on",
        "outbox": "on",
        "matching": "on",
    }


def _hospital() -> Any:
    from kangcheng.registry.institutions import selectors

    return selectors.list_on(date.today())[0].id  # noqa: DTZ011


def _postmaster() -> list[int]:
    """The database server's first process."""
    found = Path(os.environ["KANGCHENG_DATA"]) / "postgres"
    return [int(path.read_text().split()[0]) for path in found.rglob("postmaster.pid")]


def _wait() -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/fhir/metadata", timeout=2).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
