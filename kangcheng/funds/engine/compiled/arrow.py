"""Arrow tables as batches: a row for each claim, columns named as in claims files, amounts as whole fen or exact yuan.

Integer columns of money are fen, decimal columns are yuan; floats and texts are refused. Item lines come as a second
table (claim, group, amount, quantity, code, price_limit, first_pay_num, first_pay_den). Further text columns are
attributes. Null is "not given".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kangcheng.funds.engine.compiled.arrow_checks import Checks, fen, whole
from kangcheng.funds.engine.compiled.arrow_lines import lines_of
from kangcheng.funds.engine.compiled.claims import named_attributes
from kangcheng.funds.engine.compiled.columns import Batch, assemble, slot_numbers
from kangcheng.funds.engine.compiled.memory import by_household
from kangcheng.funds.engine.compiled.pools import pools_of
from kangcheng.funds.engine.compiled.rows import Ints, Rows, Texts
from kangcheng.funds.engine.compiled.units import units_of
from kangcheng.funds.engine.compiled.vocabulary import BITS, vocabulary
from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.reference.plan import Plan, plan
from kangcheng.kernel.errors import Fault, Faults, KangchengError

PLAIN = (
    "id",
    "person",
    "household",
    "on",
    "sequence",
    "admitted_on",
    "discharged_on",
    "in_scope",
    "total",
    "age",
)
DOTTED = ("group", "paid", "account", "accumulator", "fact", "money", "attribute")


def from_arrow(table: Any, stack: Stack, lines: Any = None, *, by_line: bool = False) -> Batch:
    """Claims of an Arrow table, in any order, as a batch. Raises Faults for columns that cannot be read."""
    _known_columns(table)
    prepared = plan(stack)
    unit, places = _order(table, by_household(stack))
    if not np.array_equal(places, np.arange(len(places))):
        table, unit = table.take(pa.array(places)), unit[places]
    rows = _rows(table, prepared, unit, places, lines)
    return assemble(rows, stack, by_line=by_line)


def grouped(batches: Iterable[Any], stack: Stack, *, least: int = 200_000) -> Iterator[Batch]:
    """A stream of record batches, ascending by person, as batches that end where a person ends.

    Raises KangchengError when persons do not ascend (somebody would be settled in two halves), for stacks whose unit
    is the household, and for stacks that draw on a pool, which is one for all.
    """
    if by_household(stack) or pools_of(stack):
        what = "按家庭累计或使用资金池的叠层须一次结算 (household or pool: settle in one batch)"
        raise KangchengError(what, where=stack.id, todo="用 from_arrow 读入整张表")
    held, last = [], ""
    for batch in batches:
        held.append(pa.Table.from_batches([batch]))
        last = _ascending(held[-1], last)
        if sum(map(len, held)) >= least:
            whole_ = pa.concat_tables(held)
            end = _last_person(whole_)
            held = [whole_.slice(end)]
            if end:
                yield from_arrow(whole_.slice(0, end), stack)
    if held and sum(map(len, held)):
        yield from_arrow(pa.concat_tables(held), stack)


def _ascending(table: Any, last: str) -> str:
    persons = pa.concat_arrays([pa.array([last], pa.string()), *table["person"].cast(pa.string()).chunks])
    before, after = persons[:-1], persons[1:]
    if len(after) and not pc.all(pc.less_equal(before, after)).as_py():
        at = pc.index(pc.less_equal(before, after), False).as_py()
        raise KangchengError(
            f"人员 {after[at]} 排在 {before[at]} 之后 (persons do not ascend)",
            where=f"row {at} of its record batch",
            rule="同一人的单据须连续，批次之间不得断开",
            todo="按 person 升序排列",
        )
    return str(persons[-1].as_py())


def _last_person(table: Any) -> int:
    """Where the last person's rows begin."""
    persons = table["person"].cast(pa.string())
    return int(pc.index(persons, persons[-1]).as_py())


