"""Sequences of claims of a few people, drawn for a stack: around ends of periods, with things missing now and then."""

from datetime import date, timedelta
from typing import Any

from kangcheng.funds.engine.definition import Stack
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.engine.reference.plan import plan
from kangcheng.funds.engine.slots import is_count
from tests.property.definitions import Draw, chance, number, pick, some
from tests.property.words import (
    CATEGORIES,
    COUNT_FACTS,
    DISEASES,
    GROUPS,
    ITEMS,
    LANDMARKS,
    LEVELS,
    MONEY_FACTS,
    PLACES,
)

DAYS = (
    *(date(2023, 12, 31), date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 14), date(2024, 4, 15)),
    *(date(2024, 6, 30), date(2024, 7, 1), date(2024, 7, 1), date(2025, 1, 1)),
)
SHARES = ((1, 10), (1, 3), (0, 1), (1, 5), (1, 2))


def sequence(draw: Draw, stack: Stack, count: int) -> list[Claim]:
    """Claims of one to three people, in any order; in some batches lines have no limits and shares of their own."""
    plain = chance(draw, 2)
    return [_claim(draw, stack, place, plain) for place in range(count)]


def fen(draw: Draw, most: int = 600_000) -> int:
    """Whole yuan, fen, nothing."""
    exact, whole = number(draw, 0, most), number(draw, 0, most // 100) * 100
    return pick(draw, (exact, exact, whole, pick(draw, LANDMARKS) * 100, most // 3, 0))


def _claim(draw: Draw, stack: Stack, place: int, plain: bool) -> Claim:
    on = pick(draw, DAYS)
    admitted = on - timedelta(number(draw, 0, 40)) if chance(draw, 2) else None
    discharged = on - timedelta(number(draw, 0, 3)) if chance(draw) else None
    prepared = plan(stack)
    bill = _bill(draw, stack, plain)
    return Claim(
        id=f"c{place}",
        person=pick(draw, ("ann", "ann", "bob", "cai")),
        household=pick(draw, ("north", "north", "south", "")) if chance(draw, 2) else "north",
        on=on,
        sequence=number(draw, 0, 1),
        admitted_on=min(admitted, discharged or on) if admitted else None,
        discharged_on=discharged,
        attributes=_attributes(draw),
        categories=frozenset(some(draw, CATEGORIES, 0, 3)),
        facts=_facts(draw),
        paid={payer: fen(draw, 90_000) for payer in some(draw, prepared.payers, 1, 2)}
        if prepared.payers and chance(draw, 8)
        else {},
        accounts={name: fen(draw, 90_000) for name in prepared.balances} if chance(draw, 2) else {},
        accumulators=_accumulators(draw, prepared),
        **bill,
    )


def _bill(draw: Draw, stack: Stack, plain: bool) -> dict[str, Any]:
    form = pick(draw, ("lines", "lines", "lines", "groups", "groups", "in_scope", "nothing"))
    if form == "lines":
        named = (
            stack.split.groups
            if stack.split.otherwise is None and not chance(draw, 20)
            else (*GROUPS, "other")
        )
        return {"lines": tuple(_line(draw, tuple(named), plain) for _ in range(pick(draw, (1, 2, 3, 4, 5))))}
    found: dict[str, Any] = {}
    if form == "groups":
        rules = {group: stack.split.groups.get(group, stack.split.otherwise) for group in GROUPS}
        fit = [group for group, rule in rules.items() if rule and rule.price_limit is None]
        groups = some(draw, fit if fit and not chance(draw, 20) else GROUPS, 1, 3)
        found["groups"] = {group: fen(draw) for group in groups}
        listed = sum(found["groups"].values())
    elif form == "in_scope":
        listed = found["in_scope"] = fen(draw)
    else:
        return {}
    return found | ({"total": listed + fen(draw, 90_000)} if chance(draw) else {})


def _line(draw: Draw, groups: tuple[str, ...], plain: bool) -> Line:
    return Line(
        group=pick(draw, groups),
        amount=fen(draw, 200_000),
        quantity=number(draw, 1, 9),
        code=pick(draw, ("", *ITEMS)),
        price_limit=fen(draw, 30_000) if not plain and chance(draw, 4) else None,
        first_pay=pick(draw, SHARES) if chance(draw, 12 if plain else 4) else None,
    )


def _attributes(draw: Draw) -> dict[str, str]:
    words = {
        "level": (*LEVELS, "unheard"),
        "place": PLACES,
        "disease": DISEASES,
        "episode": ("e1", "e2"),
        "course": ("k1",),
    }
    return {name: pick(draw, texts) for name, texts in words.items() if not chance(draw, 25)}


def _facts(draw: Draw) -> dict[str, int]:
    found = {"age": number(draw, 0, 95) if not chance(draw, 40) else None}
    found |= {name: number(draw, 0, 25) if not chance(draw, 40) else None for name in COUNT_FACTS}
    found |= {name: fen(draw, 900_000) if not chance(draw, 40) else None for name in MONEY_FACTS}
    found["nth"] = number(draw, 1, 4) if chance(draw, 6) else None
    return {name: number for name, number in found.items() if number is not None}


def _accumulators(draw: Draw, prepared: Any) -> dict[str, int]:
    if not chance(draw, 6) or not prepared.slots:
        return {}
    labels = [*(slot.label for slot in prepared.slots), *(slot.name for slot in prepared.slots)]
    return {
        label: number(draw, 0, 3) if is_count(label.partition("@")[0]) else fen(draw, 90_000)
        for label in some(draw, dict.fromkeys(labels), 1, 3)
    }
