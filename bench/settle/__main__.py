"""`python -m bench.settle [--residents N] [--json] [--save]`: claims a second of every way to settle the relief plan.

Each way runs in a process of its own, over the same claims; all must come to the same fen. Speeds are of one core: claims
by the processor time of the thread that settles, so that a busy machine does not blur them; the best of several runs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
RESULTS, README = HERE / "results" / "settle.json", HERE / "README.md"
BEGIN, END = "<!-- settle -->", "<!-- /settle -->"
WAYS = ("compiled", "hand", "plain", "reference", "start")


def main() -> None:
    """Measure, compare, print; with --save keep the numbers."""
    parser = argparse.ArgumentParser(prog="bench.settle", description=__doc__)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--save", action="store_true", help="write bench/results/settle.json and the table in bench/README.md"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kc-bench-") as folder:
        measured("make", asked.residents, folder)
        found = {way: measured(way, asked.residents, folder) for way in WAYS}
    fens = {json.dumps(one["fen"]) for way, one in found.items() if way in ("compiled", "hand")}
    if len(fens) != 1:
        raise SystemExit(f"the hand-written loop and compiled differ: {fens}")
    found["machine"] = {"processors": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    if asked.save:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        write_table(table(found))
    print(json.dumps(found, ensure_ascii=False) if asked.json else table(found))


def measured(way: str, residents: int, folder: str) -> dict[str, Any]:
    """One way in a fresh process; of starts the first fills the cache, the quickest of the next three counts."""
    command = [sys.executable, "-m", "bench.settle.ways", way, str(residents), folder]
    runs = []
    for _ in range(4 if way == "start" else 1):
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=HERE.parent)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return runs[0] if way != "start" else min(runs[1:], key=lambda run: run["seconds"])


def table(found: dict[str, Any]) -> str:
    """Markdown."""
    compiled = found["compiled"]["claims_a_second"]
    rows = ["| way | claims/s, one core | against compiled | peak memory |", "|---|---:|---:|---:|"]
    for way, words in (
        ("compiled", "`compiled`, payments and cash of every claim"),
        ("hand", "hand-written numba loop of this one rule"),
        ("plain", "`compiled`, its code run as plain Python"),
        ("reference", "`reference`"),
    ):
        one = found[way]
        speed = one["claims_a_second"]
        rows.append(f"| {words} | {speed:,.0f} | {speed / compiled:.4g} | {one['peak_mib']:,.0f} MiB |")
    whole, start, machine = found["compiled"], found["start"], found["machine"]
    rows += [
        "",
        f"{whole['claims']:,} claims of {whole['persons']:,} residents, {whole['payers']} payers, {whole['positions']} positions. "
        f"Into new memory instead of that of the run before: {whole['fresh_a_second']:,.0f} claims/s. "
        f"All results of every layer with what is remembered: {whole['whole_a_second']:,.0f} claims/s. "
        f"From Arrow tables to columns: {whole['columns_seconds']:.1f} s of processor.",
        f"Start to first batch with a warm cache: {start['seconds']:.2f} s by the clock"
        f" ({start['processor_seconds']:.2f} s of processor), of which reading the pack {start['pack_seconds']:.2f} s"
        f" and settling 20,000 claims for the first time {start['first_seconds']:.2f} s.",
        f"Measured on {machine['processors']} processors with a load of {machine['load']}, other work included.",
    ]
    return "\n".join(rows)


def write_table(text: str) -> None:
    """Replace what stands between the marks."""
    page = README.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN)
    README.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
