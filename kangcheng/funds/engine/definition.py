"""What a benefit, an entitlement and a stack say, as frozen data. Built by `parse` from pack entries; never by hand in code.

Amounts are integer fen, rates exact fractions. A `Value` is a number that may depend on the claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

# --- conditions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """`start` is inside, `below` is outside; None is open. Fen for money facts, plain numbers otherwise."""

    start: Fraction | None = None
    below: Fraction | None = None


@dataclass(frozen=True)
class Condition:
    """All stated tests hold. An empty condition is true."""

    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # attribute -> accepted texts
    categories: frozenset[str] = frozenset()  # the person has at least one of these
    all_categories: frozenset[str] = frozenset()  # the person has all of these
    numbers: Mapping[str, Span] = field(default_factory=dict)  # "age" or a fact -> span
    any_of: tuple[Condition, ...] = ()  # at least one of these holds, when given
    none_of: tuple[Condition, ...] = ()  # none of these holds


ALWAYS = Condition()

# --- values ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Constant:
    """Fen when the place wants money, a rate when it wants a rate, a number for counts and days."""

    number: Fraction
    clause: str = ""


@dataclass(frozen=True)
class Fact:
    """A number the claim brings: a money fact (fen), `age`, `days`, `nth` ..."""

    name: str


@dataclass(frozen=True)
class Table:
    """By attribute text. No matching row and no `otherwise`: the claim is refused with the attribute named."""

    by: str
    rows: Mapping[str, Value]
    otherwise: Value | None = None


@dataclass(frozen=True)
class Choice:
    """First row whose condition holds; the last one may be ALWAYS."""

    rows: tuple[tuple[Condition, Value], ...]


@dataclass(frozen=True)
class Linear:
    """base + slope x fact, then clamped between least and most where given."""

    of: str
    base: Fraction
    slope: Fraction
    least: Fraction | None = None
    most: Fraction | None = None
    clause: str = ""


@dataclass(frozen=True)
class Combine:
    """`sum`, `product`, `most` (best of) or `least` of several values, exact, unrounded."""

    how: Literal["sum", "product", "most", "least"]
    items: tuple[Value, ...]


Value = Constant | Fact | Table | Choice | Linear | Combine

# --- rounding, periods -----------------------------------------------------------------------------------------------

RoundMode = Literal["half_up", "down", "up", "half_even"]


@dataclass(frozen=True)
class Rounding:
    unit: int = 1  # fen: 1, 10 (jiao), 100 (yuan)
    mode: RoundMode = "half_up"
    at: Literal["line", "group", "bracket", "layer"] = "layer"


Period = Literal["claim", "day", "month", "quarter", "year", "episode", "disease", "course", "life"]


@dataclass(frozen=True)
class Accumulate:
    """How a layer remembers. The key of an accumulator is owner, name, period and the extra attributes of `by`."""

    mode: Literal["per_claim", "cumulative"] = "per_claim"  # cumulative: total to date minus paid to date
    year_starts: tuple[int, int] = (1, 1)  # month, day: the insurance year
    decided_by: Literal["discharged", "admitted", "settled"] = "discharged"
    owner: Literal["person", "household"] = "person"
    by: tuple[str, ...] = ()  # attributes that split it, e.g. ("disease",)
    names: Mapping[str, str] = field(
        default_factory=dict
    )  # base|deductible|expense|over|paid|count -> name; parse fills all


# --- the bill --------------------------------------------------------------------------------------------------------

OUT_OF_SCOPE, OVER_LIMIT, ITEM_FIRST_PAY, PLACE_FIRST_PAY = (
    "out_of_scope",
    "over_limit",
    "item_first_pay",
    "place_first_pay",
)
IN_SCOPE, DEDUCTIBLE, COPAY, OVER_CEILING = "in_scope", "deductible", "copay", "over_ceiling"
CLASSIFIED = (OUT_OF_SCOPE, OVER_LIMIT, ITEM_FIRST_PAY, PLACE_FIRST_PAY, DEDUCTIBLE, COPAY, OVER_CEILING)
FIXED_PARTS = (
    IN_SCOPE,
    COPAY,
    DEDUCTIBLE,
    OVER_CEILING,
    ITEM_FIRST_PAY,
    PLACE_FIRST_PAY,
    OVER_LIMIT,
    OUT_OF_SCOPE,
)
REMEMBERED = ("base", "deductible", "expense", "over", "paid", "count")


@dataclass(frozen=True)
class Group:
    """What happens to the lines of one item group before any layer."""

    first_pay: Value | None = None  # rate -> part item_first_pay
    price_limit: Value | None = None  # fen a unit; the excess -> part over_limit
    into: str = IN_SCOPE  # part that takes the rest: in_scope, out_of_scope, or a stream of its own
    place_first_pay: bool = True  # whether the place-of-care first payment applies to it


@dataclass(frozen=True)
class PlaceFirstPay:
    rate: Value
    order: Literal["after_items", "before_items"] = "after_items"
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Split:
    """Groups not named go to `otherwise`; with otherwise None an unknown group is a fault of the claim."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    otherwise: Group | None = Group()
    place_first_pay: PlaceFirstPay | None = None
    rounding: Rounding = Rounding(at="group")


# --- a layer ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BasePart:
    """One part in a layer's base: weight 0..1; may skip the deductible; may have a rate of its own (outside the brackets)."""

    part: str
    weight: Fraction = Fraction(1)
    deductible: bool = True
    rate: Value | None = None


@dataclass(frozen=True)
class NthStep:
    """From the n-th claim of the year on: amount = amount x times - minus."""

    start: int
    times: Fraction = Fraction(1)
    minus: int = 0


