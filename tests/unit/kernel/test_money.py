"""Text to fen exactly, and back in every way money is printed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.kernel.money import (
    LARGEST_FEN,
    MoneyError,
    in_words,
    parse_yuan,
    rounded,
    show_official,
    show_yuan,
    yuan,
)

FEN = st.integers(-LARGEST_FEN, LARGEST_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.5", 123450),
        ("1234.50元", 123450),
        ("3.5万元", 3_500_000),
        ("2亿元", 20_000_000_000),
        ("１２.３４", 1234),
        ("￥300", 30_000),
        ("0.01", 1),
        ("-5", -500),
        ("+5", 500),
        ("1.500", 150),
        ("3百万", 300_000_000),
        (" 1 234 ", 123_400),
    ],
)
def test_amounts_are_read_exactly(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "元",
        "1.005",
        "12,34",
        "1.2.3",
        "一百",
        "1e3",
        "nan",
        "inf",
        "1万2千",
        "0x10",
        "1" * 50,
        "12\u200b",
        "3,5万",
    ],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(MoneyError):
        parse_yuan(text)


@pytest.mark.parametrize("value", [1.5, 3, None, b"1"])
def test_only_text_is_read(value):
    with pytest.raises(MoneyError, match="文本"):
        parse_yuan(value)


def test_more_than_any_budget_is_refused():
    assert parse_yuan("1000000000000000") == LARGEST_FEN
    with pytest.raises(MoneyError, match="过大"):
        parse_yuan("1000000000000000.01")


@given(FEN)
def test_what_is_printed_reads_back(fen):
    assert parse_yuan(yuan(fen)) == fen
    assert parse_yuan(show_yuan(fen)) == fen


def test_printing():
    assert (yuan(123450), yuan(-5), yuan(0)) == ("1234.50", "-0.05", "0.00")
    assert show_yuan(-123456789) == "-1,234,567.89"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (123450, "1,234.50元"),
        (999_999, "9,999.99元"),
        (1_000_000, "1.00万元"),
        (12_345_600, "12.35万元"),
        (9_950_000_000, "9,950.00万元"),
        (9_999_999_999, "1.00亿元"),
        (32_000_000_000, "3.20亿元"),
        (-1_000_000, "-1.00万元"),
        (-50, "-0.50元"),
    ],
)
def test_official_amounts(fen, words):
    assert show_official(fen) == words


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (123450, "壹仟贰佰叁拾肆元伍角整"),
        (100100, "壹仟零壹元整"),
        (1_000_100, "壹万零壹元整"),
        (10_000_000, "壹拾万元整"),
        (12_300_000, "壹拾贰万叁仟元整"),
        (10_000_000_000, "壹亿元整"),
        (10_100_000_000, "壹亿零壹佰万元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (100_000_000_000_000, "壹万亿元整"),
        (100_000_000_000_100, "壹万亿零壹元整"),
        (1_234_567_890_123_456, "壹拾贰万叁仟肆佰伍拾陆亿柒仟捌佰玖拾万壹仟贰佰叁拾肆元伍角陆分"),
        (-101, "负壹元零壹分"),
        (16_803_200, "壹拾陆万捌仟零叁拾贰元整"),
    ],
)
def test_amounts_in_words(fen, words):
    assert in_words(fen) == words


def test_words_end_where_money_ends():
    with pytest.raises(MoneyError):
        in_words(LARGEST_FEN + 1)


@given(FEN, FEN)
def test_different_amounts_have_different_words(one, two):
    assert (in_words(one) == in_words(two)) == (one == two)


@pytest.mark.parametrize(
    ("x", "unit", "mode", "wanted"),
    [
        (Fraction(5, 2), 1, "half_up", 3),
        (Fraction(-5, 2), 1, "half_up", -3),
        (Fraction(5, 2), 1, "half_even", 2),
        (Fraction(7, 2), 1, "half_even", 4),
        (Fraction(5, 2), 1, "down", 2),
        (Fraction(-5, 2), 1, "down", -2),
        (Fraction(21, 10), 1, "up", 3),
        (2, 1, "up", 2),
        (Fraction(149), 100, "half_up", 100),
        (150, 100, "half_up", 200),
        (150, 100, "half_even", 200),
        (250, 100, "half_even", 200),
        (251, 100, "half_even", 300),
    ],
)
def test_rounding(x, unit, mode, wanted):
    assert rounded(x, unit, mode) == wanted


def test_rounding_refuses_floats_and_unknown_modes():
    with pytest.raises(MoneyError, match="浮点"):
        rounded(1.5)  # type: ignore[arg-type]
    with pytest.raises(MoneyError, match="舍入"):
        rounded(Fraction(1), 1, "ceiling")  # type: ignore[arg-type]


@given(st.fractions(), st.sampled_from([1, 10, 100]), st.sampled_from(["half_up", "down", "up", "half_even"]))
def test_rounding_moves_less_than_a_unit_and_mirrors(x, unit, mode):
    result = rounded(x, unit, mode)
    assert result % unit == 0
    assert abs(result - x) < unit
    assert rounded(-x, unit, mode) == -result
