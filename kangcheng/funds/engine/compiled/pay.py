"""What the payer pays before limits, as code: a rate, brackets, a fixed sum, an amount by day."""

from __future__ import annotations

from math import lcm

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.draft import MOST_FEN, Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.rates import rate
from kangcheng.funds.engine.compiled.values import exact_money, named, number
from kangcheng.funds.engine.definition import Benefit, Brackets, PerDay, Value


def write_pay(
    draft: Draft, benefit: Benefit, paid: str, expense: str, deductible: str, rest: list[str]
) -> None:
    """Set `paid`, at most the expense. `rest` names what each part has left, where parts have rates of their own."""
    source = draft.source
    if benefit.fixed is not None or benefit.per_day is not None:
        source.put(f"{paid} = min({expense}, {lump(draft, benefit)})")
        return
    pieces: list[Piece] = []
    main = expense
    if rest:
        main = source.name("main")
        plain = [left for left, part in zip(rest, benefit.base, strict=True) if part.rate is None]
        source.put(f"{main} = {' + '.join(plain) or '0'}")
        for left, part in zip(rest, benefit.base, strict=True):
            if part.rate is not None:
                pieces.append(_piece(draft, benefit, left, part.rate))
    if benefit.rate is not None:
        pieces.append(_piece(draft, benefit, main, benefit.rate))
    if benefit.brackets is not None:
        pieces += _bracketed(draft, benefit, benefit.brackets, main, deductible)
    _total(draft, benefit, pieces, paid, expense)


class Piece:
    """One amount x rate: the local name of the exact numerator, or of the rounded sum when brackets are rounded."""

    def __init__(self, line: int, name: str, num: Num) -> None:
        self.line, self.name, self.num = line, name, num


def _piece(draft: Draft, benefit: Benefit, amount: str, value: Value) -> Piece:
    """Nothing is read of the rate while the amount is zero."""
    source = draft.source
    name = source.name("piece")
    source.put(f"{name} = 0")
    with source.block(f"if {amount} > 0"):
        return _product(draft, benefit, amount, rate(draft, benefit, value), name)


def _product(draft: Draft, benefit: Benefit, amount: str, ratio: Num, name: str) -> Piece:
    source, rounding = draft.source, benefit.rounding
    num = exact.times(Num(amount, 1, 0, draft.bounds.amount), ratio, draft.place)
    if rounding.at == "bracket":
        text, most = exact.rounded(named(draft, num), rounding.unit, rounding.mode, draft.place)
        num = Num(text, 1, 0, most)
    source.put(f"{name} = {num.text}")
    return Piece(len(source.lines) - 1, name, Num(name, num.den, 0, num.most))


def _bracketed(draft: Draft, benefit: Benefit, rule: Brackets, main: str, deductible: str) -> list[Piece]:
    start = deductible if rule.on == "gross" else "0"
    if rule.mode == "whole":
        return _whole(draft, benefit, rule, main, start)
    source = draft.source
    inside, end = source.name("inside"), source.name("end")
    ends = [None if step.to is None else source.const(step.to) for step in rule.steps]
    source.put(f"{end} = {main}" if start == "0" else f"{end} = {start} + {main}")
    pieces = []
    for at, step in enumerate(rule.steps):
        below = ends[at - 1] if at else None
        low = start if below is None else below if start == "0" else f"max({start}, {below})"
        high = end if ends[at] is None else f"min({end}, {ends[at]})"
        amount = f"{inside}_{at + 1}"
        source.put(f"{amount} = {high}{'' if low == '0' else f' - {low}'}")
        pieces.append(_piece(draft, benefit, amount, step.rate))
    return pieces


def _whole(draft: Draft, benefit: Benefit, rule: Brackets, main: str, start: str) -> list[Piece]:
    """The whole amount at the rate of the one bracket it falls in."""
    source = draft.source
    amount = source.name("whole")
    source.put(f"{amount} = {main}" if start == "0" else f"{amount} = {start} + {main}")
    sign = "<=" if rule.boundary == "lower" else "<"
    pieces, before = [], "True"
    for at, step in enumerate(rule.steps):
        part = f"{amount}_{at + 1}"
        test = "True" if step.to is None else f"{amount} {sign} {source.const(step.to)}"
        both = " and ".join(one for one in (before, test) if one != "True") or "True"
        source.put(f"{part} = {main}" if both == "True" else f"{part} = {main} if {both} else 0")
        if step.to is not None:
            before = f"{amount} {'>' if sign == '<=' else '>='} {test.rsplit(' ', 1)[1]}"
        pieces.append(_piece(draft, benefit, part, step.rate))
    return pieces


def _total(draft: Draft, benefit: Benefit, pieces: list[Piece], paid: str, expense: str) -> None:
    """The sum of the pieces, rounded once; never above the expense."""
    source, rounding = draft.source, benefit.rounding
    den = lcm(*(piece.num.den for piece in pieces))
    terms = [exact.scaled(piece.num, den, draft.place).text for piece in pieces]
    total = " + ".join(terms)
    if rounding.at == "bracket":
        source.put(f"{paid} = min({total}, {expense})")
        return
    # all pieces together are at most the expense at the full rate
    exact.fits(draft.place, draft.bounds.amount * den)
    num = named(draft, Num(total, den, 0, draft.bounds.amount * den), "exact")
    text, _ = exact.rounded(num, rounding.unit, rounding.mode, draft.place)
    source.put(f"{paid} = min({text}, {expense})" if rounding.unit > 1 else f"{paid} = {text}")


def lump(draft: Draft, benefit: Benefit) -> str:
    """Code for a fixed sum or an amount by day, rounded, whatever the bill."""
    num = exact_money(draft, benefit.fixed) if benefit.fixed is not None else _by_day(draft, benefit.per_day)
    rounding = benefit.rounding
    text, most = exact.rounded(named(draft, num), rounding.unit, rounding.mode, draft.place)
    if most <= MOST_FEN:
        return text
    sum_ = named(draft, Num(text, 1, 0, most), "lump")
    with draft.source.block(f"if {sum_.text} > {MOST_FEN}"):
        draft.source.fault("facts", "算得金额过大 (amount out of range)")
    return sum_.text


def _by_day(draft: Draft, rule: PerDay | None) -> Num:
    """Days after the waiting days, each with the amount of its step."""
    assert rule is not None
    source = draft.source
    count = number(draft, rule.days)
    days = source.name("days")
    source.put(f"{days} = max(0, {count.text}) // {count.den}")
    most, start, sums = max(0, count.most) // count.den, "1", []
    waiting = source.const(rule.waiting)
    for at, (to, value) in enumerate(rule.steps):
        spent = f"{days}_{at + 1}"
        end = None if to is None else source.const(to)
        last = days if end is None else f"min({days}, {end})"
        source.put(f"{spent} = {last} - max({start}, {waiting} + 1) + 1")
        name = source.name("daily")
        source.put(f"{name} = 0")
        with source.block(f"if {spent} > 0"):
            reach = most if to is None else min(most, to)
            num = exact.times(Num(spent, 1, 0, reach), exact_money(draft, value), draft.place)
            source.put(f"{name} = {num.text}")
        sums.append(Num(name, num.den, 0, max(0, num.most)))
        start = f"{end} + 1"
    total = sums[0]
    for num in sums[1:]:
        total = exact.added(total, num, draft.place)
    return total
