"""Layers, entitlements and whole stacks, drawn."""

from typing import Any

from tests.property.definitions import (
    Body,
    Draw,
    accumulate,
    ascending,
    balances,
    base,
    chance,
    condition,
    money,
    number,
    pick,
    rate,
    rounding,
    share,
    some,
    split,
    yuan,
)
from tests.property.words import CLASSIFIED, GROUPS, ITEMS, PAYERS, PERIODS, SOURCES


def stack(draw: Draw) -> Body:
    """A stack of one to six positions."""
    parts = split(draw)
    known = list(dict.fromkeys(group.get("into", "in_scope") for group in _groups(parts)))
    known = [part for part in known if part not in ("in_scope", "out_of_scope")]
    households = chance(draw, 4)
    order: list[Body] = []
    paying: list[str] = []
    pools = chance(draw, 4)
    for place in range(pick(draw, (1, 2, 3, 4, 5, 6))):
        order.append(_position(draw, f"p{place}", known, paying, households, pools))
    body: Body = {"kind": "stack", "id": "drawn", "split": parts, "order": order}
    if chance(draw, 25):
        body["when"] = condition(draw)
    if chance(draw):
        body["total_rounding"] = {"unit": pick(draw, ("jiao", "yuan"))}
        if chance(draw, 2):
            body["total_rounding"]["borne_by"] = pick(draw, ("institution", *PAYERS))
    return body


def _groups(parts: Body) -> list[Body]:
    other = parts.get("otherwise")
    return [*parts["groups"].values(), *([other] if isinstance(other, dict) else [])]


def _position(
    draw: Draw, place: str, known: list[str], paying: list[str], households: bool, pools: bool
) -> Body:
    kind = pick(draw, ("benefit", "benefit", "benefit", "benefit", "entitlement", "entitlement", "account"))
    if kind == "account":
        owner = "household" if households and chance(draw, 2) else "person"
        account: Body = {"balances": balances(draw, owner), "base": base(draw, known), "owner": owner}
        return {"id": place, "account": account | ({"when": condition(draw)} if chance(draw) else {})}
    if kind == "entitlement":
        return {"id": place, "entitlement": entitlement(draw, place, known, households)}
    return {"id": place, "benefit": benefit(draw, place, known, paying, households, pools)}


def benefit(
    draw: Draw, place: str, known: list[str], paying: list[str], households: bool = False, pools: bool = False
) -> Body:
    """A layer on the bill, per claim or cumulative, or an allowance in cash."""
    mode = pick(draw, ("per_claim", "per_claim", "per_claim", "cumulative", "cash"))
    payer = pick(draw, PAYERS)
    body: Body = {"payer": payer, **_conditions(draw)}
    if mode == "cash":
        body |= _cash(draw) | ({"frequency": _frequency(draw)} if chance(draw) else {})
    elif mode == "cumulative":
        body |= _cumulative(draw, known)
    else:
        body |= _per_claim(draw, known, paying)
    body["accumulate"] = accumulate(draw, place, households)
    if mode != "cash":
        body["accumulate"]["mode"] = mode
        paying.append(payer)
    if pools and chance(draw, 2):
        body["pool"] = _pool(draw, place)
    return body if body["accumulate"] else {key: body[key] for key in body if key != "accumulate"}


def _conditions(draw: Draw) -> Body:
    body: Body = {}
    if chance(draw):
        body["when"] = condition(draw)
    if chance(draw, 4):
        body["unless"] = condition(draw)
    return body


def _pool(draw: Draw, place: str) -> Body:
    counts = pick(draw, ("fen", "cases"))
    limit = money(draw, 3_000) if counts == "fen" else str(number(draw, 0, 4))
    return {"id": f"pool-{place}", "limit": limit, "counts": counts}


def _frequency(draw: Draw) -> Body:
    return {"times": str(number(draw, 1, 2)), "per": pick(draw, PERIODS[1:])}


def _rates(draw: Draw) -> Body:
    """A rate or brackets, with whose share it is and adjustments."""
    body: Body = {"brackets": _brackets(draw)} if chance(draw, 2) else {"rate": share(draw)}
    if chance(draw, 4):
        body["share"] = pick(draw, ("payer", "patient"))
    if chance(draw):
        body["adjust"] = [_adjustment(draw) for _ in range(number(draw, 1, 2))]
    return body


def _adjustment(draw: Draw) -> Body:
    changes: dict[str, Any] = {
        "add": lambda: f"{number(draw, -40, 40)}%",
        "times": lambda: pick(draw, (rate(draw), "110%", "1.5")),
        "at_least": lambda: share(draw, 0),
        "at_most": lambda: share(draw, 0),
    }
    how = pick(draw, changes)
    body: Body = {how: changes[how]()}
    if chance(draw, 2):
        body["when"] = condition(draw)
    return body | ({"of": pick(draw, ("payer", "patient"))} if chance(draw, 2) else {})


