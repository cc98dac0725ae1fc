"""Draws the parts of a stack as the mappings that packs hold: every key of the schema, in every legal company.

`draw` is hypothesis' own, which can shrink what it drew, or a plain Random, which is many times quicker.
"""

from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.property.words import (
    BALANCES,
    CATEGORIES,
    CLASSIFIED,
    COUNT_FACTS,
    DISEASES,
    GROUPS,
    LANDMARKS,
    LEVELS,
    MONEY_FACTS,
    PLACES,
    STREAMS,
)

Draw = Any
Body = dict[str, Any]


def number(draw: Draw, low: int, high: int) -> int:
    """A whole number, both ends inside."""
    return draw.randint(low, high) if isinstance(draw, Random) else draw(st.integers(low, high))


def pick(draw: Draw, words: Any) -> Any:
    """One of a few."""
    words = tuple(words)
    return draw.choice(words) if isinstance(draw, Random) else draw(st.sampled_from(words))


def some(draw: Draw, words: Any, least: int = 1, most: int = 3) -> list[Any]:
    """A few of many, without repetition, in any order."""
    words = tuple(words)
    if isinstance(draw, Random):
        return draw.sample(words, draw.randint(least, min(most, len(words))))
    return draw(st.lists(st.sampled_from(words), unique=True, min_size=least, max_size=most))


def shuffled(draw: Draw, words: list[Any]) -> list[Any]:
    """All of them in any order."""
    return some(draw, words, len(words), len(words))


def ascending(draw: Draw, top: int, least: int, most: int) -> list[int]:
    """A few numbers from 1 to `top`, landmarks among them."""
    fit = [one for one in LANDMARKS if one <= top] or [top]
    return sorted(
        {pick(draw, (number(draw, 1, top), pick(draw, fit))) for _ in range(number(draw, least, most))}
    )


def chance(draw: Draw, of: int = 3) -> bool:
    """True once in `of` times."""
    return number(draw, 1, of) == of


def yuan(draw: Draw, most: int = 4_000) -> str:
    """Round yuan, fen, zero, or now and then the greatest amount there is."""
    fen = pick(
        draw,
        (number(draw, 0, most) * 100, number(draw, 0, most * 100), pick(draw, LANDMARKS) * 100, most * 10, 0),
    )
    if chance(draw, 60):
        fen = 10**14
    return f"{fen // 100}.{fen % 100:02d}"


def rate(draw: Draw) -> str:
    """A plain rate: whole per cents, boundaries, odd fractions."""
    return pick(draw, (f"{number(draw, 0, 100)}%", "1/3", "2/7", "0.125", "33.33%", "0", "1", "千分之三"))


def condition(draw: Draw, depth: int = 1) -> Body:
    """One or two tests, sometimes alternatives and exceptions."""
    makers = {
        "level": lambda: some(draw, LEVELS, 1, 2),
        "place": lambda: pick(draw, PLACES),
        "disease": lambda: some(draw, DISEASES, 1, 2),
        "categories": lambda: some(draw, CATEGORIES, 1, 2),
        "all_categories": lambda: some(draw, CATEGORIES, 1, 2),
        "age": lambda: span(draw, 90),
        "facts": lambda: {pick(draw, COUNT_FACTS): span(draw, 12)},
        "money": lambda: {pick(draw, MONEY_FACTS): span(draw, 9_000)},
    }
    if depth:
        makers |= {
            "any": lambda: [condition(draw, depth - 1) for _ in range(number(draw, 1, 2))],
            "not": lambda: [condition(draw, depth - 1) for _ in range(number(draw, 1, 2))],
        }
    return {name: makers[name]() for name in some(draw, sorted(makers), 1, 2)}


def span(draw: Draw, most: int) -> Body:
    """From, below, or both."""
    low = number(draw, 0, most)
    ends = {"from": str(low), "below": str(low + number(draw, 1, most))}
    return pick(draw, (ends, {"from": ends["from"]}, {"below": ends["below"]}))


def money(draw: Draw, most: int = 4_000, depth: int = 1) -> Any:
    """An amount in any form of value."""
    return value(draw, lambda: yuan(draw, most), lambda: rate(draw), "money", depth)


def share(draw: Draw, depth: int = 1) -> Any:
    """A rate in any form of value."""
    return value(draw, lambda: rate(draw), lambda: rate(draw), "rate", depth)


def value(draw: Draw, plain: Any, factor: Any, kind: str, depth: int) -> Any:
    """A constant twice as often as any other form."""
    form = pick(draw, ("plain", "plain", "plain", "value", "by", "choose", "fact", "linear", "join"))
    if form == "value":
        return {"value": plain(), "clause": "d#1"}
    if form == "by":
        return table(draw, plain, factor, kind, depth)
    if form == "choose":
        rows = [{"when": condition(draw), "value": inner(draw, plain, factor, kind, depth)}]
        rows += [{"when": condition(draw, 0), "value": plain()}] if chance(draw) else []
        return {"choose": [*rows, *([] if chance(draw, 12) else [{"value": plain()}])]}
    if form == "fact" and kind == "money":
        return {"fact": pick(draw, MONEY_FACTS)}
    if form == "linear":
        return linear(draw, kind)
    if form == "join" and depth:
        return join(draw, plain, factor, kind, depth)
    return plain()


