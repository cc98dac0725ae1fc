"""Rates and quantities from text, exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.kernel.units import (
    UnitError,
    known_units,
    parse_number,
    parse_quantity,
    parse_rate,
    per_words,
    show_quantity,
    show_rate,
    unit,
)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("70%", Fraction(7, 10)),
        ("0.7", Fraction(7, 10)),
        ("7/10", Fraction(7, 10)),
        ("70％", Fraction(7, 10)),
        ("7成", Fraction(7, 10)),
        ("七成", Fraction(7, 10)),
        ("百分之七十", Fraction(7, 10)),
        ("百分之六十点五", None),
        ("千分之三", Fraction(3, 1000)),
        ("3‰", Fraction(3, 1000)),
        ("十万分之33", Fraction(33, 100_000)),
        ("33/10万", Fraction(33, 100_000)),
        ("1", Fraction(1)),
        ("-5%", Fraction(-1, 20)),
    ],
)
def test_rates(text, rate):
    if rate is None:
        with pytest.raises(UnitError):
            parse_rate(text)
    else:
        assert parse_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.5", Fraction(2469, 2)),
        ("12万", Fraction(120_000)),
        ("三百零五", Fraction(305)),
        ("十五", Fraction(15)),
        ("二十", Fraction(20)),
        ("一千二百万", Fraction(12_000_000)),
        ("两亿", Fraction(200_000_000)),
        ("万", Fraction(10_000)),
        ("二〇一二", Fraction(2012)),
        ("1/3", Fraction(1, 3)),
        ("1.5百万", Fraction(1_500_000)),
    ],
)
def test_numbers(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "abc", "1/0", "12,34", "1e5", "nan", "%", "百分之", "1" * 60, "七十个"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(UnitError):
        parse_rate(text)


def test_only_text_is_read():
    with pytest.raises(UnitError, match="文本"):
        parse_rate(0.7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("300", "CNY/person/year", 30_000),
        ("70", "%", Fraction(7, 10)),
        ("70%", "%", Fraction(7, 10)),
        ("0.7", "1", Fraction(7, 10)),
        ("7/10", "%", Fraction(7, 10)),
        ("35", "per_100k", Fraction(35, 100_000)),
        ("3", "days", 3),
        ("2.5", "visits/person", Fraction(5, 2)),
        ("4", "visits/person", 4),
        ("1.5", "km", Fraction(3, 2)),
        ("百分之七十", "%", Fraction(7, 10)),
    ],
)
def test_quantities(text, code, value):
    assert parse_quantity(text, code) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [("1.005", "CNY"), ("2.5", "persons"), ("3", "furlongs"), ("3", "CNY/moon"), ("x", "days")],
)
def test_what_does_not_fit_its_unit_is_refused(text, code):
    with pytest.raises(UnitError):
        parse_quantity(text, code)


def test_units_know_their_dimension():
    assert (unit("CNY/person/year").dimension, unit("CNY/person/year").per) == ("money", ("person", "year"))
    assert (unit("%").dimension, unit("mmol/L").dimension, unit("persons").dimension) == (
        "rate",
        "number",
        "count",
    )
    assert "CNY" in known_units() and "person" in per_words()


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (30_000, "CNY/person/year", "300.00 CNY/person/year"),
        (Fraction(7, 10), "%", "70%"),
        (Fraction(35, 100_000), "per_100k", "35 per_100k"),
        (Fraction(1, 300_000), "per_100k", "1/3 per_100k"),
        (3, "days", "3 days"),
        (Fraction(1, 3), "km", "1/3 km"),
        (Fraction(-5, 2), "km", "-2.5 km"),
    ],
)
def test_printing(value, code, words):
    assert show_quantity(value, code) == words


def test_printing_rates():
    assert show_rate(Fraction(1, 500)) == "0.2%"
    assert (show_rate(Fraction(7, 10)), show_rate(Fraction(67, 200)), show_rate(Fraction(1, 3))) == (
        "70%",
        "33.5%",
        "1/3",
    )


@given(st.fractions(min_value=-10, max_value=10, max_denominator=10_000))
def test_a_printed_rate_reads_back(rate):
    assert parse_rate(show_rate(rate)) == rate