def _brackets(draw: Draw) -> Body:
    ends = ascending(draw, 5_000, 0, 3)
    body: Body = {
        "steps": [*({"to": str(end), "rate": share(draw, 0)} for end in ends), {"rate": share(draw, 0)}]
    }
    if chance(draw, 2):
        body["on"] = pick(draw, ("after_deductible", "gross"))
    if chance(draw, 2):
        body |= {"mode": pick(draw, ("progressive", "whole")), "boundary": pick(draw, ("lower", "upper"))}
    return body


def _ceilings(draw: Draw, periods: tuple[str, ...]) -> list[Body]:
    return [
        {
            "limit": money(draw, 5_000),
            "of": pick(draw, ("expense", "payment")),
            "per": pick(draw, periods),
            **({"basis": pick(draw, ("after_deductible", "gross"))} if chance(draw, 2) else {}),
        }
        for _ in range(number(draw, 1, 2))
    ]


def _cumulative(draw: Draw, known: list[str]) -> Body:
    body: Body = {"base": base(draw, known), **_rates(draw)}
    if chance(draw, 2):
        body["deductible"] = {"amount": money(draw), "per": "year"}
        if chance(draw):
            body["deductible"]["floor"] = money(draw, 300)
    if chance(draw, 2):
        body["ceilings"] = _ceilings(draw, ("year",))
    return body | _rounded(draw) | ({"rest": pick(draw, ("copay", "back"))} if chance(draw, 4) else {})


def _rounded(draw: Draw) -> Body:
    return {"rounding": rounding(draw, ("bracket", "layer"))} if chance(draw, 2) else {}


def _per_claim(draw: Draw, known: list[str], paying: list[str]) -> Body:
    way = pick(draw, ("rates", "rates", "rates", "fixed", "per_day"))
    body: Body = {"base": base(draw, known, own=way == "rates")}
    if way == "rates":
        body |= _rates(draw)
    else:
        body |= {"fixed": money(draw, 900)} if way == "fixed" else {"per_day": _per_day(draw)}
    if chance(draw, 2):
        body["deductible"] = _deductible(draw)
    if chance(draw, 2):
        body["ceilings"] = _ceilings(draw, PERIODS)
    if chance(draw, 4):
        body["minimum"] = {"rate": share(draw), "of": pick(draw, ("total", "in_scope", "base"))}
        if paying:
            body["minimum"]["counting"] = some(draw, dict.fromkeys(paying), 0, 2)
    if chance(draw, 4):
        body["frequency"] = _frequency(draw)
    return body | _rounded(draw) | ({"rest": pick(draw, ("copay", "back"))} if chance(draw, 4) else {})


def _deductible(draw: Draw) -> Body:
    body: Body = {"amount": money(draw, 1_500), "per": pick(draw, PERIODS)}
    if chance(draw):
        starts = ascending(draw, 4, 1, 2)
        body["nth"] = [{"from": str(n), "times": rate(draw), "minus": yuan(draw, 90)} for n in starts]
    if chance(draw, 4):
        body["floor"] = money(draw, 200)
    if chance(draw, 4):
        body["yearly_cap"] = money(draw, 3_000)
    return body


def _per_day(draw: Draw) -> Body:
    ends = ascending(draw, 20, 0, 2)
    steps: list[Body] = [{"to": str(end), "amount": money(draw, 200, 0)} for end in ends]
    body: Body = {"days": pick(draw, ({"fact": "days"}, "7", {"fact": "visits"}))}
    body["steps"] = [*steps, {"amount": money(draw, 200, 0)}]
    return body | ({"waiting": str(number(draw, 0, 5))} if chance(draw, 2) else {})


def _cash(draw: Draw) -> Body:
    body: Body = {"cash": "yes"}
    body |= {"fixed": money(draw, 2_000)} if chance(draw, 2) else {"per_day": _per_day(draw)}
    if chance(draw, 2):
        limit = {"limit": money(draw, 900), "of": "payment", "per": pick(draw, PERIODS)}
        body["ceilings"] = [limit]
    return body | _rounded(draw)


def entitlement(draw: Draw, place: str, known: list[str], households: bool = False) -> Body:
    """A waiver, a cap, a subsidy, or an admission without deposit."""
    way = pick(draw, ("waive", "waive", "cap", "subsidy", "no_deposit"))
    body: Body = {"source": pick(draw, SOURCES), **_conditions(draw)}
    if chance(draw, 3):
        body["frequency"] = _frequency(draw)
    if way == "waive":
        lists: Body = {}
        if chance(draw, 2):
            lists["groups"] = some(draw, GROUPS, 1, 2)
        if chance(draw, 2):
            lists["items"] = some(draw, ITEMS, 1, 2)
        return body | {"waive": lists | ({"share": share(draw)} if chance(draw, 2) else {"share": "1"})}
    if way == "cap":
        take = ["in_scope", *CLASSIFIED, *known]
        order = {"take": some(draw, take, 1, 4)} if chance(draw, 2) else {}
        return body | {"cap": {"limit": money(draw, 6_000), **order}}
    if way == "no_deposit":
        return body | {"no_deposit": "yes"}
    layer = _per_claim(draw, known, [])
    if body.get("frequency"):
        layer.pop("frequency", None)
    layer["accumulate"] = accumulate(draw, place, households) | {"mode": "per_claim"}
    return body | {"subsidy": layer}
