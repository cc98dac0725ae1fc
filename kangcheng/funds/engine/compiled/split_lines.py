"""The split of a bill line by line: for price limits, rounding by line, and shares that round on each line."""

from __future__ import annotations

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.bill import waivers, write_waived, write_waiver_ends
from kangcheng.funds.engine.compiled.draft import NO_SHARE, Draft
from kangcheng.funds.engine.compiled.exact import Num
from kangcheng.funds.engine.compiled.split_cells import (
    lazy,
    write_first_pay,
    write_place_rate,
    write_waived_in_scope,
)
from kangcheng.funds.engine.compiled.values import money, share
from kangcheng.funds.engine.definition import IN_SCOPE, OUT_OF_SCOPE, Group, Split

HERE, NO_LIMIT, NO_OWN_SHARE = 1, 2, 4  # what the lines of a group have in common, in `has`


def rules(split: Split) -> list[Group]:
    """Rules of the groups, the last one for every group not named. Lines name them by number."""
    return [*split.groups.values(), *([split.otherwise] if split.otherwise else [])]


def targets(split: Split) -> list[str]:
    """Parts that lines can go to, in scope first; `into` names them by number."""
    into = [rule.into for rule in rules(split) if rule.into not in (IN_SCOPE, OUT_OF_SCOPE)]
    return list(dict.fromkeys([IN_SCOPE, *into]))


def work_size(split: Split) -> int:
    """How many numbers of working space one claim's split needs, beside two for each line."""
    return 3 * len(rules(split)) + len(targets(split))


def write_lines(draft: Draft) -> None:
    """All lines into the parts."""
    source, split = draft.source, draft.stack.split
    count = len(rules(split))
    source.put("first_line, end_line = line_start[i], line_end[i]")
    source.put(f"for z in range({work_size(split)}):")
    source.put("    work[z] = 0")
    if lazy(draft.stack):
        _look_ahead(draft, count)
    den = _shares(draft)
    draft.place_rate = NO_SHARE
    if split.place_first_pay:
        source.put("place_rate = 0")
        with source.when(_owing(draft)):
            write_place_rate(draft)
    _each(draft, den)
    if split.rounding.at == "group":
        _buckets(draft, den)
    for number in range(len(waivers(draft.stack))):
        write_waived_in_scope(draft, number)
    write_waiver_ends(draft)
    for number, part in enumerate(targets(split)):
        source.put(f"{draft.part(part)} += work[{3 * count + number}]")


def _look_ahead(draft: Draft, count: int) -> None:
    """Which groups the claim has, and whether their own limit or share will be asked for."""
    source = draft.source
    with source.block("for line in range(first_line, end_line)"):
        source.put(f"z = {2 * count} + line_rule[line]")
        source.put(f"work[z] |= {HERE}")
        source.put(f"work[z] |= {NO_LIMIT} if line_most[line] < 0 else 0")
        source.put(f"work[z] |= {NO_OWN_SHARE} if line_share[line] < 0 else 0")


def _owing(draft: Draft) -> str:
    """True when the claim has a line that can owe the place-of-care first payment."""
    if not lazy(draft.stack):
        return "True"
    count = len(rules(draft.stack.split))
    owing = [
        f"work[{2 * count + number}] != 0"
        for number, rule in enumerate(rules(draft.stack.split))
        if rule.place_first_pay and rule.into != OUT_OF_SCOPE
    ]
    return " or ".join(owing) or "False"


def _shares(draft: Draft) -> int:
    """Limits and shares of the groups for this claim, in the working space; the shares' common denominator."""
    source, all_rules = draft.source, rules(draft.stack.split)
    count = len(all_rules)
    spots: list[tuple[int, int, Num]] = []
    for number, rule in enumerate(all_rules):
        seen = f"work[{2 * count + number}]"
        source.put(f"work[{number}] = -1  # price limit")
        if rule.into == OUT_OF_SCOPE:
            continue
        if rule.price_limit is not None and draft.form.limits:
            with source.when(f"{seen} & {NO_LIMIT} != 0" if lazy(draft.stack) else "True"):
                source.put(f"work[{number}] = {money(draft, rule.price_limit)}")
        if rule.first_pay is not None:
            with source.when(f"{seen} & {NO_OWN_SHARE} != 0" if lazy(draft.stack) else "True"):
                num = share(draft, rule.first_pay)
                source.put(str(number))  # rewritten when the common denominator is known
                spots.append((len(source.lines) - 1, source.depth, num))
    same = exact.together([Num("0", draft.form.share_den, 0, 0), *(num for _, _, num in spots)], draft.place)
    for (line, depth, _), num in zip(spots, same[1:], strict=True):
        number = int(source.lines[line])
        source.lines[line] = "    " * depth + f"work[{count + number}] = {num.text}  # first pay"
    return same[0].den


