"""The split of a bill whose lines stand summed in cells: straight code, one cell after the other."""

from __future__ import annotations

from fractions import Fraction

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.bill import waivers, write_waived, write_waiver_ends
from kangcheng.funds.engine.compiled.conditions import can_fail, holds
from kangcheng.funds.engine.compiled.draft import NO_SHARE, Cell, Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.values import can_fault, named, share
from kangcheng.funds.engine.definition import (
    IN_SCOPE,
    ITEM_FIRST_PAY,
    OUT_OF_SCOPE,
    PLACE_FIRST_PAY,
    Group,
    Split,
    Stack,
)


def lazy(stack: Stack) -> bool:
    """True when reading a value of the split can give a claim up: it is read only where the claim has such lines."""
    split = stack.split
    groups = [*split.groups.values(), *([split.otherwise] if split.otherwise else [])]
    place = split.place_first_pay
    values = [value for group in groups for value in (group.first_pay, group.price_limit)]
    return any(map(can_fault, values)) or (
        place is not None and (can_fault(place.rate) or can_fail(place.when))
    )


def rule_of(split: Split, group: str) -> Group:
    """The rule of a group that is known not to be refused."""
    rule = split.groups.get(group, split.otherwise)
    assert rule is not None
    return rule


def write_cells(draft: Draft) -> None:
    """Waivers off every cell, then each cell into the parts."""
    source, cells = draft.source, draft.form.cells or ()
    for number, cell in enumerate(cells):
        source.put(f"x_{number} = cell_{number}[i]  # {_words(cell)}")
    _presence(draft, cells)
    for number in range(len(waivers(draft.stack))):
        for at, cell in enumerate(cells):
            if number in cell.waivers:
                write_waived(draft, number, f"x_{at}")
        write_waived_in_scope(draft, number)
    write_waiver_ends(draft)
    _place_rate(draft, cells)
    for group in dict.fromkeys(cell.group for cell in cells):
        _group(draft, group, [(at, cell) for at, cell in enumerate(cells) if cell.group == group])


def write_waived_in_scope(draft: Draft, number: int) -> None:
    """A waiver without lists takes from an in-scope amount too."""
    rule = waivers(draft.stack)[number].waive
    if draft.form.in_scope and rule and not rule.groups and not rule.items:
        write_waived(draft, number, "p_in_scope")


def _words(cell: Cell) -> str:
    own = "" if cell.share is None else f", own first pay {cell.share}"
    return f"{cell.group}{own}{', waived' if cell.waivers else ''}"


def _presence(draft: Draft, cells: tuple[Cell, ...]) -> None:
    """-1 stands for no such line, where that matters."""
    if not lazy(draft.stack):
        return
    for number in range(len(cells)):
        draft.source.put(f"has_{number} = x_{number} >= 0")
        draft.source.put(f"x_{number} = max(x_{number}, 0)")


def _any(draft: Draft, numbers: list[int]) -> str:
    """Code that is true when one of these cells is there."""
    return " or ".join(f"has_{number}" for number in numbers) if lazy(draft.stack) else "True"


def _place_rate(draft: Draft, cells: tuple[Cell, ...]) -> None:
    """The place-of-care first payment of this claim, read when a line can owe it."""
    split = draft.stack.split
    rule = split.place_first_pay
    owing = [
        number
        for number, cell in enumerate(cells)
        if rule_of(split, cell.group).place_first_pay and rule_of(split, cell.group).into != OUT_OF_SCOPE
    ]
    draft.place_rate = NO_SHARE
    if rule is None or not owing:
        return
    draft.source.put("place_rate = 0")
    with draft.source.when(_any(draft, owing)):
        write_place_rate(draft)


def write_place_rate(draft: Draft) -> None:
    """Set `place_rate` when the rule's condition holds."""
    rule = draft.stack.split.place_first_pay
    if rule is None:
        return
    with draft.source.when(holds(draft, rule.when)):
        num = share(draft, rule.rate)
        draft.source.put(f"place_rate = {num.text}")
    draft.place_rate = Num("place_rate", num.den, 0, num.den)


