"""What form a batch has: lines summed in cells where that is exact, else line by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import lcm

import numpy as np
from numpy.typing import NDArray

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.bill import covers, waivers
from kangcheng.funds.engine.compiled.draft import Cell, Form
from kangcheng.funds.engine.compiled.rows import Ints, Lines, Rows, Texts
from kangcheng.funds.engine.compiled.split_cells import lazy
from kangcheng.funds.engine.definition import Constant, Group, Stack

MOST_CELLS = 32


@dataclass
class Bill:
    """The bill columns of a form, by argument name. Cells have a row for each claim, lines a row for each line."""

    cells: tuple[Cell, ...] | None
    columns: dict[str, Ints] = field(default_factory=dict)
    share_den: int = 1
    limits: bool = False
    most_lines: int = 0


def bill_of(rows: Rows, stack: Stack, *, by_line: bool = False) -> Bill:
    """The bill of a batch. `by_line` keeps the lines apart even where cells would do."""
    if rows.lines is None:
        if by_line:
            return _by_line(_lines_of_sums(rows, stack), rows, stack)
        return _of_sums(rows, stack)
    cells = None if by_line else _cells(rows.lines, rows, stack)
    return cells or _by_line(rows.lines, rows, stack)


def form_of(bill: Bill, rows: Rows) -> Form:
    """What the code depends on."""
    return Form(
        cells=bill.cells,
        share_den=bill.share_den,
        limits=bill.limits,
        in_scope=rows.in_scope is not None,
        rest=rows.rest is not None,
        facts=tuple(name for name, column in rows.facts.items() if (column >= 0).any()),
        given=tuple(rows.given),
        overrides=rows.overrides is not None,
        opening=rows.opening is not None,
    )


def _of_sums(rows: Rows, stack: Stack) -> Bill:
    """Group sums are cells as they stand."""
    cells = tuple(Cell(group, None, _waivers(stack, group)) for group in rows.sums)
    absent = -1 if lazy(stack) else 0
    columns = {f"cell_{at}": np.maximum(amounts, absent) for at, amounts in enumerate(rows.sums.values())}
    return Bill(cells, columns)


def _waivers(stack: Stack, group: str) -> frozenset[int]:
    return frozenset(n for n, entitlement in enumerate(waivers(stack)) if covers(entitlement, group, ""))


def _cells(lines: Lines, rows: Rows, stack: Stack) -> Bill | None:
    """Lines summed in cells, when no limit and no rounding looks at a single line."""
    if stack.split.rounding.at == "line" or _limited(lines, stack):
        return None
    found, kind = _kinds(lines)
    if len(found) > MOST_CELLS:
        return None
    place = lines.row * len(found) + kind
    whole = all(_is_whole(entitlement) for entitlement in waivers(stack))
    if not whole and len(np.unique(place)) < len(place):
        return None
    cells = tuple(
        Cell(
            lines.group.words[group],
            None if share < 0 else lines.shares[share],
            frozenset(n for n in range(len(waivers(stack))) if mask >> n & 1),
        )
        for group, share, mask in found
    )
    columns = {}
    for at in range(len(cells)):
        mine = kind == at
        row, amount = lines.row[mine], lines.amount[mine]
        column = np.zeros(len(rows), np.int64)
        np.add.at(column, row, amount)
        if lazy(stack):
            there = np.zeros(len(rows), bool)
            there[row] = True
            column[~there] = -1
        columns[f"cell_{at}"] = column
    return Bill(cells, columns)


def _kinds(lines: Lines) -> tuple[list[tuple[int, int, int]], NDArray[np.int16]]:
    """The (group, share, waivers) that occur, and which of them each line is."""
    masks, mask = np.unique(lines.waivers, return_inverse=True)
    shares = len(lines.shares) + 1
    number = (lines.group.codes.astype(np.int64) * shares + lines.share + 1) * len(masks) + mask.reshape(-1)
    there = np.bincount(number, minlength=1)
    numbers = np.nonzero(there)[0]
    place = np.zeros(len(there), np.int16)
    place[numbers[: 2**15]] = np.arange(len(numbers[: 2**15]), dtype=np.int16)
    found = []
    for one in numbers.tolist():
        pair, at = divmod(one, len(masks))
        group, share = divmod(pair, shares)
        found.append((group, share - 1, int(masks[at])))
    return found, place[number]


def _is_whole(entitlement: object) -> bool:
    rule = getattr(entitlement, "waive", None)
    return rule is not None and isinstance(rule.share, Constant) and rule.share.number == 1


def _limited(lines: Lines, stack: Stack) -> bool:
    rule_of = [_rule(stack, group) for group in lines.group.words]
    return bool((lines.limit >= 0).any()) or any(rule and rule.price_limit for rule in rule_of)


def _rule(stack: Stack, group: str) -> Group | None:
    return stack.split.groups.get(group, stack.split.otherwise)


def _lines_of_sums(rows: Rows, stack: Stack) -> Lines:
    row, group, amount, mask = [], [], [], []
    for at, (name, sums) in enumerate(rows.sums.items()):
        there = np.nonzero(sums >= 0)[0]
        row.append(there)
        group.append(np.full(len(there), at))
        amount.append(sums[there])
        mask.append(np.full(len(there), sum(1 << n for n in _waivers(stack, name))))
    columns = [
        np.concatenate([*part, np.zeros(0, np.int64)]).astype(np.int64) for part in (row, group, amount, mask)
    ]
    order = np.argsort(columns[0], kind="stable")
    row_, group_, amount_, mask_ = (column[order] for column in columns)
    none, one = np.full(len(row_), -1, np.int64), np.ones(len(row_), np.int64)
    return Lines(row_, Texts(group_, list(rows.sums)), amount_, one, none, none, (), mask_)


def _by_line(lines: Lines, rows: Rows, stack: Stack) -> Bill:
    """Each line on its own, in the order of the rows."""
    order = np.argsort(lines.row, kind="stable")
    if not np.array_equal(order, np.arange(len(order))):
        lines = lines.taken(order)
    named = list(stack.split.groups)
    numbers = [named.index(group) if group in named else len(named) for group in lines.group.words]
    den = exact.grid(lcm(*(share.denominator for share in lines.shares)), 10_000)
    tops = np.array([exact.numerator(share, den) for share in lines.shares] or [0], np.int64)
    counts = np.bincount(lines.row, minlength=len(rows)) if len(rows) else np.zeros(0, np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = {
        "line_start": starts[:-1],
        "line_end": starts[1:],
        "line_rule": np.array([*numbers, 0], np.int64)[lines.group.codes],
        "line_name": lines.group.codes.astype(np.int64),
        "line_amount": lines.amount,
        "line_quantity": np.ascontiguousarray(lines.quantity),
        "line_most": np.ascontiguousarray(lines.limit),
        "line_share": np.where(lines.share < 0, -1, tops[lines.share]),
        "line_waivers": lines.waivers,
    }
    return Bill(
        cells=None,
        columns=columns,
        share_den=den,
        limits=_limited(lines, stack),
        most_lines=int(counts.max(initial=0)),
    )
