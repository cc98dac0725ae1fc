"""What a batch came to: columns by name, back in the order the claims were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kangcheng.funds.engine.compiled.applying import SKIPPED
from kangcheng.funds.engine.compiled.columns import Batch
from kangcheng.funds.engine.compiled.kernel import Kernel
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
        table = {name: self.out[at].tolist() for at, name in enumerate(self.names)}
        found: list[Result | None] = [None] * len(self.batch)
        for row, place in enumerate(self.batch.rows.places.tolist()):
            if self.status[row] == 0:
                found[place] = self._result(row, {name: column[row] for name, column in table.items()})
        return found

    def _result(self, row: int, one: dict[str, int]) -> Result:
        prepared = self.batch.plan
        return Result(
            claim=self.batch.rows.id_of(row),
            total=int(self.batch.rows.total[row]),
            payers={name: one[f"payer.{name}"] for name in prepared.payers},
            accounts={name: one[f"account.{name}"] for name in prepared.balances},
            waived={name: one[f"waived.{name}"] for name in prepared.sources},
            institution=one["institution"],
            parts={name: one[f"part.{name}"] for name in prepared.parts},
            layers=tuple(self._layers(one)),
            allowances={name: one[f"allowance.{name}"] for name in prepared.allowances},
            accumulators={slot.label: one[f"after.{slot.label}"] for slot in prepared.slots},
            balances={name: one[f"balance.{name}"] for name in prepared.balances},
            no_deposit=tuple(
                name.partition(".")[2]
                for name, flag in one.items()
                if name.startswith("no_deposit.") and flag
            ),
        )

    def _layers(self, one: dict[str, int]) -> list[LayerResult]:
        found = []
        for position in self.batch.plan.stack.order:
            benefit = layer_of(position)
            if benefit is None and not isinstance(position, Account):
                continue
            head = f"layer.{position.id}."
            amounts = {name.removeprefix(head): v for name, v in one.items() if name.startswith(head)}
            given, skipped = bool(amounts.pop("given", 0)), SKIPPED[amounts.pop("skipped")]
            payer = benefit.payer if benefit else ""
            found.append(LayerResult(position.id, payer, given=given, skipped=skipped, **amounts))
        return found
