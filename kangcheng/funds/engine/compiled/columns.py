"""A batch: claims as columns, bent to one stack and ready to run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kangcheng.funds.engine.compiled.bounds import check_sizes
from kangcheng.funds.engine.compiled.draft import Form
from kangcheng.funds.engine.compiled.form import bill_of, form_of
from kangcheng.funds.engine.compiled.keys import key_codes, one_column, texts_of
from kangcheng.funds.engine.compiled.memory import Key, layout
from kangcheng.funds.engine.compiled.rows import Ints, Rows
from kangcheng.funds.engine.compiled.vocabulary import Vocabulary, vocabulary
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.reference.plan import Plan, plan

SMALL = 120  # attribute codes that fit one byte
ALREADY = 1_000_000  # status of a claim that is refused before it runs


@dataclass
class Batch:
    """Columns by the name the code knows them by, beside what is needed to tell the results."""

    plan: Plan
    form: Form
    rows: Rows
    columns: dict[str, NDArray[Any]]
    keys: dict[Key, Ints]
    status: NDArray[np.int32]  # not 0: refused, does not run
    slots: dict[str, int]  # label of a remembered number, or "balance.NAME" -> its number
    cap: int  # rows that one unit can need in one group of the memory
    most_lines: int = 0
    sizes: dict[str, int] = field(default_factory=dict)  # the greatest amount and the greatest of each fact

    def __len__(self) -> int:
        return len(self.status)


def assemble(rows: Rows, stack: Stack, *, by_line: bool = False) -> Batch:
    """The batch of rows that stand unit after unit, in order."""
    prepared = plan(stack)
    bill = bill_of(rows, stack, by_line=by_line)
    status = np.zeros(len(rows), np.int32)
    for row in rows.faults:
        status[row] = ALREADY
    keys = _keys(rows, prepared)
    columns = {**bill.columns, **_plain(rows), **_attributes(rows, vocabulary(stack))}
    columns |= _overrides(rows) | _opening(rows, prepared, keys)
    form, sizes = form_of(bill, rows), check_sizes(rows)
    rows.release()
    return Batch(
        plan=prepared,
        form=form,
        rows=rows,
        columns=columns,
        keys=keys,
        status=status,
        slots=slot_numbers(prepared),
        cap=_cap(rows),
        most_lines=bill.most_lines,
        sizes=sizes,
    )


def slot_numbers(prepared: Plan) -> dict[str, int]:
    """Numbers of everything that can be remembered."""
    labels = [*(slot.label for slot in prepared.slots), *(f"balance.{name}" for name in prepared.balances)]
    return {label: number for number, label in enumerate(labels)}


def _plain(rows: Rows) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {"unit": rows.unit.astype(np.int32), "totals": rows.total}
    if rows.in_scope is not None:
        columns["in_scope"] = rows.in_scope
    if rows.rest is not None:
        columns["rest"] = rows.rest
    columns |= {f"given.{payer}": amounts for payer, amounts in rows.given.items()}
    return columns


def _attributes(rows: Rows, words: Vocabulary) -> dict[str, NDArray[Any]]:
    """Texts, categories and numbers as the stack's own codes."""
    columns: dict[str, NDArray[Any]] = {}
    for at, (name, codes) in enumerate(words.codes.items()):
        texts, other = texts_of(rows, name), words.others[name]
        own = np.array([*(codes.get(text, other) for text in texts.words), other])
        kind = np.int8 if other < SMALL else np.int32
        columns[f"attribute_{at}"] = own.astype(kind)[texts.codes]
    for at in range(words.words):
        columns[f"category_{at}"] = rows.categories[at]
    for at, name in enumerate(words.facts):
        if name in rows.facts:
            columns[f"fact_{at}"] = rows.facts[name]
    return columns


def _keys(rows: Rows, prepared: Plan) -> dict[Key, Ints]:
    """A key column for each group of remembered rows."""
    whole = layout(prepared, whole=True)
    return {group.key: one_column(key_codes(group.key, rows, whole.households)) for group in whole.groups}


def _slot_keys(prepared: Plan) -> list[Key]:
    """The key of every remembered number, by its number."""
    whole = layout(prepared, whole=True)
    slots = [whole.slots[slot.name, slot.period][0].key for slot in prepared.slots]
    return [*slots, *(group.key for group, _ in whole.balances.values())]


def _overrides(rows: Rows) -> dict[str, Ints]:
    if rows.overrides is None:
        return {}
    row, slot, value = rows.overrides
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(len(rows) + 1))
    return {
        "override_start": starts[:-1].astype(np.int64),
        "override_end": starts[1:].astype(np.int64),
        "override_slot": slot[order],
        "override_value": value[order],
    }


def _opening(rows: Rows, prepared: Plan, keys: dict[Key, Ints]) -> dict[str, Ints]:
    if rows.opening is None:
        return {}
    row, slot, value = rows.opening
    of_slot = _slot_keys(prepared)
    key = np.array([keys[of_slot[s]][r] for r, s in zip(row.tolist(), slot.tolist(), strict=True)], np.int64)
    order = np.argsort(rows.unit[row], kind="stable")
    order = order[key[order] >= 0]
    units = rows.unit[row][order]
    count = int(rows.unit.max(initial=0)) + 1
    return {
        "opening_start": np.searchsorted(units, np.arange(count + 1)).astype(np.int64),
        "opening_slot": slot[order],
        "opening_key": key[order],
        "opening_value": value[order],
    }


def _cap(rows: Rows) -> int:
    claims = np.bincount(rows.unit) if len(rows) else np.zeros(1, np.int64)
    if rows.opening is not None:
        claims = claims + np.bincount(rows.unit[rows.opening[0]], minlength=len(claims))
    return int(claims.max(initial=1))
