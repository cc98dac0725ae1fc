"""How well and how fast records find their people: `python -m bench.matching [--residents N] [--service N] [--train] [--json] [--save]`.

A made-up city with slips, twins, same-name neighbours and people nobody has registered; the truth is known. Linked as the
service links: by number, else by weight; then once more with all numbers withheld. `--service N` measures single look-ups
and matches in a database of N residents. `--train` learns the weights anew and writes them.
"""

import argparse
import json
import os
import platform
import resource
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.matching import measure, service, town
from kangcheng.registry.matching import scoring, splinked, thresholds
from kangcheng.registry.matching.rules import Limits
from kangcheng.registry.matching.traits import without

TRAINED_SEED, MEASURED_SEED = 20261124, 5
TRAINED = 50_000
RESULTS = Path(__file__).parents[1] / "results" / "matching.json"
PACKS = Path(__file__).parents[2] / "packs"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.matching", description=__doc__)
    parser.add_argument(
        "--residents", type=int, default=100_000, help="default 100000; 0 leaves this part out"
    )
    parser.add_argument(
        "--seen-only", action="store_true", help="leave out the run with all numbers withheld"
    )
    parser.add_argument(
        "--service", type=int, default=0, help="residents in the database; 0 leaves this part out"
    )
    parser.add_argument(
        "--train", action="store_true", help=f"learn the weights from {TRAINED} made-up residents"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--save", action="store_true", help="add to bench/results/matching.json")
    asked = parser.parse_args()
    if asked.train:
        train()
    found: dict[str, Any] = {}
    if asked.residents:
        found[f"batch {asked.residents}"] = batch(asked.residents, blind=not asked.seen_only)
    if asked.service:
        found[f"service {asked.service}"] = service.measured(asked.service)
    if asked.save:
        kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
        RESULTS.write_text(json.dumps(kept | found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(found, ensure_ascii=False) if asked.json else _told(found))


def train() -> None:
    """Learn the weights from a city of its own seed and write them where the service reads them."""
    planted = town.build(TRAINED, TRAINED_SEED)
    model = splinked.train(
        splinked.table(planted.residents), splinked.table(planted.records), version=thresholds.WEIGHTS,
        trained_on=f"造出来的城市，{TRAINED} 人，种子 {TRAINED_SEED} (made-up city)", known_share=0.9, seed=1,
    )  # fmt: skip
    (scoring.FOLDER / f"{model.version}.json").write_text(model.written(), encoding="utf-8")


def batch(residents: int, *, blind: bool = True) -> dict[str, Any]:
    """Quality and speed of linking a whole city's records."""
    began = time.perf_counter()
    planted = town.build(residents, MEASURED_SEED)
    made = round(time.perf_counter() - began, 1)
    model, limits = thresholds.model(), city_limits()
    seen = _linked(planted, model, limits)
    parts = {"with numbers": seen}
    if blind:
        planted.records[:] = [(key, without(one, "identity")) for key, one in planted.records]
        parts["numbers withheld"] = _linked(planted, model, limits, blind=True)
    if residents <= town.IN_MEMORY:
        twice = measure.registered_twice(*town.people_of(residents, MEASURED_SEED), model, limits)
        parts["registered twice"] = {
            "planted": twice.planted, "asked about": twice.found, "recall": twice.recall, "precision": twice.precision,
        }  # fmt: skip
    return {
        "residents": len(planted.residents), "records": len(planted.records), **parts,
        "building the city s": made, "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version(),
    }  # fmt: skip


def city_limits() -> Limits:
    """The limits of the demonstration city."""
    return thresholds.from_pack("kangcheng", PACKS)(date(2026, 1, 1))


def _linked(
    planted: town.Planted, model: scoring.Model, limits: Limits, *, blind: bool = False
) -> dict[str, Any]:
    made = measure.link(planted, model, limits, blind=blind)
    told = measure.judged(planted, made)
    return {
        **{name: round(value, 5) if isinstance(value, float) else value for name, value in told.items()},
        "pairs in the queue or linked by weight": made.compared,
        "pairs compared": made.blocked,
        "splink s": round(made.splink_seconds, 1),
        "pairs/s": round(made.blocked / made.splink_seconds),
        "records/s over all": round(len(planted.records) / made.seconds),
        "greatest difference of the single scorer from Splink": made.widest,
    }


def _told(found: dict[str, Any]) -> str:
    return "\n".join(
        f"{name}: {json.dumps(value, ensure_ascii=False, indent=1)}" for name, value in found.items()
    )


if __name__ == "__main__":
    main()
