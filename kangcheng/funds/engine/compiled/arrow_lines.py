"""Item lines of an Arrow table, each with the claim it belongs to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kangcheng.funds.engine.compiled.arrow_checks import MOST_QUANTITY, Checks, fen, whole
from kangcheng.funds.engine.compiled.bill import covers, waivers
from kangcheng.funds.engine.compiled.rows import Ints, Lines, Texts
from kangcheng.funds.engine.definition import Stack
from kangcheng.kernel.errors import Fault, Faults

_FAR = 2**62


def lines_of(lines: Any, claims: Any, stack: Stack, checks: Checks) -> Lines:
    """The lines by row of `claims`. Raises Faults for lines of no claim and claims with one id."""
    if lacking := [name for name in ("claim", "group", "amount") if name not in lines.column_names]:
        raise Faults([Fault(f"lines.{name}", "缺少此列 (column missing)") for name in lacking])
    ids = claims["id"].combine_chunks().cast(pa.string())
    if pc.count_distinct(ids).as_py() != len(ids):
        raise Faults([Fault("id", "编号重复，明细归属不明 (id twice)", "每笔单据一个编号")])
    at = _rows_of(lines["claim"].combine_chunks(), ids)
    inner = Checks(len(at))
    amount, quantity = fen(lines["amount"], "lines.amount", inner), _quantity(lines, inner)
    inner.bad(amount < 0, "lines.amount", "缺少金额 (amount missing)")
    group, code = _texts(lines, "group"), _texts(lines, "code")
    limit = _limits(lines, quantity, inner)
    share, shares = _shares(lines, inner)
    for line, faults in inner.faults.items():
        checks.faults.setdefault(int(at[line]), []).extend(faults)
    return Lines(
        row=at,
        group=group,
        amount=np.maximum(amount, 0),
        quantity=quantity,
        limit=limit,
        share=share,
        shares=shares,
        waivers=_waivers(group, code, stack),
    )


def _rows_of(names: Any, ids: Any) -> Ints:
    """The row of the claim that each line names."""
    if pa.types.is_dictionary(names.type):
        row = pc.index_in(names.dictionary.cast(pa.string()), value_set=ids).take(names.indices)
    else:
        row = pc.index_in(names.cast(pa.string()), value_set=ids)
    if row.null_count:
        raise Faults([Fault("lines.claim", f"{row.null_count} 行明细没有单据 (lines without a claim)")])
    return row.to_numpy(zero_copy_only=False).astype(np.int64)


def _texts(lines: Any, name: str) -> Texts:
    if name not in lines.column_names:
        return Texts(_same(-1, len(lines)), ())
    column = lines[name].combine_chunks()
    if column.null_count or not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).fill_null("").dictionary_encode()
    return Texts(column.indices.to_numpy(zero_copy_only=False), column.dictionary.to_pylist())


def _same(number: int, count: int) -> Ints:
    """One number for all lines, in no room."""
    return np.broadcast_to(np.int64(number), count)


def _quantity(lines: Any, checks: Checks) -> Ints:
    if "quantity" not in lines.column_names:
        return _same(1, len(lines))
    quantity = whole(lines["quantity"], "lines.quantity", checks)
    quantity = np.where(quantity < 0, 1, quantity)
    wrong = (quantity < 1) | (quantity > MOST_QUANTITY)
    checks.bad(wrong, "lines.quantity", "数量不对 (bad quantity)", f"1 到 {MOST_QUANTITY} 的整数")
    return np.where(wrong, 1, quantity)


def _limits(lines: Any, quantity: Ints, checks: Checks) -> Ints:
    """Price limit x quantity; -1 without a limit of the line's own."""
    if "price_limit" not in lines.column_names:
        return _same(-1, len(lines))
    limit = fen(lines["price_limit"], "lines.price_limit", checks)
    far = limit > _FAR // quantity
    return np.where(limit < 0, -1, np.where(far, _FAR, np.where(far, 0, limit) * quantity))


def _shares(lines: Any, checks: Checks) -> tuple[Ints, tuple[Fraction, ...]]:
    """Place of each line's own share among all shares; -1 without one."""
    none = _same(-1, len(lines))
    if "first_pay_num" not in lines.column_names:
        return none, ()
    top = whole(lines["first_pay_num"], "lines.first_pay_num", checks)
    bottom = whole(lines["first_pay_den"], "lines.first_pay_den", checks)
    given = top >= 0
    wrong = given & ((bottom <= 0) | (top > bottom))
    checks.bad(wrong, "lines.first_pay", "先行自付比例不对 (bad share)", "0 到 1 之间")
    pairs, place = np.unique(np.stack([top, bottom]), axis=1, return_inverse=True)
    fractions: dict[Fraction, int] = {}
    numbers = []
    for above, below in pairs.T.tolist():
        fits = 0 <= above <= below and below > 0
        numbers.append(fractions.setdefault(Fraction(above, below), len(fractions)) if fits else -1)
    found = np.array([*numbers, -1], np.int64)[place.reshape(-1)]
    return np.where(given & ~wrong, found, none), tuple(fractions)


def _waivers(group: Texts, code: Texts, stack: Stack) -> Ints:
    """Which waivers cover each line, by group and item code."""
    every = waivers(stack)
    if not every:
        return _same(0, len(group.codes))
    masks = np.zeros((len(group.words), len(code.words) + 1), np.int64)
    for at, name in enumerate(group.words):
        for number, item in enumerate(("", *code.words)):
            masks[at, number] = sum(1 << n for n, one in enumerate(every) if covers(one, name, item))
    return masks[group.codes, code.codes.astype(np.int32) + 1]
