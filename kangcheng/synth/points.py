"""Where the made-up city lies: a point for every area and institution, the same for the same code. Pure.

Streets of a district ring its centre, villages ring their township; sites stand beside the point of their area.
The place on the globe is invented.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable

Point = tuple[float, float]  # longitude, latitude
CENTRE: Point = (104.35, 33.85)
METRES_A_DEGREE = 111_000
GOLDEN = 2.399963  # radians: turning by it spreads points evenly
DISTRICT, CITY_BLOCK, TOWN, VILLAGE_RING = 14_000, 2_600, 7_500, 2_400  # metres
SPREAD = {True: 0.25, False: 0.5}


def of_areas(codes: Iterable[str]) -> dict[str, Point]:
    """Code -> point of every county, township and village of the codes."""
    found: dict[str, Point] = {}
    for code in sorted(set(codes), key=lambda one: (len(one), one)):
        above = found.get(code[: {6: 4, 9: 6, 12: 9}.get(len(code), 0)], CENTRE)
        if len(code) in (6, 9, 12):
            found[code] = _beside(above, code)
    return found


def of_site(code: str, area: Point) -> Point:
    """Where an institution with this code stands: up to a kilometre from the point of its area."""
    dice = zlib.crc32(code.encode())
    return _moved(area, dice % 628 / 100, 60 + (dice // 628) % 7 * 130)


def _beside(above: Point, code: str) -> Point:
    rural = int(code[4:6]) > 2
    number = int(code[-3:]) % 100 if len(code) > 6 else int(code[4:6])
    step = {
        6: DISTRICT,
        9: TOWN if rural else CITY_BLOCK,
        12: VILLAGE_RING if rural else CITY_BLOCK * SPREAD[True],
    }
    return _moved(above, number * GOLDEN, step[len(code)] * math.sqrt(number + SPREAD[False]) * SPREAD[False])


def _moved(start: Point, angle: float, metres: float) -> Point:
    north = metres * math.cos(angle) / METRES_A_DEGREE
    east = metres * math.sin(angle) / (METRES_A_DEGREE * math.cos(math.radians(start[1])))
    return round(start[0] + east, 6), round(start[1] + north, 6)
