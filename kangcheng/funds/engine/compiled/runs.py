"""One run of a kernel over a batch: its arguments, its threads, and what happens to refused claims."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kangcheng.funds.engine.compiled.columns import ALREADY, Batch
from kangcheng.funds.engine.compiled.kernel import Kernel
from kangcheng.funds.engine.compiled.refusal import Refusal
from kangcheng.funds.engine.compiled.results import BatchResult
from kangcheng.funds.engine.compiled.rows import Ints
from kangcheng.funds.engine.compiled.source import BEYOND, FIRST_FAULT
from kangcheng.funds.engine.compiled.split_lines import work_size
from kangcheng.kernel.errors import Fault, Faults

UNLIMITED = 2**62
_SHOWN = 200


@dataclass
class Run:
    """Columns in, columns out. Units never straddle two threads."""

    kernel: Kernel
    function: Callable[..., int]
    batch: Batch
    native: bool = True
    threads: int = 1
    out: Ints = field(init=False)
    status: NDArray[np.int32] = field(init=False)
    _known: NDArray[np.int32] = field(init=False)  # status after the last pass
    grants: list[Ints] = field(init=False)
    pools_after: dict[str, int] = field(default_factory=dict)

    def prepare(self, memory: Ints | None = None) -> None:
        """Room for the results: the memory given when it fits, else new."""
        shape = (len(self.kernel.outputs), len(self.batch))
        self.out = memory if memory is not None and memory.shape == shape else np.zeros(shape, np.int64)
        self.status = self.batch.status.copy()
        self._known = self.batch.status
        self.grants = [np.full(len(self.batch), UNLIMITED, np.int64) for _ in self.kernel.pools]

    def settle_until_stable(self, *, stop: bool) -> None:
        """Settle; where a claim of a unit is refused, its unit runs again without it."""
        spans = self._shares()
        while self._settle(spans) and not stop:
            self._keep_first_faults()
            spans = self._units_of(self.fresh)

    def settle(self) -> None:
        """One pass over everything."""
        self._settle(self._shares())

    def forgive(self, rows: Ints) -> None:
        """Take refusals back: they may have come from what was not yet settled."""
        self.status[rows] = self._known[rows] = 0

    fresh: Ints = field(
        init=False, default_factory=lambda: np.zeros(0, np.int64)
    )  # rows refused in the last pass

    def _settle(self, spans: list[tuple[int, int]]) -> int:
        if len(spans) > 1 and self.threads > 1:
            with ThreadPoolExecutor(self.threads) as pool:
                refused = sum(pool.map(lambda span: self._span(*span), spans))
        else:
            refused = sum(self._span(*span) for span in spans)
        self.fresh = np.zeros(0, np.int64)
        if refused:
            self.fresh = np.nonzero((self.status != 0) & (self._known == 0))[0]
            self._known = self.status.copy()
        return refused

    def _span(self, first: int, last: int) -> int:
        number = (
            np.uint64 if self.native else int
        )  # unsigned places spare machine code the test for negative ones
        return self.function(number(first), number(last), *self._arguments())

    def _keep_first_faults(self) -> None:
        """Within a unit only the first fault is sure: what came after saw a memory left half-written."""
        units = self.batch.rows.unit[self.fresh]
        first = np.unique(units, return_index=True)[1]
        self.forgive(np.delete(self.fresh, first))

    def _units_of(self, rows: Ints) -> list[tuple[int, int]]:
        units = np.unique(self.batch.rows.unit[rows])
        first = np.searchsorted(self.batch.rows.unit, units)
        last = np.searchsorted(self.batch.rows.unit, units, side="right")
        return [(int(a), int(b)) for a, b in zip(first, last, strict=True)]

    def _shares(self) -> list[tuple[int, int]]:
        """Spans of about the same length that end where a unit ends."""
        count, unit = len(self.batch), self.batch.rows.unit
        cuts = [0]
        for share in range(1, self.threads):
            at = count * share // self.threads
            cuts.append(int(np.searchsorted(unit, unit[at])) if count else 0)
        cuts.append(count)
        return [(a, b) for a, b in pairwise(cuts) if a < b]

    def _arguments(self) -> list[Any]:
        """In the order of the kernel. Plain Python gets lists, so that its numbers cannot overflow."""
        space = self._space()
        named = {**self.batch.columns, **space}
        for number, key in enumerate(self.kernel.keys):
            named[f"key_{number}"] = self.batch.keys[key]
        for number, grant in enumerate(self.grants):
            named[f"grant_{number}"] = grant
        for payer in self.batch.form.given:
            named[f"paid_{self.batch.plan.payers.index(payer)}"] = named[f"given.{payer}"]
        arguments = [named[name] for name in self.kernel.inputs]
        if self.native:
            return arguments
        kept = ("out", "status")
        return [
            one.tolist() if isinstance(one, np.ndarray) and name not in kept else one
            for name, one in zip(self.kernel.inputs, arguments, strict=True)
        ]

    def _space(self) -> dict[str, Any]:
        """Constants, results, and working memory of one thread."""
        layout, cap = self.kernel.layout, self.batch.cap
        width = sum(group.width for group in layout.groups)
        slots = {**dict.fromkeys(self.batch.slots), **_places(self)}
        return {
            "c": np.array([*self.kernel.constants, 0], np.int64),
            "out": self.out,
            "status": self.status,
            "cap": cap,
            "m": np.zeros(cap * width + 1, np.int64),
            "q": np.zeros(cap * len(layout.groups) + 1, np.int64),
            "rows": np.zeros(len(layout.groups) + 1, np.int64),
            "slot_group": np.array(
                [-1 if place is None else place[0] for place in slots.values()] or [0], np.int64
            ),
            "slot_at": np.array(
                [0 if place is None else place[1] for place in slots.values()] or [0], np.int64
            ),
            "work": np.zeros(work_size(self.batch.plan.stack.split) + 1, np.int64),
            "line_left": np.zeros(self.batch.most_lines + 1, np.int64),
            "line_ratio": np.zeros(self.batch.most_lines + 1, np.int64),
        }


def _places(run: Run) -> dict[str, tuple[int, int]]:
    """Group and place of every remembered number that this kernel keeps, by its label."""
    layout = run.kernel.layout
    found = {}
    for slot in run.batch.plan.slots:
        if (slot.name, slot.period) in layout.slots:
            group, at = layout.slots[slot.name, slot.period]
            found[slot.label] = (group.number, at)
    for name, (group, at) in layout.balances.items():
        found[f"balance.{name}"] = (group.number, at)
    return found


def refused_rows(result: BatchResult, stack_id: str, *, stop: bool) -> None:
    """Raise what has to be raised; empty the results of refused claims."""
    if not result.status.any():
        return
    rows = np.nonzero(result.status)[0]
    if (result.status == BEYOND).any():
        row = int(np.nonzero(result.status == BEYOND)[0][0])
        raise Refusal(
            "累计金额超过可精确计算的范围 (year to date beyond the exact bounds)",
            where=f"stack {stack_id}, claim {result.batch.rows.id_of(row)}",
            todo="用 reference 结算",
        )
    if len(rows) and stop:
        shown = [fault for row in rows[:_SHOWN] for fault in faults_of_row(result, int(row))]
        raise Faults(shown, what=f"{len(rows)} 笔单据不能结算 (claims refused)", where=f"stack {stack_id}")
    result.out[:, rows] = 0


def faults_of_row(result: BatchResult, row: int) -> list[Fault]:
    """Why a claim was refused."""
    code, place = int(result.status[row]), int(result.batch.rows.places[row])
    if code == ALREADY:
        found = result.batch.rows.faults[row]
    else:
        where, what = result.kernel.faults[code - FIRST_FAULT]
        found = [Fault(where, what)]
    name = result.batch.rows.id_of(row)
    return [Fault(f"[{place}].{f.where} ({name})", f.what, f.rule, f.todo, near=f.near) for f in found]
