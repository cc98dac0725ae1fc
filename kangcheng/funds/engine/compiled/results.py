"""What a batch came to: columns by name, back in the order the claims were given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kangcheng.funds.engine.compiled.applying import SKIPPED
from kangcheng.funds.engine.compiled.columns import Batch
from kangcheng.funds.engine.compiled.kernel import Kernel
from kangcheng.funds.engine.compiled.layer import FIELDS
from kangcheng.funds.engine.compiled.rows import Ints
from kangcheng.funds.engine.definition import Account
from kangcheng.funds.engine.result import LayerResult, Result
from kangcheng.funds.engine.slots import layer_of
from kangcheng.kernel.errors import KangchengError


@dataclass
class BatchResult:
    """`out` has a row for each name in `kernel.outputs`; its columns stand as in the batch, unit after unit."""

    batch: Batch
    kernel: Kernel
    out: Ints
    status: NDArray[np.int32]  # not 0: refused, all amounts 0
    pools: dict[str, int]  # used of each pool after the batch

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns: "payer.P", "part.P", "layer.ID.paid", "after.LABEL" ..."""
        return self.kernel.outputs

    def column(self, name: str) -> Ints:
        """One column of fen (or counts, or flags), in the order the claims were given."""
        found = np.empty(len(self.batch), np.int64)
        found[self.batch.rows.places] = self.out[self.names.index(name)]
        return found

    def total(self, name: str) -> int:
        """Sum of a column."""
        return sum(int(part.sum()) for part in np.array_split(self.out[self.names.index(name)], 64))

    def refused(self) -> list[int]:
        """Places of refused claims among those given."""
        return sorted(int(self.batch.rows.places[row]) for row in np.nonzero(self.status)[0])

    def to_arrow(self) -> Any:
        """An Arrow table: id, refused, total, then every column, in the order the claims were given."""
        import pyarrow as pa

        back = np.argsort(self.batch.rows.places, kind="stable")
        ids = pa.array(self.batch.rows.ids).cast(pa.string()).take(pa.array(back))
        columns = {"id": ids, "refused": pa.array(self.status[back] != 0)}
        columns["total"] = pa.array(self.batch.rows.total[back])
        for at, name in enumerate(self.names):
            columns[name] = pa.array(self.out[at][back])
        return pa.table(columns)

    def results(self) -> list[Result]:
        """Result by claim in the order given, without reasons and changes. Needs every family, and no claim refused."""
        found = [one for one in self.marked() if one is not None]
        if len(found) < len(self.batch):
            raise KangchengError(
                f"{len(self.refused())} 笔被拒的单据没有结果 (refused claims have no result)"
            )
        return found

    def marked(self) -> list[Result | None]:
        """As `results`; None where the claim was refused."""
        reader = _Reader(self)
        found: list[Result | None] = [None] * len(self.batch)
        for row, place in enumerate(self.batch.rows.places.tolist()):
            if self.status[row] == 0:
                found[place] = reader.result(row)
        return found


class _Reader:
    """Columns sorted by what they are once, then read row by row."""

    def __init__(self, result: BatchResult) -> None:
        self.rows, prepared = result.batch.rows, result.batch.plan
        self.columns = {name: result.out[at].tolist() for at, name in enumerate(result.names)}
        self.payers = self._pile("payer", prepared.payers)
        self.accounts = self._pile("account", prepared.balances)
        self.waived = self._pile("waived", prepared.sources)
        self.parts = self._pile("part", prepared.parts)
        self.allowances = self._pile("allowance", prepared.allowances)
        self.after = self._pile("after", [slot.label for slot in prepared.slots])
        self.balances = self._pile("balance", prepared.balances)
        self.spared = {
            name.partition(".")[2]: column
            for name, column in self.columns.items()
            if name.startswith("no_deposit.")
        }
        self.layers = [
            (position.id, benefit.payer if benefit else "", self._layer(position.id))
            for position in prepared.stack.order
            if (benefit := layer_of(position)) or isinstance(position, Account)
        ]

    def _pile(self, head: str, names: Iterable[str]) -> dict[str, list[int]]:
        return {name: self.columns[f"{head}.{name}"] for name in names}

    def _layer(self, name: str) -> dict[str, list[int]]:
        fields = {field: self.columns.get(f"layer.{name}.{field}") for field in FIELDS}
        return {field: column for field, column in fields.items() if column is not None}

    def result(self, row: int) -> Result:
        """One claim's result."""
        return Result(
            claim=self.rows.id_of(row),
            total=int(self.rows.total[row]),
            payers=_at(self.payers, row),
            accounts=_at(self.accounts, row),
            waived=_at(self.waived, row),
            institution=self.columns["institution"][row],
            parts=_at(self.parts, row),
            layers=tuple(_layer_result(name, payer, _at(fields, row)) for name, payer, fields in self.layers),
            allowances=_at(self.allowances, row),
            accumulators=_at(self.after, row),
            balances=_at(self.balances, row),
            no_deposit=tuple(name for name, flags in self.spared.items() if flags[row]),
        )


def _at(pile: dict[str, list[int]], row: int) -> dict[str, int]:
    return {name: column[row] for name, column in pile.items()}


def _layer_result(name: str, payer: str, amounts: dict[str, int]) -> LayerResult:
    given, skipped = bool(amounts.pop("given", 0)), SKIPPED[amounts.pop("skipped")]
    return LayerResult(name, payer, given=given, skipped=skipped, **amounts)
