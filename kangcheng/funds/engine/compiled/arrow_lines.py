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
    ids = claims["id"].combine_chunks().cast(pa.string())
    if pc.count_distinct(ids).as_py() != len(ids):
        raise Faults([Fault("id", "编号重复，明细归属不明 (id twice)", "每笔单据一个编号")])
    row = pc.index_in(lines["claim"].combine_chunks().cast(pa.string()), value_set=ids)
    if row.null_count:
        raise Faults([Fault("lines.claim", f"{row.null_count} 行明细没有单据 (lines without a claim)")])
    at = row.to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(at, kind="stable")
    lines, at = lines.take(pa.array(order)), at[order]
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


def _texts(lines: Any, name: str) -> Texts:
    if name not in lines.column_names:
        return Texts(np.full(len(lines), -1, np.int64), ())
    column = lines[name].combine_chunks().cast(pa.string()).fill_null("").dictionary_encode()
    return Texts(
        column.indices.to_numpy(zero_copy_only=False).astype(np.int64), column.dictionary.to_pylist()
    )


def _quantity(lines: Any, checks: Checks) -> Ints:
    if "quantity" not in lines.column_names:
        return np.ones(len(lines), np.int64)
    quantity = whole(lines["quantity"], "lines.quantity", checks)
    quantity = np.where(quantity < 0, 1, quantity)
    wrong = (quantity < 1) | (quantity > MOST_QUANTITY)
    checks.bad(wrong, "lines.quantity", "数量不对 (bad quantity)", f"1 到 {MOST_QUANTITY} 的整数")
    return np.where(wrong, 1, quantity)


def _limits(lines: Any, quantity: Ints, checks: Checks) -> Ints:
    """Price limit x quantity; -1 without a limit of the line's own."""
    if "price_limit" not in lines.column_names:
        return np.full(len(lines), -1, np.int64)
    limit = fen(lines["price_limit"], "lines.price_limit", checks)
    far = limit > _FAR // quantity
    return np.where(limit < 0, -1, np.where(far, _FAR, np.where(far, 0, limit) * quantity))


def _shares(lines: Any, checks: Checks) -> tuple[Ints, tuple[Fraction, ...]]:
    """Place of each line's own share among all shares; -1 without one."""
    none = np.full(len(lines), -1, np.int64)
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
    size = len(code.words) + 1
    pair, place = np.unique(group.codes * size + (code.codes + 1), return_inverse=True)
    masks = []
    for one in pair.tolist():
        names = group.words[one // size], code.words[one % size - 1] if one % size else ""
        masks.append(
            sum(1 << n for n, entitlement in enumerate(waivers(stack)) if covers(entitlement, *names))
        )
    return np.array([*masks, 0], np.int64)[place]