def _known_columns(table: Any) -> None:
    faults = []
    for name in ("id", "person", "on"):
        if name not in table.column_names:
            faults.append(Fault(name, "缺少此列 (column missing)", "每行一笔单据"))
    for field in table.schema:
        head, dot, _ = field.name.partition(".")
        text = pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        text = text or pa.types.is_dictionary(field.type) or pa.types.is_null(field.type)
        if not (field.name in (*PLAIN, "categories") or (dot and head in DOTTED) or text):
            what = f"未知的列，类型 {field.type} (unknown column)"
            faults.append(Fault(field.name, what, "文本列是属性；其余列名须已知"))
    if faults:
        raise Faults(faults, what="读不出单据 (cannot read claims)")


def _order(table: Any, households: bool) -> tuple[Ints, Ints]:
    """Unit of each row as given, and the order: unit after unit, within it by day, sequence, id."""
    if households:
        names = _strings(table, "household")
        unit = np.array(units_of(table["person"].to_pylist(), [name or "" for name in names]), np.int64)
    else:
        unit = _texts(table["person"]).codes.astype(np.int64)
    on, sequence = _days(table, "on"), _sequence(table)
    order = np.lexsort((sequence, on, unit))
    same = np.ones(max(0, len(order) - 1), bool)
    for key in (unit, on, sequence):
        same &= key[order][1:] == key[order][:-1]
    if same.any():  # only then does the id decide
        rank = np.argsort(np.argsort(np.array(table["id"].to_pylist(), dtype=object), kind="stable"))
        order = np.lexsort((rank, sequence, on, unit))
    return unit, order.astype(np.int64)


def _rows(table: Any, prepared: Plan, unit: Ints, places: Ints, lines: Any) -> Rows:
    checks = Checks(len(table))
    words = vocabulary(prepared.stack)
    named = {name: fen(table[name], name, checks) for name in table.column_names if _is_money(name)}
    sums = {name.partition(".")[2]: named[name] for name in named if name.startswith("group.")}
    if sums and lines is not None:
        raise Faults(
            [Fault(f"group.{next(iter(sums))}", "group 列与明细表不能并用 (sums and lines)", "两者只用其一")]
        )
    found = lines_of(lines, table, prepared.stack, checks) if lines is not None else None
    in_scope, total = named.get("in_scope"), named.get("total")
    whole_bill, rest = checks.bill(prepared.stack, sums, found, in_scope, total)
    discharged = _days(table, "discharged_on", _days(table, "on"))
    rows = Rows(
        ids=table["id"].combine_chunks().cast(pa.string()),
        places=places,
        unit=np.unique(unit, return_inverse=True)[1].reshape(-1),
        person=_texts(table["person"]).codes.astype(np.int64),
        household=_household(table),
        on=_days(table, "on"),
        admitted=_days(table, "admitted_on", discharged),
        discharged=discharged,
        sequence=_sequence(table),
        total=whole_bill,
        in_scope=None if in_scope is None else np.maximum(in_scope, 0),
        rest=rest if rest.any() else None,
        lines=found,
        sums=sums,
        attributes=_attributes(table, [*words.codes, *named_attributes(prepared)]),
        categories=_categories(table, words.categories, words.words),
        facts=_facts(table, words.facts, named, checks),
        given=checks.known("paid", named, prepared.payers),
    )
    rows.overrides = _overrides(table, prepared, named, checks)
    checks.close(rows, prepared.stack)
    return rows


def _is_money(name: str) -> bool:
    return name in ("in_scope", "total") or name.partition(".")[0] in ("group", "paid", "account", "money")


def _strings(table: Any, name: str) -> list[str | None]:
    return table[name].to_pylist() if name in table.column_names else [None] * len(table)


