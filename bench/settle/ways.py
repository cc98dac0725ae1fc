"""One way to settle, measured in this process: `python -m bench.settle.ways compiled 1000000` prints one JSON object."""

import time

BEGUN = time.perf_counter()

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from pyarrow import feather  # noqa: E402

from bench.settle import claims as made  # noqa: E402
from kangcheng.funds.engine import compiled, parse, reference  # noqa: E402
from kangcheng.policy.reader import load_pack  # noqa: E402

RUNS, WHOLE_ROWS, SMALL, FEW = 9, 200_000, 20_000, 3_000


def main() -> None:
    """Run one way."""
    way, residents = sys.argv[1], int(sys.argv[2])
    started = time.perf_counter()
    stack = parse.load(load_pack("relief-2021"), made.STACK, made.ON)
    found = WAYS[way](stack, residents, time.perf_counter() - started)
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


def best(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Least processor time of this thread over several runs, after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        begun = time.thread_time()
        work()
        times.append(time.thread_time() - begun)
    return min(times)


def by_compiled(stack: Any, residents: int, _: float) -> dict[str, Any]:
    """Machine code: payments alone, then everything."""
    table, lines = _tables(residents)
    begun = time.process_time()
    batch = compiled.from_arrow(table, stack, lines)
    columns_seconds = time.process_time() - begun
    program = compiled.compile(stack, native=True)
    result = program.run(batch, ("payers",))
    again = best(lambda: program.run(batch, ("payers",), reuse=result))
    fresh = best(lambda: program.run(batch, ("payers",)))
    names = [name for name in result.names if name != "institution"]
    fen = {name: result.total(name) for name in names}
    whole = compiled.from_arrow(table.slice(0, WHOLE_ROWS), stack, _lines_of(table, lines, WHOLE_ROWS))
    slow = best(lambda: program.run(whole), 3)
    return {
        "claims": len(batch),
        "persons": residents,
        "payers": len(result.batch.plan.payers),
        "positions": len(stack.order),
        "claims_a_second": len(batch) / again,
        "fresh_a_second": len(batch) / fresh,
        "whole_a_second": len(whole) / slow,
        "columns_seconds": columns_seconds,
        "fen": _sums(fen),
    }


def _sums(fen: dict[str, int]) -> dict[str, int]:
    """Payments, what was waived, and cash."""
    waived = sum(amount for name, amount in fen.items() if name.startswith("waived."))
    paid = {name: amount for name, amount in fen.items() if name.startswith("payer.")}
    return {**paid, "waived": waived, "cash": fen["cash"]}


def _lines_of(table: Any, lines: Any, rows: int) -> Any:
    return lines.filter(np.asarray(lines["claim"].combine_chunks().indices) < min(rows, len(table)))


def by_hand(stack: Any, residents: int, _: float) -> dict[str, Any]:
    """The loop of one rule over the same columns."""
    from bench.settle import hand

    batch = compiled.from_arrow(*_pair(residents, stack))
    out = np.zeros((10, len(batch)), np.int64)
    columns, figures = hand.columns(batch, stack), hand.figures(stack)
    seconds = best(lambda: hand.settle(*columns, figures, out))
    fen = {f"payer.{name}": int(out[at].sum()) for at, name in enumerate(hand.PAYERS)}
    sums = fen | {"waived": int(out[8].sum()), "cash": int(out[9].sum())}
    return {"claims": len(batch), "claims_a_second": len(batch) / seconds, "fen": sums}


def _pair(residents: int, stack: Any) -> tuple[Any, Any, Any]:
    table, lines = _tables(residents)
    return table, stack, lines


def _tables(residents: int) -> tuple[Any, Any]:
    """Claims and lines from the folder named on the command line, else made here."""
    if len(sys.argv) < 4:
        return made.tables(residents)
    files = [f"{sys.argv[3]}/{name}.arrow" for name in ("claims", "lines")]
    return feather.read_table(files[0], memory_map=False), feather.read_table(files[1], memory_map=False)


def make(_: Any, residents: int, __: float) -> dict[str, Any]:
    """Write the tables, so that making them is in nobody's memory."""
    for name, table in zip(("claims", "lines"), made.tables(residents), strict=True):
        feather.write_feather(table, f"{sys.argv[3]}/{name}.arrow", compression="uncompressed")
    return {}


def by_plain(stack: Any, _: int, __: float) -> dict[str, Any]:
    """The same code without a compiler."""
    table, lines = made.tables(FEW)
    batch = compiled.from_arrow(table, stack, lines)
    program = compiled.compile(stack, native=False)
    seconds = best(lambda: program.run(batch, ("payers",)), 3)
    return {"claims": len(batch), "claims_a_second": len(batch) / seconds}


def by_reference(stack: Any, _: int, __: float) -> dict[str, Any]:
    """Fractions, no explanation asked."""
    given = as_claims(*made.tables(FEW))
    seconds = best(lambda: reference.settle_all(stack, given), 2)
    return {"claims": len(given), "claims_a_second": len(given) / seconds}


def as_claims(table: Any, lines: Any) -> list[Any]:
    """The tables as claims, through the parser that reads claims files."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in lines.to_pylist():
        yuan = f"{line['amount'] // 100}.{line['amount'] % 100:02d}"
        found.setdefault(line["claim"], []).append(
            {"group": line["group"], "code": line["code"], "amount": yuan}
        )
    rows = []
    for row in table.to_pylist():
        attributes = {name: row.pop(name) for name in made.ATTRIBUTES}
        rows.append({**row, "age": str(row["age"]), "attributes": attributes, "lines": found[row["id"]]})
    return parse.claims_of(rows)


def start(stack: Any, _: int, pack_seconds: float) -> dict[str, Any]:
    """From the start of the process to the first settled batch."""
    begun, cpu = time.perf_counter(), time.process_time()
    table, lines = made.tables(SMALL)
    making, making_cpu = time.perf_counter() - begun, time.process_time() - cpu
    batch = compiled.from_arrow(table, stack, lines)
    first = time.perf_counter()
    compiled.compile(stack, native=True).run(batch, ("payers",))
    now = time.perf_counter()
    return {
        "seconds": now - BEGUN - making,
        "processor_seconds": time.process_time() - making_cpu,
        "pack_seconds": pack_seconds,
        "first_seconds": now - first,
    }


WAYS = {
    "compiled": by_compiled,
    "hand": by_hand,
    "plain": by_plain,
    "reference": by_reference,
    "start": start,
    "make": make,
}

if __name__ == "__main__":
    main()
