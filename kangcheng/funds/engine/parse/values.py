"""Values: numbers that may depend on the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kangcheng.funds.engine.definition import Choice, Combine, Constant, Fact, Linear, Table, Value
from kangcheng.funds.engine.parse.conditions import condition
from kangcheng.funds.engine.parse.reading import CHANGE, FACTOR, MONEY, RATE, Kind, Reading, join
from kangcheng.funds.engine.parse.references import parameter

Body = Mapping[str, Any]
MOST_ROWS = 10_000


def value(reading: Reading, node: object, path: str, kind: Kind) -> Value:
    """`node` as a Value of that kind; a zero constant after a fault."""
    if not isinstance(node, Mapping):
        return Constant(reading.number(node, path, kind))
    heads = ["linear"] if "linear" in node else [head for head in _FORMS if head in node]
    if len(heads) != 1:
        reading.fault(
            path,
            "数值的写法不明 (which form of value?)",
            rule="恰好用其中一种",
            todo=f"文本，或 {' | '.join(_FORMS)}",
        )
        return Constant(reading.number("0", path, kind))
    keys, build = _FORMS[heads[0]]
    return build(reading, reading.mapping(node, path, keys), path, kind)


def optional(reading: Reading, body: Body, key: str, path: str, kind: Kind) -> Value | None:
    """The value under `key`, None when it is not written."""
    return value(reading, body[key], join(path, key), kind) if key in body else None


def _constant(reading: Reading, body: Body, path: str, kind: Kind) -> Value:
    number = reading.number(body.get("value"), join(path, "value"), kind)
    return Constant(number, reading.text(body.get("clause"), join(path, "clause")))


def _parameter(reading: Reading, body: Body, path: str, kind: Kind) -> Value:
    number, clause = parameter(reading, body.get("param"), join(path, "param"), kind)
    return Constant(number, reading.text(body.get("clause"), join(path, "clause")) or clause)


def _table(reading: Reading, body: Body, path: str, kind: Kind) -> Value:
    by = reading.text(reading.need(body, "by", path), join(path, "by"))
    here = join(path, "rows")
    written = reading.need(body, "rows", path)
    rows = reading.mapping(written, here) if written is not None else {}
    if written == {}:
        reading.fault(here, "表中没有行 (table without rows)")
    if len(rows) > MOST_ROWS:
        reading.fault(here, f"表多于 {MOST_ROWS} 行 (table too long)")
        rows = {}
    return Table(
        by=by,
        rows={key: value(reading, node, join(here, key), kind) for key, node in rows.items()},
        otherwise=optional(reading, body, "otherwise", path, kind),
    )


def _choice(reading: Reading, body: Body, path: str, kind: Kind) -> Value:
    here = join(path, "choose")
    rows = reading.items(body.get("choose"), here)
    if not rows:
        reading.fault(here, "没有可选的行 (no rows)")
    built = []
    for i, node in enumerate(rows):
        spot = f"{here}[{i}]"
        row = reading.mapping(node, spot, ("when", "value", "clause"))
        inner = value(reading, reading.need(row, "value", spot) or "0", join(spot, "value"), kind)
        clause = reading.text(row.get("clause"), join(spot, "clause"))
        if clause and isinstance(inner, Constant) and not inner.clause:
            inner = Constant(inner.number, clause)
        built.append((condition(reading, row.get("when"), join(spot, "when")), inner))
        if "when" not in row and i + 1 < len(rows):
            reading.fault(
                spot, "无条件的行之后还有行 (rows after the unconditional one)", todo="把它放到最后"
            )
    return Choice(tuple(built))


def _fact(reading: Reading, body: Body, path: str, kind: Kind) -> Value:
    return Fact(reading.text(reading.need(body, "fact", path), join(path, "fact")))


def _linear(reading: Reading, body: Body, path: str, kind: Kind) -> Value:
    part = CHANGE if kind is RATE else kind
    slope = Kind(part.name, part.read, -part.most, part.most, part.example)
    ends = {
        key: reading.number(body[key], join(path, key), part) if key in body else None
        for key in ("least", "most")
    }
    return Linear(
        of=reading.text(reading.need(body, "linear", path), join(path, "linear")),
        base=reading.number(body.get("base", "0"), join(path, "base"), slope),
        slope=reading.number(reading.need(body, "slope", path), join(path, "slope"), slope),
        least=ends["least"],
        most=ends["most"],
        clause=reading.text(body.get("clause"), join(path, "clause")),
    )


def _combine(how: Any) -> Callable[[Reading, Body, str, Kind], Value]:
    def build(reading: Reading, body: Body, path: str, kind: Kind) -> Value:
        here = join(path, how)
        nodes = reading.items(body.get(how), here)
        if len(nodes) < 2:
            reading.fault(here, "至少两项 (at least two items)")
        return Combine(
            how,
            tuple(
                value(reading, node, f"{here}[{i}]", _kind_of_item(how, i, kind))
                for i, node in enumerate(nodes)
            ),
        )

    return build


def _kind_of_item(how: str, i: int, kind: Kind) -> Kind:
    """In a product only the first item carries the unit; in a sum of rates an item may take away."""
    if how == "product":
        return kind if kind is MONEY and i == 0 else FACTOR
    return CHANGE if how == "sum" and kind is RATE else kind


_FORMS: dict[str, tuple[tuple[str, ...], Callable[[Reading, Body, str, Kind], Value]]] = {
    "value": (("value", "clause", "status", "note"), _constant),
    "param": (("param", "clause", "note"), _parameter),
    "by": (("by", "rows", "otherwise", "clause", "note"), _table),
    "choose": (("choose", "clause", "note"), _choice),
    "fact": (("fact", "note"), _fact),
    "linear": (("linear", "base", "slope", "least", "most", "clause", "note"), _linear),
    **{how: ((how, "clause", "note"), _combine(how)) for how in ("sum", "product", "most", "least")},
}
