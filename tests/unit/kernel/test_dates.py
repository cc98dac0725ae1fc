"""Days, half-open periods, ages."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangcheng.kernel.dates import (
    CHINA_TZ,
    DateError,
    Period,
    age_on,
    month_of,
    parse_date,
    parse_period,
    show_date,
    show_month,
    year_of,
)

DAY = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    "text",
    ["2012-03-01", "2012年3月1日", "2012年3月1号", "2012/3/1", "2012.03.1", "20120301", "２０１２-０３-０１"],
)
def test_a_day_is_read_however_it_is_written(text):
    assert parse_date(text) == date(2012, 3, 1)


@pytest.mark.parametrize("text", ["", "2012-02-30", "2012年3月", "12-03-01", "2012-13-01", "today", "2012-3"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(DateError):
        parse_date(text)


def test_only_text_is_a_day():
    with pytest.raises(DateError, match="文本"):
        parse_date(date(2012, 3, 1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2012", date(2012, 1, 1), date(2013, 1, 1)),
        ("2012年度", date(2012, 1, 1), date(2013, 1, 1)),
        ("2012Q3", date(2012, 7, 1), date(2012, 10, 1)),
        ("2012年第四季度", date(2012, 10, 1), date(2013, 1, 1)),
        ("2012年3月", date(2012, 3, 1), date(2012, 4, 1)),
        ("2012-12", date(2012, 12, 1), date(2013, 1, 1)),
        ("2012-03-01", date(2012, 3, 1), date(2012, 3, 2)),
        ("2012-03..2012-05-10", date(2012, 3, 1), date(2012, 5, 11)),
        ("2012-03-01..", date(2012, 3, 1), None),
        ("9999-12-31", date(9999, 12, 31), None),
    ],
)
def test_periods(text, start, end):
    assert parse_period(text) == Period(start, end)


@pytest.mark.parametrize("text", ["9999", "0000", "2012-00", "2012Q5", "", "2013..2012"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(DateError):
        parse_period(text)


def test_the_end_lies_outside():
    march = Period(date(2012, 3, 1), date(2012, 4, 1))
    assert march.contains(date(2012, 3, 1)) and march.contains(date(2012, 3, 31))
    assert not march.contains(date(2012, 4, 1)) and not march.contains(date(2012, 2, 29))
    assert (march.days, march.last, str(march)) == (31, date(2012, 3, 31), "2012-03-01..2012-03-31")
    for_ever = Period(date(2012, 3, 1))
    assert for_ever.contains(date(2999, 1, 1)) and for_ever.days is None and for_ever.last is None
    assert Period(date(2012, 3, 1), date(2012, 3, 1)).last is None


def test_a_period_cannot_run_backwards():
    with pytest.raises(DateError):
        Period(date(2012, 3, 2), date(2012, 3, 1))


PERIOD = st.builds(
    lambda start, days: Period(start, None if days is None else start + timedelta(days)),
    DAY,
    st.none() | st.integers(0, 400),
)


@given(PERIOD, PERIOD, DAY)
def test_a_day_is_in_the_intersection_when_it_is_in_both(one, two, day):
    both = one.intersect(two)
    assert (both is not None and both.contains(day)) == (one.contains(day) and two.contains(day))
    assert one.overlaps(two) == two.overlaps(one) == (both is not None)


def test_calendar_periods_of_a_day():
    assert month_of(date(2024, 2, 29)) == Period(date(2024, 2, 1), date(2024, 3, 1))
    assert year_of(date(2024, 2, 29)) == Period(date(2024, 1, 1), date(2025, 1, 1))


def test_printing():
    assert show_date(date(2012, 3, 1)) == "2012年3月1日"
    assert show_month(date(2012, 3, 1)) == "2012年3月"
    assert str(CHINA_TZ) == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(2000, 2, 29), date(2001, 2, 28), 0),
        (date(2000, 2, 29), date(2001, 3, 1), 1),
        (date(1960, 6, 1), date(2020, 5, 31), 59),
        (date(1960, 6, 1), date(2020, 6, 1), 60),
    ],
)
def test_age_in_full_years(birth, on, age):
    assert age_on(birth, on) == age


def test_nobody_has_an_age_before_birth():
    with pytest.raises(DateError):
        age_on(date(2000, 1, 2), date(2000, 1, 1))
