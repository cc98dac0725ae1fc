"""What crosses the border of areas."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

LEVELS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}  # digits of the code -> level
TITLES = {1: "省", 2: "市", 3: "县（区）", 4: "乡镇（街道）", 5: "村（社区）"}


@dataclass(frozen=True)
class Area:
    """One division. `level` is 1 (province) to 5 (village)."""

    code: str
    name: str
    level: int
    parent_code: str
    closed_on: date | None = None
    successor_code: str = ""
    opened_on: date | None = None
    longitude: float | None = None
    latitude: float | None = None

    def open_on(self, on: date) -> bool:
        """True when the area is there on the day."""
        return (self.opened_on is None or self.opened_on <= on) and (
            self.closed_on is None or self.closed_on > on
        )


def ancestors(code: str) -> tuple[str, ...]:
    """The codes above and including `code`, province first: "150302001" -> 15, 1503, 150302, 150302001."""
    return tuple(code[:digits] for digits in LEVELS if digits <= len(code))


def parent_of(code: str) -> str:
    """The code one level up, "" of a province."""
    above = ancestors(code)[:-1]
    return above[-1] if above else ""


def well_formed(code: str) -> bool:
    """True for 2, 4, 6, 9 or 12 digits."""
    return len(code) in LEVELS and code.isascii() and code.isdigit()


CHANGES = {"rename": "更名", "merge": "合并", "split": "拆分"}


@dataclass(frozen=True)
class Change:
    """One line of a change of divisions; lines of one `act` belong together."""

    act: UUID
    kind: str
    on: date
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    document: str
    undone_on: date | None
