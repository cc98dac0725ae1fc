"""A row of values as a small line drawing."""

from dataclasses import dataclass

from kangcheng.records.life.types import Trend

WIDTH, HEIGHT, MARGIN, MOST = 120, 28, 3, 24


@dataclass(frozen=True)
class Sparkline:
    """`points` of an SVG polyline, oldest first; `band`: top and height of the reference range, None without one."""

    points: str
    band: tuple[float, float] | None
    last: tuple[float, float]


def sparkline(trend: Trend) -> Sparkline | None:
    """The drawing; None for fewer than two values."""
    rows = [one for one in reversed(trend.results[:MOST]) if one.value is not None]
    if len(rows) < 2:
        return None
    values = [float(one.value) for one in rows if one.value is not None]
    bounds = [float(one) for one in (trend.latest.low, trend.latest.high) if one is not None]
    least, most = min([*values, *bounds]), max([*values, *bounds])
    span = (most - least) or 1.0

    def height(value: float) -> float:
        return round(HEIGHT - MARGIN - (value - least) / span * (HEIGHT - 2 * MARGIN), 1)

    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = [(round(MARGIN + at * step, 1), height(value)) for at, value in enumerate(values)]
    band = (height(bounds[1]), round(height(bounds[0]) - height(bounds[1]), 1)) if len(bounds) == 2 else None
    return Sparkline(" ".join(f"{x},{y}" for x, y in points), band, points[-1])
