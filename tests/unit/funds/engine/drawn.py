"""Definitions and claims drawn by hypothesis, as the mappings that packs and files hold. Everything drawn is valid."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.unit.funds.engine.drawn_values import (
    CATEGORIES,
    LEVELS,
    Mapping,
    amounts,
    conditions,
    rates,
    shares,
    yuan,
)

GROUPS = ("甲", "乙", "特材", "自费", "其他")
STREAM = "特材费"
CLASSIFIED = (
    "copay",
    "deductible",
    "over_ceiling",
    "item_first_pay",
    "place_first_pay",
    "over_limit",
    "out_of_scope",
)
PERIODS = ("claim", "day", "month", "quarter", "year", "episode", "disease", "course", "life")

Draw = Any


def splits() -> st.SearchStrategy[Mapping]:
    """Groups with first pays, a limit and a stream of their own."""
    return st.fixed_dictionaries(
        {
            "groups": st.fixed_dictionaries(
                {
                    "甲": st.just({}),
                    "乙": st.fixed_dictionaries({"first_pay": shares()}),
                    "特材": st.fixed_dictionaries(
                        {"into": st.just(STREAM), "place_first_pay": st.sampled_from(("yes", "no"))},
                        optional={"first_pay": rates()},
                    ),
                    "自费": st.just({"into": "out_of_scope"}),
                }
            )
        },
        optional={
            "place_first_pay": st.fixed_dictionaries(
                {"rate": rates(), "order": st.sampled_from(("after_items", "before_items"))},
                optional={"when": conditions()},
            ),
            "rounding": roundings(("line", "group")),
        },
    )


def roundings(places: tuple[str, ...]) -> st.SearchStrategy[Mapping]:
    """Unit, mode, place."""
    return st.fixed_dictionaries(
        {
            "unit": st.sampled_from(("fen", "jiao", "yuan")),
            "mode": st.sampled_from(("half_up", "down", "up", "half_even")),
            "at": st.sampled_from(places),
        }
    )


def steps(
    value: st.SearchStrategy[Any], key: str, ends: st.SearchStrategy[int]
) -> st.SearchStrategy[list[Mapping]]:
    """Ascending steps, the last one open."""
    return st.tuples(st.lists(ends, unique=True, max_size=3), st.lists(value, min_size=4, max_size=4)).map(
        lambda drawn: [
            *({"to": str(end), key: one} for end, one in zip(sorted(drawn[0]), drawn[1], strict=False)),
            {key: drawn[1][3]},
        ]
    )


@st.composite
def benefits(
    draw: Draw, name: str = "layer", *, first: bool = False, payers: tuple[str, ...] = ()
) -> Mapping:
    """A layer: per claim or cumulative, on the bill or in cash."""
    mode = draw(st.sampled_from(("per_claim", "per_claim", "per_claim", "cumulative", "cash")))
    body: Mapping = {"payer": name if draw(st.booleans()) or not payers else draw(st.sampled_from(payers))}
    if draw(st.booleans()):
        body["when"] = draw(conditions())
    if draw(st.integers(0, 4)) == 0:
        body["unless"] = draw(conditions())
    if mode == "cash":
        return body | draw(_cash())
    if not first:
        parts = draw(
            st.lists(st.sampled_from(("in_scope", STREAM, *CLASSIFIED)), unique=True, min_size=1, max_size=5)
        )
        body["base"] = {part: draw(st.sampled_from(("1", "1", "50%", "1/3"))) for part in parts}
    body |= draw(_cumulative() if mode == "cumulative" else _per_claim(body, payers))
    body["rounding"] = draw(roundings(("bracket", "layer")))
    if draw(st.integers(0, 3)) == 0:
        body["adjust"] = draw(st.lists(_adjustments(), min_size=1, max_size=2))
    body["share"] = draw(st.sampled_from(("payer", "patient")))
    body["rest"] = draw(st.sampled_from(("copay", "copay", "back")))
    return body


def _adjustments() -> st.SearchStrategy[Mapping]:
    change = st.one_of(
        st.integers(-30, 30).map(lambda n: {"add": f"{n}%"}),
        rates().map(lambda rate: {"times": rate}),
        rates().map(lambda rate: {"at_least": rate}),
        rates().map(lambda rate: {"at_most": rate}),
    )
    return st.tuples(change, conditions(), st.sampled_from(("payer", "patient"))).map(
        lambda drawn: {**drawn[0], "when": drawn[1], "of": drawn[2]}
    )


def _brackets() -> st.SearchStrategy[Mapping]:
    return st.fixed_dictionaries(
        {
            "on": st.sampled_from(("after_deductible", "gross")),
            "mode": st.sampled_from(("progressive", "whole")),
            "boundary": st.sampled_from(("lower", "upper")),
            "steps": steps(shares(), "rate", st.integers(1, 8_000)),
        }
    )


def _ceilings(periods: tuple[str, ...]) -> st.SearchStrategy[list[Mapping]]:
    one = st.fixed_dictionaries(
        {
            "limit": amounts(8_000),
            "of": st.sampled_from(("expense", "payment")),
            "per": st.sampled_from(periods),
            "basis": st.sampled_from(("after_deductible", "gross")),
        }
    )
    return st.lists(one, min_size=1, max_size=2)


@st.composite
def _cumulative(draw: Draw) -> Mapping:
    body: Mapping = {"accumulate": {"mode": "cumulative", **draw(_ways())}}
    body |= draw(st.one_of(_brackets().map(lambda b: {"brackets": b}), shares().map(lambda r: {"rate": r})))
    if draw(st.booleans()):
        body["deductible"] = {"amount": draw(amounts()), "per": "year"}
    if draw(st.booleans()):
        body["ceilings"] = draw(_ceilings(("year",)))
    return body


@st.composite
def _per_claim(draw: Draw, body: Mapping, payers: tuple[str, ...]) -> Mapping:
    ways: tuple[st.SearchStrategy[Mapping], ...] = (
        _brackets().map(lambda one: {"brackets": one}),
        shares().map(lambda one: {"rate": one}),
        shares().map(lambda one: {"rate": one}),
        amounts(800).map(lambda one: {"fixed": one}),
        _per_day().map(lambda one: {"per_day": one}),
    )
    found: Mapping = {"accumulate": {"mode": "per_claim", **draw(_ways())}, **draw(st.one_of(*ways))}
    if "rate" in found or "brackets" in found:
        for part in body.get("base", {}):
            if draw(st.integers(0, 3)) == 0:
                body["base"][part] = {
                    "weight": body["base"][part],
                    "deductible": draw(st.sampled_from(("yes", "no"))),
                    **({"rate": draw(rates())} if draw(st.booleans()) else {}),
                }
    if draw(st.booleans()):
        found["deductible"] = draw(_deductibles())
    if draw(st.booleans()):
        found["ceilings"] = draw(_ceilings(PERIODS))
    if draw(st.integers(0, 3)) == 0:
        found["minimum"] = {
            "rate": draw(shares()),
            "of": draw(st.sampled_from(("total", "in_scope", "base"))),
            "counting": draw(st.lists(st.sampled_from(payers), unique=True)) if payers else [],
        }
    if draw(st.integers(0, 4)) == 0:
        found["frequency"] = {
            "times": str(draw(st.integers(1, 2))),
            "per": draw(st.sampled_from(PERIODS[1:])),
        }
    return found


@st.composite
def _deductibles(draw: Draw) -> Mapping:
    body: Mapping = {"amount": draw(amounts(1_500)), "per": draw(st.sampled_from(PERIODS))}
    if draw(st.booleans()):
        starts = sorted(draw(st.lists(st.integers(1, 4), unique=True, min_size=1, max_size=2)))
        body["nth"] = [{"from": str(n), "times": draw(rates()), "minus": draw(yuan(100))} for n in starts]
    if draw(st.booleans()):
        body["floor"] = draw(amounts(200))
    if draw(st.booleans()):
        body["yearly_cap"] = draw(amounts(3_000))
    return body


def _per_day() -> st.SearchStrategy[Mapping]:
    return st.fixed_dictionaries(
        {
            "days": st.just({"fact": "days"}),
            "waiting": st.integers(0, 5).map(str),
            "steps": steps(yuan(200), "amount", st.integers(1, 20)),
        }
    )


def _cash() -> st.SearchStrategy[Mapping]:
    return st.one_of(
        amounts(2_000).map(lambda one: {"cash": "yes", "fixed": one}),
        _per_day().map(
            lambda one: {
                "cash": "yes",
                "per_day": one,
                "ceilings": [{"limit": "900", "of": "payment", "per": "month"}],
            }
        ),
    )


def _ways() -> st.SearchStrategy[Mapping]:
    return st.fixed_dictionaries(
        {},
        optional={
            "year_starts": st.sampled_from(("01-01", "07-01")),
            "decided_by": st.sampled_from(("discharged", "admitted", "settled")),
            "by": st.sampled_from(([], ["disease"])),
        },
    )


def _entitlements() -> st.SearchStrategy[Mapping]:
    return st.one_of(
        st.fixed_dictionaries(
            {
                "source": st.just("hospital"),
                "waive": st.fixed_dictionaries({"groups": st.just(["甲"]), "share": shares()}),
            },
            optional={"when": conditions(), "frequency": st.just({"times": "1", "per": "month"})},
        ),
        st.fixed_dictionaries(
            {"source": st.just("finance"), "when": conditions(), "waive": st.just({"items": ["c1"]})}
        ),
        st.fixed_dictionaries(
            {"cap": st.fixed_dictionaries({"limit": amounts(9_000)})}, optional={"when": conditions()}
        ),
        st.fixed_dictionaries(
            {"source": st.just("subsidy"), "subsidy": st.fixed_dictionaries({"fixed": amounts(500)})},
            optional={"when": conditions(), "frequency": st.just({"times": "1", "per": "year"})},
        ),
        st.just({"no_deposit": "yes"}),
    )


@st.composite
def stacks(draw: Draw) -> Mapping:
    """A stack of up to four layers with entitlements and an account among them."""
    order: list[Mapping] = []
    payers: list[str] = []
    for number in range(draw(st.integers(1, 4))):
        body = draw(benefits(f"p{number}", first=number == 0, payers=tuple(payers)))
        order.append({"id": f"layer{number}", "benefit": body})
        if "cash" not in body and body["payer"] not in payers:
            payers.append(body["payer"])
    if draw(st.booleans()):
        account = {
            "balances": ["历年", "当年"],
            "base": draw(st.sampled_from((["in_scope"], ["copay", "deductible"]))),
        }
        order.insert(draw(st.integers(0, len(order))), {"id": "account", "account": account})
    for number in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(order)))
        order.insert(place, {"id": f"entitlement{number}", "entitlement": draw(_entitlements())})
    stack: Mapping = {"kind": "stack", "id": "drawn", "split": draw(splits()), "order": order}
    if draw(st.integers(0, 3)) == 0:
        stack["total_rounding"] = {"unit": draw(st.sampled_from(("jiao", "yuan")))}
    return stack


def _lines() -> st.SearchStrategy[list[Mapping]]:
    one = st.fixed_dictionaries(
        {"group": st.sampled_from(GROUPS), "amount": yuan(4_000)},
        optional={
            "quantity": st.integers(1, 9).map(str),
            "price_limit": yuan(1_000),
            "first_pay": rates(),
            "code": st.sampled_from(("c1", "c2")),
        },
    )
    return st.lists(one, min_size=1, max_size=4)


@st.composite
def claims(draw: Draw, number: int = 0) -> Mapping:
    """A claim that names everything a drawn definition may ask for."""
    day = date(2023, 11, 1) + timedelta(days=draw(st.integers(0, 500)))
    bill = draw(
        st.one_of(
            _lines().map(lambda lines: {"lines": lines}),
            st.dictionaries(st.sampled_from(GROUPS), yuan(4_000), min_size=1).map(
                lambda groups: {"groups": groups}
            ),
            yuan(9_000).map(lambda amount: {"in_scope": amount}),
        )
    )
    return {
        "id": f"c{number}",
        "person": draw(st.sampled_from(("P", "Q"))),
        "on": day.isoformat(),
        "admitted_on": (day - timedelta(days=draw(st.integers(0, 9)))).isoformat(),
        "sequence": str(draw(st.integers(0, 2))),
        "level": draw(st.sampled_from(LEVELS)),
        "place": draw(st.sampled_from(("本地", "外地"))),
        "disease": draw(st.sampled_from(("甲病", "乙病"))),
        "episode": draw(st.sampled_from(("e1", "e2"))),
        "course": draw(st.sampled_from(("r1", "r2"))),
        "categories": draw(st.lists(st.sampled_from(CATEGORIES), unique=True)),
        "age": str(draw(st.integers(0, 100))),
        "facts": {"days": str(draw(st.integers(0, 40)))},
        "money": {"wage": draw(yuan(9_000))},
        **bill,
    }


@st.composite
def units(draw: Draw, most: int = 4) -> list[Mapping]:
    """Some claims of two persons, in any order."""
    return [draw(claims(number)) for number in range(draw(st.integers(1, most)))]