def _each(draft: Draft, den: int) -> None:
    """Waivers and price limits off each line; with rounding by line its first pays too."""
    source, split = draft.source, draft.stack.split
    all_rules = rules(split)
    own = den // draft.form.share_den
    with source.block("for line in range(first_line, end_line)"):
        source.put("x, rule, mask = line_amount[line], line_rule[line], line_waivers[line]")
        for number in range(len(waivers(draft.stack))):
            with source.block(f"if (mask >> {number}) & 1 == 1"):
                write_waived(draft, number, "x")
        source.put("line_left[line - first_line] = x")
        source.put("line_ratio[line - first_line] = -1")
        target = source.table(_into(split), "rule")
        source.put(f"into = {target}")
        with source.block("if into < 0"):
            source.put("p_out_of_scope += x")
        with source.block("else"):
            if draft.form.limits:
                _limit(draft)
            source.put(f"ratio = line_share[line]{f' * {own}' if own > 1 else ''}")
            source.put(f"ratio = work[{len(all_rules)} + rule] if ratio < 0 else ratio")
            if split.rounding.at == "line":
                _pays(draft, den)
            else:
                source.put("line_left[line - first_line] = x")
                source.put("line_ratio[line - first_line] = ratio")


def _into(split: Split) -> list[int]:
    parts = targets(split)
    return [-1 if rule.into == OUT_OF_SCOPE else parts.index(rule.into) for rule in rules(split)]


def _limit(draft: Draft) -> None:
    """The line's own limit is already multiplied; the group's is compared first, so that no product overflows."""
    source = draft.source
    source.put("most = line_most[line]")
    with source.block("if most < 0 and work[rule] >= 0"):
        source.put("number = line_quantity[line]")
        source.put("most = work[rule] * number if work[rule] < (x + number - 1) // number else -1")
    with source.block("if most >= 0 and most < x"):
        source.put("p_over_limit += x - most")
        source.put("x = most")


def _buckets(draft: Draft, den: int) -> None:
    """Lines of one group with one share are summed, then pay together."""
    source = draft.source
    with (
        source.block("for line in range(first_line, end_line)"),
        source.block("if line_ratio[line - first_line] >= 0"),
    ):
        source.put("x, ratio, name = 0, line_ratio[line - first_line], line_name[line]")
        with (
            source.block("for other in range(line, end_line)"),
            source.block("if line_name[other] == name and line_ratio[other - first_line] == ratio"),
        ):
            source.put("x += line_left[other - first_line]")
            source.put("line_ratio[other - first_line] = -1")
        source.put("rule = line_rule[line]")
        source.put(f"into = {source.table(_into(draft.stack.split), 'rule')}")
        _pays(draft, den)


def _pays(draft: Draft, den: int) -> None:
    """First pays off `x` at `ratio`, the rest to its part."""
    source, split = draft.source, draft.stack.split
    flags = [int(rule.place_first_pay) for rule in rules(split)]
    place = draft.place_rate
    if place is not NO_SHARE and not all(flags):
        source.put(f"placed = place_rate * {source.table(flags, 'rule')}")
        place = Num("placed", place.den, 0, place.den)
    steps = [("p_item_first_pay", Num("ratio", den, 0, den)), ("p_place_first_pay", place)]
    if split.place_first_pay and split.place_first_pay.order == "before_items":
        steps.reverse()
    rest = Num("x", 1, 0, draft.bounds.amount)
    for part, ratio in steps:
        rest = write_first_pay(draft, part, ratio, rest)
    source.put(f"work[{3 * len(rules(split))} + into] += {rest.text}")
