"""Values as code. What the reference reads as an exact fraction is here a numerator over a known denominator."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.conditions import can_fail, holds, missing
from kangcheng.funds.engine.compiled.draft import MOST_FEN, Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.definition import Choice, Combine, Constant, Fact, Linear, Table, Value

NONE = -(2**62)  # in a table: no such row


def can_fault(value: Value | None) -> bool:
    """True when reading the value may give the claim up."""
    if value is None or isinstance(value, Constant):
        return False
    if isinstance(value, Table):
        return value.otherwise is None or any(map(can_fault, (*value.rows.values(), value.otherwise)))
    if isinstance(value, Choice):
        conditions = [condition for condition, _ in value.rows]
        ends = _plainly_true(conditions[-1])
        return not ends or any(map(can_fail, conditions)) or any(can_fault(row) for _, row in value.rows)
    return True


def number(draft: Draft, value: Value, coarsest: int = 1) -> Num:
    """Code for the exact number. `coarsest` is the roughest denominator, so that near rates make the same code."""
    if isinstance(value, Constant):
        return _constant(draft, value.number, exact.grid(value.number.denominator, coarsest))
    if isinstance(value, Fact):
        missing(draft, value.name)
        return Num(draft.fact(value.name), 1, 0, _most(draft, value.name))
    if isinstance(value, Table):
        return _table(draft, value, coarsest)
    if isinstance(value, Choice):
        return _choice(draft, value, coarsest)
    if isinstance(value, Linear):
        return _linear(draft, value, coarsest)
    return _combined(draft, value, coarsest)


def money(draft: Draft, value: Value) -> str:
    """Code for an amount in whole fen: rounded half up, never negative."""
    text, _ = exact.rounded(exact_money(draft, value), 1, "half_up", draft.place)
    return text


def exact_money(draft: Draft, value: Value) -> Num:
    """Code for an amount before rounding; the claim is given up when it is beyond all amounts."""
    num = named(draft, number(draft, value))
    if num.most > MOST_FEN * num.den:
        with draft.source.block(f"if {num.text} > {MOST_FEN * num.den}"):
            draft.source.fault("facts", "算得金额过大 (amount out of range)")
        num = Num(num.text, num.den, num.least, MOST_FEN * num.den)
    return exact.clamped(num, 0, None)


def share(draft: Draft, value: Value) -> Num:
    """Code for a ratio between 0 and 1."""
    num = number(draft, value, 10_000)
    return exact.clamped(num, 0, num.den)


def named(draft: Draft, num: Num, stem: str = "v") -> Num:
    """The number under a local name, unless it is one already."""
    if num.text.replace("_", "").isalnum():
        return num
    name = draft.source.name(stem)
    draft.source.put(f"{name} = {num.text}")
    return Num(name, num.den, num.least, num.most)


def _most(draft: Draft, name: str) -> int:
    return draft.bounds.amount if name in draft.money_facts else draft.bounds.number


def _constant(draft: Draft, value: Fraction, den: int) -> Num:
    top = exact.numerator(value, den)
    exact.fits(draft.place, top)
    return Num(draft.source.const(top), den, top, top)


def _plainly_true(condition: object) -> bool:
    from kangcheng.funds.engine.definition import ALWAYS

    return condition == ALWAYS


def _table(draft: Draft, table: Table, coarsest: int) -> Num:
    rows = [*table.rows.values(), *([table.otherwise] if table.otherwise is not None else [])]
    if all(isinstance(row, Constant) for row in rows):
        return _look_up(draft, table, coarsest)
    source, code = draft.source, draft.attribute(table.by)
    with_codes = [(draft.vocabulary.codes[table.by][text], row) for text, row in table.rows.items()]
    tests = [(f"{code} == {number_}", row) for number_, row in with_codes]
    return _branches(draft, [*tests, ("True", table.otherwise)], coarsest, table.by, source.name("v"))


def _look_up(draft: Draft, table: Table, coarsest: int) -> Num:
    """All rows constant: one row of constants, indexed by the attribute's code."""
    codes, size = draft.vocabulary.codes[table.by], draft.vocabulary.others[table.by] + 1
    plain: dict[str | None, Fraction] = {
        text: row.number for text, row in table.rows.items() if isinstance(row, Constant)
    }
    other = table.otherwise.number if isinstance(table.otherwise, Constant) else None
    numbers = [*plain.values(), *([other] if other is not None else [])]
    den = exact.grid(lcm(*(one.denominator for one in numbers)), coarsest)
    tops = [NONE if other is None else exact.numerator(other, den)] * size
    for text, one in plain.items():
        tops[codes[str(text)]] = exact.numerator(one, den)
    known = [top for top in tops if top != NONE]
    exact.fits(draft.place, *known)
    num = Num(draft.source.table(tops, draft.attribute(table.by)), den, min(known), max(known))
    if table.otherwise is not None:
        return num
    num = named(draft, num)
    with draft.source.block(f"if {num.text} == {NONE}"):
        draft.source.fault(table.by, f"{table.by} 缺少或表中没有这一行 (no row)")
    return num


