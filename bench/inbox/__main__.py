"""A made-up day of hospitals' traffic through the inbox: `python -m bench.inbox [--hospitals N] [--visits M] [--json]`.

In a database of its own with fsync, sealing, matching, validation, search index and news on; one thread in this process,
HL7 v2 by the same verb that answers MLLP, bundles by the one that takes files.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

DAY = date(2024, 5, 20)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.inbox", description=__doc__)
    parser.add_argument("--hospitals", type=int, default=2, help="sending hospitals (default 2)")
    parser.add_argument("--visits", type=int, default=100, help="visits a hospital (default 100)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kc-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ |= {"KANGCHENG_DATA": folder, "DJANGO_SETTINGS_MODULE": "kangcheng.config.settings"}
        os.environ.pop("DATABASE_URL", None)
        found = measure(asked.hospitals, asked.visits)
    print(
        json.dumps(found, ensure_ascii=False, indent=1)
        if asked.json
        else "; ".join(f"{k} {v}" for k, v in found.items())
    )


def measure(hospitals: int, visits: int) -> dict[str, Any]:
    """Messages a second and milliseconds a message, and what became of them, on a fresh database."""
    from kangcheng.config.boot import boot, cluster

    boot()
    try:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _measured(hospitals, visits)
    finally:
        cluster().release()


def _measured(hospitals: int, visits: int) -> dict[str, Any]:
    from django.utils import timezone

    from bench import town
    from kangcheng.base.accounts.types import system_actor
    from kangcheng.gateway.inbox import services
    from kangcheng.gateway.machines import services as machines
    from kangcheng.gateway.machines.selectors import caller_of
    from kangcheng.portal import citypack
    from kangcheng.synth import hospital

    town.build(1)
    by, today = system_actor("bench"), timezone.localdate()
    codes = [f"ST{number}" for number in range(hospitals)]
    place = (town.COUNTY_HOSPITAL, town.TOWNSHIP_HOSPITAL)
    ids = {
        code: machines.register(
            code=code, title=code, scopes="system/*.cruds", institution_id=place[at % 2], by=by, on=today
        )
        for at, code in enumerate(codes)
    }
    traffic = list(hospital.day(seed=1, on=DAY, senders=codes, visits=visits, areas=[town.VILLAGE]))
    counts: Counter[str] = Counter()
    times: dict[str, list[float]] = {"hl7v2": [], "fhir": []}
    pack, begun = citypack.pack(), time.perf_counter()
    for sent in traffic:
        start, now = time.perf_counter(), timezone.now()
        if sent.channel == "hl7v2":
            back = services.answer(sent.text.encode(), peer="", pack=pack, now=now)
            counts[back.split(b"MSA|")[1][:2].decode()] += 1
        else:
            caller = caller_of(ids[sent.sender], "treatment", today)
            given = {"sender": sent.sender, "caller": caller, "pack": pack, "on": today, "now": now}
            counts.update(services.receive_all(services.of_bundle(sent.text), **given))
        times[sent.channel].append((time.perf_counter() - start) * 1000)
    seconds = time.perf_counter() - begun
    middle = {f"{name}_ms": round(statistics.median(rows), 1) for name, rows in times.items() if rows}
    return {"messages": len(traffic), "per_second": round(len(traffic) / seconds, 1), **middle, **counts}


if __name__ == "__main__":
    main()
