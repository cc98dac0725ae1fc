"""A claim as people and programs write it (JSON, yuan as text) into a Claim (fen). Every fault at once, with its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from kangcheng.funds.engine.facts import Claim, Line
from kangcheng.funds.engine.parse.reading import RATE, Reading, join
from kangcheng.funds.engine.slots import is_count
from kangcheng.kernel.dates import age_on

BILL = ("lines", "groups", "in_scope", "total")
ATTRIBUTES = (
    *(
        "scheme",
        "setting",
        "level",
        "place",
        "referral",
        "disease",
        "cause",
        "episode",
        "course",
        "institution",
    ),
    "area",
)
KEYS = (
    *("id", "person", "household", "on", "admitted_on", "discharged_on", "sequence", *BILL, "paid"),
    *(
        *ATTRIBUTES,
        "attributes",
        "categories",
        "age",
        "birth_on",
        "facts",
        "money",
        "accounts",
        "accumulators",
    ),
)


def read(reading: Reading, node: object, path: str = "") -> Claim:
    """`node` as a Claim. Attributes other than the usual ones stand under `attributes`."""
    body = reading.mapping(node, path, KEYS)
    on = reading.day(reading.need(body, "on", path), join(path, "on")) or date(1970, 1, 1)
    claim = Claim(
        id=reading.name(body.get("id"), join(path, "id")),
        person=reading.name(body.get("person"), join(path, "person")),
        household=reading.name(body.get("household"), join(path, "household")),
        on=on,
        sequence=reading.whole(body["sequence"], join(path, "sequence")) if "sequence" in body else 0,
        admitted_on=reading.day(body.get("admitted_on"), join(path, "admitted_on")),
        discharged_on=reading.day(body.get("discharged_on"), join(path, "discharged_on")),
        lines=_lines(reading, body.get("lines"), join(path, "lines")),
        groups=_amounts(reading, body.get("groups"), join(path, "groups")),
        in_scope=_amount(reading, body, "in_scope", path),
        total=_amount(reading, body, "total", path),
        paid=_amounts(reading, body.get("paid"), join(path, "paid")),
        attributes=_attributes(reading, body, path),
        categories=frozenset(reading.texts(body.get("categories"), join(path, "categories"))),
        facts=_facts(reading, body, path, on),
        accounts=_amounts(reading, body.get("accounts"), join(path, "accounts")),
        accumulators=_accumulators(reading, body.get("accumulators"), join(path, "accumulators")),
    )
    _dates(reading, claim, path)
    return claim


def _amount(reading: Reading, body: Mapping[str, Any], key: str, path: str) -> int | None:
    return reading.fen(body[key], join(path, key)) if body.get(key) is not None else None


def _amounts(reading: Reading, node: object, path: str) -> dict[str, int]:
    if node is None:
        return {}
    return {name: reading.fen(value, join(path, name)) for name, value in reading.mapping(node, path).items()}


def _lines(reading: Reading, node: object, path: str) -> tuple[Line, ...]:
    if node is None:
        return ()
    return tuple(_line(reading, one, f"{path}[{i}]") for i, one in enumerate(reading.items(node, path)))


def _line(reading: Reading, node: object, path: str) -> Line:
    body = reading.mapping(node, path, ("group", "amount", "quantity", "code", "price_limit", "first_pay"))
    share = reading.number(body["first_pay"], join(path, "first_pay"), RATE) if "first_pay" in body else None
    amount = reading.need(body, "amount", path)
    return Line(
        group=reading.text(reading.need(body, "group", path), join(path, "group")),
        amount=reading.fen(amount, join(path, "amount")) if amount is not None else 0,
        quantity=reading.whole(body.get("quantity", "1"), join(path, "quantity"), least=1),
        code=reading.text(body.get("code"), join(path, "code")),
        price_limit=_amount(reading, body, "price_limit", path),
        first_pay=(share.numerator, share.denominator) if share is not None else None,
    )


def _attributes(reading: Reading, body: Mapping[str, Any], path: str) -> dict[str, str]:
    here = join(path, "attributes")
    more = reading.mapping(body["attributes"], here) if body.get("attributes") is not None else {}
    found = {key: reading.text(body[key], join(path, key)) for key in ATTRIBUTES if body.get(key) is not None}
    for key in more:
        if key in found:
            reading.fault(join(here, key), f"{key} 写了两次 (attribute twice)", todo="只留一处")
    found |= {key: reading.text(value, join(here, key)) for key, value in more.items()}
    return {key: text for key, text in found.items() if text}


def _facts(reading: Reading, body: Mapping[str, Any], path: str, on: date) -> dict[str, int]:
    facts: dict[str, int] = {}
    here = join(path, "facts")
    for name, value in (
        reading.mapping(body["facts"], here) if body.get("facts") is not None else {}
    ).items():
        facts[name] = reading.whole(value, join(here, name))
    for name, fen in _amounts(reading, body.get("money"), join(path, "money")).items():
        if name in facts:
            reading.fault(join(join(path, "money"), name), f"{name} 写了两次 (fact twice)", todo="只留一处")
        facts[name] = fen
    if body.get("age") is not None:
        facts["age"] = reading.whole(body["age"], join(path, "age"), most=150)
    birth = reading.day(body.get("birth_on"), join(path, "birth_on"))
    if birth is not None:
        age = reading.attempt(lambda: age_on(birth, on), join(path, "birth_on"))
        if age is not None and facts.setdefault("age", age) != age:
            reading.fault(
                join(path, "age"), f"年龄 {facts['age']} 与出生日期不符，应为 {age} (age and birth differ)"
            )
    return facts


def _accumulators(reading: Reading, node: object, path: str) -> dict[str, int]:
    if node is None:
        return {}
    found = {}
    for label, value in reading.mapping(node, path).items():
        here = join(path, label)
        if is_count(label.partition("@")[0]):
            found[label] = reading.whole(value, here)
        else:
            found[label] = reading.fen(value, here)
    return found


def _dates(reading: Reading, claim: Claim, path: str) -> None:
    if claim.admitted_on and claim.admitted_on > (claim.discharged_on or claim.on):
        reading.fault(join(path, "admitted_on"), "入院晚于出院或结算 (admitted after discharge)")