def _texts(column: Any) -> Texts:
    """Codes and words; empty text is none."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    words = [word or "" for word in column.dictionary.to_pylist()]
    indices = column.indices
    if indices.null_count or pa.types.is_unsigned_integer(indices.type):
        indices = indices.cast(pa.int32()).fill_null(-1)
    codes = indices.to_numpy(zero_copy_only=False)
    if "" in words:
        codes = np.where(codes == words.index(""), -1, codes)
    return Texts(codes, words)


def _household(table: Any) -> Ints:
    if "household" not in table.column_names:
        return np.full(len(table), -1, np.int64)
    return _texts(table["household"]).codes.astype(np.int64)


def _days(table: Any, name: str, otherwise: Ints | None = None) -> Ints:
    """Days since 1970-01-01; another column's where this one is empty."""
    if name not in table.column_names:
        assert otherwise is not None
        return otherwise
    column = table[name].combine_chunks().cast(pa.date32()).cast(pa.int32())
    if otherwise is None:
        if column.null_count:
            raise Faults([Fault(name, "有空的日期 (date missing)", "每笔单据有结算日")])
        return column.to_numpy(zero_copy_only=False).astype(np.int64)
    given = column.fill_null(-(2**31)).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(given == -(2**31), otherwise, given)


def _sequence(table: Any) -> Ints:
    if "sequence" not in table.column_names:
        return np.zeros(len(table), np.int64)
    return table["sequence"].cast(pa.int64()).fill_null(0).to_numpy().astype(np.int64)


def _attributes(table: Any, names: Iterable[str]) -> dict[str, Texts]:
    found = {}
    for name in dict.fromkeys(names):
        for column in (name, f"attribute.{name}"):
            if column in table.column_names:
                found[name] = _texts(table[column])
    return found


def _categories(table: Any, bits: dict[str, int], words: int) -> list[Ints]:
    masks = [np.zeros(len(table), np.int64) for _ in range(words)]
    if "categories" in table.column_names and words:
        column = table["categories"].combine_chunks()
        row = pc.list_parent_indices(column).to_numpy(zero_copy_only=False)
        texts = _texts(column.flatten())
        for word in range(words):
            here = [1 << bits[t] % BITS if t in bits and bits[t] // BITS == word else 0 for t in texts.words]
            np.bitwise_or.at(masks[word], row, np.array([*here, 0], np.int64)[texts.codes])
    return masks


def _facts(table: Any, names: tuple[str, ...], money: dict[str, Ints], checks: Checks) -> dict[str, Ints]:
    found = {}
    for name in names:
        if f"money.{name}" in money:
            found[name] = money[f"money.{name}"]
        for column in (f"fact.{name}", *(["age"] if name == "age" else [])):
            if column in table.column_names:
                found[name] = whole(table[column], column, checks)
    return found


def _overrides(
    table: Any, prepared: Plan, money: dict[str, Ints], checks: Checks
) -> tuple[Ints, Ints, Ints] | None:
    """Balances and remembered numbers that rows bring."""
    numbers, parts = slot_numbers(prepared), list[tuple[Ints, Ints, Ints]]()
    wanted = [
        (int(numbers[f"balance.{name}"]), values)
        for name, values in checks.known("account", money, prepared.balances).items()
    ]
    for column in table.column_names:
        label = column.removeprefix("accumulator.")
        if label != column:
            name, _, period = label.partition("@")
            slots = [slot for slot in prepared.named(name) if period in ("", slot.period)]
            values = whole(table[column], column, checks)
            if not slots:
                checks.bad(values >= 0, column, "叠层中没有此累计 (unknown accumulator)")
            wanted += [(numbers[slot.label], values) for slot in slots]
    for slot, values in wanted:
        row = np.nonzero(values >= 0)[0]
        parts.append((row, np.full(len(row), slot, np.int64), values[row]))
    if not sum(len(row) for row, _, _ in parts):
        return None
    row_, slot_, value_ = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    return row_, slot_, value_
