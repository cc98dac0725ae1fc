"""Machine code: numbers near the ends of 64 bits, the cache, processes that write it at once."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kangcheng.funds.engine import compiled, reference
from kangcheng.funds.engine.compiled import cache
from kangcheng.funds.engine.definition import Stack

Build = Callable[..., Stack]
GREATEST = 10**14


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A cache folder of our own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KANGCHENG_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def test_the_greatest_amounts_are_exact(stack_of: Build, claim: Callable[..., Any]) -> None:
    steps = [{"to": "1000000", "rate": "55.55%"}, {"rate": "99.99%"}]
    ceiling = [{"limit": "900000000000", "of": "payment", "per": "year"}]
    layer = {"id": "a", "payer": "pool", "brackets": {"steps": steps}, "ceilings": ceiling}
    stack = stack_of(
        {**layer, "deductible": "0.01"}, {"id": "b", "payer": "rest", "base": ["copay"], "rate": "33.33%"}
    )
    amounts = [GREATEST, GREATEST - 1, GREATEST - 7, 10**8, 1, 0]
    claims = [claim(number, fen, person=f"p{number}") for number, fen in enumerate(amounts)]
    got = compiled.compile(stack, native=True).run(compiled.from_claims(claims, stack)).results()
    assert got == reference.settle_all(stack, claims)
    assert got[0].payers["pool"] > 8 * 10**13


def test_code_is_made_once_and_taken_from_the_folder(stack_of: Build, claim: Callable[..., Any]) -> None:
    text = (
        compiled.compile(stack_of({"id": "a", "payer": "p", "rate": "1/3"}))
        .kernel(
            compiled.from_claims([claim(1, 5)], stack_of({"id": "a", "payer": "p", "rate": "1/3"})).form,
            frozenset(["payers"]),
        )[0]
        .text
    )
    function = cache.jitted(text)
    assert cache.jitted(text) is function
    files = list(cache.folder().glob("kernel_*.py"))
    assert any(text in file.read_text(encoding="utf-8") for file in files)


def test_a_spoilt_file_is_written_again() -> None:
    text = 'def settle(first, last):\n    """Nothing."""\n    return last - first\n'
    cache.jitted(text)
    name = next(
        file for file in cache.folder().glob("kernel_*.py") if "Nothing." in file.read_text(encoding="utf-8")
    )
    name.write_text("raise SystemExit(1)\n", encoding="utf-8")
    del sys.modules[name.stem]
    assert cache.jitted(text)(3, 10) == 7


def test_somebody_elses_folder_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANGCHENG_CACHE", str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 12_345)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        cache.folder()


@pytest.mark.slow
def test_a_warm_start_takes_less_than_three_seconds(tmp_path: Path) -> None:
    """Processor time of a fresh process from its start to 20,000 settled claims of the relief plan."""
    environment = {**os.environ, "KANGCHENG_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "bench.settle.ways", "start", "0"]
    root = Path(__file__).resolve().parents[4]
    for _ in range(2):
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=root)
    found = __import__("json").loads(done.stdout.splitlines()[-1])
    assert found["processor_seconds"] < 3


@pytest.mark.slow
def test_processes_that_write_the_folder_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "KANGCHENG_CACHE": str(tmp_path)}
    code = "from kangcheng.funds.engine.compiled import cache; print(cache.jitted('def settle(a, b):\\n    return a + b\\n')(2, 3))"
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [process.communicate(timeout=120)[0].strip() for process in running] == ["5"] * 4


@pytest.mark.slow
def test_the_loop_written_by_hand_comes_to_the_same_fen() -> None:
    import numpy as np

    from bench.settle import claims as made
    from bench.settle import hand, ways
    from kangcheng.funds.engine import parse
    from kangcheng.policy.reader import load_pack

    stack = parse.load(load_pack("relief-2021"), made.STACK, made.ON)
    table, lines = made.tables(30_000)
    batch = compiled.from_arrow(table, stack, lines)
    begun = time.perf_counter()
    result = compiled.compile(stack, native=True).run(batch, ("payers",), threads=2)
    out = np.zeros((10, len(batch)), np.int64)
    hand.settle(*hand.columns(batch, stack), hand.figures(stack), out)
    for at, payer in enumerate(hand.PAYERS):
        assert np.array_equal(result.out[result.names.index(f"payer.{payer}")], out[at]), payer
    assert np.array_equal(result.out[result.names.index("cash")], out[9])
    few = ways.as_claims(*made.tables(300))
    assert (
        reference.settle_all(stack, few)
        == compiled.compile(stack).run(compiled.from_claims(few, stack)).results()
    )
    assert time.perf_counter() - begun < 300
