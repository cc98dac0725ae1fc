"""The little county, the city's own limits, and records that institutions write about its people."""

from datetime import date
from typing import Any

import pytest

from kangcheng.registry.matching import thresholds
from kangcheng.registry.matching.rules import Limits
from kangcheng.registry.matching.scoring import weight_of
from kangcheng.registry.matching.types import NewRecord

VILLAGE = "150302001002"
LIMITS = Limits(weight_of(0.9999), weight_of(0.2), 8.0)


@pytest.fixture
def limits() -> Any:
    """Sets the limits of matching: limits(opinions=2)."""
    before = thresholds.use(lambda on: LIMITS)

    def set_(**changes: Any) -> None:
        from dataclasses import replace

        thresholds.use(lambda on: replace(LIMITS, **changes))

    yield set_
    thresholds.use(before)


@pytest.fixture
def send(county: Any, limits: Any, system: Any, today: date) -> Any:
    """An institution sends a record: send("h1", "001", name=..., by=...)."""
    from kangcheng.registry.matching.services import receive

    def make(system_: str, number: str, *, by: Any = system, **facts: Any) -> Any:
        base = {"name": "张小明", "area_code": VILLAGE, "sex": "M", "birth_on": date(1980, 1, 1)}
        return receive(new=NewRecord(system_, number, **(base | facts)), by=by, on=today)

    return make
