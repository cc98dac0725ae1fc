"""A benefit: one payer's layer. The parts of a layer that are rules of amount are in `rules`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from kangcheng.funds.engine.definition import (
    IN_SCOPE,
    REMEMBERED,
    Accumulate,
    BasePart,
    Benefit,
    Frequency,
    Pool,
    Rounding,
)
from kangcheng.funds.engine.parse import rules
from kangcheng.funds.engine.parse.conditions import condition
from kangcheng.funds.engine.parse.reading import COUNT, MONEY, RATE, Reading, join
from kangcheng.funds.engine.parse.splits import split
from kangcheng.funds.engine.parse.values import optional
from kangcheng.funds.engine.slots import is_count

ENTRY = (
    *("kind", "id", "title", "title_en", "about", "clause", "clauses", "source", "status", "from", "to"),
    *("checked", "note", "cases"),
)
LAYER = (
    *("base", "deductible", "rate", "brackets", "fixed", "per_day", "share", "adjust", "ceilings", "minimum"),
    *("pool", "frequency", "cash", "rest", "rounding", "accumulate"),
)
KEYS = (*ENTRY, "payer", "when", "unless", *LAYER, "split")
PERIODS = ("claim", "day", "month", "quarter", "year", "episode", "disease", "course", "life")
UNITS = {"fen": 1, "jiao": 10, "yuan": 100}
MODES = ("half_up", "down", "up", "half_even")


def read(reading: Reading, node: object, path: str, *, position: str = "") -> Benefit:
    """`node` as a Benefit; `position` is its place in a stack and becomes the id of the layer."""
    body = reading.mapping(node, path, KEYS)
    own = reading.text(body.get("id"), join(path, "id")) or position or "benefit"
    benefit = layer(reading, body, path, own=own, payer=reading.text(body.get("payer"), join(path, "payer")))
    if not benefit.payer:
        reading.fault(join(path, "payer"), "缺少付款方 (payer missing)", todo="例如 payer: pool")
    return replace(benefit, id=position or own)


def layer(reading: Reading, body: Mapping[str, Any], path: str, *, own: str, payer: str) -> Benefit:
    """The layer keys of a benefit or a subsidy, with names filled in and the mode decided."""
    benefit = Benefit(
        id=own,
        payer=payer,
        base=base(reading, body.get("base"), join(path, "base")),
        when=condition(reading, body.get("when"), join(path, "when")),
        unless=condition(reading, body["unless"], join(path, "unless")) if "unless" in body else None,
        deductible=rules.deductible(reading, body.get("deductible"), join(path, "deductible")),
        rate=optional(reading, body, "rate", path, RATE),
        brackets=rules.brackets(reading, body.get("brackets"), join(path, "brackets")),
        fixed=optional(reading, body, "fixed", path, MONEY),
        per_day=rules.per_day(reading, body.get("per_day"), join(path, "per_day")),
        share=reading.choice(body.get("share"), join(path, "share"), ("payer", "patient"), "payer"),
        adjust=rules.adjustments(reading, body.get("adjust"), join(path, "adjust")),
        ceilings=rules.ceilings(reading, body.get("ceilings"), join(path, "ceilings")),
        minimum=rules.minimum(reading, body.get("minimum"), join(path, "minimum")),
        pool=_pool(reading, body.get("pool"), join(path, "pool")),
        frequency=frequency(reading, body.get("frequency"), join(path, "frequency")),
        rest=reading.choice(body.get("rest"), join(path, "rest"), ("copay", "back"), "copay"),
        cash=reading.yes(body.get("cash"), join(path, "cash")),
        rounding=rounding(
            reading, body.get("rounding"), join(path, "rounding"), ("bracket", "layer"), "layer"
        ),
        split=split(reading, body.get("split"), join(path, "split")) if "split" in body else None,
        title=reading.text(body.get("title"), join(path, "title")),
        clause=clause_of(reading, body, path),
    )
    given = [key for key in ("rate", "brackets", "fixed", "per_day") if body.get(key) is not None]
    if len(given) != 1 and not (not given and all(part.rate for part in benefit.base)):
        reading.fault(
            path,
            f"支付办法应恰好一种，得到 {given or '无'} (exactly one way to pay)",
            todo="rate、brackets、fixed、per_day 之一",
        )
    return replace(benefit, accumulate=_accumulate(reading, body, path, benefit))


def clause_of(reading: Reading, body: Mapping[str, Any], path: str) -> str:
    """`clause`, or the list `clauses` joined; citations are optional here and checked by the pack."""
    listed = reading.texts(body.get("clauses"), join(path, "clauses"))
    return "; ".join(
        text for text in (reading.text(body.get("clause"), join(path, "clause")), *listed) if text
    )


def frequency(reading: Reading, node: object, path: str) -> Frequency | None:
    """How often in a period."""
    if node is None:
        return None
    body = reading.mapping(node, path, ("times", "per", "clause"))
    per = reading.choice(body.get("per"), join(path, "per"), PERIODS[1:], "year")
    return Frequency(
        reading.whole(reading.need(body, "times", path) or "1", join(path, "times"), least=1), per
    )


def rounding(reading: Reading, node: object, path: str, places: tuple[str, ...], default: str) -> Rounding:
    """Unit, mode and place of rounding."""
    if node is None:
        return Rounding(at=cast(Any, default))
    body = reading.mapping(node, path, ("unit", "mode", "at"))
    return Rounding(
        unit=UNITS[reading.choice(body.get("unit"), join(path, "unit"), UNITS, "fen")],
        mode=reading.choice(body.get("mode"), join(path, "mode"), MODES, "half_up"),
        at=reading.choice(body.get("at"), join(path, "at"), places, default),
    )


def base(reading: Reading, node: object, path: str) -> tuple[BasePart, ...]:
    """Parts of a base with their weights: a name, a list of names, or {PART: weight or mapping}."""
    if node is None:
        return (BasePart(IN_SCOPE),)
    if isinstance(node, (str, list, tuple)):
        return tuple(BasePart(part) for part in reading.texts(node, path))
    body = reading.mapping(node, path)
    if not body:
        reading.fault(path, "基数没有组成部分 (base without parts)")
    return tuple(_part(reading, part, value, join(path, part)) for part, value in body.items())


def _part(reading: Reading, part: str, node: object, path: str) -> BasePart:
    if not isinstance(node, Mapping):
        return BasePart(part, _weight(reading, node, path))
    body = reading.mapping(node, path, ("weight", "deductible", "rate"))
    return BasePart(
        part,
        weight=_weight(reading, body.get("weight", "1"), join(path, "weight")),
        deductible=reading.yes(body.get("deductible"), join(path, "deductible"), default=True),
        rate=optional(reading, body, "rate", path, RATE),
    )


def _weight(reading: Reading, node: object, path: str) -> Any:
    before = len(reading.faults)
    weight = reading.number(node, path, RATE)
    if weight == 0 and len(reading.faults) == before:
        reading.fault(path, "权重应大于 0 且不超过 1 (weight must be in (0, 1])", todo="不需要时删去此项")
    return weight


def _pool(reading: Reading, node: object, path: str) -> Pool | None:
    if node is None:
        return None
    body = reading.mapping(node, path, ("id", "limit", "counts", "clause"))
    counts = reading.choice(body.get("counts"), join(path, "counts"), ("fen", "cases"), "fen")
    limit = optional(reading, body, "limit", path, COUNT if counts == "cases" else MONEY)
    if limit is None:
        reading.need(body, "limit", path)
        limit = optional(reading, {"limit": "0"}, "limit", path, COUNT)
    return Pool(reading.text(reading.need(body, "id", path), join(path, "id")), cast(Any, limit), counts)


def _accumulate(reading: Reading, body: Mapping[str, Any], path: str, benefit: Benefit) -> Accumulate:
    here = join(path, "accumulate")
    keys = ("mode", "year_starts", "decided_by", "owner", "by", "names")
    node = reading.mapping(body["accumulate"], here, keys) if "accumulate" in body else {}
    yearly = bool(benefit.brackets and benefit.deductible and benefit.deductible.per == "year")
    mode = reading.choice(
        node.get("mode"),
        join(here, "mode"),
        ("per_claim", "cumulative"),
        "cumulative" if yearly else "per_claim",
    )
    if mode == "cumulative":
        _may_cumulate(reading, benefit, here)
    return Accumulate(
        mode=mode,
        year_starts=_year_starts(reading, node.get("year_starts"), join(here, "year_starts")),
        decided_by=reading.choice(
            node.get("decided_by"),
            join(here, "decided_by"),
            ("discharged", "admitted", "settled"),
            "discharged",
        ),
        owner=reading.choice(node.get("owner"), join(here, "owner"), ("person", "household"), "person"),
        by=reading.texts(node.get("by"), join(here, "by")),
        names=_names(reading, node.get("names"), join(here, "names"), benefit.id),
    )


def _may_cumulate(reading: Reading, benefit: Benefit, path: str) -> None:
    """Cumulative difference is exact only for one stream, yearly rules and a share of the expense."""
    deductible = benefit.deductible
    obstacles = {
        "base 中自有比例或不进起付线的部分": any(p.rate or not p.deductible for p in benefit.base),
        "fixed": benefit.fixed is not None,
        "per_day": benefit.per_day is not None,
        "minimum": benefit.minimum is not None,
        "cash": benefit.cash,
        "deductible.per 不是 year": deductible is not None and deductible.per != "year",
        "deductible.nth": deductible is not None and bool(deductible.nth),
        "deductible.yearly_cap": deductible is not None and deductible.yearly_cap is not None,
        "ceilings 中 per 不是 year 的": any(c.per != "year" for c in benefit.ceilings),
    }
    found = [name for name, present in obstacles.items() if present]
    if found:
        reading.fault(
            path,
            f"累计差额法不能与这些并用: {', '.join(found)} (cannot be cumulative)",
            rule="累计差额法只用于按年累计、单一费用流的层",
            todo="写明 accumulate: {mode: per_claim}，或改动这些键",
        )


def _year_starts(reading: Reading, node: object, path: str) -> tuple[int, int]:
    text = reading.text(node, path, "01-01")
    match = re.fullmatch(r"(\d{2})-(\d{2})", text)
    if not match or not 1 <= int(match[1]) <= 12 or not 1 <= int(match[2]) <= 28:
        reading.fault(path, f"{text!r} 不是年度起始日 (not a start of the year)", todo='月-日，例如 "07-01"')
        return (1, 1)
    return (int(match[1]), int(match[2]))


def _names(reading: Reading, node: object, path: str, own: str) -> dict[str, str]:
    body = reading.mapping(node, path, REMEMBERED) if node is not None else {}
    names = {what: f"{own}.{what}" for what in REMEMBERED}
    for what in body:
        names[what] = reading.text(body[what], join(path, what)) or names[what]
        if is_count(names[what]) != (what == "count") or "@" in names[what]:
            reading.fault(
                join(path, what),
                f"名称 {names[what]!r} 与所记的数不符 (name does not fit)",
                rule="次数的名称以 count 结尾，金额的名称不以它结尾，名称不含 @",
            )
    return names
