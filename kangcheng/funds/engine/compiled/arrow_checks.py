"""The tests that every claim passes before it runs, on whole columns."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kangcheng.funds.engine.compiled.draft import MOST_FEN
from kangcheng.funds.engine.compiled.rows import Ints, Lines, Rows
from kangcheng.funds.engine.definition import Group, Stack
from kangcheng.kernel.errors import Fault, Faults

MOST_QUANTITY = 10**6
_KEPT = 200  # faulty rows that are told apart; the others are refused all the same


class Checks:
    """Gathers the faults of rows."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.faults: dict[int, list[Fault]] = {}

    def bad(self, mask: NDArray[Any], where: str, what: str, rule: str = "") -> None:
        """Refuse the rows where the mask is true."""
        for row in np.nonzero(mask)[0].tolist():
            found = self.faults.setdefault(row, [])
            if len(self.faults) <= _KEPT or not found:
                found.append(Fault(where, what, rule))

    def known(self, head: str, money: dict[str, Ints], names: Iterable[str]) -> dict[str, Ints]:
        """The columns `head.NAME` by name; rows that bring one the stack does not know are refused."""
        found, known = {}, set(names)
        for column, amounts in money.items():
            if column.startswith(f"{head}."):
                name = column.partition(".")[2]
                if name in known:
                    found[name] = amounts
                else:
                    self.bad(amounts >= 0, column, "叠层中没有此名称 (unknown name)")
        return found

    def bill(
        self,
        stack: Stack,
        sums: dict[str, Ints],
        lines: Lines | None,
        in_scope: Ints | None,
        total: Ints | None,
    ) -> tuple[Ints, Ints]:
        """Total of each row and what of it is not listed."""
        listed, forms = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        for group, amounts in sums.items():
            self._group(stack, group, amounts >= 0, f"group.{group}", alone=True)
        if sums:
            forms += np.any([amounts >= 0 for amounts in sums.values()], axis=0)
            for amounts in sums.values():
                listed += np.maximum(amounts, 0)
        with_lines = np.zeros(self.count, bool)
        if lines is not None:
            with_lines[lines.row] = True
            if (
                int(np.bincount(lines.row).max(initial=0)) * MOST_FEN >= 2**62
                and lines.amount.max() > MOST_FEN // 10**4
            ):
                raise Faults([Fault("lines", "一笔单据的明细过多且金额过大 (too many and too large lines)")])
            np.add.at(listed, lines.row, lines.amount)
            for at, group in enumerate(lines.group.words):
                mask = np.zeros(self.count, bool)
                mask[lines.row[lines.group.codes == at]] = True
                self._group(stack, group, mask, "lines.group", alone=False)
        forms += with_lines
        if in_scope is not None:
            forms += in_scope >= 0
            listed += np.maximum(in_scope, 0)
        self.bad(forms > 1, "lines", "lines、groups、in_scope 同时给出 (given together)", "三者只用其一")
        self.bad(listed > MOST_FEN, "total", "合计超出范围 (out of range)", f"不超过 {MOST_FEN} 分")
        if total is None:
            return listed, np.zeros(self.count, np.int64)
        self.bad((forms == 0) & (total > 0), "total", "只有总额，没有明细 (total alone)")
        wrong = (forms > 0) & (total >= 0) & ((total < listed) | (with_lines & (total != listed)))
        self.bad(wrong, "total", "总额与各项之和不符 (total and sum differ)", "总额须相符")
        known = np.where(total < 0, listed, total)
        return known, np.where(wrong, 0, known - listed)

    def _group(self, stack: Stack, group: str, mask: NDArray[Any], where: str, *, alone: bool) -> None:
        rule = _rule(stack, group)
        if rule is None:
            self.bad(mask, where, f"未知的项目组 {group!r} (unknown group)")
        elif alone and rule.price_limit is not None:
            self.bad(mask, where, "有单价限额，不能只给合计 (price limit)", "限价按数量计算")

    def close(self, rows: Rows, stack: Stack) -> None:
        """Refused rows bring nothing, so that no number of theirs can be too large."""
        rows.faults = self.faults
        if not self.faults:
            return
        bad = np.array(sorted(self.faults), np.int64)
        columns = [
            rows.total,
            rows.in_scope,
            rows.rest,
            *rows.sums.values(),
            *rows.given.values(),
            *rows.facts.values(),
        ]
        for column in columns:
            if column is not None:
                column[bad] = 0
        rows.sums = {
            group: amounts for group, amounts in rows.sums.items() if _rule(stack, group) is not None
        }
        if rows.lines is not None:
            rows.lines = rows.lines.taken(np.nonzero(~np.isin(rows.lines.row, bad))[0])
        if rows.overrides is not None:
            rows.overrides[2][np.isin(rows.overrides[0], bad)] = 0


def _rule(stack: Stack, group: str) -> Group | None:
    return stack.split.groups.get(group, stack.split.otherwise)


def fen(column: Any, name: str, checks: Checks) -> Ints:
    """A column of money as fen, -1 where null. Integers are fen, decimals yuan. Raises Faults for any other type."""
    if pa.types.is_decimal(column.type):
        try:
            column = pc.multiply(column.cast(pa.decimal128(30, 8)), pa.scalar(Decimal(100))).cast(pa.int64())
        except pa.ArrowInvalid:
            raise Faults(
                [Fault(name, "金额小于一分或过大 (finer than one fen, or too large)", "金额为整数分")]
            ) from None
    return whole(column, name, checks)


def whole(column: Any, name: str, checks: Checks) -> Ints:
    """A column of whole numbers from 0 to 10**14, -1 where null."""
    if not (pa.types.is_integer(column.type) or pa.types.is_null(column.type)):
        raise Faults(
            [Fault(name, f"类型 {column.type} 不是整数 (not whole numbers)", "整数分，或元的 decimal")]
        )
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    numbers = column.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    given = column.is_valid().to_numpy(zero_copy_only=False)
    wrong = given & ((numbers < 0) | (numbers > MOST_FEN))
    if wrong.any():
        checks.bad(wrong, name, "数额超出范围 (out of range)", f"0 到 {MOST_FEN} 分")
        numbers = np.where(wrong, 0, numbers)
    return numbers