def _group(draft: Draft, group: str, cells: list[tuple[int, Cell]]) -> None:
    """All cells of one group: one bucket for each share."""
    rule = rule_of(draft.stack.split, group)
    if rule.into == OUT_OF_SCOPE:
        draft.source.put(f"p_out_of_scope += {' + '.join(f'x_{at}' for at, _ in cells)}")
        return
    plain = [at for at, cell in cells if cell.share is None]
    shares = _own_shares(cells)
    ratio, text = NO_SHARE, " + ".join(f"x_{at}" for at in plain)
    if plain and rule.first_pay is not None:
        ratio = _group_share(draft, rule, plain)
    if plain and shares:
        text = _merged(draft, ratio, text, shares)
    if plain:
        _bucket(draft, rule, Num(text, 1, 0, draft.bounds.amount), ratio)
    for own, numbers in shares.items():
        den = exact.grid(own.denominator, 10_000)
        top = exact.numerator(own, den)
        amount = " + ".join(f"x_{at}" for at in numbers)
        own_share = Num(draft.source.const(top), den, top, top) if own else NO_SHARE
        _bucket(draft, rule, Num(amount, 1, 0, draft.bounds.amount), own_share)


def _own_shares(cells: list[tuple[int, Cell]]) -> dict[Fraction, list[int]]:
    found: dict[Fraction, list[int]] = {}
    for at, cell in cells:
        if cell.share is not None:
            found.setdefault(cell.share, []).append(at)
    return found


def _group_share(draft: Draft, rule: Group, cells: list[int]) -> Num:
    assert rule.first_pay is not None
    if not lazy(draft.stack):
        return named(draft, share(draft, rule.first_pay), "share")
    name = draft.source.name("share")
    draft.source.put(f"{name} = 0")
    with draft.source.when(_any(draft, cells)):
        num = share(draft, rule.first_pay)
        draft.source.put(f"{name} = {num.text}")
    return Num(name, num.den, 0, num.den)


def _merged(draft: Draft, ratio: Num, text: str, shares: dict[Fraction, list[int]]) -> str:
    """Lines with the same share as their group's are rounded together with it, whatever the group's is today."""
    source = draft.source
    name = source.name("sum")
    source.put(f"{name} = {text}")
    for own, numbers in shares.items():
        den = exact.grid(own.denominator, 10_000)
        left, right = exact.together(
            [ratio, Num(source.const(exact.numerator(own, den)), den, 0, den)], draft.place
        )
        with source.block(f"if {left.text} == {right.text}"):
            for at in numbers:
                source.put(f"{name} += x_{at}")
                source.put(f"x_{at} = 0")
    return name


def _bucket(draft: Draft, rule: Group, amount: Num, own: Num) -> None:
    """First pays off the amount, the rest into the group's part."""
    place = draft.place_rate if rule.place_first_pay else NO_SHARE
    split = draft.stack.split
    steps = [(ITEM_FIRST_PAY, own), (PLACE_FIRST_PAY, place)]
    if split.place_first_pay and split.place_first_pay.order == "before_items":
        steps.reverse()
    rest = amount
    for part, ratio in steps:
        rest = write_first_pay(draft, draft.part(part), ratio, rest)
    draft.source.put(f"{draft.part(rule.into)} += {rest.text}")


def write_first_pay(draft: Draft, part: str, ratio: Num, amount: Num) -> Num:
    """Share x amount, rounded, never more than the amount; what is left of the amount."""
    if ratio is NO_SHARE:
        return amount
    source, rounding = draft.source, draft.stack.split.rounding
    whole = named(draft, amount, "rest")
    text, _ = exact.rounded(exact.times(whole, ratio, draft.place), rounding.unit, rounding.mode, draft.place)
    source.put(f"off = min({whole.text}, {text})" if rounding.unit > 1 else f"off = {text}")
    source.put(f"{part} += off")
    left = source.name("rest")
    source.put(f"{left} = {whole.text} - off")
    return Num(left, 1, 0, amount.most)


def write_basis(draft: Draft) -> None:
    """What entered in scope and the streams, before any layer."""
    parts = [IN_SCOPE, *draft.plan.parts[8:]]
    draft.source.put(f"in_scope_basis = {' + '.join(draft.part(part) for part in parts)}")
