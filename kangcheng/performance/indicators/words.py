"""An indicator's value in words and as a chart draws it. Pure."""

from __future__ import annotations

from fractions import Fraction

from kangcheng.performance.indicators.types import Value


def drawn(number: Fraction | None, value: Value) -> float | None:
    """A number as a chart draws it: fen as yuan, shares as percent."""
    if number is None:
        return None
    unit = value.indicator.unit
    scaled = (
        number / 100
        if unit.startswith("CNY")
        else number * 100
        if unit == "%"
        else number * value.indicator.times
    )
    return round(float(scaled), 2)


def changed(value: Value, other: Value) -> str:
    """The change in words: 上升1.2个百分点, 增长3.4%, 持平; a dash when either is missing."""
    if value.number is None or other.number is None:
        return "—"
    step = value.number - other.number
    if step == 0:
        return "持平"
    if value.indicator.unit == "%":
        return f"{'上升' if step > 0 else '下降'}{abs(float(step * 100)):.1f}个百分点"
    if other.number == 0:
        return "上期为零"
    return f"{'增长' if step > 0 else '下降'}{abs(float(step / other.number * 100)):.1f}%"
