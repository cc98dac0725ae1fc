"""`python -m bench.synth [--residents N] [--json]`: the city straight to Parquet, each run in a process of its own.

Prints the command of each run, residents a second, the peak of memory, and what was written.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SMALL = 20_000
MIB = 1 << 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.synth", description=__doc__)
    parser.add_argument("--residents", type=int, default=1_000_000, help="residents of the large run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    runs = [measure(residents, asked.seed) for residents in sorted({SMALL, asked.residents})]
    if asked.json:
        print(json.dumps({"processors": os.cpu_count(), "runs": runs}, ensure_ascii=False))
        return
    print(f"processors {os.cpu_count()}, load {os.getloadavg()[0]:.1f}")
    for run in runs:
        print(f"\n$ {run['command']}")
        print(f"  {run['seconds']:.1f} s, {run['residents_a_second']:,} residents/s, one core")
        print(f"  memory {run['memory_mib']:,} MiB at most, {run['parquet_mib']:,} MiB of Parquet")
        print(
            f"  {run['rows']['claims']:,} claims, {run['rows']['claim_lines']:,} lines, {run['rows']['truth']:,} truths"
        )


def measure(residents: int, seed: int) -> dict[str, Any]:
    """One run of the command in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="kc-bench-") as folder:
        arguments = ["synth", "--residents", str(residents), "--seed", str(seed), "--json"]
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "kangcheng.cli.main", *arguments, "--out", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"kangcheng synth left with {process.returncode}")
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    return {
        "command": f"kangcheng {' '.join(arguments)}",
        "residents": residents,
        "seconds": round(seconds, 2),
        "residents_a_second": int(residents / seconds),
        "memory_mib": usage.ru_maxrss // 1024,
        "parquet_mib": size // MIB,
        "rows": json.loads(said)["rows"],
    }


if __name__ == "__main__":
    main()
