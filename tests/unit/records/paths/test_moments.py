"""Partial dates: what is known decides, what is not leaves it open."""

import pytest

from kangcheng.records.paths import moments


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        ("2020", "2021", -1),
        ("2020-05", "2020", None),
        ("2020-05", "2021-01-02", -1),
        ("2020-05-01", "2020-05-01", 0),
        ("2020-05-01T10:00:00+08:00", "2020-05-01T02:00:00Z", 0),
        ("2020-05-01T10:00:00+08:00", "2020-05-01T03:00:00Z", -1),
        ("2020-05-01T10:00:00", "2020-05-01T10:00:00Z", None),
        ("2020-05-01", "2020-06-01T10:00:00Z", -1),
        ("12:00:00", "12:00:00.5", -1),
        ("12:00", "2020-01-01", None),
    ],
)
def test_order(one: str, two: str, wanted: int | None) -> None:
    first, second = moments.read(one), moments.read(two)
    assert first and second
    assert moments.compare(first, second) == wanted
    assert moments.compare(second, first) == (None if wanted is None else -wanted)


@pytest.mark.parametrize(
    ("text", "type", "low", "high"),
    [
        ("2024-02", "date", "2024-02-01", "2024-02-29"),
        ("2023", "date", "2023-01-01", "2023-12-31"),
        ("2010-10-10", "dateTime", "2010-10-10T00:00:00.000+14:00", "2010-10-10T23:59:59.999-12:00"),
        (
            "2010-10-10T12:30+08:00",
            "dateTime",
            "2010-10-10T12:30:00.000+08:00",
            "2010-10-10T12:30:59.999+08:00",
        ),
        ("12:34:00", "time", "12:34:00.000", "12:34:00.999"),
        ("12:34:00.25", "time", "12:34:00.250", "12:34:00.250"),
    ],
)
def test_boundaries(text: str, type: str, low: str, high: str) -> None:
    assert (moments.boundary(text, type, False), moments.boundary(text, type, True)) == (low, high)


@pytest.mark.parametrize("text", ["", "abc", "20", "2020-1", None, 5, "2020-01-01T", "9999-99-99T99:99:99Z"])
def test_what_is_no_moment_breaks_nothing(text: object) -> None:
    found = moments.read(text)
    if found is not None:
        moments.compare(found, found)
        moments.boundary(str(text), "date", True)
