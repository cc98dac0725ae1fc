"""A claim of the engine, to and from the JSON in which a settlement keeps it (the engine's own claim format). Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kangcheng.funds.engine import parse
from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.engine.slots import is_count
from kangcheng.kernel.money import yuan
from kangcheng.kernel.units import parse_rate


def line(
    *, group: str, amount: int, quantity: int, code: str, price_limit: int | None, first_pay: str
) -> Line:
    """A priced line of a bill as the engine takes it. A first-pay share is kept only where the catalogue gives one."""
    share = parse_rate(first_pay) if first_pay else None
    return Line(group, amount, quantity, code, price_limit, _pair(share))


def to_json(claim: Claim) -> dict[str, Any]:
    """The claim in the engine's JSON: yuan as text, empty parts left out. `from_json` gives the same claim back."""
    body: dict[str, Any] = {
        "id": claim.id,
        "person": claim.person,
        "household": claim.household,
        "on": claim.on.isoformat(),
        "sequence": str(claim.sequence),
        "admitted_on": _day(claim.admitted_on),
        "discharged_on": _day(claim.discharged_on),
        "lines": [_line_json(one) for one in claim.lines],
        "groups": _money(claim.groups),
        "in_scope": None if claim.in_scope is None else yuan(claim.in_scope),
        "total": None if claim.total is None else yuan(claim.total),
        "paid": _money(claim.paid),
        "attributes": dict(claim.attributes),
        "categories": sorted(claim.categories),
        "facts": {name: str(value) for name, value in claim.facts.items()},
        "accounts": _money(claim.accounts),
        "accumulators": {
            label: str(value) if is_count(label.partition("@")[0]) else yuan(value)
            for label, value in claim.accumulators.items()
        },
    }
    return {key: value for key, value in body.items() if value not in (None, "", [], {})}


def from_json(body: Mapping[str, Any]) -> Claim:
    """The claim kept with a settlement. Raises Faults when it was damaged."""
    return parse.claim(body)


def lines_total(lines: Iterable[Line]) -> int:
    """Sum of the lines, fen."""
    return sum(one.amount for one in lines)


def _line_json(one: Line) -> dict[str, Any]:
    body: dict[str, Any] = {"group": one.group, "amount": yuan(one.amount)}
    if one.quantity != 1:
        body["quantity"] = str(one.quantity)
    if one.code:
        body["code"] = one.code
    if one.price_limit is not None:
        body["price_limit"] = yuan(one.price_limit)
    if one.first_pay is not None:
        body["first_pay"] = f"{one.first_pay[0]}/{one.first_pay[1]}"
    return body


def _money(amounts: Mapping[str, int]) -> dict[str, str]:
    return {name: yuan(fen) for name, fen in amounts.items()}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _pair(share: Fraction | None) -> tuple[int, int] | None:
    return None if share is None else (share.numerator, share.denominator)