def _choice(draft: Draft, choice: Choice, coarsest: int) -> Num:
    constant = all(isinstance(value, Constant) for _, value in choice.rows)
    plain = not any(can_fail(condition) for condition, _ in choice.rows)
    if constant and plain and _plainly_true(choice.rows[-1][0]):
        return _select(draft, choice, coarsest)
    rows: list[tuple[str, Value | None]] = [("", value) for _, value in choice.rows]
    name = draft.source.name("v")
    if plain:
        rows = [(holds(draft, condition), value) for condition, value in choice.rows]
        return _branches(draft, [*rows, ("True", None)], coarsest, "attributes", name)
    return _one_by_one(draft, choice, coarsest, name)


def _select(draft: Draft, choice: Choice, coarsest: int) -> Num:
    """Constants behind plain conditions: one expression."""
    numbers = [value.number for _, value in choice.rows if isinstance(value, Constant)]
    den = exact.grid(lcm(*(one.denominator for one in numbers)), coarsest)
    tops = [exact.numerator(one, den) for one in numbers]
    exact.fits(draft.place, *tops)
    text = ""
    for (condition, _), top in zip(choice.rows, tops, strict=True):
        test = holds(draft, condition)
        value = draft.source.const(top)
        text += value if test == "True" else f"{value} if {test} else "
        if test == "True":
            break
    return named(draft, Num(f"({text})", den, min(tops), max(tops)))


def _branches(
    draft: Draft, rows: list[tuple[str, Value | None]], coarsest: int, where: str, name: str
) -> Num:
    """The first row whose test is true. A row without value gives the claim up."""
    source = draft.source
    source.put(f"{name} = 0")
    spots, nums, head = [], [], "if"
    for test, value in rows:
        source.put("else:" if test == "True" else f"{head} {test}:")
        if test == "True" and head == "if":
            source.lines[-1] = "    " * source.depth + "if True:"
        head = "elif"
        source.depth += 1
        if value is None:
            source.fault(where, f"{where} 没有适用的行 (no row)")
        else:
            nums.append(number(draft, value, coarsest))
            source.put("")  # filled when the common denominator is known
            spots.append((len(source.lines) - 1, source.depth))
        source.depth -= 1
        if test == "True":
            break
    return _fill(draft, name, spots, nums)


def _one_by_one(draft: Draft, choice: Choice, coarsest: int, name: str) -> Num:
    """Conditions that take steps: each tried while none before held."""
    source = draft.source
    found = source.name("t")
    source.put(f"{name} = 0")
    source.put(f"{found} = False")
    spots, nums = [], []
    for condition, value in choice.rows:
        with source.block(f"if not {found}"):
            source.put(f"{found} = {holds(draft, condition)}")
            with source.block(f"if {found}"):
                nums.append(number(draft, value, coarsest))
                source.put("")
                spots.append((len(source.lines) - 1, source.depth))
    with source.block(f"if not {found}"):
        source.fault("attributes", "没有一行条件成立 (no row holds)")
    return _fill(draft, name, spots, nums)


def _fill(draft: Draft, name: str, spots: list[tuple[int, int]], nums: list[Num]) -> Num:
    """Write the kept-open assignments over the common denominator of all rows."""
    same = exact.together(nums, draft.place)
    for (line, depth), num in zip(spots, same, strict=True):
        draft.source.lines[line] = "    " * depth + f"{name} = {num.text}"
    return Num(name, same[0].den, min(n.least for n in same), max(n.most for n in same))


def _linear(draft: Draft, value: Linear, coarsest: int) -> Num:
    missing(draft, value.of)
    numbers = [one for one in (value.base, value.slope, value.least, value.most) if one is not None]
    den = exact.grid(lcm(*(one.denominator for one in numbers)), coarsest)
    fact = Num(draft.fact(value.of), 1, 0, _most(draft, value.of))
    num = exact.added(
        _constant(draft, value.base, den),
        exact.times(_constant(draft, value.slope, den), fact, draft.place),
        draft.place,
    )
    if value.least is not None:
        num = exact.picked("max", [num, _constant(draft, value.least, den)], draft.place)
    if value.most is not None:
        num = exact.picked("min", [num, _constant(draft, value.most, den)], draft.place)
    return named(draft, num)


def _combined(draft: Draft, value: Combine, coarsest: int) -> Num:
    nums = [
        named(draft, number(draft, item, 1 if value.how == "product" else coarsest)) for item in value.items
    ]
    if value.how in ("most", "least"):
        return named(draft, exact.picked("max" if value.how == "most" else "min", nums, draft.place))
    total = nums[0]
    for num in nums[1:]:
        join = exact.times if value.how == "product" else exact.added
        total = named(draft, join(total, num, draft.place))
    return total
