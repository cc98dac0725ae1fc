"""A short version of `make faults`: real processes, killed under load; nothing may be lost or doubled."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
KILLS = 6  # `make faults` kills 200, the nightly run 1,000


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(tmp_path_factory):
    """In a process of its own: it brings its own database and dies with it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--kills", str(KILLS), "--clients", "8", "--json"],
        cwd=REPOSITORY, env=dict(os.environ), capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr[-2000:]
    outcome = json.loads(done.stdout)
    assert outcome["findings"] == []
    assert sum(outcome["kills"].values()) == KILLS
    assert outcome["acknowledged"]["settle"] > 0
