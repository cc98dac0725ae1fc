"""What crosses the border of reach."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

MINUTE = 60  # seconds
MEASURES = {"walk": "步行到社区卫生服务", "ambulance": "急救车到达"}
MEASURES_EN = {"walk": "Walk to community health service", "ambulance": "Ambulance arrives"}
SITES = {
    "walk": ("community_centre", "community_station", "township_hospital", "village_clinic"),
    "ambulance": ("emergency_centre", "county_hospital", "general_hospital"),
}
"""Types of institution that a measure leads to: primary care; where ambulances stand."""


@dataclass(frozen=True)
class Limits:
    """The city's numbers: minutes allowed, speed in metres a minute, minutes before departure, detour of real ways."""

    minutes: float
    metres_a_minute: float
    start_minutes: float
    detour: float


@dataclass(frozen=True)
class Reach:
    """One area: how far the nearest place is and how long it takes. None: the area or every place lacks coordinates."""

    measure: str
    area_code: str
    name: str
    institution_id: UUID | None
    metres: int | None
    seconds: int | None
    limit_seconds: int
    within: bool
    by_road: bool
    computed_on: date
    residents: int = 0
    longitude: float | None = None
    latitude: float | None = None

    @property
    def minutes(self) -> float | None:
        """Minutes, one decimal."""
        return round(self.seconds / MINUTE, 1) if self.seconds is not None else None
