"""What a claim brings to the engine. Amounts in fen; anything given is taken as given and never recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Line:
    group: str
    amount: int  # fen
    quantity: int = 1
    code: str = ""  # national item code, for waivers by item
    price_limit: int | None = None  # fen a unit, from the catalogue; None: the group's limit, if any
    first_pay: tuple[int, int] | None = (
        None  # numerator, denominator of the catalogue's own first-pay share; None: the group's
    )


@dataclass(frozen=True)
class Claim:
    """One settlement. Either `lines`, or `groups` (sums), or `in_scope` alone; `total` is checked when given, filled when not."""

    id: str
    person: str
    on: date  # the day of settlement; discharged_on and admitted_on default to it
    sequence: int = 0  # orders claims of one day
    household: str = ""
    admitted_on: date | None = None
    discharged_on: date | None = None
    lines: tuple[Line, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)  # item group -> fen
    in_scope: int | None = None  # fen
    total: int | None = None  # fen
    paid: Mapping[str, int] = field(
        default_factory=dict
    )  # payer -> fen already paid: that layer is not computed
    attributes: Mapping[str, str] = field(
        default_factory=dict
    )  # setting, level, place, referral, disease, cause, episode, course, institution ...
    categories: frozenset[str] = frozenset()
    facts: Mapping[str, int] = field(
        default_factory=dict
    )  # age (years), days, nth; money facts in fen (wage)
    accounts: Mapping[str, int] = field(default_factory=dict)  # balance name -> fen; overrides the state
    accumulators: Mapping[str, int] = field(
        default_factory=dict
    )  # bare accumulator name -> fen (or count); overrides the state