def inner(draw: Draw, plain: Any, factor: Any, kind: str, depth: int) -> Any:
    """A value inside a value."""
    return value(draw, plain, factor, kind, depth - 1) if depth else plain()


def table(draw: Draw, plain: Any, factor: Any, kind: str, depth: int) -> Body:
    """Rows by an attribute; sometimes without a row for the rest."""
    by = pick(draw, ("level", "place", "disease"))
    words = {"level": LEVELS, "place": PLACES, "disease": DISEASES}[by]
    rows = {text: inner(draw, plain, factor, kind, depth) for text in some(draw, words, 1, 3)}
    return {"by": by, "rows": rows, **({} if chance(draw, 12) else {"otherwise": plain()})}


def linear(draw: Draw, kind: str) -> Body:
    """A number that grows or shrinks with a fact."""
    if kind == "money":
        body: Body = {
            "linear": pick(draw, COUNT_FACTS),
            "base": yuan(draw, 900),
            "slope": pick(draw, ("", "", "-")) + yuan(draw, 90),
        }
        ends = {"least": yuan(draw, 300), "most": yuan(draw, 3_000)}
    else:
        slope = f"{number(draw, -20, 20)}/1000"
        body = {"linear": pick(draw, ("age", *COUNT_FACTS)), "base": rate(draw), "slope": slope}
        ends = {"least": "10%", "most": "95%"}
    return body | {key: ends[key] for key in some(draw, ends, 0, 2)}


def join(draw: Draw, plain: Any, factor: Any, kind: str, depth: int) -> Body:
    """Sum, product, best or least of several."""
    how = pick(draw, ("sum", "product", "most", "least"))
    count = number(draw, 2, 3)
    if how != "product":
        return {how: [inner(draw, plain, factor, kind, depth) for _ in range(count)]}
    factors = [pick(draw, (factor(), "1/30", "98", {"fact": "days"})) for _ in range(count - 1)]
    first = inner(draw, plain, factor, kind, depth) if kind == "money" else factor()
    return {"product": [first, *factors]}


def rounding(draw: Draw, places: tuple[str, ...]) -> Body:
    """Unit, mode, place."""
    whole = {
        "unit": pick(draw, ("fen", "fen", "jiao", "yuan")),
        "mode": pick(draw, ("half_up", "down", "up", "half_even")),
        "at": pick(draw, places),
    }
    return {key: whole[key] for key in some(draw, whole, 1, 3)}


def split(draw: Draw) -> Body:
    """Groups with first pays, limits, streams and exits."""
    limits = chance(draw)
    body: Body = {"groups": {group: _group(draw, limits) for group in some(draw, GROUPS, 2, 4)}}
    if chance(draw):
        body["otherwise"] = "refuse" if chance(draw, 4) else _group(draw, limits)
    if chance(draw, 2):
        body["place_first_pay"] = {"rate": share(draw)}
        if chance(draw, 2):
            body["place_first_pay"] |= {"order": pick(draw, ("after_items", "before_items"))}
        if chance(draw, 2):
            body["place_first_pay"] |= {"when": condition(draw)}
    if chance(draw, 2):
        body["rounding"] = rounding(draw, ("line", "group"))
    return body


def _group(draw: Draw, limits: bool) -> Body:
    body: Body = {}
    if chance(draw, 2):
        body["first_pay"] = share(draw)
    if limits and chance(draw, 2):
        body["price_limit"] = money(draw, 40)
    if chance(draw, 2):
        body["into"] = pick(draw, ("in_scope", "out_of_scope", *STREAMS, *STREAMS))
    if chance(draw, 4):
        body["place_first_pay"] = "no"
    return body


def base(draw: Draw, known: list[str], *, own: bool = False) -> Any:
    """Parts with weights; with `own` also rates of their own and parts that skip the deductible."""
    body: Body = {}
    first = [] if chance(draw, 6) else ["in_scope"]
    parts = [*first, *some(draw, [*CLASSIFIED, *known], 1 - len(first), 5)]
    for part in shuffled(draw, parts):
        weight = pick(draw, ("1", "1", "1", "50%", "1/3"))
        body[part] = weight
        if own and chance(draw):
            body[part] = {"weight": weight, "deductible": pick(draw, ("yes", "no"))}
            if chance(draw, 2):
                body[part] |= {"rate": share(draw)}
    return body


def accumulate(draw: Draw, place: str, households: bool) -> Body:
    """How a layer remembers, with names of its own or shared ones."""
    body: Body = {}
    if chance(draw):
        body["year_starts"] = pick(draw, ("01-01", "07-01", "04-15"))
    if chance(draw):
        body["decided_by"] = pick(draw, ("discharged", "admitted", "settled"))
    if chance(draw, 5):
        body["by"] = some(draw, ("disease", "level"), 1, 2)
    if households and chance(draw, 2):
        body["owner"] = "household"
    if not body and chance(draw):  # shared names need the same way to remember: the plain one
        body["names"] = {
            what: f"shared.{what}"
            for what in some(draw, ("base", "paid", "deductible", "count", "over", "expense"))
        }
    return body


def balances(draw: Draw, owner: str) -> list[str]:
    """Balances of an account, each with one owner."""
    return some(draw, BALANCES[owner], 1, 2)
