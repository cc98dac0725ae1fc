"""What a definition takes from its pack: dated parameters, code lists, other entries."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kangcheng.funds.engine.parse.reading import Kind, Reading
from kangcheng.kernel.errors import KangchengError


def parameter(reading: Reading, entry_id: object, path: str, kind: Kind) -> Fraction:
    """The value of a dated parameter: fen for money, exact ratio for rates, a number for counts. Zero after a fault."""
    name = reading.text(entry_id, path)
    if reading.pack_at is None:
        reading.fault(
            path, f"参数 {name!r} 需要政策包 (a parameter needs a pack)", todo="写成数值，或放进政策包"
        )
        return Fraction(0)
    pack_at: Any = reading.pack_at
    try:
        value = Fraction(pack_at.parameter(name))
    except (KangchengError, KeyError, LookupError) as error:
        what = getattr(error, "what", "") or "没有此参数"
        reading.fault(path, f"参数 {name!r}: {what} (no such parameter)", todo="检查编号和日期")
        return Fraction(0)
    except (TypeError, ValueError):
        reading.fault(path, f"参数 {name!r} 不是一个数 (not a number)")
        return Fraction(0)
    if not kind.least <= value <= kind.most:
        reading.fault(path, f"参数 {name!r} 的值 {value} 不能作{kind.name} (out of range)", todo="检查单位")
        return Fraction(0)
    return value


def codes(reading: Reading, entry_id: object, path: str) -> set[str]:
    """The codes of a code list."""
    body = entry(reading, "codelist", entry_id, path)
    listed = body.get("codes", ()) if body else ()
    found = {one if isinstance(one, str) else str(one.get("code", "")) for one in listed}
    if body and not found - {""}:
        reading.fault(path, f"代码表 {entry_id!r} 是空的 (empty code list)")
    return found - {""}


def entry(reading: Reading, kind: str, entry_id: object, path: str) -> Mapping[str, Any]:
    """The mapping of another entry of the pack, or an empty one after a fault."""
    name = reading.text(entry_id, path)
    if reading.pack_at is None:
        reading.fault(path, f"{kind} {name!r} 需要政策包 (needs a pack)", todo="就地写全，或放进政策包")
        return {}
    try:
        found = reading.pack_at.get(kind, name)
    except (KangchengError, KeyError, LookupError) as error:
        near = getattr(error, "todo", "")
        reading.fault(path, f"没有 {kind} {name!r} (no such entry)", todo=near or "检查编号和生效日期")
        return {}
    if found is None:
        reading.fault(path, f"没有 {kind} {name!r} (no such entry)", todo="检查编号和生效日期")
        return {}
    return body_of(found)


def body_of(found: Any) -> Mapping[str, Any]:
    """The mapping of an entry, whether given bare or as an entry of a pack."""
    return found if isinstance(found, Mapping) else found.data
