"""`python -m bench.faults [--kills N] [--clients N]`: exit code 0 when nothing was lost or doubled and everything adds up."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.faults.town_on_fire import Outcome, run


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="bench.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="processes killed in all (nightly: 1000)")
    parser.add_argument("--clients", type=int, default=8, help="clients at once")
    parser.add_argument("--seed", type=int, default=1, help="order of the kills")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kc-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        os.environ["KANGCHENG_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "kangcheng.config.settings"
        os.environ.pop("DATABASE_URL", None)
        outcome = run(kills=asked.kills, clients=asked.clients, seed=asked.seed, tell=_tell)
    print(json.dumps(_plain(outcome), ensure_ascii=False) if asked.json else _said(outcome))
    return 1 if outcome.findings else 0


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:<40}", end="", file=sys.stderr, flush=True)


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "kills": dict(outcome.kills),
        "acknowledged": dict(outcome.acknowledged),
        "refused": outcome.refused,
        "retries": outcome.retries,
        "seconds": round(outcome.seconds, 1),
        "findings": outcome.findings,
    }


def _said(outcome: Outcome) -> str:
    lines = [
        f"killed {dict(outcome.kills)} in {outcome.seconds:.0f} s",
        f"acknowledged {dict(outcome.acknowledged)}, refused {outcome.refused}, sent again {outcome.retries} times",
        *outcome.findings[:50],
        f"{len(outcome.findings)} findings"
        if outcome.findings
        else "nothing lost, nothing doubled, everything adds up",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
