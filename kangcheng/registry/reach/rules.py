"""Who is nearest and how long the way takes: on the ellipsoid (WGS 84), or along a road network. Pure.

Distances are geodesic metres of pyproj's `Geod`; ways along roads are shortest paths of networkx over geodesic lengths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx
import numpy as np
from pyproj import Geod

from kangcheng.registry.reach.types import MINUTE, Limits

EARTH = Geod(ellps="WGS84")
Point = tuple[float, float]  # longitude, latitude in degrees
Road = tuple[Point, Point]


@dataclass(frozen=True)
class Nearest:
    """The nearest place of one area: its key, metres along the way and seconds."""

    place: str
    metres: int
    seconds: int


def metres(a: Point, b: Point) -> float:
    """Geodesic distance in metres."""
    return float(EARTH.inv(a[0], a[1], b[0], b[1])[2])


def nearest(
    areas: Mapping[str, Point], places: Mapping[str, Point], limits: Limits, roads: Sequence[Road] = ()
) -> dict[str, Nearest]:
    """Area -> its nearest place; areas that no place can be reached from are left out.

    Without roads the way is the geodesic times the detour; with them the shortest way, and the geodesic to the next node.
    """
    if not places or not areas:
        return {}
    found = _along(areas, places, roads) if roads else _straight(areas, places, limits.detour)
    return {code: Nearest(place, round(way), seconds(way, limits)) for code, (place, way) in found.items()}


def seconds(way: float, limits: Limits) -> int:
    """How long a way of so many metres takes, departure included."""
    return round((limits.start_minutes + way / limits.metres_a_minute) * MINUTE)


def within(found: Nearest | None, limits: Limits) -> bool:
    """True when the place is reached in time; the limit itself is in time."""
    return found is not None and found.seconds <= limits.minutes * MINUTE


def _straight(
    areas: Mapping[str, Point], places: Mapping[str, Point], detour: float
) -> dict[str, tuple[str, float]]:
    names = sorted(places)
    longitudes = np.array([places[name][0] for name in names])
    latitudes = np.array([places[name][1] for name in names])
    found = {}
    for code, (longitude, latitude) in areas.items():
        here = np.full(len(names), longitude), np.full(len(names), latitude)
        far = EARTH.inv(*here, longitudes, latitudes)[2]
        best = int(np.argmin(far))
        found[code] = names[best], float(far[best]) * detour
    return found


def _along(
    areas: Mapping[str, Point], places: Mapping[str, Point], roads: Sequence[Road]
) -> dict[str, tuple[str, float]]:
    graph: Any = networkx.Graph()
    for start, end in roads:
        graph.add_edge(start, end, metres=metres(start, end))
    nodes = sorted(graph.nodes)
    for name, point in sorted(places.items()):
        node, off = _snapped(point, nodes)
        graph.add_edge(("place", name), node, metres=off)
    ways, paths = networkx.multi_source_dijkstra(graph, {("place", name) for name in places}, weight="metres")
    found = {}
    for code, point in areas.items():
        node, off = _snapped(point, nodes)
        if node in ways:
            found[code] = paths[node][0][1], ways[node] + off
    return found


def _snapped(point: Point, nodes: Sequence[Point]) -> tuple[Point, float]:
    """The road node nearest to a point, and how far it is."""
    here = np.full(len(nodes), point[0]), np.full(len(nodes), point[1])
    far = EARTH.inv(*here, np.array([n[0] for n in nodes]), np.array([n[1] for n in nodes]))[2]
    best = int(np.argmin(far))
    return nodes[best], float(far[best])