@dataclass(frozen=True)
class Deductible:
    amount: Value
    per: Period = "claim"
    nth: tuple[NthStep, ...] = ()
    floor: Value | None = None  # never below this after the n-th steps
    yearly_cap: Value | None = None  # sum over the year never above this
    clause: str = ""


@dataclass(frozen=True)
class Step:
    """Up to `to` fen (None: without end)."""

    to: int | None
    rate: Value
    clause: str = ""


@dataclass(frozen=True)
class Brackets:
    steps: tuple[Step, ...]
    on: Literal["after_deductible", "gross"] = "after_deductible"
    mode: Literal["progressive", "whole"] = "progressive"
    boundary: Literal["lower", "upper"] = "lower"  # whole: which bracket an amount on the boundary belongs to


@dataclass(frozen=True)
class Adjustment:
    """One change of the rate, in stated order; exactly one of add, times, at_least, at_most."""

    when: Condition = ALWAYS
    add: Value | None = None
    times: Value | None = None
    at_least: Value | None = None
    at_most: Value | None = None
    of: Literal["payer", "patient"] = "payer"
    clause: str = ""


@dataclass(frozen=True)
class Ceiling:
    limit: Value
    of: Literal["expense", "payment"]
    per: Period = "year"
    basis: Literal["after_deductible", "gross"] = "after_deductible"  # for expense
    clause: str = ""


@dataclass(frozen=True)
class Minimum:
    """Top up until the counted payers together reach rate x basis."""

    rate: Value
    of: Literal["total", "in_scope", "base"] = "in_scope"
    counting: tuple[str, ...] = ()  # payer ids counted besides this one
    clause: str = ""


@dataclass(frozen=True)
class PerDay:
    """Amount by day number; the first `waiting` days pay nothing."""

    days: Value
    steps: tuple[tuple[int | None, Value], ...]  # (up to this day number, fen a day)
    waiting: int = 0


@dataclass(frozen=True)
class Pool:
    """A pot or quota that runs out, shared by everybody whose layer names it."""

    id: str
    limit: Value
    counts: Literal["fen", "cases"] = "fen"


@dataclass(frozen=True)
class Frequency:
    times: int
    per: Period = "year"


@dataclass(frozen=True)
class Benefit:
    id: str
    payer: str
    base: tuple[BasePart, ...] = (BasePart(IN_SCOPE),)
    when: Condition = ALWAYS
    unless: Condition | None = None
    deductible: Deductible | None = None
    rate: Value | None = None  # exactly one of rate, brackets, fixed, per_day
    brackets: Brackets | None = None
    fixed: Value | None = None  # a sum, not a share
    per_day: PerDay | None = None
    share: Literal["payer", "patient"] = "payer"  # whose share the rates state
    adjust: tuple[Adjustment, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    minimum: Minimum | None = None
    pool: Pool | None = None
    frequency: Frequency | None = None
    rest: Literal["copay", "back"] = (
        "copay"  # what is unpaid is laid to the patient's parts, or goes back where it came from
    )
    cash: bool = False  # paid to the person, not against the bill (allowances)
    rounding: Rounding = Rounding()
    accumulate: Accumulate = Accumulate()
    split: Split | None = None  # used when the benefit is settled alone
    title: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Account:
    """A position where an account of the patient pays: balances in `order` (history first, say)."""

    id: str
    balances: tuple[str, ...]
    base: tuple[BasePart, ...]
    owner: Literal["person", "household"] = "person"
    when: Condition = ALWAYS
    clause: str = ""


# --- entitlements ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waive:
    """Exemption or halving: `share` of the lines whose group or item code is listed. Happens before the split."""

    groups: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    share: Value = Constant(Fraction(1))


@dataclass(frozen=True)
class Cap:
    """The bill never exceeds `limit`; the excess leaves the parts in the order `take` and is borne by the institution."""

    limit: Value
    take: tuple[str, ...] = (OUT_OF_SCOPE, OVER_LIMIT, ITEM_FIRST_PAY, PLACE_FIRST_PAY, IN_SCOPE)


@dataclass(frozen=True)
class Entitlement:
    """Exactly one of waive, cap, subsidy; no_deposit is a flag for the admission desk."""

    id: str
    source: str  # who pays for it: a payer id; for a cap the institution
    when: Condition = ALWAYS
    unless: Condition | None = None
    waive: Waive | None = None
    cap: Cap | None = None
    subsidy: Benefit | None = None  # fixed sum, with its base, frequency and pool
    no_deposit: bool = False
    frequency: Frequency | None = None
    evidence: tuple[str, ...] = ()
    title: str = ""
    clause: str = ""


# --- the stack -------------------------------------------------------------------------------------------------------

Position = Benefit | Account | Entitlement


@dataclass(frozen=True)
class TotalRounding:
    """The patient's cash is cut down to a multiple of `unit`; the payer `borne_by` takes the rest."""

    unit: int
    borne_by: str = "institution"


@dataclass(frozen=True)
class Stack:
    """The order of entitlements, accounts and benefits for a scheme and a setting.

    Waivers come first, then caps, whatever their place.
    """

    id: str
    split: Split
    order: tuple[Position, ...]
    when: Condition = ALWAYS
    total_rounding: TotalRounding | None = None
    scheme: tuple[str, ...] = ()  # schemes and settings it is meant for; empty: any
    setting: tuple[str, ...] = ()
    title: str = ""
    clause: str = ""
    release: str = ""  # hash of the pack release it was taken from
