"""The explanation: one line for each sum, with clause, formula in words, numbers in and number out.

Whoever reads a line can redo it by hand: every name in the formula is among the inputs, the name before "=" is the output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from kangcheng.funds.engine.definition import Rounding
from kangcheng.funds.engine.result import Reason
from kangcheng.kernel.money import show_yuan
from kangcheng.kernel.units import show_rate

UNITS = {1: "分", 10: "角", 100: "元"}
MODES = {"half_up": "四舍五入", "down": "舍去尾数", "up": "进一", "half_even": "四舍六入五成双"}
HALF_UP = "四舍五入到分"


@dataclass(frozen=True)
class Exact:
    """Money in fen that is not rounded yet."""

    fen: Fraction


Told = int | Fraction | Exact | str


class Notes:
    """Collects reasons; a silent one drops them, so that batches do not pay for words."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._raw: list[tuple[str, str, str, dict[str, Told], Told, str]] = []

    def say(
        self,
        layer: str,
        formula: str,
        output: Told,
        *,
        clause: str = "",
        rounding: str = "",
        also: Mapping[str, Told] = MappingProxyType({}),
        **inputs: Told,
    ) -> None:
        """One sum: int is fen, Fraction a ratio, Exact unrounded fen, text as it stands. `also`: inputs with names made up."""
        if self.on:
            self._raw.append((layer, clause, formula, {**inputs, **also}, output, rounding))

    def reasons(self) -> tuple[Reason, ...]:
        """All lines, numbers printed."""
        return tuple(
            Reason(
                layer,
                clause,
                formula,
                tuple((name, show(value)) for name, value in inputs.items()),
                show(output),
                rounding,
            )
            for layer, clause, formula, inputs, output, rounding in self._raw
        )


def show(value: Told) -> str:
    """A number as people read it: yuan with thousands, ratios in per cent."""
    if isinstance(value, str):
        return value
    if isinstance(value, Exact):
        return _exact(value.fen)
    return show_rate(value) if isinstance(value, Fraction) else show_yuan(value)


def _exact(fen: Fraction) -> str:
    """Yuan with as many digits as it takes, or as a fraction of fen when no digits would do."""
    if fen.denominator == 1:
        return show_yuan(int(fen))
    digits = 2
    while digits < 14:
        digits += 1
        scaled = fen * 10 ** (digits - 2)
        if scaled.denominator == 1:
            whole, part = divmod(abs(int(scaled)), 10**digits)
            return f"{'-' if fen < 0 else ''}{whole:,}.{part:0{digits}d}"
    return f"{fen.numerator}/{fen.denominator * 100}"


def how(rounding: Rounding) -> str:
    """Rounding in words: 四舍五入到分."""
    return f"{MODES[rounding.mode]}到{UNITS[rounding.unit]}"
