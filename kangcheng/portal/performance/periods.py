"""The periods a page offers: the months of the lake's data, newest first."""

from datetime import date

from kangcheng.performance.indicators.selectors import PeriodError, newest, newest_day, span
from kangcheng.performance.indicators.types import Span

OFFERED = 24


def months(last: date) -> list[Span]:
    """The last two years' months up to the one of `last`, newest first."""
    count = last.year * 12 + last.month - 1
    return [span(f"{m // 12}-{m % 12 + 1:02d}") for m in range(count, count - OFFERED, -1)]


def chosen(text: str | None, last: date) -> Span:
    """The period asked for; without one, or with a wrong one, the month of `last`."""
    try:
        return span(text) if text else months(last)[0]
    except PeriodError:
        return months(last)[0]


def last_day() -> date | None:
    """The newest day with a settlement in the lake; None without a lake or settlements."""
    return newest_day() if newest() else None
