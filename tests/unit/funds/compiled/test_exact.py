"""Numbers as code: rounding to the fen, bounds that notice what would not fit."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.funds.engine.compiled import exact
from kangcheng.funds.engine.compiled.cache import plain
from kangcheng.funds.engine.compiled.exact import MOST, Num
from kangcheng.funds.engine.compiled.refusal import TooWide
from kangcheng.kernel.money import rounded

MODES = ("half_up", "down", "up", "half_even")


def run(text: str, **names: int) -> int:
    """The value of a piece of code."""
    function: Any = plain(f"def settle({', '.join(names)}):\n    return {text}\n")
    return function(**names)


@given(
    st.integers(0, 10**14),
    st.sampled_from((1, 3, 7, 100, 10_000)),
    st.sampled_from((1, 10, 100)),
    st.sampled_from(MODES),
)
def test_code_rounds_as_money_does(top: int, den: int, unit: int, mode: Any) -> None:
    text, most = exact.rounded(Num("x", den, 0, 10**14), unit, mode, "here")
    assert run(text, x=top) == rounded(Fraction(top, den), unit, mode) <= most


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("unit", [1, 10, 100])
def test_every_residue_is_rounded_right(mode: Any, unit: int) -> None:
    for den in (2, 3, 4, 5):
        text, _ = exact.rounded(Num("x", den, 0, 10**6), unit, mode, "here")
        for top in range(6 * den * unit):
            assert run(text, x=top) == rounded(Fraction(top, den), unit, mode), (top, den)


def test_products_that_might_not_fit_are_noticed_while_writing() -> None:
    amount, share = Num("a", 1, 0, 10**14), Num("r", 10_000, 0, 10_000)
    assert exact.times(amount, share, "basic").most == 10**18
    with pytest.raises(TooWide, match="basic"):
        exact.times(amount, Num("r", 10**6, 0, 10**6), "basic")
    with pytest.raises(TooWide):
        exact.scaled(Num("a", 1, 0, MOST - 1), 2, "basic")


def test_near_rates_share_a_denominator() -> None:
    assert {exact.grid(Fraction(text).denominator, 10_000) for text in ("7/10", "0.725", "1", "0")} == {
        10_000
    }
    assert exact.grid(3, 10_000) == 3
    assert exact.numerator(Fraction("0.725"), 10_000) == 7_250
