"""What a definition takes from its pack: dated parameters, code lists, other entries."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kangcheng.funds.engine.parse.reading import MONEY, Kind, Reading
from kangcheng.kernel.errors import KangchengError
from kangcheng.kernel.units import unit


def parameter(reading: Reading, entry_id: object, path: str, kind: Kind) -> tuple[Fraction, str]:
    """Value and clause of a dated parameter: fen for money, exact ratio for rates, a number for counts."""
    name = reading.text(entry_id, path)
    if reading.pack_at is None:
        reading.fault(
            path,
            f"参数 {name!r} 需要政策包 (a parameter needs a pack)",
            todo="写成数值，或用 --pack 给出政策包",
        )
        return Fraction(0), ""
    try:
        dated = reading.pack_at.dated(name)
    except KangchengError as error:
        reading.fault(
            path, f"参数 {name!r}: {error.what}", rule=error.rule, todo=error.todo or "检查编号和日期"
        )
        return Fraction(0), ""
    value = Fraction(dated.value)
    if (kind is MONEY) != (unit(dated.unit).dimension == "money") or not kind.least <= value <= kind.most:
        what = f"参数 {name!r} 的值 {dated.value} {dated.unit} 不能作{kind.name} (does not fit)"
        reading.fault(path, what, todo="检查参数的单位")
        return Fraction(0), ""
    return value, dated.clause


def codes(reading: Reading, entry_id: object, path: str) -> set[str]:
    """The codes of a code list on the day."""
    name = reading.text(entry_id, path)
    if reading.pack_at is None:
        reading.fault(
            path,
            f"代码表 {name!r} 需要政策包 (a code list needs a pack)",
            todo="就地列出代码，或用 --pack 给出政策包",
        )
        return set()
    try:
        return set(reading.pack_at.codes(name))
    except KangchengError as error:
        reading.fault(path, f"代码表 {name!r}: {error.what}", todo=error.todo or "检查编号和日期")
        return set()


def entry(reading: Reading, kind: str, entry_id: object, path: str) -> Mapping[str, Any]:
    """The mapping of another entry of the pack, or an empty one after a fault."""
    name = reading.text(entry_id, path)
    if reading.pack_at is None:
        reading.fault(
            path, f"{kind} {name!r} 需要政策包 (needs a pack)", todo="就地写全，或用 --pack 给出政策包"
        )
        return {}
    try:
        found = reading.pack_at.get(kind, name)
    except KangchengError as error:
        reading.fault(
            path, f"{kind} {name!r}: {error.what}", rule=error.rule, todo=error.todo or "检查编号和日期"
        )
        return {}
    return body_of(found)


def body_of(found: Any) -> Mapping[str, Any]:
    """The mapping of an entry, whether given bare or as an entry of a pack."""
    data: Mapping[str, Any] = getattr(found, "data", found)
    return data
